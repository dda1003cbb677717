import ArgumentParser
import Foundation
internal import Paper
internal import Polling
internal import Schema

struct Import: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "import", Text(vi: "Kiểm tra tệp phiếu giấy (CSV, Excel).", en: "Check a file of paper results (CSV, Excel)."),
    examples: [
      (
        "binhchon import ket-qua.xlsx --poll hai-chau-hai-long --dry-run",
        Text(vi: "đọc hết tệp, báo mọi lỗi một lần", en: "reads it all, tells all errors at once")
      ),
      (
        "binhchon import ket-qua.csv --poll hai-chau-hai-long --dry-run --rejects sua.csv",
        Text(vi: "ghi riêng các dòng phải sửa", en: "writes the rows to mend into a file")
      ),
      (
        "binhchon import cu.csv --poll hai-chau-hai-long --dry-run --encoding tcvn3",
        Text(vi: "ép bảng mã: utf-8, utf-16, tcvn3, vni, windows-1258", en: "forces the encoding")
      ),
    ],
    notes: Text(
      vi: """
        Hai loại tệp: mỗi dòng một số liệu (Tờ, Đơn vị, Kỳ, Câu hỏi, Mức, Số phiếu, Số phiếu thu về), hoặc mỗi dòng một
        phiếu (Mã phiếu, Đơn vị, Ngày, và một cột cho mỗi câu hỏi). Mã E chặn việc nhập, mã W cần một người chấp nhận.
        """,
      en: """
        Two kinds of file: a count per row (sheet, unit, period, question, level, count, sheets), or a questionnaire per
        row (questionnaire, unit, date, and a column per question). Codes E block the import, codes W need a person to
        accept them.
        """))

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: .text(vi: "Tệp .csv, .tsv, .xlsx; - để đọc CSV từ ống.", en: "A .csv, .tsv or .xlsx; - for CSV from a pipe."))
  var file: String

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  @Flag(help: .text(vi: "Chỉ kiểm tra.", en: "Only check."))
  var dryRun = false

  @Option(
    help: .text(
      vi: "Ghi các dòng phải sửa vào tệp mới này.", en: "Write the rows to mend into this new file.", value: "file"))
  var rejects: String?

  @Option(help: .text(vi: "Bảng mã; mặc định: tự nhận từng cột.", en: "The encoding; default: found out per column."))
  var encoding: EncodingWord?

  @Option(
    help: .text(vi: "Trang tính của Excel; mặc định: trang đầu.", en: "The workbook's sheet; default: the first."))
  var sheet: String?

  func run(_ context: CommandContext) async throws -> SysExit {
    guard dryRun else {
      throw ClientError(
        .usage, Text(vi: "chưa nhập thật được tệp phiếu giấy", en: "importing for good is not there yet"),
        next: Text(vi: "thêm --dry-run để kiểm tra tệp", en: "add --dry-run to check the file"),
        reason: "IMPORT_NOT_YET")
    }
    let writer = try rejects.map { (path) throws(ClientError) in try RejectsWriter(path) }
    let message = try await context.withService { try await $0.poll(named: poll) }
    let report = try check(try Polling.Poll(message), writer, context.console)
    return report.errors == 0 ? .ok : .badData
  }

  /// Checks the file and tells what was found.
  private func check(
    _ poll: Polling.Poll, _ writer: RejectsWriter?, _ console: Console
  ) throws -> PaperReport {
    var settings = PaperCheck.Options()
    settings.encoding = encoding?.encoding
    settings.sheet = sheet
    let talk = ImportTalk(console: console, poll: poll)
    var progress = ImportProgress(console: console)
    var events = PaperCheck.Events()
    events.began = { report in
      writer?.begin(report, console.language)
      if !console.json { for line in talk.columns(report, file: file) { try console.print(line) } }
    }
    events.row = { if $0.isRejected { try writer?.add($0) } }
    if console.json {
      events.found = { try console.print(json: FindingRecord($0, console.language)) }
    }
    events.progress = { rows, done, total in
      try Task.checkCancellation()
      progress.at(rows: rows, done: done, total: total)
    }
    let report: PaperReport
    do {
      report = try PaperCheck(poll: poll, options: settings, today: Day(of: .now)).run(file, events)
    } catch let failure as FileFailure {
      throw ClientError(
        failure.errno == ENOENT ? .noInput : .inputOutput,
        Text(vi: "không đọc được \(failure.path)", en: "cannot read \(failure.path)"), why: systemMessage(failure.errno)
      )
    }
    progress.clear()
    try writer?.finish()
    if console.json {
      try console.print(json: ImportRecord(report, file: file, poll: poll.id.rawValue, pollVersion: poll.version))
      return report
    }
    for line in talk.findings(report) + talk.sums(report) { try console.print(line) }
    if let writer, let rejects, writer.rows > 0 {
      console.say(
        Text(
          vi: "\(writer.rows) dòng phải sửa ở trong \(rejects)", en: "the \(writer.rows) rows to mend are in \(rejects)"
        ))
    }
    return report
  }
}

/// An encoding as a word on the command line.
struct EncodingWord: ExpressibleByArgument, Sendable {
  let encoding: TextEncoding

  init?(argument: String) {
    guard let encoding = TextEncoding(name: argument) else { return nil }
    self.encoding = encoding
  }

  static var allValueStrings: [String] { TextEncoding.allCases.map(\.rawValue) }
}
