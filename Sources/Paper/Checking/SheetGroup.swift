internal import Polling

/// A row with what was found in it.
public struct CheckedRow: Sendable {
  public var source: SourceRow
  /// Nil where there is an error, and for totals rows.
  public var entry: PaperEntry?
  public var findings: [Finding]
  /// Goes to the rejects file: it has an error, or stands on one sheet with a row that has.
  public var isRejected: Bool
  /// Of a rejected row: its cells as they were read, one per heading.
  public var texts: [String] = []
}

/// The rows of one sheet, unit, period and question, which stand together: they are summed up when the last one has
/// come, and accepted or rejected together, as half a sheet cannot be checked again.
struct SheetGroup {
  /// More rows than any question has levels, or more bytes than any sheet.
  var isFull: Bool { rows.count >= 400 || bytes >= 4 << 20 }
  private var bytes = 0

  let key: Int
  /// Whether a level that comes twice is told here.
  private let findsRepeats: Bool
  private(set) var rows: [CheckedRow] = []
  private var levels: Set<SheetTotal.Level> = []
  private var sheets: Int?
  private var question = ""

  init(key: Int, findsRepeats: Bool) {
    self.key = key
    self.findsRepeats = findsRepeats
  }

  /// Rows of one sheet, unit, period and question have one key.
  ///
  /// - Parameter otherwise: what is written where there is no period or question of the poll.
  static func key(
    sheet: String, unit: String, period: Period?, otherwise: String = "", question: Int?, otherwise other: String = ""
  ) -> Int {
    var hasher = Hasher()
    hasher.combine(bytesOf: sheet)
    hasher.combine(bytesOf: unit)
    if let period { hasher.combine(period) } else { hasher.combine(bytesOf: otherwise) }
    if let question { hasher.combine(question) } else { hasher.combine(bytesOf: other) }
    return hasher.finalize()
  }

  mutating func add(_ row: CheckedRow, sheets rowSheets: Int?) {
    var row = row
    if let rowSheets {
      if let sheets, sheets != rowSheets {
        row.findings.append(Finding(.sheetsDiffer, row: row.source.number, value: "\(rowSheets)", detail: "\(sheets)"))
      }
      sheets = sheets ?? rowSheets
    }
    if case .total(let total) = row.entry {
      question = total.question
      if !levels.insert(total.level).inserted, findsRepeats {
        row.findings.append(Finding(.rowTwice, row: row.source.number))
      }
    }
    rows.append(row)
    bytes += row.source.bytes.count
  }

  /// The rows with all that is wrong with them.
  consuming func closed(in poll: Poll) -> [CheckedRow] {
    if !rows.contains(where: { $0.findings.contains { $0.code.blocks } }), !rows.isEmpty { checkSums(poll) }
    let isRejected = rows.contains { $0.findings.contains { $0.code.blocks } }
    for index in rows.indices { rows[index].isRejected = isRejected }
    return rows
  }

  private mutating func checkSums(_ poll: Poll) {
    var sums = SheetSums(allowed: Int(poll.questions.first { $0.id == question }?.votesAllowed ?? 1))
    for row in rows {
      if case .total(let total) = row.entry { sums.add(total.level, total.count) }
    }
    let last = rows.count - 1
    if let sheets, !sums.fits(sheets) {
      rows[last].findings.append(
        Finding(
          .sumDiffers, row: rows[last].source.number, value: "\(sums.votes) + \(sums.blank) + \(sums.invalid)",
          detail: "\(sheets)"))
    }
    if let (unused, whole) = sums.manyUnused(sheets) {
      rows[last].findings.append(
        Finding(.manyInvalid, row: rows[last].source.number, value: "\(unused)", detail: "/ \(whole)"))
    }
  }
}
