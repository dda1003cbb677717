import Foundation
import Polling

@testable import Paper

enum Samples {
  static let levels = [
    ("RKHL", "Rất không hài lòng", "Very dissatisfied"), ("KHL", "Không hài lòng", "Dissatisfied"),
    ("BT", "Bình thường", "Neutral"), ("HL", "Hài lòng", "Satisfied"), ("RHL", "Rất hài lòng", "Very satisfied"),
  ]

  static func poll(questions: [Question]? = nil) throws -> Poll {
    let question = Question(
      id: "hai-long", text: LocalizedText(vi: "Ông/Bà hài lòng đến mức nào?", en: "How satisfied are you?"),
      kind: .ordinal,
      choices: levels.map { Choice(code: $0.0, label: LocalizedText(vi: $0.1, en: $0.2)) })
    return Poll(
      id: try PollID("hai-chau-hai-long"), version: 1, title: LocalizedText(vi: "Đánh giá", en: "Rating"),
      unit: try UnitPath("hai-chau"),
      units: [
        Polling.Unit(
          path: try UnitPath("hai-chau/mot-cua"), name: LocalizedText(vi: "Bộ phận Một cửa", en: "One-stop shop")),
        Polling.Unit(
          path: try UnitPath("hai-chau/mot-cua/quay-01"), name: LocalizedText(vi: "Quầy 01", en: "Counter 01")),
        Polling.Unit(
          path: try UnitPath("hai-chau/mot-cua/quay-02"), name: LocalizedText(vi: "Quầy 02", en: "Counter 02")),
        Polling.Unit(
          path: try UnitPath("hai-chau/mot-cua/quay-03"), name: LocalizedText(vi: "Quầy 03", en: "Counter 03")),
        Polling.Unit(path: try UnitPath("hai-chau/xa-a/quay"), name: LocalizedText(vi: "Quầy xã", en: "Commune")),
        Polling.Unit(path: try UnitPath("hai-chau/xa-b/quay"), name: LocalizedText(vi: "Quầy xã", en: "Commune")),
      ],
      questions: questions ?? [question],
      opensAt: Day(year: 2025, month: 1, day: 1)?.start, closesAt: Day(year: 2026, month: 1, day: 1)?.start)
  }

  /// A poll with a question of one answer and one of up to two.
  static func questionnairePoll() throws -> Poll {
    let reasons = Question(
      id: "ly-do", text: LocalizedText(vi: "Vì sao?", en: "Why?"), kind: .multiple(votesAllowed: 2), isOptional: true,
      choices: ["A", "B", "C"].map { Choice(code: $0, label: LocalizedText(vi: "Lý do \($0)", en: "Reason \($0)")) })
    return try poll(questions: try poll().questions + [reasons])
  }

  static let today = Day(number: 20_500)  // 2026-02-16

  static let heading = "Đơn vị,Ngày,Mức,Số phiếu\n"
}

/// What a check said, row by row; of an accepted one that is what it says and what was found of it, not how it stands in the file.
struct Checked {
  var report = PaperReport()
  var rows: [CheckedRow] = []

  var entries: [PaperEntry] { rows.filter { !$0.isRejected }.compactMap(\.entry) }
  var codes: Set<FindingCode> { Set(report.findings.keys) }
}

/// A file that is gone when the work is done.
func withFile<Result>(_ bytes: some Sequence<UInt8>, _ work: (String) throws -> Result) throws -> Result {
  let path = FileManager.default.temporaryDirectory.appending(path: "paper-\(UUID()).tmp").path
  try Data(bytes).write(to: URL(filePath: path))
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try work(path)
}

func check(
  _ bytes: some Sequence<UInt8>, _ poll: Poll? = nil, options: PaperCheck.Options = .init()
) throws -> Checked {
  try withFile(bytes) { path in try check(path: path, poll, options: options) }
}

func check(path: String, _ poll: Poll? = nil, options: PaperCheck.Options = .init()) throws -> Checked {
  var checked = Checked()
  var events = PaperCheck.Events()
  var found: [Finding] = []
  events.found = { found.append($0) }
  events.rejected = { row in
    checked.rows.append(row)
    found = []
  }
  events.accepted = { entry, number in
    checked.rows.append(
      CheckedRow(
        source: SourceRow(number: number), entry: entry, findings: found.filter { $0.row == number },
        isRejected: false))
    found = []
  }
  checked.report = try PaperCheck(poll: try poll ?? Samples.poll(), options: options, today: Samples.today)
    .run(path, events)
  return checked
}

/// A string of code points below 256, as bytes.
func latin1(_ text: String) -> [UInt8] {
  text.unicodeScalars.map { UInt8(truncatingIfNeeded: Windows1252.unit($0)) }
}
