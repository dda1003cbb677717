import ArgumentParser
internal import Polling
internal import Schema

struct MoveNominations: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "move", Text(vi: "Chuyển hồ sơ sang bước khác.", en: "Move nominations on."),
    examples: [
      (
        "binhchon campaign move n-1 n-2 submit --campaign dong-da-2023",
        Text(vi: "người đăng ký nộp hai hồ sơ", en: "the registrant hands in two")
      ),
      (
        "binhchon campaign move --all-in submitted receive --campaign dong-da-2023",
        Text(vi: "tiếp nhận tất cả hồ sơ đã nộp", en: "receive all that were handed in")
      ),
      (
        "binhchon campaign move n-3 reject --campaign dong-da-2023 --why 'không đủ minh chứng' --document 12-BC/QU",
        Text(vi: "loại, có lý do và văn bản", en: "reject, saying why and by which document")
      ),
    ],
    notes: Text(
      vi: """
        submit (người đăng ký); receive, accept, send-back, reject (thẩm định); open-vote, end-vote-chosen,
        end-vote-not-chosen, propose (điều phối). Công nhận: `binhchon campaign recognise`. Người đăng ký không được tự thẩm
        định. Bước cần hai người: người thứ hai gõ lại đúng lệnh, đúng lý do và văn bản.
        """,
      en: """
        submit (registrants); receive, accept, send-back, reject (screeners); open-vote, end-vote-chosen,
        end-vote-not-chosen, propose (coordinators). To recognise: `binhchon campaign recognise`. Nobody screens what they
        registered. Where there must be two persons, the second one enters the same with the same reason and document.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Các mã hồ sơ, cuối cùng là bước.", en: "Ids, and then the move.", value: "id … move"))
  var words: [String]

  @Option(help: .text(vi: "Mọi hồ sơ đang ở bước này.", en: "All that are in this state.", value: "state"))
  var allIn: String?

  @Option(help: .text(vi: "Lý do.", en: "Why."))
  var why: String = ""

  @Option(help: .text(vi: "Số văn bản.", en: "The document's number."))
  var document: String = ""

  func validate() throws {
    guard let move = words.last, ScreeningMove(word: move) != nil else {
      let known = ScreeningMove.allCases.filter { $0 != .recognise }.map(\.word).joined(separator: ", ")
      throw ValidationError(
        Text(vi: "cuối cùng phải là: \(known).", en: "the last word must be one of: \(known).")(.ambient))
    }
    guard (words.count > 1) != (allIn != nil) else {
      throw ValidationError(Text(vi: "cần các mã hồ sơ, hoặc --all-in.", en: "ids are needed, or --all-in.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    try await context.withCampaigns { client in
      let ids = try await client.ids(Array(words.dropLast()), allIn: allIn, of: place.campaign)
      try await context.inParts(ids) { part in
        var act = Binhchon_V1_MoveAct()
        (act.nominations, act.move) = (part, words.last ?? "")
        (act.reason, act.document) = (why, document)
        return try await client.enter(.move(act), in: place.campaign)
      }
    }
    return .ok
  }
}

struct Decide: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "decide", Text(vi: "Ghi một quyết định công nhận.", en: "Enter a decision that recognises."),
    examples: [
      (
        "binhchon campaign decide qd-2023 --campaign dong-da-2023 --number 4512/QĐ-UBND --date 2023-11-06"
          + " --signer 'Chủ tịch UBND quận' --level district --year 2023 --count 23",
        Text(vi: "công nhận 23 mô hình", en: "for 23 models")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Mã của quyết định.", en: "The decision's id.", value: "id"))
  var id: String

  @Option(help: .text(vi: "Số, như đã ghi.", en: "Its number, as written."))
  var number: String

  @Option(help: .text(vi: "Ngày ký, yyyy-mm-dd.", en: "Its date, yyyy-mm-dd."))
  var date: String

  @Option(help: .text(vi: "Chức vụ người ký.", en: "The office that signed it."))
  var signer: String

  @Option(help: .text(vi: "grassroots, commune, district, province, central.", en: "The level: grassroots … central."))
  var level: String

  @Option(help: .text(vi: "Năm.", en: "The year."))
  var year: UInt32

  @Option(help: .text(vi: "Công nhận bao nhiêu.", en: "How many it recognises."))
  var count: UInt32

  func run(_ context: CommandContext) async throws -> SysExit {
    var decision = Binhchon_V1_RecognitionDecision()
    (decision.id, decision.number, decision.date, decision.signer) = (id, number, date, signer)
    (decision.level, decision.year, decision.count) = (level, year, count)
    let entered = decision
    let response = try await context.withCampaigns { try await $0.enter(.decide(entered), in: place.campaign) }
    try context.console.tell(EnteredRecord(id: id, unchanged: response.replayed))
    return .ok
  }
}

struct ListDecisions: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "decisions", Text(vi: "Các quyết định công nhận.", en: "Decisions that recognise."),
    examples: [
      (
        "binhchon campaign decisions --campaign dong-da-2023",
        Text(vi: "còn thiếu bao nhiêu", en: "how far each has come")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  func run(_ context: CommandContext) async throws -> SysExit {
    for decision in try await context.withCampaigns({ try await $0.decisions(of: place.campaign) }) {
      try context.console.tell(DecisionRecord(decision))
    }
    return .ok
  }
}

struct Recognise: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "recognise", Text(vi: "Công nhận theo một quyết định.", en: "Recognise under a decision."),
    examples: [
      (
        "binhchon campaign recognise n-1 n-2 --decision qd-2023 --campaign dong-da-2023",
        Text(vi: "hai mô hình", en: "two models")
      ),
      (
        "binhchon campaign recognise --all --decision qd-2023 --campaign dong-da-2023",
        Text(vi: "tất cả hồ sơ đang chờ", en: "all that await it")
      ),
    ],
    notes: Text(
      vi: "Quá số lượng của quyết định thì bị từ chối: DECISION_COUNT_EXCEEDED.",
      en: "More than the decision is for is refused: DECISION_COUNT_EXCEEDED."))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Các mã hồ sơ.", en: "Ids.", value: "id"))
  var nominations: [String] = []

  @Flag(help: .text(vi: "Mọi hồ sơ đang chờ công nhận.", en: "All that await recognition."))
  var all = false

  @Option(help: .text(vi: "Mã quyết định.", en: "The decision's id.", value: "id"))
  var decision: String

  @Option(help: .text(vi: "Ghi chú.", en: "Why."))
  var why: String = ""

  func validate() throws {
    guard nominations.isEmpty == all else {
      throw ValidationError(Text(vi: "cần các mã hồ sơ, hoặc --all.", en: "ids are needed, or --all.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    try await context.withCampaigns { client in
      let ids = try await client.ids(nominations, allIn: all ? "awaiting" : nil, of: place.campaign)
      try await context.inParts(ids) { part in
        var act = Binhchon_V1_RecogniseAct()
        (act.nominations, act.decision, act.reason) = (part, decision, why)
        return try await client.enter(.recognise(act), in: place.campaign)
      }
    }
    return .ok
  }
}

struct SetModelStatus: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "status", Text(vi: "Mô hình đã công nhận: duy trì, nhân rộng hay kết thúc.", en: "How a recognised model goes on."),
    examples: [
      (
        "binhchon campaign status n-1 maintained --year 2024 --campaign dong-da-2023",
        Text(vi: "năm 2024 vẫn duy trì", en: "kept up in 2024")
      )
    ],
    notes: Text(
      vi: "maintained: duy trì; replicated: nhân rộng; ended: kết thúc.",
      en: "maintained, replicated or ended, year by year."))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Mã hồ sơ.", en: "Its id.", value: "id"))
  var nomination: String

  @Argument(help: .text(vi: "maintained, replicated hoặc ended.", en: "maintained, replicated or ended."))
  var status: String

  @Option(help: .text(vi: "Năm.", en: "The year."))
  var year: UInt32

  func run(_ context: CommandContext) async throws -> SysExit {
    var act = Binhchon_V1_ModelStatusAct()
    (act.nomination, act.status, act.year) = (nomination, status, year)
    let entered = act
    let response = try await context.withCampaigns { try await $0.enter(.status(entered), in: place.campaign) }
    try context.console.tell(EnteredRecord(id: "\(nomination) \(year) \(status)", unchanged: response.replayed))
    return .ok
  }
}

/// Something that was entered, and says no more of itself.
struct EnteredRecord: ToldRecord {
  var id: String
  var unchanged: Bool

  func lines(_ language: Language) -> [String] {
    [
      unchanged
        ? Text(vi: "\(id): đã có từ trước", en: "\(id): it was there")(language)
        : Text(vi: "\(id): đã ghi", en: "\(id): entered")(language)
    ]
  }
}

struct DecisionRecord: ToldRecord {
  var decision: String
  var number: String
  var date: String
  var signer: String
  var level: String
  var year: UInt32
  var count: UInt32
  var recognised: UInt32

  init(_ message: Binhchon_V1_RecognitionDecision) {
    (decision, number, date, signer) = (message.id, message.number, message.date, message.signer)
    (level, year, count, recognised) = (message.level, message.year, message.count, message.recognised)
  }

  func lines(_ language: Language) -> [String] {
    [
      Text(
        vi: "\(decision): \(number) ngày \(LocalTime.spoken(day: date)), \(signer): \(recognised)/\(count) công nhận",
        en: "\(decision): \(number) of \(date), \(signer): \(recognised) of \(count) recognised")(language)
    ]
  }
}

extension CampaignClient {
  /// Those that were named, or all in a state.
  func ids(_ named: [String], allIn state: String?, of campaign: String) async throws -> [String] {
    guard let state else { return named }
    var filter = Binhchon_V1_CaseFilter()
    filter.state = state
    let ids = try await nominations(of: campaign, filter).map(\.nomination.id)
    guard !ids.isEmpty else {
      throw ClientError(
        .badData, Text(vi: "không có hồ sơ nào ở bước đó", en: "there is none in that state"), reason: "NOT_FOUND")
    }
    return ids
  }
}

extension CommandContext {
  /// In acts of as many as one act takes, each whole or not at all; tells where each nomination stands then.
  func inParts(
    _ ids: [String], _ enter: ([String]) async throws -> Binhchon_V1_EnterCampaignActResponse
  ) async throws {
    var rest = ids[...]
    while !rest.isEmpty {
      let part = rest.prefix(CampaignEvent.mostAtOnce)
      rest = rest.dropFirst(part.count)
      let response = try await enter(Array(part))
      for standing in response.standings { try console.tell(StandingRecord(standing, isNew: !response.replayed)) }
      for certificate in response.certificates { try console.tell(CertificateRecord(certificate)) }
    }
  }
}
