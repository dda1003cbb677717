import Testing

@testable import Polling

private typealias S = CampaignSample

/// A campaign in which things are done, one after the other.
struct CampaignBookSample {
  /// Of the ward that nominates, of the office that screens, and of the district that decides.
  static let clerk = person("clerk/dong-da/lang-ha/lan")
  static let screener = person("screener/dong-da/mai")
  static let coordinator = person("coordinator/dong-da/hoa")
  static let second = person("coordinator/dong-da/kim")
  static let admin = person("admin/dong-da/quan-tri")

  static func person(_ by: String) -> CampaignPerson {
    // Only names written here come in.
    CampaignPerson(by: by)!
  }

  static let at = Timestamp(milliseconds: 1_700_000_000_000)
  static let nomination = id("m-1") as RecordID<Nomination>
  static let decision = id("qd-1") as RecordID<RecognitionDecision>

  static func id<Record>(_ text: String) -> RecordID<Record> { try! RecordID(text) }

  var book = CampaignBook(CampaignBookSample.id("dong-da-2023"))
  private var number: UInt64 = 0

  @discardableResult
  mutating func take(_ event: CampaignEvent, by person: CampaignPerson) throws -> Bool {
    number += 1
    return try book.take(event, by: person, at: Self.at, number: number, size: 100)
  }

  static func campaign(
    hasVote: Bool = false, screening: ScreeningPolicy = ScreeningPolicy()
  ) throws -> Campaign {
    var campaign = try S.campaign()
    campaign.version = 0
    campaign.vote = hasVote ? NomineeVote(method: .approval) : nil
    campaign.screening = screening
    return campaign
  }

  static func nominee(_ id: String, name: String = "Tuyến phố xanh") throws -> Nomination {
    try S.nomination(id, name)
  }

  static func decided(_ id: String = "qd-1", count: UInt32 = 1) throws -> RecognitionDecision {
    RecognitionDecision(
      id: try RecordID(id), campaign: try RecordID("dong-da-2023"), number: "4512/QĐ-UBND \(id)",
      date: try S.day(2023, 11, 6), signer: "Chủ tịch UBND quận", level: .district, year: 2023, count: count)
  }

  static func list(_ id: String = "kt-1", count: Int = 2) throws -> AwardList {
    AwardList(
      id: try RecordID(id), unit: try UnitPath("dong-da"), issuer: "Quận ủy", legalBasis: try RecordID("nq-25"),
      kind: .giayKhen, level: .district, period: try S.period(2023, 2023),
      lines: try (0..<count).map { .named(kind: .collective, name: "Tổ \(id) \($0)", unit: try UnitPath("dong-da")) })
  }

  static func visit(_ id: String = "v-1", team: String = "Đoàn 1") throws -> InspectionVisit {
    InspectionVisit(
      id: try RecordID(id), team: team, unit: try UnitPath("dong-da/lang-ha"), day: try S.day(2023, 5, 4),
      finding: "Thực hiện tốt")
  }

  static func move(_ move: ScreeningMove, _ ids: RecordID<Nomination>...) -> CampaignEvent {
    .move(ids.isEmpty ? [nomination] : ids, move, reason: "Đủ điều kiện", document: "12-BC/QU")
  }

  static func actor(_ move: ScreeningMove) -> CampaignPerson {
    switch move.role {
    case .registrant: clerk
    case .screener: screener
    case .coordinator: coordinator
    }
  }

  /// A campaign with one nomination in this state, a decision, a team and a review; nil: nothing was published.
  static func sample(in state: ScreeningStateMachine.State?) throws -> CampaignBookSample {
    var sample = CampaignBookSample()
    guard let state else { return sample }
    let way = try #require(ScreeningStateMachineTests.ways[state])
    try sample.take(.publish(try campaign(hasVote: way.hasVote)), by: admin)
    try sample.take(.decide(try decided()), by: coordinator)
    try sample.take(.addTeam("Đoàn 1"), by: coordinator)
    try sample.take(
      .scheduleReview(id: "so-ket", unit: try UnitPath("dong-da"), due: try S.day(2023, 6, 30)), by: coordinator)
    try sample.take(.nominate([try nominee("m-1")], controlTotal: nil), by: clerk)
    for move in way.moves {
      let event: CampaignEvent =
        move == .recognise ? .recognise([nomination], under: decision, reason: "") : self.move(move)
      try sample.take(event, by: actor(move))
    }
    return sample
  }
}
