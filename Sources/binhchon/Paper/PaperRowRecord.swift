internal import Schema

/// A row of a batch as it was typed: for people below a line on where it is from, for programs with all of that.
struct PaperRowRecord: Encodable {
  struct Answer: Encodable {
    var question: String
    var choices: [String]
  }

  var batch: String
  var entry: UInt32
  var by: String
  var act: UInt64
  var at: String
  var file: String
  var sha256: String
  /// In its file.
  var row: UInt64
  var label: String
  var unit: String
  var from: String
  var to: String
  var question: String?
  /// `choice`, `blank` or `invalid`.
  var level: String?
  var choice: String?
  var count: UInt64?
  var questionnaires: UInt64?
  var answers: [Answer]?

  init(_ row: Binhchon_V1_PaperRow, of page: Binhchon_V1_GetPaperRowsResponse, batch: String) {
    self.batch = batch
    entry = page.entry
    by = page.by
    act = page.act
    at = LocalTime.iso(milliseconds: page.atMs)
    file = page.fileName
    sha256 = page.file.hexadecimal
    self.row = row.number
    label = row.label
    unit = row.unit
    (from, to) = (row.firstDay, row.lastDay)
    switch row.content {
    case .total(let total):
      question = total.question
      level = total.level.word
      choice = total.level == .choice ? total.choice : nil
      count = total.count
      if case .questionnaires(let all) = total.sheet { questionnaires = all }
    case .questionnaire(let questionnaire):
      answers = questionnaire.answers.map { Answer(question: $0.question, choices: $0.choices) }
    case nil: break
    }
  }

  func line(_ language: Language) -> String {
    let days = from == to ? from : "\(from) – \(to)"
    let place = [Text(vi: "dòng \(row)", en: "row \(row)")(language), label, unit, days].filter { !$0.isEmpty }
    return "  \(place.joined(separator: " · ")): \(content(language))"
  }

  private func content(_ language: Language) -> String {
    if let answers {
      return answers.map { "\($0.question) \($0.choices.joined(separator: "+"))" }.joined(separator: "; ")
    }
    let unused = level == "blank" ? Text(vi: "trống", en: "blank") : Text(vi: "không hợp lệ", en: "invalid")
    let what = choice ?? unused(language)
    return "\(question ?? "") \(what) \(count ?? 0)\(questionnaires.map { " / \($0)" } ?? "")"
  }

  /// Where the rows of a page are from.
  static func heading(_ page: Binhchon_V1_GetPaperRowsResponse, _ language: Language) -> String {
    let (at, file) = (LocalTime.iso(milliseconds: page.atMs), "\(page.fileName) \(page.file.hexadecimal)")
    return Text(
      vi: "lần nhập \(page.entry) của \(page.by) · việc \(page.act), \(at) · \(file)",
      en: "entry \(page.entry) by \(page.by) · act \(page.act), \(at) · \(file)")(language)
  }
}

extension Console {
  /// The rows of a page.
  func tell(_ page: Binhchon_V1_GetPaperRowsResponse, of batch: String) throws {
    if !json, !page.rows.isEmpty { try print(PaperRowRecord.heading(page, language)) }
    for row in page.rows {
      let record = PaperRowRecord(row, of: page, batch: batch)
      if json { try print(json: record) } else { try print(record.line(language)) }
    }
  }
}

extension Binhchon_V1_PaperLevel {
  fileprivate var word: String {
    switch self {
    case .choice: "choice"
    case .blank: "blank"
    case .invalid: "invalid"
    case .unspecified, .UNRECOGNIZED: "unknown"
    }
  }
}
