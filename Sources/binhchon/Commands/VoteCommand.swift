import ArgumentParser
import Foundation
internal import Polling
internal import Schema

struct Vote: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "vote", Text(vi: "Gửi đánh giá.", en: "Cast ratings."),
    examples: [
      (
        "binhchon vote --poll hai-chau-hai-long --unit hai-chau/mot-cua/quay-01 --choice HL",
        Text(vi: "một đánh giá", en: "one rating")
      ),
      (
        "binhchon vote --poll hai-chau-hai-long --unit hai-chau/mot-cua --from phieu.txt",
        Text(vi: "mỗi dòng một mã, hoặc một đối tượng JSON", en: "one code per line, or one JSON object")
      ),
      (
        "binhchon vote --poll hai-chau-hai-long --unit hai-chau/mot-cua/quay-02 --random --count 100 --seed 7",
        Text(vi: "một trăm đánh giá ngẫu nhiên để trình diễn", en: "a hundred random ratings, for a demonstration")
      ),
    ],
    notes: Text(
      vi: """
        Dòng JSON: {"choice":"HL"} hoặc {"answers":{"hai-long":["HL"]}}, thêm được "unit", "channel", "dossier", "ballot_id".
        Gửi lại với cùng --ballot-id không bị tính hai lần.
        """,
      en: """
        A JSON line: {"choice":"HL"} or {"answers":{"hai-long":["HL"]}}, and "unit", "channel", "dossier", "ballot_id".
        Sending again under the same --ballot-id never counts twice.
        """))

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  @Option(help: .text(vi: "Đơn vị nơi phiếu được gửi.", en: "The unit the ballot is cast at.", value: "path"))
  var unit: String

  @Option(
    help: .text(vi: "Mã lựa chọn, cho cuộc bình chọn một câu hỏi.", en: "A choice code, where there is one question."))
  var choice: String?

  @Option(
    help: .text(
      vi: "Trả lời một câu hỏi; lặp lại được.", en: "Answers one question; may be repeated.", value: "q=code,code"))
  var answer: [String] = []

  @Option(
    help: .text(
      vi: "Tệp phiếu, hoặc - để đọc từ bàn phím/ống.", en: "A file of ballots, or - for standard input.", value: "file")
  )
  var from: String?

  @Flag(help: .text(vi: "Chọn ngẫu nhiên.", en: "Random choices."))
  var random = false

  @Option(help: .text(vi: "Hạt giống của --random.", en: "Seed of --random.", value: "n"))
  var seed: UInt64?

  @Option(
    name: [.long, .customLong("repeat")], help: .text(vi: "Gửi bấy nhiêu phiếu.", en: "Cast so many.", value: "n"))
  var count: Int = 1

  @Option(help: .text(vi: "Kênh.", en: "The channel."))
  var channel = ChannelWord(.kiosk)

  @Option(
    help: .text(
      vi: "Mã hồ sơ; máy chủ chỉ giữ mã băm.", en: "The dossier; the server keeps only a keyed hash.", value: "number"))
  var dossier: String?

  @OptionGroup var about: ProcedureOptions

  @Option(
    help: .text(
      vi: "Ý kiến viết bằng lời, gửi riêng sau khi phiếu đã được ghi; không ghi tên ai.",
      en: "What was written, sent apart once the rating is kept; without names of people.", value: "text"))
  var comment: String?

  @Option(
    help: .text(
      vi: "Câu hỏi kind: text mà --comment trả lời; mặc định: câu đầu tiên được hỏi sau các trả lời này.",
      en: "The question of kind: text that --comment answers; default: the first that is asked after these answers.",
      value: "id"))
  var commentQuestion: String?

  @Option(help: .text(vi: "Mã phiếu cho lần gửi lại.", en: "The id of a ballot to send again.", value: "uuid"))
  var ballotID: String?

  @Option(
    help: .text(
      vi: "Thử bao nhiêu giây khi máy chủ không trả lời.", en: "How long to try while no answer comes.",
      value: "seconds"))
  var wait: Int = 30

  @Flag(help: .text(vi: "Kiểm tra, không gửi.", en: "Check, and cast nothing."))
  var dryRun = false

  func validate() throws {
    let sources = [choice != nil, !answer.isEmpty, from != nil, random].filter { $0 }.count
    guard sources == 1 else {
      throw ValidationError(
        Text(
          vi: "Cần đúng một trong: --choice, --answer, --from, --random.",
          en: "Give exactly one of --choice, --answer, --from, --random.")(.ambient))
    }
    guard (1...10_000_000).contains(count), (0...86_400).contains(wait) else {
      throw ValidationError(
        Text(
          vi: "--count từ 1 đến 10000000, --wait từ 0 đến 86400.", en: "--count is 1 to 10000000, --wait 0 to 86400.")(
            .ambient))
    }
    if comment != nil || commentQuestion != nil, comment == nil || count != 1 || from != nil {
      throw ValidationError(
        Text(
          vi: "--comment chỉ đi với một phiếu, --comment-question chỉ đi với --comment.",
          en: "--comment goes with one ballot, --comment-question with --comment.")(.ambient))
    }
    if ballotID != nil, count != 1 || from != nil {
      throw ValidationError(
        Text(vi: "--ballot-id chỉ đi với một phiếu.", en: "--ballot-id goes with one ballot.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    try await context.withService { service in
      let found = try await service.poll(named: poll)
      let factory = BallotFactory(poll: found, unit: unit, channel: channel.channel, procedure: about.procedure)
      let caster = Caster(service: service, patience: .seconds(wait))
      if let from {
        return try await castFile(from, factory, caster, context.console)
      }
      return count == 1
        ? try await castOne(factory, caster, context.console) : try await castMany(factory, caster, context.console)
    }
  }

  private func sheet(_ factory: BallotFactory, _ generator: inout SplitMix64) throws(ClientError) -> AnswerSheet {
    if let choice { return AnswerSheet(choice: choice) }
    if !answer.isEmpty { return try AnswerSheet(arguments: answer) }
    return .random(in: factory.poll, using: &generator)
  }

  private var generator: SplitMix64 { SplitMix64(seed: seed ?? .random(in: 0 ... .max)) }

  // MARK: One

  private func castOne(_ factory: BallotFactory, _ caster: Caster, _ console: Console) async throws -> SysExit {
    var generator = generator
    let answers = try sheet(factory, &generator).answers(in: factory.poll)
    var random = SystemRandomNumberGenerator()
    let ballot =
      if let ballotID {
        factory.make(answers, dossier: dossier, id: try factory.ballotID(ballotID))
      } else {
        factory.make(answers, dossier: dossier, now: .now, random: &random)
      }
    let id = try BallotID(bytes: ballot.ballotID).description
    let remark = try comment.map { try Remark($0, answering: commentQuestion, of: factory, after: answers) }
    if dryRun {
      console.say(
        Text(vi: "phiếu \(id) hợp lệ; không gửi (--dry-run)", en: "ballot \(id) is fine; not cast (--dry-run)"))
      return .ok
    }
    do {
      let receipt = try await caster.cast(ballot)
      try printReceipt(ballot, receipt, console)
    } catch let refusal as Refusal where refusal.isTransient {
      throw unanswered(ClientError(refusal, server: nil), id)
    } catch is CancellationError {
      console.say(
        Text(
          vi: "đã dừng; chưa biết phiếu \(id) được ghi hay chưa: gửi lại với --ballot-id \(id)",
          en: "stopped; ballot \(id) may or may not be kept: send it again with --ballot-id \(id)"))
      throw CancellationError()
    }
    if let remark { try await leave(remark, caster, console) }
    return .ok
  }

  /// The rating is kept, whatever becomes of it.
  private func leave(_ remark: Remark, _ caster: Caster, _ console: Console) async throws {
    do {
      try await caster.leave(remark.request)
      console.say(Text(vi: "đã ghi ý kiến", en: "the comment is kept"))
    } catch let refusal as Refusal {
      var error = ClientError(refusal, server: nil)
      error.next = Text(
        vi: "đánh giá đã được ghi; ý kiến thì chưa chắc, và không gửi lại riêng được",
        en: "the rating is kept; the comment perhaps not, and it cannot be sent again by itself")
      throw error
    }
  }

  private func unanswered(_ error: ClientError, _ id: String) -> ClientError {
    var error = error
    error.next = Text(
      vi: "gửi lại với --ballot-id \(id): không bị tính hai lần",
      en: "send again with --ballot-id \(id): it never counts twice")
    return error
  }

  private func printReceipt(
    _ ballot: Binhchon_V1_Ballot, _ receipt: Binhchon_V1_Receipt, _ console: Console
  ) throws {
    let outcome = CastOutcome.taken(receipt)
    let record = CastRecord(ballot: ballot, outcome: outcome, language: console.language)
    if console.json { return try console.print(json: record) }
    try console.print(
      "\(record.ballotId ?? "") \(outcome.label(console.language)), \(LocalTime.spoken(day: receipt.day))")
    if receipt.clockFlagged {
      console.say(
        Text(
          vi: "đồng hồ máy này lệch quá mức: phiếu được xếp theo giờ máy chủ nhận",
          en: "this machine's clock is out of bounds: the ballot is counted by its time of arrival"))
    }
  }

  // MARK: Many

  private func castMany(_ factory: BallotFactory, _ caster: Caster, _ console: Console) async throws -> SysExit {
    var generator = generator
    var random = SystemRandomNumberGenerator()
    var made = 0
    return try await castAll(caster, console, total: count) { _ in
      guard made < count else { return nil }
      var batch: [BatchStateMachine.Entry] = []
      while made < count, batch.count < Caster.batchSize {
        made += 1
        let answers = try sheet(factory, &generator).answers(in: factory.poll)
        batch.append(.init(line: made, ballot: factory.make(answers, dossier: dossier, now: .now, random: &random)))
      }
      return batch
    }
  }

  private func castFile(
    _ file: String, _ factory: BallotFactory, _ caster: Caster, _ console: Console
  ) async throws -> SysExit {
    let source = try InputFile(file)
    defer { source.close() }
    var reader = BallotFileReader(source: source.bytes, factory: factory, dossier: dossier)
    return try await castAll(caster, console, total: nil) { reject in
      try await reader.next(reject)
    }
  }

  /// Casts batches, tells outcomes, sums up.
  private func castAll(
    _ caster: Caster, _ console: Console, total: Int?,
    _ next: (_ reject: (Int, ClientError) throws -> Void) async throws -> [BatchStateMachine.Entry]?
  ) async throws -> SysExit {
    var report = CastReport(console: console, total: total)
    if dryRun {
      while let batch = try await next({ try report.reject($0, $1) }) { report.checked(batch.count) }
      try report.finish(isDryRun: true)
      return report.summary.status
    }
    var failure: (any Error)?
    do {
      try await caster.cast {
        try await next { try report.reject($0, $1) }
      } outcome: { entry, outcome in
        try report.add(entry, outcome)
      }
    } catch {
      failure = error
    }
    try report.finish(isDryRun: false)
    if let failure { throw failure }
    return report.summary.status
  }
}
