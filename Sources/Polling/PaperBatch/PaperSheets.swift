/// Numbers the sheets of an entry 1, 2, 3 …, in the order of its files and rows. A sheet is the rows of one label, unit and
/// period that stand together in their file; a questionnaire is a sheet of its own.
public struct PaperSheetNumbers: Hashable, Sendable {
  private struct Key: Hashable, Sendable {
    var label: NameBytes
    var unit: UnitPath
    var period: DaySpan
  }

  public private(set) var count: UInt64 = 0
  private var open: Key?

  public init() {}

  /// The number of the sheet that the row is on.
  public mutating func add(_ row: PaperRow) -> UInt64 {
    if case .questionnaire = row.content {
      addQuestionnaire()
    } else {
      addTotal(row.label, row.unit, row.period)
    }
    return count
  }

  mutating func addQuestionnaire() {
    open = nil
    count += 1
  }

  mutating func addTotal(_ label: String, _ unit: UnitPath, _ period: DaySpan) {
    let key = Key(label: NameBytes(label), unit: unit, period: period)
    if key != open { count += 1 }
    open = key
  }

  /// The end of a file ends its last sheet.
  public mutating func endFile() {
    open = nil
  }
}

/// How many sheets an entry has, and how many of them have how many questionnaires: whatever is wrong with a sheet is wrong
/// with so many answers at most.
public struct PaperSheets: Hashable, Sendable {
  private var numbers = PaperSheetNumbers()
  /// Sheets that are over, by their questionnaires.
  private var sizes: [Int64: UInt64] = [:]
  // The sheet that is not over yet.
  private var question = ""
  private var summed: Int64 = 0
  private var largest: Int64?

  public var count: UInt64 { numbers.count }
  var size: Int { sizes.count }

  mutating func add(_ rows: PaperRows) {
    var last: PaperRows.Row?
    for row in rows.packed {
      switch row.content {
      case .questionnaire:
        numbers.addQuestionnaire()
        close()
        (largest, last) = (1, nil)
      case .total(let asked, _, let count, let questionnaires):
        if let last, last.isOnSheet(of: row) {
          if last.question != asked { summed = 0 }
        } else {
          let before = numbers.count
          numbers.addTotal(rows.names[Int(row.label)], rows.units[Int(row.unit)].path, row.period)
          if numbers.count != before { close() }
          if rows.names[Int(asked)] != question { summed = 0 }
        }
        summed += count
        largest = max(largest ?? 0, questionnaires ?? 0, summed)
        last = row
      }
    }
    if let question = last?.question { self.question = rows.names[Int(question)] }
  }

  mutating func endFile() {
    close()
    numbers.endFile()
  }

  private mutating func close() {
    if let largest { sizes[largest, default: 0] += 1 }
    (question, summed, largest) = ("", 0, nil)
  }

  /// The questionnaires on so many sheets at most.
  public func questionnaires(onLargest sheets: UInt64) -> Int64 {
    var (left, sum) = (sheets, Int64(0))
    for (size, count) in sizes.sorted(by: { $0.key > $1.key }) where left > 0 {
      let taken = min(left, count)
      let (questionnaires, overflow) = size.multipliedReportingOverflow(by: Int64(clamping: taken))
      let (next, beyond) = sum.addingReportingOverflow(questionnaires)
      sum = overflow || beyond ? .max : next
      left -= taken
    }
    return sum
  }
}
