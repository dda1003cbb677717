import Testing

@testable import Polling

struct NameTests {
  @Test(arguments: ["a", "A1", "hai-chau", "x_y.z", "9", String(repeating: "a", count: 64)])
  func good(_ name: String) throws {
    #expect(try PollID(name).rawValue == name)
    #expect(try UnitPath(name).rawValue == name)
  }

  @Test(arguments: [
    "", "-a", ".a", "_", "a b", "a/", "/a", "a//b", "đống-đa", "a\u{0}", String(repeating: "a", count: 65), "a\n",
  ])
  func bad(_ name: String) {
    #expect(throws: InvalidValue.self) { try PollID(name) }
    #expect(throws: InvalidValue.self) { try UnitPath(name) }
  }

  @Test func paths() throws {
    #expect(try UnitPath("a/b/c/d/e/f/g/h").rawValue.count == 15)
    #expect(throws: InvalidValue.self) { try UnitPath("a/b/c/d/e/f/g/h/i") }
    #expect(throws: InvalidValue.self) { try PollID("a/b") }
  }

  static let subtrees: [(String, String, Bool)] = [
    ("hai-chau", "hai-chau", true), ("hai-chau", "hai-chau/mot-cua", true), ("hai-chau", "hai-chau-2", false),
    ("hai-chau/mot-cua", "hai-chau", false), ("hai-chau", "hai-chau/mot-cua/quay-01", true), ("a", "b", false),
  ]

  @Test(arguments: subtrees)
  func contains(_ outer: String, _ inner: String, _ expected: Bool) throws {
    #expect(try UnitPath(outer).contains(try UnitPath(inner)) == expected)
  }
}

struct BallotIDTests {
  static let time = Timestamp(milliseconds: 1_602_640_812_345)

  @Test func makesVersion7() throws {
    let id = BallotID(time: Self.time, precision: .second, random: (.max, .max))
    #expect(id.time.milliseconds == 1_602_640_812_000)
    #expect(id.description == "017524d6-17e0-7fff-bfff-ffffffffffff")
    #expect(try BallotID(bytes: id.bytes) == id)
    let plain = BallotID(time: Self.time, precision: .hour, random: (0, 0))
    #expect(plain.time.milliseconds == 1_602_640_800_000)
    #expect(plain.bytes[6] == 0x70)
    #expect(plain.bytes[8] == 0x80)
    #expect(plain < id)
  }

  @Test(arguments: [Int64.min, -1, 0, 1 << 48, .max])
  func oddClocks(_ milliseconds: Int64) throws {
    let id = BallotID(time: Timestamp(milliseconds: milliseconds), precision: .second, random: (1, 2))
    #expect(try BallotID(bytes: id.bytes) == id)
  }

  @Test(arguments: [0, 15, 17, 32])
  func otherLengths(_ length: Int) {
    #expect(throws: InvalidValue.self) { try BallotID(bytes: [UInt8](repeating: 0x77, count: length)) }
  }

  @Test func otherVersionsAndVariants() {
    let good = BallotID(time: Self.time, precision: .second, random: (1, 2)).bytes
    for version in 0...15 as ClosedRange<UInt8> where version != 7 {
      var bytes = good
      bytes[6] = version << 4 | bytes[6] & 0xF
      #expect(throws: InvalidValue.self) { try BallotID(bytes: bytes) }
    }
    for variant in [0b00, 0b01, 0b11] as [UInt8] {
      var bytes = good
      bytes[8] = variant << 6 | bytes[8] & 0x3F
      #expect(throws: InvalidValue.self) { try BallotID(bytes: bytes) }
    }
  }
}

enum Sample {
  static func text(_ text: String) -> LocalizedText { LocalizedText(vi: text, en: text) }

  static func choices(_ codes: String...) -> [Choice] { codes.map { Choice(code: $0, label: text($0)) } }

  static func poll() throws -> Poll {
    Poll(
      id: try PollID("poll"), version: 1, title: text("Thăm dò"), unit: try UnitPath("hai-chau"),
      units: [Unit(path: try UnitPath("hai-chau/quay-01"), name: text("Quầy 1"))],
      questions: [
        Question(
          id: "muc-do", text: text("Mức độ"), kind: .ordinal, choices: choices("RKHL", "KHL", "BT", "HL", "RHL")),
        Question(id: "quay", text: text("Quầy"), kind: .single, isOptional: true, choices: choices("a", "b")),
        Question(
          id: "ly-do", text: text("Lý do"), kind: .multiple(votesAllowed: 2), isOptional: true,
          choices: choices("x", "y", "z")),
      ])
  }

  static let time = Timestamp(milliseconds: 1_602_640_812_000)

  static func ballot(_ answers: [Answer] = [Answer(question: "muc-do", choices: ["RHL"])]) throws -> Ballot {
    Ballot(
      id: BallotID(time: time, precision: .second, random: (1, 1)), poll: try PollID("poll"), pollVersion: 1,
      unit: try UnitPath("hai-chau/quay-01"), channel: .kiosk, deviceTime: time, answers: answers)
  }
}

struct PollRulesTests {
  struct Breach: Sendable, CustomStringConvertible {
    var description: String
    var violation: Violation?
    var change: @Sendable (inout Poll) throws -> Void

    init(
      _ description: String, _ field: String?, _ problem: String = "",
      _ change: @escaping @Sendable (inout Poll) throws -> Void
    ) {
      self.description = description
      violation = field.map { Violation($0, problem) }
      self.change = change
    }
  }

  static let breaches: [Breach] = [
    Breach("none", nil) { _ in },
    Breach("no title", "title.vi", "is missing") { $0.title.vi = "" },
    Breach("no units", "units", "names no unit") { $0.units = [] },
    Breach("unit outside", "units[1].path", "lies outside hai-chau") {
      $0.units.append(Unit(path: try UnitPath("dong-da"), name: Sample.text("x")))
    },
    Breach("unit twice", "units[1].path", "is there twice") { $0.units.append($0.units[0]) },
    Breach("too many units", "units", "are more than 10000") { poll in
      poll.units = try (0...10_000).map { Unit(path: try UnitPath("hai-chau/\($0)"), name: Sample.text("x")) }
    },
    Breach("too many questions", "questions", "are more than 100") { poll in
      poll.questions = (0...100).map {
        Question(id: "q\($0)", text: Sample.text("x"), kind: .single, choices: Sample.choices("a", "b"))
      }
    },
    Breach("odd question id", "questions[0].id", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'") {
      $0.questions[0].id = "mức độ"
    },
    Breach("questions of a kiosk", nil) { $0.kiosk.questions = ["ly-do"] },
    Breach("the rating again", "kiosk.questions[0]", "must be the id of a question that is optional") {
      $0.kiosk.questions = ["muc-do"]
    },
    Breach("an optional rating again", "kiosk.questions[0]", "is the rating itself") { poll in
      for place in poll.questions.indices { poll.questions[place].isOptional = true }
      poll.kiosk.questions = ["muc-do"]
    },
    Breach("no question", "kiosk.questions[1]", "must be the id of a question that is optional") {
      $0.kiosk.questions = ["ly-do", "x"]
    },
    Breach("a kiosk's question twice", "kiosk.questions[1]", "is named twice") {
      $0.kiosk.questions = ["ly-do", "ly-do"]
    },
    Breach("too many of a kiosk", "kiosk.questions", "are more than 20") { poll in
      for number in 0...20 {
        var question = poll.questions[1]
        question.id = "q\(number)"
        poll.questions.append(question)
        poll.kiosk.questions.append(question.id)
      }
    },
    Breach("after what no kiosk asks", "kiosk.questions[0]", "depends on an answer that nobody gives at a kiosk") {
      poll in
      poll.questions[2].askedIf = Condition(question: "quay", choices: ["a"])
      poll.kiosk.questions = ["ly-do"]
    },
    Breach("after what a kiosk asks", nil) { poll in
      poll.questions[2].askedIf = Condition(question: "quay", choices: ["a"])
      poll.kiosk.questions = ["quay", "ly-do"]
    },
    Breach("no keys for so many", "kiosk.questions[0]", "has more choices than a kiosk has keys for them") { poll in
      poll.questions[1].choices = (1...10).flatMap { Sample.choices("c\($0)") }
      poll.kiosk.questions = ["quay"]
    },
    Breach("question twice", "questions[1].id", "is there twice") { $0.questions[1].id = "muc-do" },
    Breach("odd code", "questions[0].choices[2].code", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'") {
      $0.questions[0].choices[2].code = ""
    },
    Breach("code twice", "questions[0].choices[1].code", "is there twice") { $0.questions[0].choices[1].code = "RKHL" },
    Breach("no label", "questions[0].choices[0].label.vi", "is missing") { $0.questions[0].choices[0].label.vi = "" },
    Breach("twelve levels", "questions[0].choices", "are more than 11 levels") { poll in
      poll.questions[0].choices = (1...12).flatMap { Sample.choices("c\($0)") }
    },
    Breach("eleven levels", nil) { poll in poll.questions[0].choices = (1...11).flatMap { Sample.choices("c\($0)") } },
    Breach("too many choices", "questions[1].choices", "are more than 200") { poll in
      poll.questions[1].choices = (1...201).flatMap { Sample.choices("c\($0)") }
    },
    Breach("no votes allowed", "questions[2].votes_allowed", "must be 1 to the number of choices") {
      $0.questions[2].kind = .multiple(votesAllowed: 0)
    },
    Breach("more votes than choices", "questions[2].votes_allowed", "must be 1 to the number of choices") {
      $0.questions[2].kind = .multiple(votesAllowed: 4)
    },
    Breach("as many votes as choices", nil) { $0.questions[2].kind = .multiple(votesAllowed: 3) },
    Breach("closes as it opens", "closes_at_ms", "is not after opens_at_ms") {
      $0.opensAt = Sample.time
      $0.closesAt = Sample.time
    },
    Breach("closes only", nil) { $0.closesAt = Sample.time },
  ]

  @Test(arguments: breaches)
  func violations(_ breach: Breach) throws {
    var poll = try Sample.poll()
    try breach.change(&poll)
    #expect(poll.violations() == (breach.violation.map { [$0] } ?? []))
  }

  @Test func options() throws {
    var poll = try Sample.poll()
    #expect(poll.hasOptions)
    poll.questions[1].choices = Sample.choices("a")
    #expect(!poll.hasOptions)
    poll.questions = []
    #expect(!poll.hasOptions)
  }

  @Test func hoursAreHalfOpen() throws {
    var poll = try Sample.poll()
    #expect(poll.isOpen(at: Timestamp(milliseconds: .min)))
    poll.opensAt = Timestamp(milliseconds: 100)
    poll.closesAt = Timestamp(milliseconds: 200)
    #expect([99, 100, 199, 200].map { poll.isOpen(at: Timestamp(milliseconds: $0)) } == [false, true, true, false])
  }
}

struct BallotRulesTests {
  struct Row: Sendable, CustomStringConvertible {
    var answers: [(String, [String])]
    var violations: [Violation]
    var description: String { "\(answers)" }

    init(_ answers: [(String, [String])], _ violations: (String, String)...) {
      self.answers = answers
      self.violations = violations.map { Violation($0.0, $0.1) }
    }
  }

  static let rows = [
    Row([("muc-do", ["HL"])]),
    Row([("muc-do", ["HL"]), ("quay", ["a"]), ("ly-do", ["x", "z"])]),
    Row([("ly-do", []), ("quay", []), ("muc-do", ["BT"])]),
    Row([], ("answers", "leave out question muc-do")),
    Row([("quay", ["a"])], ("answers", "leave out question muc-do")),
    Row([("muc-do", [])], ("answers[0].choices", "are missing")),
    Row([("muc-do", ["HL", "BT"])], ("answers[0].choices", "are more than the 1 allowed")),
    Row([("muc-do", ["OK"])], ("answers[0].choices", "name a choice that is not in the question")),
    Row([("muc-do", ["x"])], ("answers[0].choices", "name a choice that is not in the question")),
    Row([("muc-do", ["HL"]), ("ly-do", ["x", "x"])], ("answers[1].choices", "name one choice twice")),
    Row([("muc-do", ["HL"]), ("ly-do", ["x", "y", "z"])], ("answers[1].choices", "are more than the 2 allowed")),
    Row([("muc-do", ["HL"]), ("muc-do", ["HL"])], ("answers[1].question", "is answered twice")),
    Row([("muc-do", ["HL"]), ("what", ["x"])], ("answers[1].question", "is not in this version of the poll")),
    Row(
      [("muc-do", ["HL"]), ("what", []), ("what", []), ("what", [])], ("answers", "are more than the 3 questions")),
  ]

  @Test(arguments: rows)
  func answers(_ row: Row) throws {
    let ballot = try Sample.ballot(row.answers.map { Answer(question: $0.0, choices: $0.1) })
    #expect(try Sample.poll().violations(in: ballot) == row.violations)
  }

  /// Where such a text is hashed, or compared as a string, this takes hours.
  @Test(.timeLimit(.minutes(1))) func textsThatAreCostlyToCompare() throws {
    let marks = "a" + String(repeating: "\u{301}\u{323}", count: 1_000_000)
    let ballot = try Sample.ballot([
      Answer(question: "muc-do", choices: [marks]), Answer(question: "ly-do", choices: [marks, marks]),
      Answer(question: marks, choices: ["x"]),
    ])
    #expect(
      try Sample.poll().violations(in: ballot) == [
        Violation("answers[0].choices", "name a choice that is not in the question"),
        Violation("answers[1].choices", "name a choice that is not in the question"),
        Violation("answers[2].question", "is not in this version of the poll"),
      ])
    var poll = try Sample.poll()
    poll.questions[0].id = marks
    poll.questions[0].choices[0].code = marks
    #expect(poll.violations().count == 2)
    #expect(throws: InvalidValue.self) { try UnitPath(marks) }
    #expect(throws: InvalidValue.self) { try PollID(marks) }
  }

  @Test(arguments: [TimePrecision.second, .minute, .hour, .day])
  func clocksFinerThanThePrecision(_ precision: TimePrecision) throws {
    var poll = try Sample.poll()
    poll.policy.timePrecision = precision
    var ballot = try Sample.ballot()
    let time = Timestamp(milliseconds: 1_602_640_812_345)
    ballot.id = BallotID(time: time, precision: precision, random: (3, 4))
    ballot.deviceTime = time.floored(to: precision)
    #expect(poll.violations(in: ballot) == [])
    ballot.deviceTime = nil
    #expect(poll.violations(in: ballot) == [])
    ballot.deviceTime = Timestamp(milliseconds: time.floored(to: precision).milliseconds + 1)
    #expect(poll.violations(in: ballot).map(\.field) == ["device_time_ms"])
    ballot.deviceTime = nil
    let floored = UInt64(time.floored(to: precision).milliseconds)
    ballot.id = try BallotID(
      bytes: (0..<8).map { UInt8(truncatingIfNeeded: ((floored + 1) << 16 | 0x7000) >> UInt64(56 - 8 * $0)) }
        + [0x80, 0, 0, 0, 0, 0, 0, 1])
    #expect(poll.violations(in: ballot).map(\.field) == ["ballot_id"])
  }

  /// A number that counts up tells the order, and so more of the time than an hour.
  @Test(arguments: [(TimePrecision.second, []), (.minute, []), (.hour, ["kiosk_sequence"]), (.day, ["kiosk_sequence"])])
  func numbersFinerThanThePrecision(_ precision: TimePrecision, _ fields: [String]) throws {
    var poll = try Sample.poll()
    poll.policy.timePrecision = precision
    var ballot = try Sample.ballot()
    ballot.id = BallotID(time: Timestamp(milliseconds: 1_602_640_812_345), precision: precision, random: (3, 4))
    ballot.deviceTime = nil
    ballot.kioskSequence = 7
    #expect(poll.violations(in: ballot).map(\.field) == fields)
  }

  @Test func credentials() throws {
    var poll = try Sample.poll()
    var ballot = try Sample.ballot()
    poll.policy.onePerCredential = true
    #expect(poll.violations(in: ballot) == [Violation("credential", "is required by this poll")])
    ballot.credential = [UInt8](repeating: 1, count: 32)
    #expect(poll.violations(in: ballot) == [])
    ballot.credential = [1]
    #expect(poll.violations(in: ballot) == [Violation("credential", "is no hash of 32 bytes")])
  }
}
