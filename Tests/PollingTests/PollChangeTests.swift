import Testing

@testable import Polling

/// What a new version changes, how much that matters, and where trends break.
struct PollChangeTests {
  struct Row: Sendable, CustomStringConvertible {
    var description: String
    var items: [PollChange.Item]
    var weight: PollChange.Weight
    var change: @Sendable (inout Poll) -> Void

    init(
      _ description: String, _ weight: PollChange.Weight, _ items: PollChange.Item...,
      change: @escaping @Sendable (inout Poll) -> Void
    ) {
      (self.description, self.weight, self.items, self.change) = (description, weight, items, change)
    }
  }

  /// By the k of each version, oldest first.
  @Test(
    arguments: [
      ([1], 1), ([5], 5), ([1, 1], 1), ([1, 5], 5), ([5, 1], 5), ([5, 10], 10), ([10, 3], 3), ([10, 3, 1, 1], 3),
    ] as [([UInt32], UInt32)])
  func noVersionOpensWhatOthersLeaveOut(_ said: [UInt32], _ expected: UInt32) throws {
    let versions = try said.map { k in
      var poll = try Sample.poll()
      poll.policy.smallestGroup = k
      return poll
    }
    #expect(versions.smallestGroup == expected)
  }

  static let rows = [
    Row("nothing", .none) { _ in },
    Row("the version alone", .none) { $0.version = 9 },
    Row("title", .wording, .init(.title)) { $0.title.en = "x" },
    // The same letters, composed otherwise: to `==` there is no difference.
    Row("letters put together", .wording, .init(.title)) { $0.title.vi = "Tha\u{306}m do\u{300}" },
    Row("a translation", .wording, .init(question: "muc-do", .text)) {
      $0.questions[0].text = LocalizedText(vi: "Mức độ", en: "Mức độ", others: [.init(language: "km", text: "x")])
    },
    Row("a label", .wording, .init(question: "quay", .labels)) { $0.questions[1].choices[0].label.vi = "A" },
    Row("thanks", .wording, .init(.kiosk)) { $0.kiosk.thanks.en = "Thanks" },
    Row("k", .rules, .init(.policy)) { $0.policy.smallestGroup = 10 },
    Row("single entry of paper", .rules, .init(.policy)) { $0.policy.paperEntries = 1 },
    Row("closing", .rules, .init(.times)) { $0.closesAt = Timestamp(milliseconds: 1) },
    Row("unit", .rules, .init(.units)) { $0.units.append($0.units[0]) },
    Row("optional", .rules, .init(question: "quay", .optional)) { $0.questions[1].isOptional = false },
    Row("order of choices that have none", .wording, .init(question: "quay", .choiceOrder)) {
      $0.questions[1].choices.reverse()
    },
    Row("order of levels", .meaning, .init(question: "muc-do", .levelOrder)) { $0.questions[0].choices.reverse() },
    Row("a level less", .meaning, .init(question: "muc-do", .codes)) { $0.questions[0].choices.removeLast() },
    Row("another code", .meaning, .init(question: "quay", .codes)) { $0.questions[1].choices[0].code = "z" },
    Row("kind", .meaning, .init(question: "muc-do", .kind)) { $0.questions[0].kind = .single },
    Row("votes allowed", .meaning, .init(question: "quay", .kind)) {
      $0.questions[1].kind = .multiple(votesAllowed: 2)
    },
    Row("who is asked", .meaning, .init(question: "quay", .askedIf)) {
      $0.questions[1].askedIf = Condition(question: "muc-do", choices: ["RKHL"])
    },
    Row("said by its author", .meaning, .init(question: "muc-do", .text), .init(question: "muc-do", .meaning)) {
      $0.questions[0].text.vi = "Ông/Bà chờ bao lâu?"
      $0.questions[0].meaning = 2
    },
    Row("free text", .rules, .init(.texts)) {
      $0.texts = [TextQuestion(id: "y-kien", text: Sample.text("Ý kiến"))]
    },
    Row("gone", .rules, .init(question: "quay", .removed)) { $0.questions.remove(at: 1) },
    Row("new", .rules, .init(question: "moi", .added)) {
      $0.questions.append(
        Question(id: "moi", text: Sample.text("Mới"), kind: .scale, choices: Sample.choices("0", "10")))
    },
  ]

  @Test(arguments: rows)
  func whatDiffers(_ row: Row) throws {
    let old = try Sample.poll()
    var new = old
    row.change(&new)
    let change = PollChange(from: old, to: new)
    #expect(change.items == row.items)
    #expect(change.weight == row.weight)
    // Equal hashes and no change are the same thing.
    #expect((old.definitionHash == new.definitionHash) == (row.weight == .none))
  }

  @Test func questionsThatChangePlaces() throws {
    let old = try Sample.poll()
    var new = old
    new.questions.swapAt(0, 1)
    let change = PollChange(from: old, to: new)
    #expect(change.weight == .wording)
    #expect(Set(change.items.map(\.aspect)) == [.place])
  }

  /// The tests of a condition, and their choices, are no sequence.
  @Test func theSameConditionInAnotherOrder() throws {
    var old = try Sample.poll()
    old.questions[2].askedIf = Condition(
      .all, [.init(question: "muc-do", choices: ["KHL", "RKHL"]), .init(question: "quay", choices: ["a"])])
    var new = old
    new.questions[2].askedIf = Condition(
      .all, [.init(question: "quay", choices: ["a"]), .init(question: "muc-do", choices: ["RKHL", "KHL"])])
    #expect(PollChange(from: old, to: new).items.isEmpty)
  }

  @Test func breaksAreMarkedAlsoAcrossAGap() throws {
    var versions = [try Sample.poll()]
    func next(_ change: (inout Poll) -> Void) {
      var poll = versions[versions.count - 1]
      poll.version += 1
      change(&poll)
      versions.append(poll)
    }
    next { $0.questions[0].text.vi = "Ông/Bà hài lòng không?" }
    next { $0.questions[0].choices.removeLast() }
    let gone = versions[2].questions[1]
    next { $0.questions.remove(at: 1) }
    next { poll in
      var back = gone
      back.choices.removeLast()
      back.choices += Sample.choices("c")
      poll.questions.append(back)
    }
    next { $0.questions[0].kind = .single }
    #expect(
      trendBreaks(versions) == [
        TrendBreak(question: "muc-do", version: 3, aspects: [.codes]),
        TrendBreak(question: "quay", version: 5, aspects: [.codes]),
        TrendBreak(question: "muc-do", version: 6, aspects: [.kind]),
      ])
    #expect(trendBreaks([]).isEmpty)
    #expect(trendBreaks(Array(versions.prefix(2))).isEmpty)
  }
}

struct DefinitionHashTests {
  /// FIPS 180-4's examples (NIST, "SHA256.pdf"), and every length around the ends of a block against `sha256sum`.
  static let vectors: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
    (String(repeating: "a", count: 56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
    (String(repeating: "a", count: 63), "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
    (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    (String(repeating: "a", count: 65), "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
  ]

  @Test(arguments: vectors)
  func knownHashes(_ message: String, _ expected: String) {
    let digest = SHA256.digest(of: Array(message.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    #expect(digest.joined() == expected)
  }

  /// What is published today must have its hash for ever: a change here is a change of the ledger's layout. The hash is
  /// that of a few lines of Python after FORMAT.md.
  @Test func theHashOfADefinitionNeverChanges() throws {
    #expect(try Sample.poll().definitionHash == "b1a1092ebf3b2bbb0fc4b40d2aa51e3db539cfa94a6952060ed88ff1ca9bd5f2")
  }
}

/// Marks, and what the promises of a policy ask.
struct DefinitionRuleTests {
  struct Row: Sendable, CustomStringConvertible {
    var description: String
    var violations: [Violation]
    var change: @Sendable (inout Poll) -> Void

    init(_ description: String, _ violations: (String, String)..., change: @escaping @Sendable (inout Poll) -> Void) {
      (self.description, self.change) = (description, change)
      self.violations = violations.map { Violation($0.0, $0.1) }
    }
  }

  private static func marks(_ kind: Question.Kind, _ codes: [String]) -> Question {
    Question(id: "m", text: Sample.text("m"), kind: kind, choices: codes.flatMap { Sample.choices($0) })
  }

  static let rows = [
    Row("an indicator") { $0.questions = [marks(.indicator, ["0", "1", "2"])] },
    Row("an indicator the wrong way round", ("questions[0].choices", "must be 0, 1, 2, in this order")) {
      $0.questions = [marks(.indicator, ["2", "1", "0"])]
    },
    Row("an indicator from 1", ("questions[0].choices", "must be 0, 1, 2, in this order")) {
      $0.questions = [marks(.indicator, ["1", "2", "3"])]
    },
    Row("a scale") { $0.questions = [marks(.scale, (0...10).map(String.init))] },
    Row(
      "a scale from 1", ("questions[0].choices", "must be 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, in this order")
    ) { $0.questions = [marks(.scale, (1...10).map(String.init))] },
    Row("eleven levels") { $0.questions = [marks(.ordinal, (1...11).map(String.init))] },
    Row("twelve levels", ("questions[0].choices", "are more than 11 levels")) {
      $0.questions = [marks(.ordinal, (1...12).map(String.init))]
    },
    Row("no meaning", ("questions[0].meaning", "must be at least 1")) { $0.questions[0].meaning = 0 },
    Row("k of 1") { $0.policy.smallestGroup = 1 },
    Row("k of 2", ("policy.k", "must be 3 to 1000, or 1 to leave out nothing")) { $0.policy.smallestGroup = 2 },
    Row("k of 0", ("policy.k", "must be 3 to 1000, or 1 to leave out nothing")) { $0.policy.smallestGroup = 0 },
    Row("k of 1000") { $0.policy.smallestGroup = 1_000 },
    Row("k of 1001", ("policy.k", "must be 3 to 1000, or 1 to leave out nothing")) { $0.policy.smallestGroup = 1_001 },
    Row("single entry of paper") { $0.policy.paperEntries = 1 },
    Row("paper that nobody enters", ("policy.paper_entries", "must be 2, or 1 to allow single entry")) {
      $0.policy.paperEntries = 0
    },
    Row("paper that three persons enter", ("policy.paper_entries", "must be 2, or 1 to allow single entry")) {
      $0.policy.paperEntries = 3
    },
    Row("anonymous") { poll in
      poll.policy.anonymity = .anonymous
      poll.policy.timePrecision = .hour
    },
    Row(
      "anonymous by the dossier", ("policy.one_per_credential", "must be false in an anonymous poll"),
      ("policy.time_precision", "must be hour or day in an anonymous poll")
    ) { poll in
      poll.policy.anonymity = .anonymous
      poll.policy.onePerCredential = true
    },
    Row("another language") {
      $0.title = LocalizedText(vi: "a", en: "", others: [.init(language: "cjm-Cham", text: "x")])
    },
    Row(
      "languages that are none", ("title.others[0].language", "must be a language tag such as km or cjm-Cham"),
      ("title.others[1].language", "has a field of its own"), ("title.others[3].language", "is there twice"),
      ("title.others[3].text", "is missing")
    ) {
      $0.title = LocalizedText(
        vi: "a", en: "",
        others: [
          .init(language: "km", text: "x"), .init(language: "en", text: "x"), .init(language: "Khmer", text: "x"),
          .init(language: "km", text: ""),
        ])
    },
  ]

  static let textRows = [
    Row("as many as there may be, as short and as long") { poll in
      poll.texts = (1...TextQuestion.most).map {
        TextQuestion(id: "t\($0)", text: Sample.text("?"), mostBytes: $0 == 1 ? 1 : TextQuestion.longest)
      }
    },
    Row(
      "text of nothing", ("texts[0].id", "is there twice"), ("texts[0].text.vi", "is missing"),
      ("texts[0].most_bytes", "must be 1 to 4000"),
      ("texts[1].id", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'"),
      ("texts[1].most_bytes", "must be 1 to 4000")
    ) {
      $0.texts = [
        TextQuestion(id: "muc-do", text: LocalizedText(vi: "", en: ""), mostBytes: 0),
        TextQuestion(id: "ý", text: Sample.text("?"), mostBytes: 4_001),
      ]
    },
    Row("too much text", ("texts", "are more than 5")) { poll in
      poll.texts = (1...6).map { TextQuestion(id: "t\($0)", text: Sample.text("?")) }
    },
  ]

  @Test(arguments: rows + textRows)
  func bounds(_ row: Row) throws {
    var poll = try Sample.poll()
    row.change(&poll)
    #expect(poll.violations() == row.violations)
  }

  @Test func anAnonymousPollTakesNoCredential() throws {
    var poll = try Sample.poll()
    poll.policy.anonymity = .anonymous
    var ballot = try Sample.ballot([Answer(question: "muc-do", choices: ["HL"])])
    #expect(!poll.violations(in: ballot).contains { $0.field == "credential" })
    ballot.credential = [UInt8](repeating: 1, count: 32)
    #expect(
      poll.violations(in: ballot).contains(Violation("credential", "is not taken by an anonymous poll")))
    poll.policy.anonymity = .pseudonymous
    #expect(!poll.violations(in: ballot).contains { $0.field == "credential" })
  }

  @Test func whatIsNotTranslatedIsInVietnamese() {
    let text = LocalizedText(vi: "a", en: "", others: [.init(language: "km", text: "k")])
    #expect(["vi", "en", "km", "tyz"].map(text.text(in:)) == ["a", "a", "k", "a"])
  }
}
