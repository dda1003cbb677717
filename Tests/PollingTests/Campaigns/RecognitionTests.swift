import Testing

@testable import Polling

struct RecognitionTests {
  static func decision(_ id: String = "qd-4512", count: UInt32 = 2) throws -> RecognitionDecision {
    RecognitionDecision(
      id: try RecordID(id), campaign: try RecordID("dong-da-2023"), number: "4512/QĐ-UBND",
      date: try CampaignSample.day(2023, 11, 6), signer: "Chủ tịch UBND quận", level: .district, year: 2023,
      count: count)
  }

  static func nomination(_ index: Int) throws -> RecordID<Nomination> { try RecordID("n\(index)") }

  @Test func noMoreThanTheDecisionSays() throws {
    var book = RecognitionBook()
    let decision = try Self.decision()
    #expect(try book.add(decision))
    #expect(try book.add(decision) == false)
    #expect(try book.recognise(Self.nomination(1), screening: .awaiting, under: decision.id))
    #expect(try book.recognise(Self.nomination(1), screening: .recognised, under: decision.id) == false)
    #expect(book.remaining(decision.id) == 1)
    #expect(try book.recognise(Self.nomination(2), screening: .awaiting, under: decision.id))
    #expect(throws: CampaignRefusal(.decisionCountExceeded, expected: 2, actual: 3)) {
      try book.recognise(Self.nomination(3), screening: .awaiting, under: decision.id)
    }
    #expect(book.recognised[decision.id] == [try Self.nomination(1), try Self.nomination(2)])
    #expect(book.remaining(decision.id) == 0)
  }

  @Test(arguments: ScreeningStateMachine.State.allCases)
  func onlyWhoAwaitsIt(_ state: ScreeningStateMachine.State) throws {
    var book = RecognitionBook()
    let decision = try Self.decision()
    try book.add(decision)
    if state == .awaiting {
      #expect(try book.recognise(Self.nomination(1), screening: state, under: decision.id))
    } else {
      #expect(throws: CampaignRefusal(.notAwaiting)) {
        try book.recognise(Self.nomination(1), screening: state, under: decision.id)
      }
      #expect(book.remaining(decision.id) == 2)
    }
  }

  @Test func byOneDecisionPerLevelAndYear() throws {
    var book = RecognitionBook()
    let first = try Self.decision()
    var second = try Self.decision("qd-4600")
    second.number = "4600/QĐ-UBND"
    var province = try Self.decision("qd-77")
    province.number = "77/QĐ-UBND"
    province.level = .province
    for decision in [first, second, province] { try book.add(decision) }
    try book.recognise(Self.nomination(1), screening: .awaiting, under: first.id)
    #expect(throws: CampaignRefusal(.alreadyRecognised)) {
      try book.recognise(Self.nomination(1), screening: .awaiting, under: second.id)
    }
    #expect(try book.recognise(Self.nomination(1), screening: .awaiting, under: province.id))
    let unknown = try RecordID<RecognitionDecision>("qd-0")
    #expect(throws: CampaignRefusal(.notFound)) {
      try book.recognise(Self.nomination(2), screening: .awaiting, under: unknown)
    }
    #expect(book.remaining(unknown) == nil)
    var other = first
    other.count = 99
    #expect(throws: CampaignRefusal(.alreadyExists)) { try book.add(other) }
    // The same paper under another name: its models would be counted twice.
    var twin = try Self.decision("twin")
    twin.number = "4512/QÐ-UBND"
    #expect(throws: CampaignRefusal(.alreadyExists)) { try book.add(twin) }
    twin.date = try CampaignSample.day(2023, 11, 7)
    #expect(try book.add(twin))
  }

  @Test func decisionsKeepTheirRules() throws {
    #expect(try Self.decision().violations() == [])
    var decision = try Self.decision("x", count: 0)
    decision.number = " "
    decision.signer = ""
    decision.year = 0
    decision.date = try CampaignSample.day(2025, 7, 1)
    #expect(decision.violations().map(\.field) == ["number", "signer", "year", "count", "level"])
    var book = RecognitionBook()
    #expect(throws: CampaignRefusal(.invalidField)) { try book.add(decision) }
  }

  @Test func certificatesHaveNoGaps() throws {
    var book = RecognitionBook()
    let decision = try Self.decision(count: 3)
    let day = decision.date
    try book.add(decision)
    var register = CertificateRegister()
    #expect(throws: CampaignRefusal(.notFound)) {
      try register.issue(to: Self.nomination(1), under: decision.id, in: book, on: day)
    }
    for index in 1...3 {
      try book.recognise(Self.nomination(index), screening: .awaiting, under: decision.id)
      #expect(
        try register.issue(to: Self.nomination(index), under: decision.id, in: book, on: day).serial == UInt32(index))
    }
    // Asked for again it is the one there is.
    #expect(try register.issue(to: Self.nomination(2), under: decision.id, in: book, on: day).serial == 2)
    let reprint = Certificate.Reprint(day: day, actor: "mai", reason: "Rách")
    try register.reprint(2, reprint)
    try register.handOver(2, on: day)
    #expect(try register.certificate(2).reprints == [reprint])
    #expect(try register.certificate(2).handedOver == day)
    #expect(throws: CampaignRefusal(.alreadyExists)) { try register.handOver(2, on: Day(number: day.number + 1)) }
    #expect(register.certificates.map(\.serial) == [1, 2, 3])
    for serial in [0, 4, UInt32.max] {
      #expect(throws: CampaignRefusal(.notFound)) { try register.reprint(serial, reprint) }
    }
  }

  @Test func modelsGoOnUntilTheyEnd() throws {
    var book = ModelStatusBook()
    let model = try Self.nomination(1)
    #expect(try book.set(.maintained, of: model, in: 2024, recognisedIn: 2023))
    #expect(try book.set(.maintained, of: model, in: 2024, recognisedIn: 2023) == false)
    #expect(try book.set(.replicated, of: model, in: 2024, recognisedIn: 2023))
    #expect(throws: CampaignRefusal(.invalidField)) {
      try book.set(.maintained, of: model, in: 2022, recognisedIn: 2023)
    }
    #expect(throws: CampaignRefusal(.modelEnded)) { try book.set(.ended, of: model, in: 2023, recognisedIn: 2023) }
    try book.set(.ended, of: model, in: 2025, recognisedIn: 2023)
    #expect(throws: CampaignRefusal(.modelEnded)) { try book.set(.maintained, of: model, in: 2026, recognisedIn: 2023) }
    #expect(book.status(of: model, in: 2024) == .replicated)
    #expect(book.status(of: model, in: 2023) == nil)
    #expect(book.models(.replicated, in: 2024) == [model])
    #expect(book.models(.maintained, in: 2024).isEmpty)
    #expect(book.entries.map(\.status) == [.maintained, .replicated, .ended])
  }
}
