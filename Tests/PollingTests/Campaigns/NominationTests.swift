import Testing

@testable import Polling

struct NominationTests {
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var expected: Violation?
    var change: @Sendable (inout Nomination) throws -> Void

    init(
      _ description: String, _ field: String?, _ problem: String = "",
      _ change: @escaping @Sendable (inout Nomination) throws -> Void
    ) {
      self.description = description
      expected = field.map { Violation($0, problem) }
      self.change = change
    }
  }

  static let cases: [Case] = [
    Case("as it is", nil) { _ in },
    Case("another campaign", "campaign", "is another one") { $0.campaign = try RecordID("other") },
    Case("another version", "campaign_version", "is another one") { $0.campaignVersion = 2 },
    Case("a household", "nominee.kind", "is not put forward in this campaign") {
      $0.nominee = Nominee(kind: .household, name: "Hộ bà Lan", unit: $0.nominee.unit)
    },
    Case("no name", "nominee.name", "is missing or too long") { $0.nominee.name = "\u{A0}" },
    Case("elsewhere", "nominee.unit", "lies outside dong-da") { $0.nominee.unit = try UnitPath("dong-da-2") },
    Case("a model of nobody", "nominee.registrant", "must be who carries it out") { $0.nominee.registrant = nil },
    Case("a model of a model", "nominee.registrant", "must be who carries it out") {
      $0.nominee.registrant?.kind = .model
    },
    Case("registrant of a collective", "nominee.registrant", "goes with a model only") {
      $0.nominee.kind = .collective
    },
    Case("no field", "field", "is missing") { $0.field = nil },
    Case("another field", "field", "is none of the campaign's") { $0.field = "HEALTH" },
    Case("its topic", nil) { $0.topics = ["thu-ngan-sach"] },
    Case("another topic", "topics[0]", "is none of the campaign's") { $0.topics = ["CULTURE_SOCIETY"] },
    Case("required item blank", "items.goals", "is missing") { $0.items[.goals] = " \n" },
    Case("other item blank", nil) { $0.items[.method] = "" },
    Case("endless item", "items.method", "is too long") { $0.items[.method] = String(repeating: "a", count: 20_001) },
  ]

  @Test(arguments: cases)
  func rule(_ row: Case) throws {
    let campaign = try CampaignSample.campaign()
    var nomination = try CampaignSample.nomination("n1")
    try row.change(&nomination)
    let found = campaign.violations(in: nomination)
    if let expected = row.expected {
      #expect(found.contains(expected), "\(found)")
    } else {
      #expect(found == [])
    }
  }

  @Test func theFormHasNineItems() {
    #expect(NominationItem.allCases.count == 9)
  }

  @Test func submittedAgainIsOne() throws {
    let campaign = try CampaignSample.campaign()
    var register = NominationRegister()
    let nomination = try CampaignSample.nomination("n1")
    #expect(try register.submit(nomination, in: campaign) == .registered([]))
    #expect(try register.submit(nomination, in: campaign) == .replayed)
    var other = nomination
    other.isNewTask = true
    #expect(throws: CampaignRefusal(.alreadyExists)) { try register.submit(other, in: campaign) }
    var broken = try CampaignSample.nomination("n2")
    broken.field = "HEALTH"
    #expect(throws: CampaignRefusal(.invalidField)) { try register.submit(broken, in: campaign) }
    #expect(register.nominations == [nomination])
    #expect(register.nomination(nomination.id) == nomination)
  }

  @Test func duplicatesAreWarnedOfAndKept() throws {
    let campaign = try CampaignSample.campaign()
    var register = NominationRegister()
    func submit(_ id: String, _ name: String, unit: String = "dong-da/lang-ha") throws -> NominationRegister.Submission
    {
      try register.submit(try CampaignSample.nomination(id, name, unit: unit), in: campaign)
    }
    let (first, second) = (try RecordID<Nomination>("n1"), try RecordID<Nomination>("n2"))
    #expect(try submit("n1", "Tuyến phố hoà bình") == .registered([]))
    #expect(try submit("n2", "TUYẾN PHỐ  HÒA BÌNH") == .registered([.sameName(first)]))
    #expect(try submit("n3", "Tuyến phố hoa bình") == .registered([.similarName(first), .similarName(second)]))
    #expect(try submit("n4", "Tuyến phố hoà bình", unit: "dong-da/o-cho-dua") == .registered([]))
    #expect(register.nominations.count == 4)
  }

  @Test func notEndlesslyManyDuplicatesAreTold() throws {
    let campaign = try CampaignSample.campaign()
    var register = NominationRegister()
    for index in 0..<30 {
      let submission = try register.submit(try CampaignSample.nomination("n\(index)"), in: campaign)
      guard case .registered(let duplicates) = submission else {
        Issue.record("\(submission)")
        return
      }
      #expect(duplicates.count == min(index, 20))
    }
  }

  /// 2020: 89 collectives and 77 individuals registered, and nobody says how many models.
  @Test func modelsAreUnknownWhereNoneArePutForward() throws {
    var campaign = try CampaignSample.campaign()
    campaign.subjects = [.collective, .individual]
    campaign.figures = []
    var register = NominationRegister()
    for (index, kind) in [SubjectKind.collective, .individual, .individual].enumerated() {
      var nomination = try CampaignSample.nomination("n\(index)")
      nomination.nominee = Nominee(kind: kind, name: "Tên \(index)", unit: nomination.nominee.unit)
      _ = try register.submit(nomination, in: campaign)
    }
    let figures = register.figures(in: campaign)
    #expect(figures["collectives"] == .derived(1))
    #expect(figures["individuals"] == .derived(2))
    #expect(figures["models"] == .unknown)
    #expect(campaign.rules[0].check(figures) == .open)
    try register.checkTotals(of: campaign)
  }
}
