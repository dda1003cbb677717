internal import Polling

/// A file of records, read whole: its heading and its rows as text, whatever the encoding of each column. For lists that
/// a person could look through; results of polls, which may be longer, are read by ``PaperCheck``.
public struct TextTable: Sendable {
  public struct Column: Sendable {
    public var heading: String
    public var encoding: EncodingVerdict
  }

  public struct Row: Sendable {
    /// From 1, as a spreadsheet counts.
    public var number: Int
    /// One per heading, without spaces around.
    public var cells: [String]
    /// Cells that could not be read as they stand.
    public var findings: [Finding]
  }

  /// Why nothing of the file is read.
  public struct Unreadable: Error, Sendable {
    public var finding: Finding
  }

  public struct Options: Sendable {
    /// Nil: found out per column.
    public var encoding: TextEncoding?
    /// Of a workbook; nil: the first one.
    public var sheet: String?
    public var mostRows = 20_000
    /// Of all cells.
    public var mostBytes = 64 << 20

    public init() {}
  }

  public private(set) var format: PaperFile.Format
  public private(set) var isUTF16: Bool
  public private(set) var headingRow: Int
  public private(set) var columns: [Column]
  public private(set) var rows: [Row]

  /// - Parameters:
  ///   - path: `-` for standard input.
  ///   - known: how many of a row's cells are known as headings; the row with most of them, two at least, is the heading.
  /// - Throws: ``Unreadable``, `FileFailure`.
  public init(_ path: String, options: Options = Options(), known: ([String]) -> Int) throws {
    do {
      try self.init(
        PaperFile(path, sheet: options.sheet, encoding: options.encoding), options, known)
    } catch let problem as PaperProblem {
      throw Unreadable(finding: Finding(problem))
    }
  }

  private init(_ file: PaperFile, _ options: Options, _ known: ([String]) -> Int) throws {
    var source: [SourceRow] = []
    var bytes = 0
    while let row = try file.next() {
      if row.isBlank { continue }
      source.append(row)
      bytes += row.bytes.count
      guard source.count <= options.mostRows + PaperCheck.headingRows, bytes <= options.mostBytes else {
        throw PaperProblem(.tooManyRows, detail: "> \(options.mostRows)", row: row.number)
      }
    }
    var detector = EncodingDetector(forced: options.encoding)
    for row in source.prefix(PaperCheck.sampleRows) {
      for column in row.cells.indices where row.cells[column].kind == .text {
        detector.add(column: column, row[column])
      }
    }
    let verdicts = detector.verdicts(count: source.map(\.count).max() ?? 0)
    var best: (place: Int, headings: [String], known: Int)?
    for (place, row) in source.prefix(PaperCheck.headingRows).enumerated() {
      let headings = row.cells.indices.map { verdicts[$0].encoding.decode(row[$0]).text.trimmed }
      let count = known(headings)
      if count >= 2, count > best?.known ?? 0 { best = (place, headings, count) }
    }
    guard let best else { throw PaperProblem(source.isEmpty ? .emptyFile : .noHeading) }
    (format, isUTF16) = (file.format, file.isUTF16)
    headingRow = source[best.place].number
    columns = best.headings.enumerated().map { Column(heading: $1, encoding: verdicts[$0]) }
    rows = source[(best.place + 1)...].map { Row($0, verdicts, count: best.headings.count) }
  }
}

extension TextTable.Row {
  fileprivate init(_ row: SourceRow, _ verdicts: [EncodingVerdict], count: Int) {
    number = row.number
    (cells, findings) = ([], [])
    for column in 0..<count {
      // A row may be longer than all that were looked at.
      let encoding = verdicts.indices.contains(column) ? verdicts[column].encoding : .utf8
      let decoded = encoding.decode(row[column])
      let text = decoded.text.trimmed
      cells.append(text)
      if row.cell(column)?.kind == .failure {
        findings.append(Finding(.failedFormula, row: row.number, column: column, value: text))
      }
      for loss in decoded.losses.prefix(1) {
        let code: FindingCode = loss.kind == .undefined ? .unreadableLetters : .capitalUnknown
        findings.append(Finding(code, row: row.number, column: column, value: text, detail: loss.shown))
      }
    }
    if let beyond = row.cells.indices.dropFirst(count).first(where: { !row[$0].allSatisfy(SourceRow.isSpace) }) {
      findings.append(Finding(.cellsBeyondHeading, row: row.number, column: beyond, detail: "> \(count)"))
    }
  }
}
