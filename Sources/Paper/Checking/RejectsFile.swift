/// The rejected rows in the layout of their file, to be mended and sent again: the same columns in the same order, and
/// two behind them that say what is wrong. UTF-8 with its mark, so that spreadsheets read it.
public struct RejectsFile {
  private let delimiter: UInt8
  private let headings: [String]
  private let fields: [ColumnField?]
  /// The words of a code's hint, in the reader's language.
  private let hint: (FindingCode) -> String

  public init(_ report: PaperReport, hint: @escaping (FindingCode) -> String) {
    if case .delimited(let delimiter) = report.format { self.delimiter = delimiter } else { delimiter = 0x3B }
    headings = report.columns.map(\.heading)
    fields = report.columns.map(\.field)
    self.hint = hint
  }

  public func heading() -> [UInt8] {
    let shown = headings.indices.filter { fields[$0] != .rejectCodes }.map { headings[$0] }
    return [0xEF, 0xBB, 0xBF] + record(shown + [HeadingWords.rejectCodes, HeadingWords.rejectHints])
  }

  /// A row that is only here because its sheet is has no code.
  public func record(_ row: CheckedRow) -> [UInt8] {
    var cells: [String] = []
    for (column, text) in row.texts.enumerated() where fields[column] != .rejectCodes { cells.append(text) }
    let findings = row.findings.filter { $0.code.blocks }
    var codes: [FindingCode] = []
    for finding in findings where !codes.contains(finding.code) { codes.append(finding.code) }
    cells.append(codes.map(\.rawValue).joined(separator: " "))
    cells.append(codes.map(hint).joined(separator: " · "))
    return record(cells)
  }

  private func record(_ cells: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(delimiter) }
      let isQuoted = cell.utf8.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
      if isQuoted { bytes.append(0x22) }
      for byte in cell.utf8 {
        if byte == 0x22 { bytes.append(byte) }
        bytes.append(byte)
      }
      if isQuoted { bytes.append(0x22) }
    }
    return bytes + [0x0D, 0x0A]
  }
}
