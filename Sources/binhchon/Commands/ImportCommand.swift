import ArgumentParser
import Foundation
internal import Paper
internal import Polling
internal import Schema

struct Import: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "import",
    Text(
      vi: "Nhập tệp phiếu giấy (CSV, Excel) vào một lô.",
      en: "Import a file of paper results (CSV, Excel) into a batch."),
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
        "binhchon import ket-qua.csv --poll hai-chau-hai-long --batch t8 --manifest bang-ke.yaml",
        Text(vi: "lần nhập thứ nhất của lô t8", en: "the first entry of batch t8")
      ),
      (
        "binhchon import lan-hai.csv --poll hai-chau-hai-long --batch t8",
        Text(vi: "lần thứ hai, do người khác nhập", en: "the second one, by another person")
      ),
      (
        "binhchon import cu.csv --poll hai-chau-hai-long --dry-run --encoding tcvn3",
        Text(vi: "ép bảng mã: utf-8, utf-16, tcvn3, vni, windows-1258", en: "forces the encoding")
      ),
      (
        "binhchon import a.csv --poll hai-chau-hai-long --dry-run --column 'Ô 5=count' --save-map phuong-a",
        Text(vi: "nói một cột là gì, lưu cả sơ đồ cột", en: "says what a column holds, and saves the map of all")
      ),
      (
        "binhchon import b.csv --poll hai-chau-hai-long --batch t9 --map phuong-a",
        Text(vi: "đọc theo sơ đồ đã lưu", en: "reads it by a map that was saved")
      ),
    ],
    notes: Text(
      vi: """
        Hai loại tệp: mỗi dòng một số liệu (Tờ, Đơn vị, Kỳ, Câu hỏi, Mức, Số phiếu, Số phiếu thu về), hoặc mỗi dòng một
        phiếu (Mã phiếu, Đơn vị, Ngày, và một cột cho mỗi câu hỏi). Số liệu của một kỳ nhiều ngày tính vào ngày cuối kỳ. Mã E
        chặn việc nhập, mã W cần một người chấp nhận (--accept-warnings). Bị ngắt giữa chừng: chạy lại đúng lệnh ấy, việc
        nhập đi tiếp từ chỗ dở. Bảng kê (YAML): unit, from, to, questionnaires; có thể thêm controls, single-entry (nếu cuộc
        bình chọn có paper-entries: 1), files, poll-version. Mã kết thúc 1: khác bảng kê, hoặc hai lần nhập khác nhau; từng
        chỗ khác được nêu.
        """,
      en: """
        Two kinds of file: a count per row (sheet, unit, period, question, level, count, sheets), or a questionnaire per
        row (questionnaire, unit, date, and a column per question). A period of several days is counted on its last one.
        Codes E block the import, codes W need a person to accept them (--accept-warnings). Interrupted: the same command
        again goes on where it ended. A manifest (YAML): unit, from, to, questionnaires; and if you like controls,
        single-entry (where the poll has paper-entries: 1), files, poll-version. Exit status 1: not as the manifest says, or
        the entries differ; each difference is told.
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

  @Option(
    help: .text(
      vi: "Đọc cột theo sơ đồ đã lưu; mặc định: theo tiêu đề.",
      en: "Read columns by a map that was saved; default: by their headings.", value: "name"))
  var map: String?

  @Option(
    help: .text(
      vi: "Lưu cách đọc cột dưới một tên.", en: "Save how columns are read under a name.", value: "name"))
  var saveMap: String?

  @Option(
    help: .text(
      vi: "Cột có tiêu đề này là: \(ColumnWord.all); lặp lại được.",
      en: "The column with this heading is: \(ColumnWord.all); may be repeated.", value: "heading=field"))
  var column: [ColumnWord] = []

  @Option(help: .text(vi: "Mã lô phiếu giấy.", en: "The code of the batch of paper.", value: "code"))
  var batch: String?

  @Option(
    help: .text(vi: "Bảng kê của một lô mới (YAML).", en: "The manifest of a new batch (YAML).", value: "file"))
  var manifest: String?

  @Option(
    help: .text(vi: "Lần nhập 1 hoặc 2; mặc định: lần đang chờ.", en: "Entry 1 or 2; default: the one awaited."))
  var entry: UInt32?

  @Flag(
    help: .text(vi: "Chấp nhận các cảnh báo (mã W), ghi tên bạn.", en: "Accept the warnings (codes W), in your name."))
  var acceptWarnings = false

  @Flag(
    help: .text(
      vi: "Còn tệp khác của lô này: chưa kết thúc lần nhập.", en: "More files of this batch follow: not final."))
  var more = false

  func validate() throws {
    if dryRun {
      // A check knows nothing of the batch: better to refuse than to seem to compare.
      guard manifest == nil else {
        throw ValidationError(
          Text(
            vi: "--dry-run không đối chiếu bảng kê: bỏ --manifest.",
            en: "--dry-run does not compare with a manifest: leave out --manifest.")(.ambient))
      }
      return
    }
    guard batch != nil else {
      throw ValidationError(
        Text(vi: "cần --batch MÃ-LÔ, hoặc --dry-run để chỉ kiểm tra.", en: "--batch CODE is needed, or --dry-run.")(
          .ambient))
    }
    guard file != "-" else {
      throw ValidationError(
        Text(vi: "tệp được đọc hai lần: không nhập từ ống được.", en: "the file is read twice: not from a pipe.")(
          .ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let writer = try rejects.map { (path) throws(ClientError) in try RejectsWriter(path) }
    let message = try await context.withService { try await $0.poll(named: poll) }
    let definition = try Polling.Poll(message)
    let today = Day(of: .now)
    let told = try manifest.map { (path) throws(ClientError) in try ManifestFile.read(try readText(path), file: path) }
    var settings = try settings(context.environment, definition)
    settings.period = try await period(told, context)
    // Before the first look at it: what was checked is what is entered.
    let checked = dryRun ? nil : try CheckedFile(file)
    let report = try check(definition, settings, writer, today, context.console)
    if let saveMap { try save(report, settings, as: saveMap, context) }
    guard report.errors == 0, !report.isCutShort else { return .badData }
    guard let checked, let batch else { return .ok }
    let warnings = report.findings.keys.filter { !$0.blocks }.map(\.rawValue).sorted()
    guard warnings.isEmpty || acceptWarnings else {
      throw ClientError(
        .badData,
        Text(
          vi: "có cảnh báo: \(warnings.joined(separator: ", ")); chưa nhập gì",
          en: "there are warnings: \(warnings.joined(separator: ", ")); nothing was imported"),
        next: Text(
          vi: "xem lại, rồi thêm --accept-warnings để nhận trách nhiệm",
          en: "look at them, then add --accept-warnings to answer for them"),
        reason: "WARNINGS_NOT_ACCEPTED")
    }
    let upload = try await context.withPaper(poll: poll) { client in
      try await PaperUpload(
        client: client, console: context.console, code: batch, file: checked, report: report, warnings: warnings,
        hasMore: more
      ).run(manifest: told, entry: entry) { come in
        ChunkFeed(checked, poll: definition, options: settings, today: today, after: come)
      }
    }
    let record = PaperBatchRecord(upload)
    try context.console.tell(record)
    // What is under way may still become what the manifest says.
    if more, [.enteringFirst, .enteringSecond].contains(upload.phase) { return .ok }
    if record.isAsAgreed { return .ok }
    if !record.isAsManifest {
      context.console.say(
        Text(
          vi: "lô \(batch) khác bảng kê: điều phối viên sửa bảng kê (`binhchon paper manifest`) hoặc cho nhập lại "
            + "(`binhchon paper reset`)",
          en: "batch \(batch) is not as its manifest says: a coordinator changes the manifest (`binhchon paper "
            + "manifest`) or has it entered anew (`binhchon paper reset`)"))
    }
    return .negative
  }

  /// Of the batch, as its manifest says: it tells the year of a day that is written without.
  private func period(_ told: Binhchon_V1_PaperManifest?, _ context: CommandContext) async throws -> Period? {
    var manifest = told
    if manifest == nil, let batch {
      manifest = try await context.withPaper(poll: poll) { try await $0.batch(batch)?.manifest }
    }
    guard let manifest, let first = Day(iso: manifest.firstDay), let last = Day(iso: manifest.lastDay), first <= last
    else { return nil }
    return Period(first: first, last: last)
  }

  private func settings(_ environment: ProcessEnvironment, _ poll: Polling.Poll) throws -> PaperCheck.Options {
    var settings = PaperCheck.Options()
    let saved = try map.map { (name) throws(ClientError) in try ColumnMapStore(environment).load(name) }
    settings.encoding = encoding?.encoding ?? saved?.encoding
    settings.sheet = sheet ?? saved?.sheet
    // What is said here goes before what was saved.
    let said = Set(column.map(\.choice.heading))
    settings.columns = (saved?.columns ?? []).filter { !said.contains($0.heading) } + column.map(\.choice)
    for case .answer(let question)? in settings.columns.map(\.field)
    where !poll.questions.contains(where: { $0.id == question }) {
      let known = poll.questions.map(\.id).joined(separator: ", ")
      throw ClientError(
        .usage,
        Text(
          vi: "sơ đồ cột có câu hỏi “\(question)”, cuộc bình chọn này không có",
          en: "the map has a column for question “\(question)”, which this poll does not have"),
        next: Text(vi: "các câu hỏi: \(known)", en: "its questions: \(known)"))
    }
    return settings
  }

  /// Keeps how the columns were read, if they could be.
  private func save(
    _ report: PaperReport, _ settings: PaperCheck.Options, as name: String, _ context: CommandContext
  ) throws {
    let faults: [FindingCode] = [.noHeading, .missingColumn, .columnTwice]
    guard report.headingRow != nil, !faults.contains(where: { report.findings[$0] != nil }) else {
      throw ClientError(
        .badData,
        Text(vi: "chưa lưu sơ đồ: chưa rõ cột nào là gì", en: "the map was not saved: not all columns are known"),
        next: Text(vi: "nói rõ bằng --column 'TIÊU ĐỀ=…'", en: "say it with --column 'HEADING=…'"))
    }
    let map = SavedColumnMap(report, encoding: settings.encoding, sheet: settings.sheet)
    let path = try ColumnMapStore(context.environment).save(map, as: name)
    context.console.say(Text(vi: "đã lưu sơ đồ cột: \(path)", en: "the column map is saved: \(path)"))
  }

  /// Checks the file and tells what was found.
  private func check(
    _ poll: Polling.Poll, _ settings: PaperCheck.Options, _ writer: RejectsWriter?, _ today: Day, _ console: Console
  ) throws -> PaperReport {
    let talk = ImportTalk(console: console, poll: poll)
    var progress = ImportProgress(console: console)
    defer { progress.clear() }
    var events = PaperCheck.Events()
    events.began = { report in
      writer?.begin(report, console.language)
      if !console.json { for line in talk.columns(report, file: file) { try console.print(line) } }
    }
    events.rejected = { try writer?.add($0) }
    if console.json {
      events.found = { try console.print(json: FindingRecord($0, console.language)) }
    }
    events.progress = { rows, done, total in
      try Task.checkCancellation()
      progress.at(rows: rows, done: done, total: total)
    }
    let report: PaperReport
    do {
      report = try PaperCheck(poll: poll, options: settings, today: today).run(file, events)
    } catch let failure as FileFailure {
      throw ClientError(
        failure.errno == ENOENT ? .noInput : .inputOutput,
        Text(vi: "không đọc được \(failure.path)", en: "cannot read \(failure.path)"), why: systemMessage(failure.errno)
      )
    }
    progress.clear()
    try writer?.finish()
    if console.json {
      try console.print(
        json: ImportRecord(
          report, file: file, poll: poll.id.rawValue, pollVersion: poll.version, isDryRun: dryRun))
      return report
    }
    for line in talk.findings(report) + talk.sums(report) { try console.print(line) }
    if let writer, let rejects, writer.rows > 0 {
      console.say(
        Text(
          vi: "\(writer.rows) dòng phải sửa ở trong \(rejects)",
          en: writer.rows == 1
            ? "the row to mend is in \(rejects)" : "the \(writer.rows) rows to mend are in \(rejects)"
        ))
    }
    return report
  }
}

/// What a column holds, on the command line.
struct ColumnWord: ExpressibleByArgument, Sendable {
  static let all = (ColumnField.words + [SavedColumnMap.unused]).joined(separator: ", ")

  let choice: ColumnChoice

  init?(argument: String) {
    guard let choice = SavedColumnMap.choice(argument) else { return nil }
    self.choice = choice
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
