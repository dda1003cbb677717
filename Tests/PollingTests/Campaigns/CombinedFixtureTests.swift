import Testing

@testable import Polling

struct CombinedFixtureTests {
  static let seed: UInt64 = 25_218

  @Test func oneHundredAndThirtyEightCommendations() throws {
    var fixture = CombinedFixture(seed: Self.seed)
    var book = AwardBook()
    let expected: [Int64] = [20, 15, 30, 45, 14, 14]
    for (list, count) in zip(try fixture.awardLists(), expected) {
      try book.add(list, controlTotal: ControlTotal(count))
    }
    let rows = book.lists.map { list in
      let totals = list.totals
      func count(_ kind: SubjectKind) -> Int64 { totals.split[kind] ?? 0 }
      return "\(list.id) \(count(.collective)) \(count(.individual)) \(count(.model)) \(totals.unsplit)"
    }
    #expect(
      rows == [
        "dong-da-2020 0 0 0 20", "dong-da-2023 12 3 0 0", "hue-2023 0 30 0 0", "hai-chau-2010-2020 24 19 2 0",
        "thanh-xuan-nq-25 7 7 0 0", "thanh-xuan-qd-218 7 7 0 0",
      ])
    let totals = book.totals()
    #expect(totals.all == 138)
    #expect(totals.split == [.collective: 50, .individual: 66, .model: 2])
    #expect(totals.unsplit == 20)
    // Twenty of 2020 may be of any kind.
    #expect(totals.figure(.collective) == .unknown)
    let after2020 = book.totals { $0.id.rawValue != "dong-da-2020" }
    #expect(after2020.figure(.collective) == .derived(50))
    #expect(after2020.figure(.household) == .derived(0))
  }

  /// 7 + 7 under one document and 7 + 7 under another are 28 awards, also when the same fourteen have both.
  @Test func sevenAndSevenTwiceAreTwentyEight() throws {
    var fixture = CombinedFixture(seed: Self.seed)
    var book = AwardBook()
    let lists = try fixture.awardLists().suffix(2)
    for list in lists { try book.add(list) }
    #expect(book.totals().all == 28)
    #expect(book.namedRecipients == 14)
    let across = book.acrossBases()
    #expect(across.count == 14)
    #expect(across.allSatisfy { $0.awards.map { $0.legalBasis?.rawValue } == ["nq-25", "qd-218"] })
    // The first list again, or one of its lines in another list, adds nothing.
    let first = try #require(lists.first)
    #expect(try book.add(first) == false)
    var copy = first
    copy.id = try RecordID("copy")
    copy.lines = [first.lines[3]]
    #expect(throws: CampaignRefusal(.awardExists)) { try book.add(copy) }
    copy.id = first.id
    #expect(throws: CampaignRefusal(.alreadyExists)) { try book.add(copy) }
    #expect(book.totals().all == 28)
  }

  /// One and the same award but for one part of its key.
  @Test func everyPartOfTheKeyCounts() throws {
    let unit = try UnitPath("thanh-xuan")
    var book = AwardBook()
    var list = AwardList(
      id: try RecordID("a0"), unit: unit, issuer: "Quận ủy", kind: .giayKhen, level: .district,
      period: try CampaignSample.period(2013, 2023), lines: [.named(kind: .collective, name: "Tổ 1", unit: unit)])
    try book.add(list)
    let changes: [(inout AwardList) throws -> Void] = [
      { $0.legalBasis = try RecordID("nq-25") }, { $0.kind = .bangKhen }, { $0.level = .province },
      { $0.period = try CampaignSample.period(2023, 2023) },
      { $0.lines = [.named(kind: .individual, name: "Tổ 1", unit: unit)] },
      { $0.lines = [.named(kind: .collective, name: "Tổ 2", unit: unit)] },
      { $0.lines = [.named(kind: .collective, name: "Tổ 1", unit: try UnitPath("thanh-xuan/phuong-1"))] },
    ]
    for (index, change) in changes.enumerated() {
      var other = list
      try change(&other)
      other.id = try RecordID("a\(index + 1)")
      #expect(try book.add(other))
    }
    #expect(book.totals().all == 8)
    // What is no part of it: who gives it, what for, how the name is typed.
    list.id = try RecordID("again")
    list.issuer = "Ban Thường vụ Quận ủy"
    list.topic = "khác"
    list.lines = [.named(kind: .collective, name: "TỔ  1", unit: unit)]
    #expect(throws: CampaignRefusal(.awardExists)) { try book.add(list) }
  }

  @Test func awardListsKeepTheirRules() throws {
    let unit = try UnitPath("dong-da")
    var list = AwardList(
      id: try RecordID("a"), unit: unit, issuer: " ", kind: .giayKhen, level: .district,
      period: try CampaignSample.period(2020, 2020), topic: String(repeating: "a", count: 1_001),
      lines: [
        .unsplit(count: 0, among: [.collective]), .named(kind: .individual, name: "", unit: unit),
      ])
    #expect(
      list.violations().map(\.field) == ["issuer", "topic", "lines[0].count", "lines[0].among", "lines[1].name"])
    var book = AwardBook()
    #expect(throws: CampaignRefusal(.invalidField)) { try book.add(list) }
    list.issuer = "Quận ủy"
    list.topic = ""
    list.lines = [.named(kind: .individual, name: "Nguyễn Văn A", unit: unit)]
    #expect(throws: CampaignRefusal(.controlTotalMismatch, expected: 2, actual: 1)) {
      try book.add(list, controlTotal: ControlTotal(2))
    }
    #expect(book.lists.isEmpty)
    list.lines = []
    #expect(list.violations().map(\.field) == ["lines"])
  }

  @Test func registrationsOf2020And2023() throws {
    var fixture = CombinedFixture(seed: Self.seed)
    for (campaign, collectives, individuals) in [
      (try CombinedFixture.dongDa2020(), 89, 77), (try CampaignSample.campaign(), 314, 299),
    ] {
      #expect(campaign.violations() == [])
      var register = NominationRegister()
      for nomination in try fixture.nominations(collectives, individuals, in: campaign) {
        #expect(try register.submit(nomination, in: campaign) != .replayed)
      }
      let figures = register.figures(in: campaign)
      #expect(figures["nominations"] == .derived(Int64(collectives + individuals)))
      #expect(figures["collectives"] == .derived(Int64(collectives)))
      #expect(figures["individuals"] == .derived(Int64(individuals)))
      #expect(figures["models"] == (campaign.subjects == [.model] ? .derived(613) : .unknown))
      try register.checkTotals(of: campaign)
    }
  }

  @Test(arguments: [0, 612])
  func sixHundredAndTwelveRowsAreNotSixHundredAndThirteen(_ missing: Int) throws {
    var fixture = CombinedFixture(seed: Self.seed)
    let campaign = try CampaignSample.campaign()
    var rows = try fixture.nominations(314, 299, in: campaign)
    rows.remove(at: missing)
    var register = NominationRegister()
    for row in rows { _ = try register.submit(row, in: campaign) }
    let refusal = #expect(throws: CampaignRefusal.self) { try register.checkTotals(of: campaign) }
    #expect(refusal?.description == "CONTROL_TOTAL_MISMATCH expected=613 actual=612")
    let batch = #expect(throws: CampaignRefusal.self) { try ControlTotal(613).check(rows.count) }
    #expect(batch?.description == "CONTROL_TOTAL_MISMATCH expected=613 actual=612")
  }

  /// From registration to certificate: 23 of 613 are recognised, and the decision has no room for a 24th.
  @Test func theTwentyFourthIsRefused() throws {
    var fixture = CombinedFixture(seed: Self.seed)
    let campaign = try CampaignSample.campaign()
    let decision = try RecognitionTests.decision(count: 23)
    var book = RecognitionBook()
    try book.add(decision)
    let nominations = try fixture.nominations(314, 299, in: campaign)
    let (mai, registrant) = (
      try ScreeningStateMachineTests.actor("mai"), try ScreeningStateMachineTests.actor("to-dan-van")
    )
    var machines: [ScreeningStateMachine] = []
    for nomination in nominations {
      var machine = ScreeningStateMachine(nomination, in: campaign, interested: ["to-dan-van"])
      for (move, actor) in [(ScreeningMove.submit, registrant), (.receive, mai), (.accept, mai), (.propose, mai)] {
        _ = machine.handle(try ScreeningStateMachineTests.request(move, by: actor))
      }
      machines.append(machine)
    }
    #expect(machines.allSatisfy { $0.state == .awaiting })
    var certificates = CertificateRegister()
    for index in 0..<23 {
      let id = nominations[index].id
      try book.recognise(id, screening: machines[index].state, under: decision.id)
      _ = machines[index].handle(
        try ScreeningStateMachineTests.request(.recognise, by: mai, document: decision.number))
      _ = try certificates.issue(to: id, under: decision.id, in: book, on: decision.date)
    }
    let refusal = #expect(throws: CampaignRefusal.self) {
      try book.recognise(nominations[23].id, screening: machines[23].state, under: decision.id)
    }
    #expect(refusal?.description == "DECISION_COUNT_EXCEEDED expected=23 actual=24")
    #expect(certificates.certificates.map(\.serial) == Array(1...23))

    // The report says the same, and each of its numbers leads to its cases.
    let report = CampaignReport(
      zip(nominations, machines).map { CampaignReport.Case($0, in: campaign, state: $1.state) })
    #expect(report.keys.reduce(0) { $0 + report.count($1) } == 613)
    #expect(report.keys.count == 4)
    let recognised = report.cases { $0.state == .recognised }
    #expect(recognised.map(\.nomination) == book.recognised[decision.id])
    #expect(report.cases { $0.registrantKind == .collective }.count == 314)
    for key in report.keys {
      #expect(report.cases(key).map(\.field) == Array(repeating: key.field, count: report.count(key)))
    }
    let nothing = CampaignReport.Key(kind: .household, field: nil, level: .district, period: campaign.period)
    #expect(report.count(nothing) == 0)
    #expect(report.cases(nothing).isEmpty)
  }

  @Test func theSameSeedGivesTheSameNames() throws {
    var (first, second) = (CombinedFixture(seed: 1), CombinedFixture(seed: 1))
    #expect(try first.awardLists() == second.awardLists())
    #expect(
      try first.nominations(20, 20, in: CampaignSample.campaign())
        == second.nominations(20, 20, in: CampaignSample.campaign()))
  }
}
