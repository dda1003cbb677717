import Testing

@testable import Polling

/// A question that is asked after some answers only: who may ask it, who answers it, and what is counted.
struct ConditionTests {
  /// `ly-do` after the two lowest levels, and must be answered then; `chi-tiet`, if one likes, after its first choice.
  static func poll() throws -> Poll {
    var poll = try Sample.poll()
    poll.questions.removeAll { $0.id != "muc-do" }
    poll.questions += [
      Question(
        id: "ly-do", text: Sample.text("Lý do"), kind: .single, choices: Sample.choices("cho", "thai-do"),
        askedIf: Condition(question: "muc-do", choices: ["RKHL", "KHL"])),
      Question(
        id: "chi-tiet", text: Sample.text("Chi tiết"), kind: .multiple(votesAllowed: 2), isOptional: true,
        choices: Sample.choices("x", "y", "z"), askedIf: Condition(question: "ly-do", choices: ["cho"])),
    ]
    return poll
  }

  struct Breach: Sendable, CustomStringConvertible {
    var description: String
    var violations: [Violation]
    var change: @Sendable (inout Poll) -> Void

    init(_ description: String, _ violations: (String, String)..., change: @escaping @Sendable (inout Poll) -> Void) {
      self.description = description
      self.violations = violations.map { Violation($0.0, $0.1) }
      self.change = change
    }
  }

  static func test(_ question: String, _ choices: String...) -> Condition.Test {
    Condition.Test(question: question, choices: choices)
  }

  static let breaches = [
    Breach("none") { _ in },
    Breach("an unknown question", ("questions[1].asked_if.question", "is no question of this poll")) {
      $0.questions[1].askedIf = Condition(question: "muc", choices: ["RKHL", "KHL"])
    },
    Breach("itself", ("questions[1].asked_if.question", "is the question itself")) {
      $0.questions[1].askedIf = Condition(question: "ly-do", choices: ["cho"])
    },
    Breach(
      "a circle", ("questions[1].asked_if.question", "goes round in a circle: ly-do → chi-tiet → ly-do")
    ) {
      $0.questions[1].askedIf = Condition(question: "chi-tiet", choices: ["x"])
    },
    Breach(
      "a circle from the first one",
      ("questions[0].asked_if.question", "goes round in a circle: muc-do → ly-do → muc-do")
    ) {
      $0.questions[0].askedIf = Condition(question: "ly-do", choices: ["cho"])
    },
    Breach("no choices", ("questions[1].asked_if.choices", "are missing")) {
      $0.questions[1].askedIf = Condition(question: "muc-do", choices: [])
    },
    Breach("an unknown choice", ("questions[1].asked_if.choices[1]", "is no choice of that question")) {
      $0.questions[1].askedIf = Condition(question: "muc-do", choices: ["RKHL", "cho"])
    },
    Breach("a choice twice", ("questions[1].asked_if.choices[1]", "is there twice")) {
      $0.questions[1].askedIf = Condition(question: "muc-do", choices: ["KHL", "KHL"])
    },
    Breach(
      "too many choices", ("questions[2].asked_if.choices", "are more than that question has"),
      ("questions[2].asked_if.choices[2]", "is there twice")
    ) {
      $0.questions[2].askedIf = Condition(question: "ly-do", choices: ["cho", "thai-do", "cho"])
    },
    Breach("all choices") {
      $0.questions[1].askedIf = Condition(question: "muc-do", choices: ["RKHL", "KHL", "BT", "HL", "RHL"])
    },
    Breach(
      "a later question",
      ("questions[1].asked_if.question", "is a later question: what a question depends on must come before it")
    ) {
      $0.questions[2].askedIf = nil
      $0.questions[1].askedIf = Condition(question: "chi-tiet", choices: ["x"])
    },
    Breach("no test", ("questions[1].asked_if", "must name 1 to 10 earlier questions")) {
      $0.questions[1].askedIf = Condition(.any, [])
    },
    Breach(
      "a question twice", ("questions[2].asked_if.all[1].question", "is there twice")
    ) {
      $0.questions[2].askedIf = Condition(.all, [test("ly-do", "cho"), test("ly-do", "thai-do")])
    },
    Breach("an unknown one of several", ("questions[2].asked_if.any[1].question", "is no question of this poll")) {
      $0.questions[2].askedIf = Condition(.any, [test("ly-do", "cho"), test("x", "y")])
    },
    Breach("six reasons") { poll in
      poll.questions[1].choices = ["cho"].flatMap { Sample.choices($0) } + (1...5).flatMap { Sample.choices("c\($0)") }
    },
    Breach("seven reasons", ("questions[1].choices", "are more than 6 of a question with asked_if")) { poll in
      poll.questions[1].choices = Sample.choices("cho") + (1...6).flatMap { Sample.choices("c\($0)") }
    },
  ]

  @Test(arguments: breaches)
  func whoMayBePublished(_ breach: Breach) throws {
    var poll = try Self.poll()
    breach.change(&poll)
    #expect(poll.violations() == breach.violations)
  }

  struct Row: Sendable, CustomStringConvertible {
    var answers: [(String, [String])]
    var violations: [Violation]
    /// Counts but for the ballot itself, as `question/choice`, `question` alone for the votes not used.
    var counts: [String: Int64]
    var description: String { "\(answers)" }

    init(
      _ answers: [(String, [String])], _ violations: (String, String)..., counts: [String: Int64] = [:]
    ) {
      self.answers = answers
      self.violations = violations.map { Violation($0.0, $0.1) }
      self.counts = counts
    }
  }

  static let rows = [
    // Not asked: neither votes nor undervotes.
    Row([("muc-do", ["HL"])], counts: ["muc-do/HL": 1]),
    Row([("muc-do", ["KHL"]), ("ly-do", ["thai-do"])], counts: ["muc-do/KHL": 1, "ly-do/thai-do": 1]),
    // Asked and left out, which it may be: two votes not used.
    Row(
      [("muc-do", ["KHL"]), ("ly-do", ["cho"])], counts: ["muc-do/KHL": 1, "ly-do/cho": 1, "chi-tiet": 2]),
    Row(
      [("muc-do", ["RKHL"]), ("ly-do", ["cho"]), ("chi-tiet", [])],
      counts: ["muc-do/RKHL": 1, "ly-do/cho": 1, "chi-tiet": 2]),
    Row(
      [("chi-tiet", ["z"]), ("ly-do", ["cho"]), ("muc-do", ["RKHL"])],
      counts: ["muc-do/RKHL": 1, "ly-do/cho": 1, "chi-tiet/z": 1, "chi-tiet": 1]),
    Row([("muc-do", ["KHL"])], ("answers", "leave out question ly-do")),
    Row(
      [("muc-do", ["HL"]), ("ly-do", ["cho"])], ("answers[1].question", "is not asked after the other answers")),
    Row(
      [("muc-do", ["KHL"]), ("ly-do", ["thai-do"]), ("chi-tiet", ["x"])],
      ("answers[2].question", "is not asked after the other answers")),
    Row(
      [("chi-tiet", []), ("muc-do", ["HL"])], ("answers[0].question", "is not asked after the other answers")),
    Row(
      [("ly-do", ["cho"])], ("answers", "leave out question muc-do"),
      ("answers[0].question", "is not asked after the other answers")),
    // What is asked follows from answers that are in order; these are told first.
    Row([("muc-do", ["KHL", "HL"])], ("answers[0].choices", "are more than the 1 allowed")),
    Row(
      [("muc-do", ["what"]), ("ly-do", ["cho"])], ("answers[0].choices", "name a choice that is not in the question")),
  ]

  @Test(arguments: rows)
  func whoAnswersAndWhatCounts(_ row: Row) throws {
    let poll = try Self.poll()
    let answers = row.answers.map { Answer(question: $0.0, choices: $0.1) }
    #expect(poll.violations(in: try Sample.ballot(answers)) == row.violations)
    guard row.violations.isEmpty else { return }
    var counts: [String: Int64] = [:]
    poll.forEachCount(of: answers) { subject, count in
      switch subject {
      case .ballots: #expect(count == 1)
      case .votes(let question, let choice): counts["\(question)/\(choice)", default: 0] += count
      case .undervotes(let question): counts[question, default: 0] += count
      }
    }
    #expect(counts == row.counts)
  }

  /// Where such texts are hashed, or all are compared with all, this takes hours.
  @Test(.timeLimit(.minutes(1))) func conditionsThatAreCostlyToCheck() throws {
    var poll = try Self.poll()
    let marks = "a" + String(repeating: "\u{301}\u{323}", count: 1_000_000)
    poll.questions[1].askedIf = Condition(question: marks, choices: [marks, marks])
    poll.questions[2].askedIf = Condition(
      question: "ly-do", choices: [String](repeating: "no", count: 1_000_000) + [marks])
    poll.questions[1].choices += (0..<100_000).map { Choice(code: "c\($0)", label: Sample.text("x")) }
    #expect(poll.violations().contains(Violation("questions[1].asked_if.question", "is no question of this poll")))
    let ballot = try Sample.ballot([
      Answer(question: "muc-do", choices: [String](repeating: "KHL", count: 1_000_000)),
      Answer(question: "ly-do", choices: [marks]),
    ])
    #expect(!poll.violations(in: ballot).isEmpty)
  }
}

struct PolicyTests {
  @Test func whatIsNotSaidIsAsUsual() {
    let policy = Policy()
    #expect((policy.cooldown, policy.late) == (0, 7 * 86_400_000))
    #expect(policy.burst == nil)
    let page = KioskPage()
    #expect(page.languages == [.vi, .en])
    #expect((page.idleTimeout, page.thanksDuration) == (30_000, 2_000))
  }

  struct Row: Sendable, CustomStringConvertible {
    var description: String
    var field: String?
    var change: @Sendable (inout Poll) -> Void

    init(_ description: String, _ field: String?, _ change: @escaping @Sendable (inout Poll) -> Void) {
      self.description = description
      self.field = field
      self.change = change
    }
  }

  static let rows = [
    Row("cooldown below", "policy.cooldown_ms") { $0.policy.cooldown = -1 },
    Row("cooldown most", nil) { $0.policy.cooldown = 600_000 },
    Row("cooldown beyond", "policy.cooldown_ms") { $0.policy.cooldown = 600_001 },
    Row("burst least", nil) { $0.policy.burst = .init(presses: 1, within: 1_000) },
    Row("burst of none", "policy.burst.presses") { $0.policy.burst = .init(presses: 0, within: 1_000) },
    Row("burst of many", "policy.burst.presses") { $0.policy.burst = .init(presses: 10_001, within: 1_000) },
    Row("burst in no time", "policy.burst.within_ms") { $0.policy.burst = .init(presses: 1, within: 999) },
    Row("burst for ever", "policy.burst.within_ms") { $0.policy.burst = .init(presses: 1, within: .max) },
    Row("nothing late", nil) { $0.policy.late = 0 },
    Row("late before closing", "policy.late_ms") { $0.policy.late = .min },
    Row("late for ever", "policy.late_ms") { $0.policy.late = 366 * 86_400_000 + 1 },
    Row("one language", nil) { $0.kiosk.languages = [.en] },
    Row("no language", "kiosk.languages") { $0.kiosk.languages = [] },
    Row("a third language", nil) {
      $0.questions[0].text = LocalizedText(vi: "?", en: "?", others: [.init(language: "km", text: "?")])
      $0.kiosk.languages = KioskPage.usualLanguages(of: $0.questions)
    },
    Row("a language that nothing is there in", "kiosk.languages[2]") {
      $0.kiosk.languages = [.vi, .en] + [KioskPage.Language(code: "km")].compactMap { $0 }
    },
    Row("a language twice", "kiosk.languages") { $0.kiosk.languages = [.en, .en] },
    Row("idle too soon", "kiosk.idle_timeout_ms") { $0.kiosk.idleTimeout = 4_999 },
    Row("idle too late", "kiosk.idle_timeout_ms") { $0.kiosk.idleTimeout = 600_001 },
    Row("no thanks", "kiosk.thanks.vi") { $0.kiosk.thanks = LocalizedText(vi: "", en: "Thanks") },
    Row("short thanks", "kiosk.thanks_duration_ms") { $0.kiosk.thanksDuration = 499 },
    Row("long thanks", "kiosk.thanks_duration_ms") { $0.kiosk.thanksDuration = 10_001 },
  ]

  @Test(arguments: rows)
  func bounds(_ row: Row) throws {
    var poll = try Sample.poll()
    row.change(&poll)
    #expect(poll.violations().map(\.field) == (row.field.map { [$0] } ?? []))
  }
}
