/// Where the cells of one row end, for rows that nothing is special about: no quotes, no NULs, the end of the row in sight,
/// no more cells than headings. All others are cut by ``DelimitedStateMachine``, which says what is wrong with them.
struct PlainCells {
  enum Cut {
    /// The next row begins there.
    case row(next: Int)
    case needBytes
    case special
  }

  private let delimiter: UInt8
  private let longest: Int
  private let least: Int
  /// Of each cell: where it ends. The next one begins behind the delimiter.
  private var ends: [Int]
  private var start = 0
  private(set) var count = 0

  /// - Parameter least: cells that a row must have.
  init(delimiter: UInt8, least: Int, most: Int, limits: PaperLimits) {
    self.delimiter = delimiter
    self.least = least
    longest = min(limits.cellBytes, limits.rowBytes)
    ends = Array(repeating: 0, count: min(most, limits.columns))
  }

  /// The place of a cell; empty where the row is shorter.
  func place(_ column: Int) -> Range<Int> {
    guard column < count else { return 0..<0 }
    let first = column == 0 ? start : ends[column - 1] + 1
    return first..<ends[column]
  }

  /// Cuts the row that begins at `start`.
  mutating func cut(_ bytes: [UInt8], at start: Int) -> Cut {
    self.start = start
    count = 0
    let last = min(bytes.count, start + longest)
    var place = start
    while place < last {
      let byte = bytes[place]
      if byte == delimiter {
        guard count < ends.count else { return .special }
        ends[count] = place
        count += 1
      } else if byte <= 0x22 {
        switch byte {
        case 0x0A, 0x0D:
          guard count < ends.count, count + 1 >= least else { return .special }
          ends[count] = place
          count += 1
          if byte == 0x0A { return .row(next: place + 1) }
          // Of a CR, whether an LF belongs to it.
          guard place + 1 < bytes.count else { return .needBytes }
          return .row(next: bytes[place + 1] == 0x0A ? place + 2 : place + 1)
        case 0, 0x22: return .special
        default: break
        }
      }
      place += 1
    }
    return last == bytes.count ? .needBytes : .special
  }
}
