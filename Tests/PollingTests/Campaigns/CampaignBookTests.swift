import Testing

@testable import Polling

private typealias S = CampaignBookSample

@Suite(.timeLimit(.minutes(1)))
struct CampaignBookTests {
  typealias State = ScreeningStateMachine.State

  /// What each event, by who may, comes to: `+` taken, `=` known already, else the code of the refusal. First before
  /// anything was published, then once the nomination stands in each state, in their order; the last one goes on.
  private static func table() throws -> [(CampaignEvent, CampaignPerson, [String])] {
    let day = try CampaignSample.day(2023, 11, 9)
    let unit = try UnitPath("dong-da")
    var changed = try S.campaign()
    changed.title.en = "Skilful mass mobilisation"
    return [
      (.publish(changed), S.admin, ["+"]),
      (.nominate([try S.nominee("m-1")], controlTotal: ControlTotal(1)), S.clerk, [none, "="]),
      (.nominate([try S.nominee("m-2")], controlTotal: nil), S.clerk, [none, "+"]),
      (.nominate([try S.nominee("m-1", name: "Ngõ xanh")], controlTotal: nil), S.clerk, [none, "ALREADY_EXISTS"]),
      (.decide(try S.decided()), S.coordinator, [none, "="]),
      (.decide(try S.decided("qd-2")), S.coordinator, [none, "+"]),
      (
        .recognise([S.nomination], under: S.decision, reason: ""), S.coordinator,
        [none] + [String](repeating: "NOT_AWAITING_RECOGNITION", count: 7) + ["+", "NOT_NOW"]
      ),
      (
        .certify([S.nomination], under: S.decision, on: day), S.coordinator,
        [none] + [String](repeating: "NOT_FOUND", count: 8) + ["+"]
      ),
      (.handOver([1], on: day), S.coordinator, [none, "NOT_FOUND"]),
      (.reprint(1, on: day, reason: "Rách"), S.coordinator, [none, "NOT_FOUND"]),
      (.award(try S.list(), controlTotal: ControlTotal(2)), S.coordinator, [none, "+"]),
      (.award(try S.list(), controlTotal: ControlTotal(3)), S.coordinator, [none, "CONTROL_TOTAL_MISMATCH"]),
      (.addTeam("đoàn 1"), S.coordinator, [none, "="]),
      (.addTeam("Đoàn 2"), S.coordinator, [none, "+"]),
      (.visit(try S.visit()), S.screener, [none, "+"]),
      (.visit(try S.visit(team: "Đoàn 9")), S.screener, [none, "NOT_FOUND"]),
      (
        .scheduleReview(id: "so-ket", unit: unit, due: try CampaignSample.day(2023, 6, 30)), S.coordinator,
        [none, "="]
      ),
      (.scheduleReview(id: "so-ket", unit: unit, due: day), S.coordinator, [none, "ALREADY_EXISTS"]),
      (.reviewDone(id: "so-ket", on: day), S.coordinator, [none, "+"]),
      (.reviewDone(id: "tong-ket", on: day), S.coordinator, [none, "NOT_FOUND"]),
      (
        .setStatus(S.nomination, year: 2024, .maintained), S.coordinator,
        [none] + [String](repeating: "NOT_RECOGNISED", count: 8) + ["+"]
      ),
    ]
  }

  private static let none = "UNKNOWN_CAMPAIGN"

  private func outcome(_ sample: CampaignBookSample, _ event: CampaignEvent, _ person: CampaignPerson) -> String {
    var sample = sample
    let before = sample.book
    do {
      let isNew = try sample.take(event, by: person)
      #expect(isNew == (sample.book != before), "\(event.word)")
      return isNew ? "+" : "="
    } catch {
      #expect(sample.book == before, "\(event.word)")
      return (error as? CampaignRefusal)?.reason.code ?? "\(error)"
    }
  }

  /// In the order of the states' way; nil: nothing was published.
  private static let states: [State?] = [
    nil, .registered, .submitted, .received, .eligible, .returned, .rejected, .voting, .awaiting, .recognised,
  ]

  @Test(arguments: states.indices)
  func everyEventInEveryState(_ place: Int) throws {
    let state = Self.states[place]
    let sample = try S.sample(in: state)
    #expect(sample.book.standing(S.nomination)?.state == state)
    for (event, person, expected) in try Self.table() {
      let code = expected[min(place, expected.count - 1)]
      #expect(outcome(sample, event, person) == code, "\(event.word) in \(state.map(\.rawValue) ?? "nothing")")
    }
    for move in ScreeningMove.allCases where move != .recognise {
      let hasVote = state == .voting
      let leads = state.flatMap { ScreeningStateMachineTests.table[$0]?[move] }
      // In a campaign without a vote none is opened.
      let code = state == nil ? Self.none : leads == nil ? "NOT_NOW" : move == .openVote && !hasVote ? noVote : "+"
      #expect(
        outcome(sample, S.move(move), S.actor(move)) == code, "\(move) in \(state.map(\.rawValue) ?? "nothing")")
    }
    #expect(outcome(sample, S.move(.recognise), S.coordinator) == (state == nil ? Self.none : "INVALID_FIELD"))
  }

  private let noVote = "NOT_IN_THIS_CAMPAIGN"

  /// Every event by everybody else, and by who may elsewhere.
  @Test func whoMayNotIsRefusedWhateverTheState() throws {
    let people = [S.admin, S.clerk, S.screener, S.coordinator]
    let sample = try S.sample(in: .recognised)
    for (event, person, expected) in try Self.table() where expected.last == "+" {
      for other in people where other.role != person.role {
        if case .visit = event, other.role == .screening(.coordinator) { continue }
        #expect(outcome(sample, event, other) == "WRONG_ROLE", "\(event.word) by \(other.name)")
      }
      var elsewhere = person
      elsewhere.scope = try UnitPath("ba-dinh")
      #expect(outcome(sample, event, elsewhere) == "OUT_OF_SCOPE", "\(event.word)")
    }
  }

  @Test func peopleAreReadFromEntries() throws {
    #expect(
      S.clerk == CampaignPerson(.screening(.registrant), "dong-da/lang-ha/lan", scope: try UnitPath("dong-da/lang-ha")))
    #expect(CampaignPerson(by: "second-clerk/dong-da/lan")?.role == .screening(.registrant))
    for by in ["", "clerk", "clerk/lan", "official/dong-da/lan", "clerk//lan", "kiosk/dong-da/quay-01"] {
      #expect(CampaignPerson(by: by) == nil, "\(by)")
    }
  }

  // MARK: - Transcripts

  @Test func theTwentyFourthRecognitionIsRefused() throws {
    var sample = CampaignBookSample()
    try sample.take(.publish(try S.campaign()), by: S.admin)
    let all = try (1...24).map { try S.nominee("m-\($0)", name: "Mô hình số \($0)") }
    try sample.take(.nominate(all, controlTotal: ControlTotal(24)), by: S.clerk)
    let ids = all.map(\.id)
    for move in [ScreeningMove.submit, .receive, .accept, .propose] {
      try sample.take(.move(ids, move, reason: "", document: ""), by: S.actor(move))
    }
    try sample.take(.decide(try S.decided(count: 23)), by: S.coordinator)
    let before = sample.book
    #expect(
      throws: CampaignRefusal(.decisionCountExceeded, expected: 23, actual: 24, subject: "m-24")
    ) { try sample.take(.recognise(ids, under: S.decision, reason: ""), by: S.coordinator) }
    #expect(sample.book == before)
    try sample.take(.recognise(Array(ids.prefix(23)), under: S.decision, reason: ""), by: S.coordinator)
    #expect(
      throws: CampaignRefusal(.decisionCountExceeded, expected: 23, actual: 24, subject: "m-24")
    ) { try sample.take(.recognise([ids[23]], under: S.decision, reason: ""), by: S.coordinator) }

    let day = try CampaignSample.day(2023, 11, 9)
    try sample.take(.certify(Array(ids.prefix(23)), under: S.decision, on: day), by: S.coordinator)
    #expect(sample.book.certificates.certificates.map(\.serial) == Array(1...23))
    // Again: the serials they have.
    let isNew = try sample.take(.certify(Array(ids.prefix(3)), under: S.decision, on: day), by: S.coordinator)
    #expect(!isNew)
    try sample.take(.handOver([1, 2], on: day), by: S.coordinator)
    try sample.take(.reprint(2, on: day, reason: "Sai tên"), by: S.coordinator)
    #expect(try sample.book.certificates.certificate(2).reprints.map(\.actor) == ["dong-da/hoa"])
    #expect(throws: CampaignRefusal(.reasonNeeded)) {
      try sample.take(.reprint(2, on: day, reason: " "), by: S.coordinator)
    }
    let early = try CampaignSample.day(2023, 11, 5)
    #expect(throws: CampaignRefusal.self) { try sample.take(.handOver([3], on: early), by: S.coordinator) }
  }

  @Test func nothingOfABatchIsTakenIfOneIsRefused() throws {
    var sample = try S.sample(in: .registered)
    let before = sample.book
    var outside = try S.nominee("m-3")
    outside.nominee.unit = try UnitPath("dong-da/kham-thien")
    var stale = try S.nominee("m-3")
    stale.campaignVersion = 2
    for (wrong, refusal) in [
      (try S.nominee("m-1", name: "Khác"), CampaignRefusal.Reason.alreadyExists), (outside, .outOfScope),
      (stale, .invalidField), (try S.nominee("m-3", name: " "), .invalidField), (try S.nominee("m-2"), .invalidField),
    ] as [(Nomination, CampaignRefusal.Reason)] {
      do {
        try sample.take(.nominate([try S.nominee("m-2"), wrong], controlTotal: nil), by: S.clerk)
        Issue.record("\(wrong.id) was taken")
      } catch let found as CampaignRefusal { #expect(found.reason == refusal, "\(wrong.id)") }
      #expect(sample.book == before)
    }
    #expect(throws: CampaignRefusal(.controlTotalMismatch, expected: 613, actual: 612)) {
      try sample.take(
        .nominate(try (1...612).map { try S.nominee("x-\($0)") }, controlTotal: ControlTotal(613)), by: S.clerk)
    }
    #expect(throws: CampaignRefusal(.notFound, subject: "m-9")) {
      try sample.take(S.move(.submit, S.nomination, S.id("m-9")), by: S.clerk)
    }
    #expect(sample.book == before)
  }

  @Test func duplicatesAreToldAndKept() throws {
    var sample = try S.sample(in: .registered)
    try sample.take(
      .nominate(
        [try S.nominee("m-2", name: "TUYẾN PHỐ XANH"), try S.nominee("m-3", name: "Tuyến phố xảnh")],
        controlTotal: nil), by: S.clerk)
    #expect(sample.book.standing(S.id("m-2"))?.duplicates == [.sameName(S.nomination)])
    #expect(sample.book.standing(S.id("m-3"))?.duplicates == [.similarName(S.nomination), .similarName(S.id("m-2"))])
  }

  @Test func whoRegisteredDoesNotScreenWhateverTheCertificate() throws {
    var sample = try S.sample(in: .submitted)
    let same = S.person("screener/dong-da/lang-ha/lan")
    #expect(throws: CampaignRefusal(.selfScreening, subject: "m-1")) {
      try sample.take(S.move(.receive), by: same)
    }
    try sample.take(S.move(.receive), by: S.screener)
    #expect(throws: CampaignRefusal(.reasonNeeded, subject: "m-1")) {
      try sample.take(.move([S.nomination], .reject, reason: "", document: ""), by: S.screener)
    }
  }

  @Test func twoPersonsRecogniseWhereTheCampaignSaysSo() throws {
    var sample = CampaignBookSample()
    try sample.take(.publish(try S.campaign(screening: ScreeningPolicy(twoPersons: [.recognise]))), by: S.admin)
    try sample.take(.nominate([try S.nominee("m-1"), try S.nominee("m-2")], controlTotal: nil), by: S.clerk)
    let ids: [RecordID<Nomination>] = [S.nomination, S.id("m-2")]
    for move in [ScreeningMove.submit, .receive, .accept, .propose] {
      try sample.take(.move(ids, move, reason: "", document: ""), by: S.actor(move))
    }
    try sample.take(.decide(try S.decided()), by: S.coordinator)
    // There is room for one.
    #expect(throws: CampaignRefusal(.decisionCountExceeded, expected: 1, actual: 2, subject: "m-2")) {
      try sample.take(.recognise(ids, under: S.decision, reason: ""), by: S.coordinator)
    }
    let event = CampaignEvent.recognise([S.nomination], under: S.decision, reason: "")
    try sample.take(event, by: S.coordinator)
    #expect(sample.book.standing(S.nomination)?.state == .awaiting)
    #expect(sample.book.recognitions.remaining(S.decision) == 1)
    #expect(throws: CampaignRefusal(.otherPersonNeeded, subject: "m-1")) { try sample.take(event, by: S.coordinator) }
    try sample.take(event, by: S.second)
    #expect(sample.book.standing(S.nomination)?.decisions == [S.decision])
    #expect(sample.book.recognitions.remaining(S.decision) == 0)
    let last = sample.book.standing(S.nomination)?.history.last
    #expect(last?.record.actor == "dong-da/hoa" && last?.record.secondActor == "dong-da/kim")
    #expect(last?.record.document == "4512/QĐ-UBND qd-1")
  }

  @Test func aNewVersionChangesNothingThatWasFilledInBefore() throws {
    var sample = try S.sample(in: .registered)
    var changed = try S.campaign(screening: ScreeningPolicy(documented: [.submit]))
    changed.requiredItems = NominationItem.allCases
    try sample.take(.publish(changed), by: S.admin)
    #expect(sample.book.campaign?.version == 2)
    // By the rules of its version; a new one by those of the newest.
    try sample.take(.move([S.nomination], .submit, reason: "", document: ""), by: S.clerk)
    #expect(throws: CampaignRefusal.self) {
      try sample.take(.nominate([try S.nominee("m-2")], controlTotal: nil), by: S.clerk)
    }
    var elsewhere = changed
    elsewhere.unit = try UnitPath("dong-da/lang-ha")
    #expect(throws: CampaignRefusal.self) { try sample.take(.publish(elsewhere), by: S.admin) }
  }

  @Test func aCampaignIsFullAtSomePoint() throws {
    var book = CampaignBook(S.id("dong-da-2023"))
    try book.take(.publish(try S.campaign()), by: S.admin, at: S.at, number: 1, size: CampaignBook.mostBytes)
    #expect(throws: CampaignRefusal(.tooMuch)) {
      try book.take(.decide(try S.decided()), by: S.coordinator, at: S.at, number: 2, size: 1)
    }
  }
}
