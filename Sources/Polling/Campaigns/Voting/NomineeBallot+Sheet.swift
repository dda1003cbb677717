extension NomineeBallot {
  /// Bytes of each nominee on a sheet: two levels of two bytes, 0 for none.
  private static let bytesEach = 4

  /// Bytes of every sheet with so many nominees, whatever is marked: a sealed one tells nothing by its length.
  public static func sheetLength(nominees: Int) -> Int { bytesEach * nominees }

  /// The ballot as a sheet of paper would hold it: per nominee, in the sheet's order, its two highest different levels,
  /// most significant byte first. Ballots that count equally but for marks made twice have equal sheets.
  ///
  /// Nil: a mark for somebody who is not on it, of level 0 or over 65,535, or three levels for one.
  public func sheet(of nominees: [RecordID<Nomination>]) -> [UInt8]? {
    let places = Dictionary(zip(nominees, 0...), uniquingKeysWith: { first, _ in first })
    var levels = [[UInt16]](repeating: [], count: nominees.count)
    for mark in marks {
      guard let place = places[mark.nominee], let level = UInt16(exactly: mark.level), level > 0 else { return nil }
      if !levels[place].contains(level) { levels[place].append(level) }
      if levels[place].count > 2 { return nil }
    }
    return levels.flatMap { levels in
      let sorted = levels.sorted(by: >) + [0, 0]
      return sorted.prefix(2).flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }
  }

  /// Nil: bytes that no ballot has.
  public init?(sheet: [UInt8], of nominees: [RecordID<Nomination>]) {
    guard sheet.count == Self.sheetLength(nominees: nominees.count) else { return nil }
    var marks: [Mark] = []
    for (index, nominee) in nominees.enumerated() {
      let start = index * Self.bytesEach
      let (first, second) = (
        UInt32(sheet[start]) << 8 | UInt32(sheet[start + 1]), UInt32(sheet[start + 2]) << 8 | UInt32(sheet[start + 3])
      )
      // One form for each ballot.
      guard first > second || first == 0 && second == 0 else { return nil }
      if first > 0 { marks.append(Mark(nominee, level: first)) }
      if second > 0 { marks.append(Mark(nominee, level: second)) }
    }
    self.init(marks)
  }
}
