internal import Polling
internal import Schema

/// Finds the sheets that were drawn among all rows of an entry, as they come.
struct DrawnSheets {
  private let drawn: Set<UInt64>
  private let findings: [UInt64: Bool]
  private let batch: String
  private var numbers = PaperSheetNumbers()
  private var file: String?
  private var open: DrawnSheetRecord?

  init(_ audit: PaperAuditRecord, of batch: String) {
    drawn = Set(audit.drawn)
    findings = Dictionary(audit.findings.map { ($0.sheet, $0.match) }) { $1 }
    self.batch = batch
  }

  mutating func take(
    _ page: Binhchon_V1_GetPaperRowsResponse, _ tell: (DrawnSheetRecord) throws -> Void
  ) throws {
    for row in page.rows {
      let record = PaperRowRecord(row, of: page, batch: batch)
      if file != nil, file != record.sha256 { numbers.endFile() }
      file = record.sha256
      guard let place = PaperRow(placeOf: row) else {
        throw ClientError(
          .protocol, Text(vi: "máy chủ gửi một dòng sai dạng", en: "the server sent a row that is none"))
      }
      let number = numbers.add(place)
      if open?.sheet.number != number { try finish(tell) }
      guard drawn.contains(number) else { continue }
      if open == nil {
        open = DrawnSheetRecord(sheet: DrawnSheetRecord.Body(number: number, match: findings[number], rows: []))
      }
      open?.sheet.rows.append(record)
    }
  }

  mutating func finish(_ tell: (DrawnSheetRecord) throws -> Void) throws {
    if let open { try tell(open) }
    open = nil
  }
}

extension PaperRow {
  /// What decides on which sheet it is; nil: it is nowhere.
  fileprivate init?(placeOf row: Binhchon_V1_PaperRow) {
    guard let unit = try? UnitPath(row.unit), let first = Day(iso: row.firstDay), let last = Day(iso: row.lastDay)
    else { return nil }
    let content: Content
    switch row.content {
    case .total(let total):
      content = .total(question: total.question, level: .blank, count: 0, questionnaires: nil)
    case .questionnaire: content = .questionnaire([])
    case nil: return nil
    }
    self.init(
      number: row.number, label: row.label, unit: unit, period: DaySpan(first: first, last: last), content: content)
  }
}
