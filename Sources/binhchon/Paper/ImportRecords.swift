internal import Paper

/// A finding for programs.
struct FindingRecord: Encodable {
  struct Body: Encodable {
    var code: String
    var blocks: Bool
    var row: Int?
    /// From 1.
    var column: Int?
    var value: String?
    var detail: String?
    var title: String
    var hint: String
  }
  var finding: Body

  init(_ finding: Finding, _ language: Language) {
    self.finding = Body(
      code: finding.code.rawValue, blocks: finding.code.blocks, row: finding.row, column: finding.column.map { $0 + 1 },
      value: finding.value.isEmpty ? nil : finding.value, detail: finding.detail.isEmpty ? nil : finding.detail,
      title: Text(finding.code.title)(language), hint: Text(finding.code.hint)(language))
  }
}

/// The sum of a check for programs.
struct ImportRecord: Encodable {
  struct Column: Encodable {
    var heading: String
    var field: String?
    var encoding: String
    var confidence: Int
    var sample: String?
  }
  struct Body: Encodable {
    var file: String
    var dryRun: Bool
    var poll: String
    var pollVersion: UInt32
    var format: String?
    var kind: String?
    var headingRow: Int?
    var columns: [Column]
    var rows: Int
    var acceptedRows: Int
    var rejectedRows: Int
    /// Of a period of several days: they count on its last one.
    var rowsOfSeveralDays: Int
    var votes: [String: [String: Int]]
    var errors: Int
    var warnings: Int
    var codes: [String: Int]
    var complete: Bool
  }
  var report: Body

  init(_ report: PaperReport, file: String, poll: String, pollVersion: UInt32, isDryRun: Bool) {
    self.report = Body(
      file: file, dryRun: isDryRun, poll: poll, pollVersion: pollVersion, format: report.format?.word,
      kind: report.kind?.rawValue, headingRow: report.headingRow,
      columns: report.columns.map { column in
        Column(
          heading: column.heading, field: column.field?.word,
          encoding: report.isUTF16 ? "utf-16" : column.encoding.isPlain ? "ascii" : column.encoding.encoding.name,
          confidence: column.encoding.confidence, sample: column.encoding.sample.isEmpty ? nil : column.encoding.sample)
      },
      rows: report.rows, acceptedRows: report.acceptedRows, rejectedRows: report.rejectedRows,
      rowsOfSeveralDays: report.rowsOfSeveralDays, votes: report.votes,
      errors: report.errors, warnings: report.warnings,
      codes: Dictionary(
        report.findings.map { ($0.key.rawValue, $0.value.count) }, uniquingKeysWith: { first, _ in first }),
      complete: !report.isCutShort)
  }
}
