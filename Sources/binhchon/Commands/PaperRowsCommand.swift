import ArgumentParser
internal import Schema

struct PaperRows: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "rows", Text(vi: "Các dòng của một lần nhập, đúng như đã gõ.", en: "The rows of an entry, as they were typed."),
    examples: [
      ("binhchon paper rows t8 --poll hai-chau-hai-long", Text(vi: "lần nhập được dùng", en: "the entry that counts")),
      (
        "binhchon paper rows t8 --poll hai-chau-hai-long --entry 2 --json",
        Text(vi: "lần hai, cho chương trình", en: "the second one, for programs")
      ),
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  @Option(
    help: .text(
      vi: "Lần nhập 1 hoặc 2; mặc định: lần được dùng.", en: "Entry 1 or 2; default: the one that counts."))
  var entry: UInt32 = 0

  @Option(help: .text(vi: "Chỉ các dòng sau việc số này.", en: "Only rows of acts behind this one.", value: "act"))
  var after: UInt64 = 0

  func run(_ context: CommandContext) async throws -> SysExit {
    try await context.withPaper(poll: place.poll) { client in
      try await client.eachPage(of: place.batch, entry: entry, after: after) {
        try context.console.tell($0, of: place.batch)
      }
    }
    return .ok
  }
}

/// Where a counted number comes from.
struct PaperFigureRecord: ToldRecord {
  struct Entry: Encodable {
    var number: UInt32
    var by: String
  }
  struct Body: Encodable {
    var batch: String
    var phase: String
    var unit: String
    var day: String?
    var question: String
    var choice: String
    var count: UInt64
    /// The one whose rows follow.
    var entry: UInt32
    var entries: [Entry]
    /// Who accepted it, if somebody did.
    var acceptedBy: String?
    var corrections: [PaperBatchRecord.Correction]
  }
  var figure: Body
  private let subject: Text

  private enum CodingKeys: CodingKey { case figure }

  init(_ word: FigureWord, _ page: Binhchon_V1_GetPaperRowsResponse, _ batch: Binhchon_V1_PaperBatch) {
    let record = PaperBatchRecord(batch)
    figure = Body(
      batch: record.batch, phase: record.phase, unit: word.unit, day: word.day, question: word.question,
      choice: word.choice, count: page.count, entry: page.entry,
      entries: record.entries.map { Entry(number: $0.number, by: $0.by) },
      acceptedBy: record.history.last { $0.event == "accept" }?.by,
      corrections: page.entry == batch.kept ? record.corrections.filter { $0.isOf(word) } : [])
    subject = PaperBatchRecord.subject(word.question, word.choice)
  }

  func lines(_ language: Language) -> [String] {
    let what = [figure.unit, figure.day, subject(language)].compactMap { $0 }.joined(separator: " ")
    let entries = figure.entries.map {
      Text(vi: "lần nhập \($0.number): \($0.by)", en: "entry \($0.number): \($0.by)")(language)
    }
    let accepted = figure.acceptedBy.map { Text(vi: "duyệt: \($0)", en: "accepted by \($0)")(language) }
    return ["\(what): \(figure.count)", "  " + (entries + [accepted].compactMap { $0 }).joined(separator: " · ")]
      + figure.corrections.map { $0.line(language) }
  }
}
