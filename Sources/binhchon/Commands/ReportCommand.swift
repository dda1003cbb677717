import ArgumentParser
internal import Polling

extension ReportForm: ExpressibleByArgument {}

extension ReportTime: ExpressibleByArgument {}

struct ReportCommand: ClientCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, csv, json, html
  }

  static let configuration = CommandConfiguration.command(
    "report", Text(vi: "Lập báo cáo của một kỳ.", en: "Make the report of a period."),
    examples: [
      (
        "binhchon report --poll mot-cua --period 2025-Q1", Text(vi: "tổng hợp quý I", en: "a summary of the quarter")
      ),
      (
        "binhchon report --poll mot-cua --period 2025-Q1 --form 03 --format html -o xep-hang.html",
        Text(vi: "xếp hạng, một trang web tự chứa", en: "the ranking, as a page that needs nothing else")
      ),
      (
        "binhchon report --poll mot-cua --period 2025-Q1 --form 02 --rulebook rulebooks/nd-61-2018.yaml "
          + "--scores tu-cham.yaml",
        Text(vi: "điểm và xếp loại theo Nghị định 61", en: "scores and grades by Decree 61")
      ),
    ],
    notes: Text(
      vi: """
        Ai không được xem số phiếu (không phải kiểm toán viên, quản trị viên) thì báo cáo của cuộc có k trên 1 lập từ số \
        liệu công bố: chỉ today, yesterday, this-week, this-month, total, và số bị ẩn được ghi rõ.

        Cùng một bản của sổ thì báo cáo giống nhau đến từng byte: trong đó không có giờ in. CSV và JSON có cùng các số, \
        mỗi số một dòng, kèm n; tỷ lệ tính trên 1.
        """,
      en: """
        For all but auditors and administrators the report of a poll with k over 1 is made of what is published: of today, \
        yesterday, this-week, this-month and total only, and figures that are left out are marked.

        The same revision of the ledger gives the same bytes: no time of printing is in it. CSV and JSON hold the same \
        figures, one per line, each with its n; shares are of 1.
        """))

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  @Option(
    help: .text(
      vi: "Kỳ: 2024, 2024-Q1, 2024-H1, 2024-9M, 2024-03, 2024-03-31, TỪ..ĐẾN (cả hai ngày), today, yesterday, "
        + "this-week, this-month, total.",
      en: "Period: 2024, 2024-Q1, 2024-H1, 2024-9M, 2024-03, 2024-03-31, FROM..TO (both days), today, yesterday, "
        + "this-week, this-month, total.",
      value: "period"))
  var period: String

  @Option(help: .text(vi: "Biểu.", en: "The form."))
  var form = ReportForm.summary

  @Option(
    help: .text(vi: "Đơn vị và mọi đơn vị bên dưới; mặc định: tất cả.", en: "A unit and all below it; default: all."))
  var unit: String = ""

  @Option(
    help: .text(
      vi: "Tính phiếu của đơn vị cũ cho đơn vị kế thừa, theo danh mục đơn vị của ngày này.",
      en: "Count what was voted on former units for their successors, by the units of this day.",
      value: "yyyy-mm-dd"))
  var rollUpTo: String?

  @Option(help: .text(vi: "Cách in.", en: "How to print it."))
  var format = Format.text

  @Flag(help: .text(vi: "CSV có dấu UTF-8 ở đầu, cho Excel.", en: "CSV with the mark of UTF-8, for Excel."))
  var bom = false

  @Option(
    name: [.customShort("o"), .long],
    help: .text(vi: "Ghi vào tệp này, cả hoặc không.", en: "Write this file, whole or not at all.", value: "file"))
  var output: String?

  @Option(
    help: .text(
      vi: "Tệp bộ quy tắc; lặp lại được. Biểu 01 và 02 cần một.",
      en: "A file of rules; may be repeated. Forms 01 and 02 need one.", value: "file"))
  var rulebook: [String] = []

  @Option(
    help: .text(
      vi: "Tệp điểm tự chấm và thẩm định của kỳ này.", en: "A file of own and appraised scores of this period.",
      value: "file"))
  var scores: String?

  @Option(
    help: .text(
      vi: "Câu hỏi để xếp hạng; mặc định: câu đầu có mức độ.",
      en: "What units are ranked by; default: the first question with levels.", value: "id"))
  var question: String = ""

  @Option(
    help: .text(
      vi: "Dưới số câu trả lời này thì không xếp hạng, không nhận xét.",
      en: "Under so many answers nothing is ranked or judged.", value: "n"))
  var minimum: UInt64 = 30

  func validate() throws {
    func fail(_ vi: String, _ en: String) -> ValidationError { ValidationError(Text(vi: vi, en: en)(.ambient)) }
    if ReportTime(argument: period) == nil {
      throw fail(
        "--period là một kỳ dạng 2024-Q1, có đầu có cuối, hoặc this-month, total …",
        "--period is one like 2024-Q1, with both ends, or this-month, total …")
    }
    if let rollUpTo, Day(iso: rollUpTo) == nil {
      throw fail("--roll-up-to là một ngày, yyyy-mm-dd.", "--roll-up-to is a day, yyyy-mm-dd.")
    }
    if bom, format != .csv { throw fail("--bom chỉ dùng với --format csv.", "--bom is for --format csv only.") }
    if options.json, format != .text, format != .json {
      throw fail("Chọn --format hoặc --json.", "Choose --format or --json.")
    }
    if rulebook.isEmpty, form == .officers || form == .offices {
      throw fail("Biểu này cần --rulebook.", "This form needs --rulebook.")
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    guard let time = ReportTime(argument: period) else { return .usage }
    let rulebooks = try rulebook.map { try RulebookFile.read(try readText($0), file: $0) }
    let scores = try scores.map { try SelfScores.read(try readText($0), file: $0) }
    if let scores, scores.period != period {
      throw ClientError(
        .badData,
        Text(
          vi: "điểm tự chấm là của kỳ \(scores.period), không phải \(period)",
          en: "the own scores are of \(scores.period), not of \(period)"))
    }
    let input = try await context.withService {
      try await ReportInput.fetch(poll, unit: unit, rollUpTo: rollUpTo.flatMap(Day.init(iso:)), time, $0)
    }
    var builder = try ReportBuilder(
      input, rulebooks: rulebooks, scores: scores, question: question, minimum: minimum)
    let document = try builder.document(form)
    let text = try write(document, of: input, rulebooks, context.console.language)
    guard let output else {
      try context.console.printVerbatim(text)
      return .ok
    }
    try writeWhole(text, to: output)
    return .ok
  }

  private func write(
    _ document: ReportDocument, of input: ReportInput, _ rulebooks: [Rulebook], _ language: Language
  ) throws -> String {
    switch options.json ? .json : format {
    case .text: ReportText.write(document, language)
    case .html: ReportHTML.write(document, language)
    case .json: try JSONLine.encode(ReportRecord(document, of: input, rulebooks)) + "\n"
    case .csv: (bom ? "\u{FEFF}" : "") + ReportRecord(document, of: input, rulebooks).csv
    }
  }
}
