internal import Polling

/// The quick way through a file: takes one whole sheet after the other while nothing is to be told of any, and leaves the
/// rest to the way that reads row by row and says what is wrong, which it never does itself.
struct PlainLane {
  /// A sheet that is longer is read row by row.
  private static let mostBytes = 256 << 10

  private let file: DelimitedReader
  private var cells: PlainCells
  private var totals: PlainTotalReader
  private var sheet = PlainSheet()
  private let mostRows: Int

  /// Nil: the file has no rows of this kind.
  init?(_ file: DelimitedReader, _ map: ColumnMap, _ poll: Poll, _ limits: PaperLimits) {
    guard let totals = PlainTotalReader(map, poll) else { return nil }
    self.file = file
    self.totals = totals
    cells = PlainCells(delimiter: file.delimiter, least: totals.least, most: map.fields.count, limits: limits)
    mostRows = limits.rows
  }

  /// Goes on from where the file stands.
  ///
  /// - Parameter count: is told of rows that were taken.
  /// - Returns: How many rows, from where the file stands then, are to be read one by one.
  mutating func run(
    _ checker: inout PaperChecker, _ delivery: inout RowDelivery, _ count: (Int) throws -> Void
  ) throws -> Int {
    while let row = try file.nextRow() {
      switch try takeSheets(from: row, &checker, &delivery, count) {
      case .rowByRow(let rows): return rows
      case .needBytes(let rows):
        guard file.bytes.count - file.offset < Self.mostBytes, try file.extend() else { return rows }
      }
    }
    return 1
  }

  private enum Stop {
    case rowByRow(Int)
    /// That many rows could be read one by one as well.
    case needBytes(Int)
  }

  /// Takes the sheets that are whole in the bytes at hand.
  private mutating func takeSheets(
    from first: Int, _ checker: inout PaperChecker, _ delivery: inout RowDelivery, _ count: (Int) throws -> Void
  ) throws -> Stop {
    let bytes = file.bytes
    var place = file.offset
    var row = first
    /// Where the open sheet's name stands in its first row.
    var name = 0..<0
    var isOpen = false
    /// With the row that is looked at.
    var openRows: Int { isOpen ? sheet.rows + 1 : 1 }
    while true {
      let next: Int
      switch cells.cut(bytes, at: place) {
      case .row(let end): next = end
      case .special: return .rowByRow(openRows)
      case .needBytes: return .needBytes(openRows)
      }
      guard row <= mostRows, let total = totals.read(cells, bytes, &checker.reader) else {
        return .rowByRow(openRows)
      }
      let nextName = totals.sheetPlace(cells)
      if isOpen, sheet.holds(total), bytes.isSame(name, as: nextName) {
        guard sheet.add(total) else { return .rowByRow(openRows) }
      } else {
        guard let text = totals.sheetName(nextName, bytes, &checker.reader) else {
          return .rowByRow(openRows)
        }
        if isOpen {
          // The same name, written another way.
          if sheet.holds(total), text.utf8.elementsEqual(sheet.name.utf8) { return .rowByRow(openRows) }
          guard try checker.take(sheet, { try delivery.give($0) }) else { return .rowByRow(sheet.rows) }
          try delivery.give(sheet)
          file.skip(rows: sheet.rows, to: place)
          try count(sheet.rows)
        }
        guard sheet.begin(row, name: text, total) else { return .rowByRow(1) }
        (isOpen, name) = (true, nextName)
      }
      row += 1
      place = next
    }
  }
}
