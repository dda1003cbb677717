import Foundation
internal import Paper
internal import Polling

/// Tells what a file of nominations says, and all that is wrong with it.
struct NominationTalk {
  let console: Console
  let file: String

  private static let shownPlaces = 5

  func tell(_ sheet: NominationSheet) throws {
    if console.json { return try tellPrograms(sheet) }
    let language = console.language
    var table = Table(
      headings: [
        Text(vi: "CỘT", en: "COL")(language), Text(vi: "TIÊU ĐỀ", en: "HEADING")(language),
        Text(vi: "HIỂU LÀ", en: "READ AS")(language), Text(vi: "BẢNG MÃ", en: "ENCODING")(language),
      ], sides: [.left, .left, .left, .left])
    for (index, column) in sheet.table.columns.enumerated() {
      table.rows.append([
        Finding.letters(index), TextWidth.fit(column.heading, 28), sheet.columns[index]?.label(language) ?? "–",
        sheet.table.isUTF16 ? "utf-16" : column.encoding.isPlain ? "ascii" : column.encoding.encoding.name,
      ])
    }
    for line in table.lines() { try console.print(line) }
    let groups = Dictionary(grouping: sheet.problems + sheet.rows.flatMap(\.problems)) { $0.code }
    for (code, problems) in groups.sorted(by: { $0.key < $1.key }) {
      guard let first = problems.first else { continue }
      let count = problems.count > 1 ? " × \(console.figures.count(UInt64(problems.count)))" : ""
      try console.print(Line("\(code)\(count)", first.blocks ? .bad : .warning))
      for problem in problems.prefix(Self.shownPlaces) { try console.print("  " + problem.line(language)) }
      if problems.count > Self.shownPlaces {
        let more = problems.count - Self.shownPlaces
        try console.print(
          Line(
            Text(vi: "  … và \(more) chỗ khác; --json in từng chỗ", en: "  … and \(more) more; --json prints each")(
              language), .dim))
      }
    }
    let (rows, good) = (sheet.rows.count, sheet.nominations.count)
    try console.print(
      Line(
        Text(
          vi: "\(rows) dòng: \(good) tốt, \(rows - good) phải sửa",
          en: "\(rows) rows: \(good) fine, \(rows - good) to mend")(
            language), sheet.errors == 0 ? .good : .bad))
  }

  private func tellPrograms(_ sheet: NominationSheet) throws {
    for problem in sheet.problems + sheet.rows.flatMap(\.problems) {
      try console.print(json: ProblemRecord(problem, console.language))
    }
    try console.print(
      json: SheetRecord(
        file: file, format: sheet.table.format.word, headingRow: sheet.table.headingRow, rows: sheet.rows.count,
        acceptedRows: sheet.nominations.count, errors: sheet.errors))
  }
}

private struct SheetRecord: Encodable {
  var file: String
  var format: String
  var headingRow: Int
  var rows: Int
  var acceptedRows: Int
  var errors: Int
}

private struct ProblemRecord: Encodable {
  struct Body: Encodable {
    var code: String
    var blocks: Bool
    var row: Int?
    /// From 1.
    var column: Int?
    var value: String?
    var text: String
  }
  var finding: Body

  init(_ problem: NominationSheet.Problem, _ language: Language) {
    finding = Body(
      code: problem.code, blocks: problem.blocks, row: problem.row, column: problem.column.map { $0 + 1 },
      value: problem.value.isEmpty ? nil : problem.value, text: problem.text(language))
  }
}

extension NominationSheet.Problem {
  /// `dòng 4, cột B: “y tế” không có trong lĩnh vực của phong trào`.
  func line(_ language: Language) -> String {
    var place: [String] = []
    if let row { place.append(Text(vi: "dòng \(row)", en: "row \(row)")(language)) }
    if let column {
      let letters = Finding.letters(column)
      place.append(Text(vi: "cột \(letters)", en: "column \(letters)")(language))
    }
    let said = (value.isEmpty ? "" : "“\(value.prefix(60))” ") + text(language)
    return place.isEmpty ? said : place.joined(separator: ", ") + ": " + said
  }
}

/// The rows to mend, in the layout of their file and with what is wrong behind them.
enum NominationRejects {
  /// - Returns: how many there are; with none, no file is made.
  static func write(_ sheet: NominationSheet, to path: String, _ language: Language) throws -> Int {
    let rows = sheet.rows.filter { $0.nomination == nil }
    guard !rows.isEmpty else { return 0 }
    let kept = sheet.columns.indices.filter { sheet.columns[$0] != .rejects }
    var text = "\u{FEFF}" + CSV.record(kept.map { sheet.table.columns[$0].heading } + [NominationColumn.rejectCodes])
    for row in rows {
      let wrong = row.problems.filter(\.blocks).map { "\($0.code) \($0.text(language))" }
      text += CSV.record(kept.map { row.cells[$0] } + [wrong.joined(separator: " · ")])
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ClientError(
        .cannotCreate, Text(vi: "không tạo được \(path)", en: "cannot create \(path)"), why: systemMessage(errno))
    }
    defer { _ = close(descriptor) }
    try writeAll(text.utf8, to: descriptor)
    return rows.count
  }
}
