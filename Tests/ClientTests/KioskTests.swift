import Kiosk
import Schema
import Testing

@testable import binhchon

@Suite struct KioskMachineTests {
  private func name(_ machine: KioskStateMachine) -> String { KioskStates.name(machine.page) }

  private static let occupied = [
    "thanking", "thanking and needed", "noticing", "apologising", "reasons", "just asked", "asked again",
  ]

  @Test(arguments: KioskStates.names)
  func whatBecameOfATapInEveryState(_ state: String) throws {
    let before = try KioskStates.machine(state)
    let isAsking = ["asking", "bound", "bound and needed"].contains(state)
    for (rating, page) in [
      (KioskStateMachine.Rating(choice: 4), "thanking()"),
      (.init(choice: 1, dossier: "H40-1", isOpen: true), "ly-do[]"),
      // Of a choice that the form has no more.
      (.init(choice: 9), nil),
    ] {
      var taken = before
      taken.taken(rating, tap: 8, now: 1_500)
      #expect(name(taken) == (isAsking ? page : nil) ?? name(before))
    }
    var notTaken = before
    notTaken.notTaken(.init(choice: 1, dossier: "H40-1"), now: 1_500)
    #expect(name(notTaken) == (isAsking ? "apologising(H40-1)" : name(before)))
    for (tap, isThis) in [(UInt64(7), true), (6, false)] {
      var rated = before
      rated.alreadyRated(tap: tap, now: 1_500)
      #expect(name(rated) == (isThis && state.hasPrefix("thanking") ? "thanking(rated before)" : name(before)))
    }
  }

  @Test(arguments: KioskStates.names)
  func newsInEveryState(_ state: String) throws {
    let before = try KioskStates.machine(state)
    let isOccupied = Self.occupied.contains(state)
    let stays = isOccupied || ["unfit", "starting"].contains(state)
    /// What the news make of each state but those that stay.
    func check(_ page: String, unless others: [String] = [], _ news: (inout KioskStateMachine) -> Void) {
      var machine = before
      news(&machine)
      #expect(name(machine) == (stays || others.contains(state) ? name(before) : page))
    }
    check("full", unless: ["refused", "not open"]) { $0.deliver(DeliveryState(waiting: 1, level: .full)) }
    check("not open", unless: ["refused"]) { $0.wait(reason: "POLL_NOT_OPEN", version: 1) }
    check("OUT_OF_SCOPE") { $0.refuse(reason: "OUT_OF_SCOPE") }
    check("UNKNOWN_POLL", unless: ["refused"]) { $0.wait(reason: "UNKNOWN_POLL", version: 1) }
    check(name(before)) { $0.wait(reason: "UNKNOWN_POLL", version: 2) }
    check(state == "refused" ? "asking()" : name(before)) {
      $0.wait(reason: "UNKNOWN_POLL", version: 1)
      // Whatever was typed or scanned is gone with the page.
      if !["bound", "bound and needed", "typing"].contains(state) { $0.goOn() } else { $0 = before }
    }
    check("BARRED", unless: ["refused"]) { $0.deliver(DeliveryState(waiting: 1, barredBy: "BARRED")) }
    // How sending goes, told many times a minute, disturbs nobody.
    check(state == "full" ? "asking()" : name(before)) {
      $0.deliver(DeliveryState(waiting: 1, level: .nearlyFull, isReachable: false))
    }
    var unfit = before
    unfit.showNothing()
    #expect(name(unfit) == (isOccupied ? name(before) : "unfit"))
    // The same poll again disturbs nobody either.
    if let form = before.form, state != "not open" {
      var same = before
      same.show(form, isOpen: true)
      #expect(name(same) == (state == "unfit" ? "asking()" : name(before)))
    }
    var other = before
    other.show(try KioskForm(try Samples.poll()), isOpen: true)
    #expect(name(other) == (isOccupied || state == "full" ? name(before) : "asking()"))
  }

  @Test func aRefusalEndsWithTheNextAnswerOrAnotherVersion() throws {
    var answered = try KioskStates.machine("refused")
    answered.goOn()
    #expect(name(answered) == "asking()")
    // Whoever still stood there hears of it as little as of the refusal.
    var occupied = try KioskStates.machine("thanking")
    occupied.refuse(reason: "INVALID_FIELD")
    occupied.goOn()
    _ = occupied.handle(.tick, now: 3_000)
    #expect(name(occupied) == "asking()")
    var poll = try KioskStates.poll()
    poll.version = 2
    var another = try KioskStates.machine("refused")
    another.show(try KioskForm(poll), isOpen: true)
    #expect(name(another) == "asking()")
    // The same one again explains nothing.
    var same = try KioskStates.machine("refused")
    same.show(try KioskForm(try KioskStates.poll()), isOpen: true)
    #expect(name(same) == "WRONG_ROLE")
  }

  @Test(arguments: [
    ("ALREADY_RATED", true), ("BALLOT_VOIDED", true), ("BALLOT_CONFLICT", true), ("POLL_SEALED", true),
    ("INVALID_FIELD", false), ("NO_OPTIONS", false), ("UNKNOWN", false),
  ])
  func whatOneBallotIsRefusedForDoesNotEndThePage(_ reason: String, _ isAboutOne: Bool) {
    #expect(KioskStateMachine.isAboutOneBallot(reason) == isAboutOne)
  }

  /// A key that bounces, and a finger that taps twice.
  @Test func nobodyAnswersAQuestionBeforeItCanBeRead() throws {
    for event in [KioskStateMachine.Event.key(.character("0")), .key(.character("2")), .touch(.skip)] {
      var machine = try KioskStates.machine("just asked")
      // Pressed while the disk was written, and just before the time.
      for now: Int64 in [1_100, 1_250, 1_599] {
        #expect(machine.handle(event, now: now) == [])
        #expect(name(machine) == "ly-do[]")
      }
      _ = machine.handle(event, now: 1_600)
      #expect(name(machine) != "ly-do[]")
    }
    // And the same for the question after that.
    var machine = try KioskStates.machine("asked again")
    #expect(machine.handle(.key(.character("1")), now: 1_399) == [])
    #expect(name(machine) == "goi-lai[] ly-do=THAI-DO")
    #expect(
      machine.handle(.key(.character("1")), now: 1_400).map(KioskStates.name)
        == ["complete 7 ly-do=THAI-DO goi-lai=CO"])
  }

  @Test func theDossierOfWhoWalkedAwayIsForgotten() throws {
    for walk in [31_000, 60_000] as [Int64] {
      var machine = try KioskStates.machine("bound")
      #expect(machine.handle(.tick, now: walk) == [])
      #expect(machine.handle(.key(.character("4")), now: walk + 1) == [.take(.init(choice: 3))])
      // And also if no tick came in between.
      var stalled = try KioskStates.machine("bound")
      #expect(stalled.handle(.key(.character("4")), now: walk) == [.take(.init(choice: 3))])
      var needed = try KioskStates.machine("bound and needed")
      #expect(needed.handle(.key(.character("4")), now: walk) == [])
      #expect(name(needed) == "identifying(4)")
    }
    // Nor does it stay for the next rating once it was used.
    var machine = try KioskStates.machine("bound")
    guard case .take(let rating) = machine.handle(.key(.character("5")), now: 1_500).first else {
      Issue.record("nothing taken")
      return
    }
    #expect(rating.dossier == "H40-1")
    machine.taken(rating, tap: 8, now: 1_500)
    #expect(machine.handle(.key(.character("5")), now: 1_600) == [.take(.init(choice: 4, isRepetition: true))])
    #expect(machine.handle(.key(.character("5")), now: 3_600) == [.take(.init(choice: 4))])
  }

  @Test func aNewsOfADossierThatWasRatedHoldsUpNobody() throws {
    var machine = try KioskStates.machine("noticing")
    #expect(machine.handle(.tick, now: 3_000) == [])
    #expect(name(machine) == "thanking(rated before)")
    #expect(machine.handle(.key(.character("4")), now: 3_001) == [.take(.init(choice: 3))])
    // One that comes late is for nobody.
    var late = try KioskStates.machine("thanking")
    _ = late.handle(.tick, now: 3_000)
    late.alreadyRated(tap: 7, now: 3_100)
    #expect(name(late) == "asking()")
  }

  @Test func noMoreReasonsThanThePollAllows() throws {
    var machine = try KioskStates.machine("reasons")
    for (key, page) in [("1", "[1, 2]"), ("3", "[1, 2]"), ("1", "[2]"), ("3", "[2, 3]"), ("2", "[3]"), ("3", "[]")] {
      #expect(machine.handle(.key(.character(Character(key))), now: 1_500) == [])
      #expect(name(machine) == "ly-do\(page)")
    }
  }

  @Test func anotherVersionMeanwhileLeavesWhatWasChosen() throws {
    var machine = try KioskStates.machine("reasons")
    var poll = try Samples.poll()
    poll.version = 2
    poll.questions[0].choices.removeLast(3)
    machine.show(try KioskForm(poll), isOpen: true)
    #expect(machine.handle(.key(.enter), now: 1_500).map(KioskStates.name) == ["complete 7 ly-do=THAI-DO"])
    #expect(text(KioskScreen.render(machine, size: .usual, style: .plain).lines).contains("Đánh giá: Không hài lòng"))
    #expect(machine.handle(.key(.character("5")), now: 1_600) == [])
    machine.showNothing()
    _ = machine.handle(.tick, now: 3_500)
    #expect(name(machine) == "unfit")
  }

  @Test(arguments: KioskStates.names)
  func anotherVersionWaitsForWhoStandsThere(_ state: String) throws {
    var machine = try KioskStates.machine(state)
    let isThere = !["starting", "not open", "full", "refused", "unfit"].contains(state)
    #expect(machine.isIdle == (!isThere || ["asking", "identifying"].contains(state)))
    // The one who walked away; thanks end before that, and so does a notice.
    _ = machine.handle(.tick, now: 31_000)
    _ = machine.handle(.tick, now: 31_050)
    #expect(machine.isIdle)
    if machine.form == nil { return }
    _ = machine.handle(.scan("H40-9"), now: 31_100)
    #expect(machine.isIdle == !isThere)
  }

  @Test func anotherVersionEndsTheWaitForTheOneBefore() throws {
    var machine = try KioskStates.machine("asking")
    machine.wait(reason: "UNKNOWN_POLL", version: 1)
    #expect(name(machine) == "UNKNOWN_POLL")
    var poll = try KioskStates.poll()
    poll.version = 2
    machine.show(try KioskForm(poll), isOpen: true)
    #expect(name(machine) == "asking()")
  }

  @Test func languagesAreThoseOfThePollInItsOrder() throws {
    func machine(_ languages: [String], preferred: Language? = nil) throws -> KioskStateMachine {
      var poll = try KioskStates.poll()
      poll.kiosk.languages = languages
      var machine = KioskStateMachine(language: .vi, preferred: preferred)
      machine.show(try KioskForm(poll), isOpen: true)
      return machine
    }
    var english = try machine(["en", "vi"])
    #expect(english.language == .english)
    _ = english.handle(.key(.tab), now: 0)
    #expect(english.language == .vietnamese)
    _ = english.handle(.tick, now: 30_000)
    #expect(english.language == .english)
    var only = try machine(["vi"], preferred: .en)
    _ = only.handle(.key(.tab), now: 0)
    #expect(only.language == .vietnamese)
    #expect(!text(KioskScreen.render(only, size: .usual, style: .plain).lines).contains("English"))
    #expect(try machine([], preferred: .en).language == .english)
    // No question is there in it.
    #expect(try machine(["km", "en"]).language == .english)
  }

  /// What its author wrote in a third language is shown in it, and our own words around it in Vietnamese.
  @Test func everyLanguageOfThePollIsOffered() throws {
    func khmer(_ text: String) -> [Binhchon_V1_Translation] { [.with { ($0.language, $0.text) = ("km", text) }] }
    var poll = try KioskStates.poll()
    poll.kiosk.languages = ["vi", "en", "km"]
    poll.questions[0].text.others = khmer("តើអ្នកពេញចិត្តទេ")
    poll.questions[0].choices[0].label.others = khmer("មិនពេញចិត្ត")
    var machine = KioskStateMachine(language: .vi)
    machine.show(try KioskForm(poll), isOpen: true)
    func page() -> String { text(KioskScreen.render(machine, size: .usual, style: .plain).lines) }
    #expect(page().contains("English: l"))
    _ = machine.handle(.key(.character("l")), now: 0)
    #expect(page().contains("Khmer: l"))
    _ = machine.handle(.key(.character("l")), now: 10)
    #expect(machine.language == KioskLanguage(tag: "km"))
    #expect(page().contains("តើអ្នកពេញចិត្តទេ") && page().contains("Tiếng Việt: l"))
    // Where nobody translated it.
    #expect(page().contains(poll.questions[0].choices[4].label.vi))
    let rating = KioskStateMachine.Rating(choice: 0, isOpen: true)
    #expect(machine.handle(.key(.character("1")), now: 20) == [.take(rating)])
    machine.taken(rating, tap: 1, now: 20)
    #expect(page().contains("Đã ghi: មិនពេញចិត្ត"))
    // The next citizen finds the first one again.
    _ = machine.handle(.tick, now: 60_000)
    #expect(machine.language == .vietnamese)
    _ = machine.handle(.key(.tab), now: 60_010)
    _ = machine.handle(.key(.tab), now: 60_020)
    _ = machine.handle(.key(.tab), now: 60_030)
    #expect(machine.language == .vietnamese)
  }

  @Test func mannersAreThePolls() throws {
    var poll = try KioskStates.poll()
    poll.kiosk.idleTimeoutMs = 10_000
    poll.kiosk.thanksDurationMs = 4_000
    poll.kiosk.thanks.vi = "Hẹn gặp lại!"
    var machine = KioskStateMachine(language: .vi)
    machine.show(try KioskForm(poll), isOpen: true)
    let rating = KioskStateMachine.Rating(choice: 4)
    #expect(machine.handle(.key(.character("5")), now: 1_000) == [.take(rating)])
    machine.taken(rating, tap: 1, now: 1_000)
    #expect(text(KioskScreen.render(machine, size: .usual, style: .plain).lines).contains("Hẹn gặp lại!"))
    _ = machine.handle(.tick, now: 4_999)
    #expect(name(machine) == "thanking()")
    _ = machine.handle(.tick, now: 5_000)
    #expect(name(machine) == "asking()")
    _ = machine.handle(.key(.tab), now: 6_000)
    _ = machine.handle(.tick, now: 16_000)
    #expect(machine.language == .vietnamese)
  }

  @Test func pollsThatOneTapCannotAnswerAreRefused() throws {
    var two = try KioskStates.poll()
    two.questions[1].optional = false
    var many = try Samples.poll()
    many.questions[0].choices = Array(repeating: many.questions[0].choices[0], count: 12)
    var none = try Samples.poll()
    none.questions = []
    for poll in [two, many, none] { #expect(throws: ClientError.self) { try KioskForm(poll) } }
  }

  @Test func reasonsAreThoseOfTheLevel() throws {
    var poll = try KioskStates.poll()
    // Asked always, or after what no kiosk asks: left out.
    poll.questions.append(poll.questions[1])
    poll.questions[3].clearAskedIf()
    poll.questions.append(poll.questions[1])
    poll.questions[4].askedIf.question = "goi-lai"
    let form = try KioskForm(poll)
    #expect(form.followUps.map(\.question) == ["ly-do", "goi-lai"])
    #expect((0..<6).map { Self.asked(form, after: $0).count } == [2, 1, 1, 0, 0, 0])
    #expect((0..<6).map { form.followUps(after: $0).count } == [2, 1, 1, 0, 0, 0])
    #expect(form.choices.map(\.key) == ["1", "2", "3", "4", "5"])
  }

  static func marks(_ kind: Binhchon_V1_QuestionKind, _ count: Int) throws -> KioskForm {
    var poll = try Samples.poll()
    poll.questions = Array(poll.questions.prefix(1))
    poll.questions[0].kind = kind
    poll.questions[0].choices = (0..<count).map { number in
      var choice = Binhchon_V1_Choice()
      choice.code = String(number)
      choice.label.vi = String(number)
      choice.label.en = String(number)
      return choice
    }
    return try KioskForm(poll)
  }

  /// A mark has the key of its digit; 10 has one of its own, and the page says which.
  @Test func marksAreTheirOwnKeys() throws {
    let scale = try Self.marks(.scale, 11)
    #expect(scale.choices.map(\.key) == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "+"])
    #expect((scale.isOrdered, scale.keyHint?.en) == (true, "10: key + or x"))
    for (key, code) in [("0", "0"), ("9", "9"), ("+", "10"), ("x", "10"), ("X", "10")] as [(Character, String)] {
      let choice = try #require(scale.choice(for: key))
      #expect(scale.answers(choice).map(\.choices) == [[code]])
    }
    let indicator = try Self.marks(.indicator, 3)
    #expect(indicator.choices.map(\.key) == ["0", "1", "2"])
    #expect(indicator.keyHint == nil && indicator.choice(for: "x") == nil)
  }

  /// One after the other, when in each the same place is picked; none: all are skipped.
  static func asked(_ form: KioskForm, after choice: Int, picking place: Int? = nil) -> [String] {
    var queue = form.followUps(after: choice)
    var asked: [String] = []
    while let next = queue.next {
      asked.append(next.question)
      queue.answer(place.map { [$0] } ?? [])
    }
    #expect(queue.count == 0 && queue.answers.map(\.question) == (place == nil ? [] : asked))
    return asked
  }

  /// What depends on several answers is asked when they have been given.
  @Test func reasonsAfterSeveralAnswers() throws {
    var poll = try KioskStates.poll()
    func test(_ question: String, _ choices: String...) -> Binhchon_V1_AnswerTest {
      var test = Binhchon_V1_AnswerTest()
      (test.question, test.choices) = (question, choices)
      return test
    }
    poll.questions[1].clearAskedIf()
    poll.questions[1].askedIf.any = [test("hai-long", "KHL"), test("goi-lai", "CO")]
    poll.questions[2].clearAskedIf()
    poll.questions[2].askedIf.all = [test("hai-long", "KHL"), test("ly-do", "CHO")]
    let form = try KioskForm(poll)
    #expect((0..<5).map { Self.asked(form, after: $0) } == [[], ["ly-do"], [], [], []])
    #expect((0..<5).map { Self.asked(form, after: $0, picking: 0) } == [[], ["ly-do", "goi-lai"], [], [], []])
    #expect(Self.asked(form, after: 1, picking: 1) == ["ly-do"])
  }

  /// A mark has the key of its digit there, too; 0 does not skip it.
  @Test func marksAfterTheRating() throws {
    var poll = try KioskStates.poll()
    var mark = poll.questions[2]
    (mark.id, mark.kind) = ("7", .indicator)
    mark.clearAskedIf()
    mark.choices = ["0", "1", "2"].map { code in .with { $0.code = code } }
    poll.questions.append(mark)
    poll.kiosk.questions = ["7"]
    let form = try KioskForm(poll)
    let followUp = try #require(form.followUps(after: 4).next)
    #expect(followUp.choices.map(\.key) == ["0", "1", "2"] && followUp.skipKey == "-")
    #expect(form.followUps[0].skipKey == "0")
    for (key, answered) in [("0", " 7=0"), ("2", " 7=2"), ("-", ""), ("*", "")] as [(Character, String)] {
      var machine = KioskStateMachine(language: .vi)
      machine.show(form, isOpen: true)
      for case .take(let rating) in machine.handle(.key(.character("5")), now: 0) {
        machine.taken(rating, tap: 7, now: 0)
      }
      #expect(machine.handle(.key(.character(key)), now: 500).map(KioskStates.name) == ["complete 7\(answered)"])
    }
  }

  /// Who has answered nothing more has gone; who has begun is waited for.
  @Test func anUntouchedPageIsSoonTheNextOnes() throws {
    var untouched = try KioskStates.machine("just asked")
    #expect(untouched.handle(.tick, now: 15_999) == [] && name(untouched) == "ly-do[]")
    #expect(untouched.handle(.tick, now: 16_000).map(KioskStates.name) == ["complete 7"])
    #expect(name(untouched) == "asking()")
    for state in ["reasons", "asked again"] {
      var touched = try KioskStates.machine(state)
      let before = name(touched)
      #expect(touched.handle(.tick, now: 30_999) == [] && name(touched) == before)
      #expect(touched.handle(.tick, now: 31_000).count == 1 && name(touched) == "asking()")
    }
  }

  /// Optional questions that the poll wants put are asked of everybody, in the poll's order, with the reasons among them.
  @Test func questionsThatThePollWantsPut() throws {
    var poll = try KioskStates.poll()
    for id in ["muoi", "phuc-vu"] {
      var question = poll.questions[2]
      question.id = id
      question.clearAskedIf()
      if id == "muoi" { question.choices = (0..<10).map { number in .with { $0.code = "c\(number)" } } }
      poll.questions.append(question)
    }
    poll.kiosk.questions = ["phuc-vu", "muoi", "hai-long", "nobody"]
    let form = try KioskForm(poll)
    #expect(form.followUps.map(\.question) == ["ly-do", "goi-lai", "phuc-vu"])
    #expect(
      (0..<5).map { Self.asked(form, after: $0) } == [
        ["ly-do", "goi-lai", "phuc-vu"], ["ly-do", "phuc-vu"], ["ly-do", "phuc-vu"], ["phuc-vu"], ["phuc-vu"],
      ])
    #expect(Self.asked(form, after: 9) == [])
    // On the page: an answer, a skip, and then no more.
    var machine = KioskStateMachine(language: .vi)
    machine.show(form, isOpen: true)
    for (key, now) in [("1", 0), ("2", 1_000), ("+", 2_000), ("0", 3_000)] as [(Character, Int64)] {
      for case .take(let rating) in machine.handle(.key(.character(key)), now: now) {
        machine.taken(rating, tap: 7, now: now)
      }
    }
    #expect(name(machine) == "phuc-vu[] ly-do=THAI-DO")
    #expect(
      machine.handle(.key(.character("*")), now: 4_000).map(KioskStates.name) == ["complete 7 ly-do=THAI-DO"])
    #expect(name(machine) == "thanking()")
  }
}
