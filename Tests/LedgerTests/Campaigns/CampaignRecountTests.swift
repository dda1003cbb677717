import Polling
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(1)))
struct CampaignRecountTests {
  private static let by = [
    CampaignEvent.Word.publish: "admin/dong-da/lan", .nominate: "clerk/dong-da/lang-ha/mai",
    .move: "clerk/dong-da/lang-ha/mai",
  ]

  private static func act(_ number: UInt64, _ event: CampaignEvent, by: String? = nil) throws -> Submission {
    .act(
      Act(
        register: .campaign(try RecordID("dong-da-2023")), id: .init(high: 3, low: number),
        name: event.word.rawValue, body: event.body, by: by ?? self.by[event.word] ?? "coordinator/dong-da/hoa",
        at: Timestamp(milliseconds: 1_700_000_000_000)), after: number - 1)
  }

  private static func entered() throws -> [Submission] {
    [
      try act(1, .publish(try CampaignEvents.campaign())),
      try act(2, .nominate([try CampaignEvents.nomination(1), try CampaignEvents.nomination(2)], controlTotal: nil)),
      try act(3, .move([try RecordID("m-2")], .submit, reason: "", document: "")),
      try act(4, .addTeam("Đoàn 1")),
      // Two persons, of whom one has spoken.
      try act(
        5, .move([try RecordID("m-2")], .receive, reason: "", document: ""), by: "screener/dong-da/hue"),
      try act(
        6, .move([try RecordID("m-2")], .accept, reason: "", document: ""), by: "screener/dong-da/hue"),
    ]
  }

  @Test func campaignsAreCountedAgain() async throws {
    let bench = try await Bench.new()
    for outcome in try await bench.ledger.append(try Self.entered()) {
      guard case .entered = outcome else {
        Issue.record("\(outcome)")
        return
      }
    }
    await bench.ledger.close()
    let report = try bench.verify()
    #expect(report.differences == [])
    #expect(
      report.bulletin.filter { $0.hasPrefix("campaign/") } == [
        "campaign/dong-da-2023\tcases\tmodel\tcollective\tVHXH\treceived\t1",
        "campaign/dong-da-2023\tcases\tmodel\tcollective\tVHXH\tregistered\t1", "campaign/dong-da-2023\tteams\t1",
      ])
  }

  /// What a server that does not keep its own rules might have entered.
  @Test func anActThatBreaksARuleIsFound() async throws {
    let number = UInt64(try Self.entered().count + 1)
    let m1: RecordID<Nomination> = try RecordID("m-1")
    for (event, by) in [
      (CampaignEvent.move([m1], .receive, reason: "", document: ""), "screener/dong-da/hue"),
      (.move([try RecordID("m-2")], .accept, reason: "", document: ""), "screener/dong-da/hue"),
      (.nominate([try CampaignEvents.nomination(3)], controlTotal: ControlTotal(2)), "clerk/dong-da/lang-ha/mai"),
      (.addTeam("ĐOÀN 1"), "coordinator/dong-da/hoa"), (.addTeam("Đoàn 2"), "official/dong-da/o"),
      (.setStatus(m1, year: 2024, .maintained), "coordinator/dong-da/hoa"),
    ] {
      let bench = try await Bench.new()
      _ = try await bench.ledger.append(try Self.entered() + [try Self.act(number, event, by: by)])
      await bench.ledger.close()
      let report = try bench.verify()
      #expect(report.differenceCount == 1, "\(event.word): \(report.differences)")
      #expect(report.campaigns.isEmpty)
    }
  }
}
