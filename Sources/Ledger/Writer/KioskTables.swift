internal import Polling
internal import SQLite

/// Tables `kiosk`, `kiosk_gap` and `kiosk_day`, which follow the entries in strides (see ``KioskBooks``).
final class KioskTables {
  private let putMark: Statement
  private let deleteGaps: Statement
  private let insertGap: Statement
  private let addToDay: Statement

  init(_ connection: Connection) throws(SQLiteError) {
    putMark = try connection.prepare(
      """
      INSERT OR REPLACE INTO kiosk (kiosk, spool, highest, beyond, beyond_from, unnumbered, renumbered)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    deleteGaps = try connection.prepare("DELETE FROM kiosk_gap WHERE kiosk = ? AND spool = ?")
    insertGap = try connection.prepare("INSERT INTO kiosk_gap (kiosk, spool, first, last) VALUES (?, ?, ?, ?)")
    addToDay = try connection.prepare(
      """
      INSERT INTO kiosk_day (kiosk, spool, day, counted, flagged, late, corrected, duplicate, rejected)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET counted = counted + excluded.counted, flagged = flagged + excluded.flagged,
        late = late + excluded.late, corrected = corrected + excluded.corrected,
        duplicate = duplicate + excluded.duplicate, rejected = rejected + excluded.rejected
      """)
  }

  /// Puts into the tables what the books have for them.
  ///
  /// - Parameter number: of a name.
  func settle(_ books: KioskBooks, number: (String) throws(SQLiteError) -> Int64) throws(SQLiteError) {
    for (key, mark) in books.settlingMarks {
      let kiosk = try number(key.kiosk)
      try put(mark, kiosk, key.spool.bytes)
    }
    for (key, counts) in books.settlingDays {
      try addToDay.bind(1, try number(key.spool.kiosk))
      try addToDay.bind(2, copying: key.spool.spool.bytes)
      try addToDay.bind(3, Int64(key.day.number))
      for (index, count) in counts.columns.enumerated() {
        try addToDay.bind(Int32(4 + index), Int64(bitPattern: count))
      }
      try addToDay.run()
    }
  }

  private func put(_ mark: SpoolMark, _ kiosk: Int64, _ spool: [UInt8]) throws(SQLiteError) {
    try putMark.bind(1, kiosk)
    try putMark.bind(2, copying: spool)
    let numbers = [mark.highest, mark.beyond, mark.beyondFrom, mark.unnumbered, mark.renumbered]
    for (index, number) in numbers.enumerated() { try putMark.bind(Int32(3 + index), Int64(bitPattern: number)) }
    try putMark.run()
    try deleteGaps.bind(1, kiosk)
    try deleteGaps.bind(2, copying: spool)
    try deleteGaps.run()
    for gap in mark.gaps {
      try insertGap.bind(1, kiosk)
      try insertGap.bind(2, copying: spool)
      try insertGap.bind(3, Int64(bitPattern: gap.lowerBound))
      try insertGap.bind(4, Int64(bitPattern: gap.upperBound))
      try insertGap.run()
    }
  }

  // MARK: - Reading

  static func marks(_ connection: Connection) throws(SQLiteError) -> [SpoolKey: SpoolMark] {
    var gaps: [SpoolKey: [ClosedRange<UInt64>]] = [:]
    let gapRows = try connection.prepare(
      "SELECT n.text, g.spool, g.first, g.last FROM kiosk_gap g LEFT JOIN name n ON n.id = g.kiosk")
    while try gapRows.step() {
      let (first, last) = (UInt64(bitPattern: gapRows.integer(2)), UInt64(bitPattern: gapRows.integer(3)))
      guard first <= last else { throw .damaged("a gap in the numbers of a kiosk ends before it begins") }
      gaps[try key(gapRows), default: []].append(first...last)
    }
    var marks: [SpoolKey: SpoolMark] = [:]
    let rows = try connection.prepare(
      """
      SELECT n.text, k.spool, k.highest, k.beyond, k.beyond_from, k.unnumbered, k.renumbered
      FROM kiosk k LEFT JOIN name n ON n.id = k.kiosk
      """)
    while try rows.step() {
      func number(_ column: Int32) -> UInt64 { UInt64(bitPattern: rows.integer(column)) }
      let key = try key(rows)
      marks[key] = SpoolMark(
        highest: number(2), gaps: (gaps.removeValue(forKey: key) ?? []).sorted { $0.lowerBound < $1.lowerBound },
        beyond: number(3), beyondFrom: number(4), unnumbered: number(5), renumbered: number(6))
    }
    guard gaps.isEmpty else { throw .damaged("there are gaps in the numbers of a spool that is not known") }
    return marks
  }

  /// - Parameter isWanted: asked once per kiosk.
  static func days(
    _ connection: Connection, where isWanted: (String) -> Bool = { _ in true }
  ) throws(SQLiteError) -> [KioskBooks.DayKey: PressCounts] {
    var days: [KioskBooks.DayKey: PressCounts] = [:]
    let kiosks = try connection.prepare(
      "SELECT k.kiosk, n.text FROM (SELECT DISTINCT kiosk FROM kiosk_day) k LEFT JOIN name n ON n.id = k.kiosk")
    let rows = try connection.prepare(
      "SELECT spool, day, counted, flagged, late, corrected, duplicate, rejected FROM kiosk_day WHERE kiosk = ?")
    while try kiosks.step() {
      guard let kiosk = kiosks.text(1) else { throw .damaged("presses are counted of a kiosk without a name") }
      guard isWanted(kiosk) else { continue }
      try rows.bind(1, kiosks.integer(0))
      while try rows.step() {
        guard let spool = try? SpoolID(bytes: rows.bytes(0)), let day = Int32(exactly: rows.integer(1)) else {
          throw .damaged("presses of kiosk \(kiosk) are counted under no spool or day")
        }
        days[KioskBooks.DayKey(spool: SpoolKey(kiosk: kiosk, spool: spool), day: Day(number: day))] = PressCounts(
          columns: (2..<8).map { UInt64(bitPattern: rows.integer($0)) })
      }
      rows.reset()
    }
    return days
  }

  private static func key(_ row: Statement) throws(SQLiteError) -> SpoolKey {
    guard let kiosk = row.text(0), let spool = try? SpoolID(bytes: row.bytes(1)) else {
      throw .damaged("a row about a kiosk names no kiosk or spool")
    }
    return SpoolKey(kiosk: kiosk, spool: spool)
  }
}

extension PressCounts {
  /// In the order of the columns of table `kiosk_day`.
  fileprivate var columns: [UInt64] { [counted, flagged, late, corrected, duplicate, rejected] }

  fileprivate init(columns: [UInt64]) {
    self.init(
      counted: columns[0], flagged: columns[1], late: columns[2], corrected: columns[3], duplicate: columns[4],
      rejected: columns[5])
  }
}
