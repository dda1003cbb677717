import Testing

@testable import Polling

/// Conditions over several earlier questions: when they hold, and which can never hold.
struct ConditionPathTests {
  typealias Test = Condition.Test

  private static func question(
    _ id: String, _ choices: [String], _ kind: Question.Kind = .single, if condition: Condition? = nil
  ) -> Question {
    Question(
      id: id, text: Sample.text(id), kind: kind, isOptional: true, choices: choices.flatMap { Sample.choices($0) },
      askedIf: condition)
  }

  private static func condition(_ join: Condition.Join, _ tests: (String, [String])...) -> Condition {
    Condition(join, tests.map { Test(question: $0.0, choices: $0.1) })
  }

  /// a and b are always asked; c after a=1; d after a=2.
  private static func poll(_ questions: Question...) throws -> Poll {
    var poll = try Sample.poll()
    poll.questions =
      [
        question("a", ["1", "2", "3"]), question("b", ["1", "2"]),
        question("c", ["1", "2"], if: condition(.all, ("a", ["1"]))),
        question("d", ["1", "2"], if: condition(.all, ("a", ["2"]))),
        question("m", ["1", "2", "3", "4"], .multiple(votesAllowed: 2)),
      ] + questions
    return poll
  }

  struct Row: Sendable, CustomStringConvertible {
    var condition: Condition
    /// Nil: it can hold.
    var problem: String?
    var description: String { "\(condition.join) \(condition.tests.map { "\($0.question)=\($0.choices)" })" }

    init(_ condition: Condition, _ problem: String? = nil) {
      self.condition = condition
      self.problem = problem
    }
  }

  static let rows = [
    Row(condition(.all, ("a", ["1"]), ("b", ["2"]))),
    Row(condition(.all, ("c", ["1"]), ("a", ["1", "2"]))),
    Row(condition(.any, ("c", ["1"]), ("d", ["1"]))),
    Row(condition(.all, ("c", ["1"]), ("d", ["1"])), "can never hold: a would have to be 1 and 2"),
    Row(condition(.all, ("c", ["1"]), ("a", ["2", "3"])), "can never hold: a would have to be 1 and 2|3"),
    Row(condition(.any, ("b", ["1"]), ("a", ["3"]), ("d", ["2"]))),
  ]

  @Test(arguments: rows)
  func pathsThatNobodyTakes(_ row: Row) throws {
    let poll = try Self.poll(Self.question("last", ["x", "y"], if: row.condition))
    #expect(poll.violations() == row.problem.map { [Violation("questions[5].asked_if", $0)] } ?? [])
  }

  /// What is asked after a question that nobody is asked is not asked either, and each is told of.
  @Test func deadEndsGoOn() throws {
    let poll = try Self.poll(
      Self.question("e", ["x", "y"], if: Self.condition(.all, ("c", ["1"]), ("d", ["1"]))),
      Self.question("f", ["x", "y"], if: Self.condition(.all, ("e", ["x"]))),
      Self.question("g", ["x", "y"], if: Self.condition(.any, ("e", ["x"]), ("b", ["1"]))))
    #expect(
      poll.violations() == [
        Violation("questions[5].asked_if", "can never hold: a would have to be 1 and 2"),
        Violation("questions[6].asked_if", "can never hold: e is never asked"),
      ])
  }

  static let textRows: [(Condition, field: String, problem: String?)] = [
    (condition(.all, ("a", ["1"])), "", nil), (condition(.any, ("c", ["1"]), ("d", ["1"])), "", nil),
    (condition(.all, ("c", ["1"]), ("d", ["1"])), "", "can never hold: a would have to be 1 and 2"),
    (condition(.all, ("x", ["1"])), ".question", "is no question of this poll"),
    (condition(.all, ("y-kien", ["1"])), ".question", "is the question itself"),
    (condition(.all, ("khac", ["1"])), ".question", "is answered in one's own words, which leads nowhere"),
    (condition(.all, ("a", ["4"])), ".choices[0]", "is no choice of that question"),
    (Condition(.all, []), "", "must name 1 to 10 earlier questions"),
  ]

  /// Free text comes after all questions, and nothing comes after it.
  @Test(arguments: textRows)
  func freeTextAfterAnswers(_ condition: Condition, field: String, problem: String?) throws {
    var poll = try Self.poll()
    poll.texts = [
      TextQuestion(id: "khac", text: Sample.text("?")),
      TextQuestion(id: "y-kien", text: Sample.text("?"), askedIf: condition),
    ]
    #expect(poll.violations() == (problem.map { [Violation("texts[1].asked_if\(field)", $0)] } ?? []))
  }

  @Test func anAnonymousPollAsksEverybodyForTheirWords() throws {
    var poll = try Self.poll()
    (poll.policy.anonymity, poll.policy.timePrecision) = (.anonymous, .day)
    poll.texts = [TextQuestion(id: "y-kien", text: Sample.text("?"))]
    #expect(poll.violations().isEmpty)
    poll.texts[0].askedIf = Self.condition(.all, ("a", ["1"]))
    #expect(
      poll.violations() == [
        Violation("texts[0].asked_if", "tells in an anonymous poll what its writer answered")
      ])
  }

  /// Of a multiple choice, two of four may be chosen: three things that exclude each other are too many.
  @Test(arguments: [(2, true), (3, false)])
  func severalChoicesOfOneQuestion(_ wanted: Int, isFine: Bool) throws {
    var poll = try Self.poll()
    for choice in 1...3 {
      poll.questions.append(
        Self.question("m\(choice)", ["x", "y"], if: Self.condition(.all, ("m", [String(choice)]))))
    }
    poll.questions.append(
      Self.question(
        "last", ["x", "y"], if: Condition(.all, (1...wanted).map { Test(question: "m\($0)", choices: ["x"]) })))
    #expect(poll.violations().isEmpty == isFine)
    if !isFine {
      #expect(poll.violations().first?.problem == "can never hold: m would have to be 1 and 2 and 3")
    }
  }

  /// Every way to a question is looked at, and nobody can make that take long: 100 questions, each after any of ten.
  @Test(.timeLimit(.minutes(1))) func tooManyWays() throws {
    var poll = try Sample.poll()
    poll.questions = (0..<10).map { Self.question("q\($0)", ["1", "2", "3", "4"]) }
    for place in 10..<100 {
      poll.questions.append(
        Self.question(
          "q\(place)", ["1", "2", "3", "4"],
          if: Condition(
            place % 2 == 0 ? .any : .all,
            (place - 10..<place).map { Test(question: "q\($0)", choices: [String($0 % 4 + 1)]) })))
    }
    let problems = poll.violations().map(\.problem)
    #expect(problems.contains { $0 == "leads here in more than 64 different ways" })
  }

  static let answers: [([(String, String)], all: Bool, any: Bool)] = [
    ([], false, false), ([("a", "1")], false, true), ([("b", "2")], false, true),
    ([("a", "1"), ("b", "2")], true, true),
    ([("b", "2"), ("a", "3")], false, true), ([("a", "3"), ("b", "1")], false, false),
  ]

  @Test(arguments: answers)
  func whatHolds(_ given: [(String, String)], all: Bool, any: Bool) {
    let answers = given.map { Answer(question: $0.0, choices: [$0.1]) }
    #expect(Self.condition(.all, ("a", ["1", "2"]), ("b", ["2"])).holds(in: answers) == all)
    #expect(Self.condition(.any, ("a", ["1", "2"]), ("b", ["2"])).holds(in: answers) == any)
  }

  @Test func oneTestIsOneTest() {
    let tests = [Test(question: "a", choices: ["1"])]
    #expect(Condition(.any, tests) == Condition(question: "a", choices: ["1"]))
  }
}
