import Polling
import SeededRandom
import Testing

@testable import Ledger

struct EntryTests {
  /// Every optional field there or not, and numbers at their ends.
  private static func records() throws -> [CastVoteRecord] {
    var records: [CastVoteRecord] = []
    for index in 0..<64 as Range<UInt64> {
      let ballot = Ballot(
        id: Sample.id(index), poll: try PollID("hai-chau-hai-long"), pollVersion: index == 3 ? .max : 0,
        unit: try UnitPath("hai-chau/mot-cua/quay-01"), channel: index % 2 == 0 ? .kiosk : .phone,
        deviceTime: index & 1 == 0 ? nil : Timestamp(milliseconds: index == 5 ? .min : .max),
        answers: (0..<index % 4).map {
          Answer(question: "câu \($0)", choices: ["a", "", "ờ"].dropLast(Int($0)).map { $0 })
        },
        credential: index & 2 == 0 ? nil : [UInt8](repeating: 0xFF, count: 32),
        kioskSequence: index & 4 == 0 ? nil : .max,
        procedure: index & 32 == 0 ? nil : try ProcedureCode("1.004772.H17"))
      records.append(
        CastVoteRecord(
          ballot: ballot, countedVersion: index == 7 ? .max : 1, receivedTime: Timestamp(milliseconds: -1),
          skewMilliseconds: index & 8 == 0 ? nil : .min, day: Day(number: index == 9 ? .min : .max),
          flags: RecordFlags(rawValue: UInt8(index * 17 % 256)), source: "quầy",
          spool: index & 16 == 0 ? nil : SpoolID(high: .max, low: index)))
    }
    return records
  }

  private static func bytes(_ record: CastVoteRecord) -> [UInt8] {
    var writer = ByteWriter()
    CastEntry.encode(record, into: &writer)
    return writer.bytes
  }

  @Test func castsRoundTrip() throws {
    for record in try Self.records() {
      let bytes = Self.bytes(record)
      #expect(try bytes.borrowed { try CastEntry.decode($0) } == record)
      // The recount's short look sees the same.
      let outline = try bytes.borrowed { try CastEntry.Outline($0) }
      #expect(outline.tail.id == (record.ballot.id.high, record.ballot.id.low))
      #expect(outline.tail.receivedTime == -1)
      #expect(outline.tail.spool == record.spool)
      #expect(outline.flags == record.flags)
      let procedure = try bytes.borrowed { try ProcedureCode(outline.tail, in: $0) }
      #expect(procedure == record.ballot.procedure)
      #expect(Array(bytes[outline.source]) == Array(record.source.utf8))
      #expect(outline.credentialBytes(in: bytes) == record.ballot.credential)
      let counted = try Array(bytes[outline.counted]).borrowed { try CastEntry.Counted($0) }
      #expect(counted.answers == record.ballot.answers)
      #expect((counted.poll, counted.version, counted.day) == (record.ballot.poll, record.countedVersion, record.day))
    }
  }

  @Test func everyCutIsAnErrorAndSoIsAnAddition() throws {
    for record in try Self.records() {
      let bytes = Self.bytes(record)
      for length in bytes.indices {
        #expect(throws: FormatError.self) { try Array(bytes[..<length]).borrowed { try CastEntry.decode($0) } }
        #expect(throws: FormatError.self) { try Array(bytes[..<length]).borrowed { try CastEntry.Outline($0) } }
      }
      #expect(throws: FormatError.self) { try (bytes + [0]).borrowed { try CastEntry.decode($0) } }
      #expect(throws: FormatError.self) { try (bytes + [0]).borrowed { try CastEntry.Outline($0) } }
    }
  }

  /// Bytes that decode are the bytes of what they decode to: nothing has two forms. Seeded.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func damagedBytesAreRefusedOrCanonical(seed: UInt64) throws {
    var state = seed
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let records = try Self.records()
    for round in 0..<5_000 {
      var bytes = Self.bytes(records[round % records.count])
      for _ in 0...random() % 3 { bytes[Int(random()) % bytes.count] = UInt8(truncatingIfNeeded: random()) }
      if let record = try? bytes.borrowed({ try CastEntry.decode($0) }) { #expect(Self.bytes(record) == bytes) }
      _ = try? bytes.borrowed { try CastEntry.Outline($0) }
      _ = try? bytes.borrowed { try PublishEntry($0) }
      _ = try? bytes.borrowed { try CloseEntry($0) }
      _ = try? bytes.borrowed { try VoidEntry($0) }
      _ = try? bytes.borrowed { try RefusedPressEntry($0) }
    }
  }

  /// Every verdict, and every optional field there or not.
  private static func presses() throws -> [RefusedPress] {
    var presses: [RefusedPress] = []
    for verdict in RefusedPress.Verdict.allCases {
      for record in try records() {
        presses.append(
          RefusedPress(
            kiosk: "kiosk/hai-chau/quầy", spool: SpoolID(high: 1, low: .max), ballot: record.ballot, verdict: verdict,
            reason: "ALREADY_RATED", receivedTime: record.receivedTime))
      }
    }
    return presses
  }

  private static func bytes(_ entry: RefusedPressEntry) -> [UInt8] {
    var writer = ByteWriter()
    entry.encode(into: &writer)
    return writer.bytes
  }

  @Test func refusedPressesRoundTripAndNoCutOfThemDoes() throws {
    for press in try Self.presses() {
      let bytes = Self.bytes(RefusedPressEntry(press))
      let read = try bytes.borrowed { try RefusedPressEntry($0) }
      #expect((read.verdict, read.kiosk, read.spool) == (press.verdict, press.kiosk, press.spool))
      #expect((read.id, read.poll, read.unit) == (press.ballot.id, press.ballot.poll, press.ballot.unit))
      #expect((read.reason, read.receivedTime) == (press.reason, press.receivedTime))
      #expect(read.number == press.ballot.kioskSequence)
      #expect(read.day == PressDay.day(of: press.ballot.deviceTime))
      // Of one that is not on the correction list nothing says what was chosen, or by whom.
      #expect(read.press == (press.verdict == .afterSeal ? press : nil))
      for length in bytes.indices {
        #expect(throws: FormatError.self) { try Array(bytes[..<length]).borrowed { try RefusedPressEntry($0) } }
      }
      #expect(throws: FormatError.self) { try (bytes + [0]).borrowed { try RefusedPressEntry($0) } }
    }
  }

  /// Seeded.
  @Test func damagedRefusedPressesAreRefusedOrCanonical() throws {
    var random = SplitMix64(seed: 3)
    let presses = try Self.presses()
    var canonical = 0
    for round in 0..<20_000 {
      var bytes = Self.bytes(RefusedPressEntry(presses[round % presses.count]))
      for _ in 0...Int.random(in: 0...2, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8(truncatingIfNeeded: random.next())
      }
      guard let entry = try? bytes.borrowed({ try RefusedPressEntry($0) }) else { continue }
      #expect(Self.bytes(entry) == bytes)
      canonical += 1
    }
    #expect(canonical > 0)
  }

  @Test func pollsCloseAndVoidRoundTrip() throws {
    var poll = try Sample.poll(onePerCredential: true)
    poll.version = 3
    poll.opensAt = Timestamp(milliseconds: -1)
    poll.questions.append(
      Question(id: "q", text: LocalizedText(vi: "", en: ""), kind: .single, isOptional: true, choices: []))
    poll.questions[1].askedIf = Condition(question: "muc-do", choices: ["RKHL", "KHL"])
    poll.questions[2].askedIf = Condition(question: "", choices: [])
    poll.kiosk = KioskPage(
      languages: [.en], idleTimeout: .max, thanks: LocalizedText(vi: "Cảm ơn", en: ""), thanksDuration: -1,
      questions: ["q", ""])
    poll.texts = [
      TextQuestion(id: "y-kien", text: poll.title, mostBytes: .max),
      TextQuestion(
        id: "", text: LocalizedText(vi: "", en: ""), mostBytes: 0,
        askedIf: Condition(.any, [.init(question: "muc-do", choices: ["HL"]), .init(question: "", choices: [])])),
    ]
    poll.policy.cooldown = .max
    poll.policy.smallestGroup = .max
    poll.policy.anonymity = .anonymous
    poll.policy.paperEntries = 1
    poll.title = LocalizedText(
      vi: "Đánh giá", en: "", others: [.init(language: "tyz", text: "x"), .init(language: "km", text: "វាយតម្លៃ")])
    for (kind, tests) in [(Question.Kind.indicator, 2), (.scale, 1), (.multiple(votesAllowed: .max), 0)] {
      let test = Condition.Test(question: "muc-do", choices: ["HL"])
      poll.questions.append(
        Question(
          id: "k", text: LocalizedText(vi: "", en: ""), kind: kind, choices: [],
          askedIf: Condition(.any, Array(repeating: test, count: tests)), meaning: tests == 1 ? 1 : .max))
    }
    for precision in TimePrecision.allCases {
      poll.policy.timePrecision = precision
      poll.policy.burst = precision == .day ? nil : Policy.Burst(presses: .max, within: .min)
      poll.policy.late = precision == .day ? Policy.usualLate : 0
      poll.closesAt = precision == .hour ? nil : Timestamp(milliseconds: .max)
      var writer = ByteWriter()
      PublishEntry(poll: poll, by: "ai", at: Sample.time).encode(into: &writer)
      let read = try writer.bytes.borrowed { try PublishEntry($0) }
      #expect(read.poll == poll)
      #expect(read.poll.definition == poll.definition)
      #expect((read.by, read.at) == ("ai", Sample.time))
    }
    var writer = ByteWriter()
    CloseEntry(poll: poll.id, reason: "vì", by: "ai", at: Sample.time).encode(into: &writer)
    let close = try writer.bytes.borrowed { try CloseEntry($0) }
    #expect((close.poll, close.reason, close.by, close.at) == (poll.id, "vì", "ai", Sample.time))
    writer.removeAll()
    VoidEntry(ballot: Sample.id(9), sequence: .max, reason: "vì", by: "ai", at: Sample.time).encode(into: &writer)
    let void = try writer.bytes.borrowed { try VoidEntry($0) }
    #expect((void.ballot, void.sequence, void.reason, void.by) == (Sample.id(9), .max, "vì", "ai"))
  }

  /// As earlier versions wrote it (FORMAT.md, kind 2, layout 1).
  static func firstLayout(_ poll: Poll, questionHas: UInt8 = 1, pollHas: UInt8 = 1) -> [UInt8] {
    var writer = ByteWriter()
    func text(_ text: LocalizedText) {
      writer.string(text.vi)
      writer.string(text.en)
    }
    writer.byte(1)
    writer.string(poll.id.rawValue)
    writer.varint(UInt64(poll.version))
    text(poll.title)
    writer.string(poll.unit.rawValue)
    writer.count(poll.units.count)
    for unit in poll.units {
      writer.string(unit.path.rawValue)
      text(unit.name)
    }
    writer.count(1)
    writer.string(poll.questions[0].id)
    text(poll.questions[0].text)
    writer.byte(1)
    writer.byte(questionHas)
    writer.count(poll.questions[0].choices.count)
    for choice in poll.questions[0].choices {
      writer.string(choice.code)
      text(choice.label)
    }
    writer.byte(2)
    writer.byte(1)
    writer.byte(pollHas)
    writer.signed(-5)
    writer.string("ai")
    writer.signed(Sample.time.milliseconds)
    return writer.bytes
  }

  @Test func aPollOfTheFirstLayoutIsReadWithWhatWasUsualThen() throws {
    var poll = try Sample.poll(onePerCredential: true)
    poll.version = 3
    poll.questions.removeLast()
    poll.questions[0].isOptional = true
    poll.policy.timePrecision = .minute
    poll.opensAt = Timestamp(milliseconds: -5)
    // Nothing was left out of figures then.
    poll.policy.smallestGroup = 1
    let read = try Self.firstLayout(poll).borrowed { try PublishEntry($0) }
    #expect(read.poll == poll)
    #expect(read.poll.policy == Policy(timePrecision: .minute, onePerCredential: true, smallestGroup: 1))
    #expect(read.poll.kiosk == KioskPage())
    // Publishing it again is nothing new.
    #expect(read.poll.definition == poll.definition)
    poll.policy.cooldown = 2_000
    #expect(read.poll.definition != poll.definition)
    // What only the second one has is damage in the first.
    #expect(throws: FormatError.self) { try Self.firstLayout(poll, questionHas: 3).borrowed { try PublishEntry($0) } }
    #expect(throws: FormatError.self) { try Self.firstLayout(poll, pollHas: 5).borrowed { try PublishEntry($0) } }
    var third = Self.firstLayout(poll)
    third[0] = 3
    #expect(throws: FormatError.self) { try third.borrowed { try PublishEntry($0) } }
  }

  /// Bytes of a definition that are read are the bytes of what they say. Seeded.
  @Test func damagedDefinitionsAreRefusedOrCanonical() throws {
    var random = SplitMix64(seed: 4)
    var poll = try Sample.poll()
    poll.questions[0].text = LocalizedText(
      vi: "a", en: "b", others: [.init(language: "km", text: "c"), .init(language: "tyz", text: "d")])
    poll.questions[1].askedIf = Condition(
      .any, [.init(question: "muc-do", choices: ["HL"]), .init(question: "x", choices: ["y"])])
    poll.questions[1].meaning = 2
    poll.texts = [
      TextQuestion(
        id: "y-kien", text: poll.questions[0].text, askedIf: Condition(question: "muc-do", choices: ["HL", "KHL"])),
      TextQuestion(id: "khac", text: poll.questions[0].text),
    ]
    poll.kiosk.questions = ["ly-do", "x"]
    var writer = ByteWriter()
    PublishEntry(poll: poll, by: "ai", at: Sample.time).encode(into: &writer)
    let whole = writer.bytes
    for length in whole.indices {
      #expect(throws: FormatError.self) { try Array(whole[..<length]).borrowed { try PublishEntry($0) } }
    }
    var canonical = 0
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let small = UInt8.random(in: 0...5, using: &random)
        let place = Int.random(in: bytes.indices, using: &random)
        bytes[place] = Bool.random(using: &random) ? small : UInt8(truncatingIfNeeded: random.next())
      }
      guard let entry = try? bytes.borrowed({ try PublishEntry($0) }) else { continue }
      writer.removeAll()
      entry.encode(into: &writer)
      #expect(writer.bytes == bytes)
      canonical += 1
    }
    #expect(canonical > 100)
  }

  static let badNumbers: [[UInt8]] = [
    [], [0x80], [0x80, 0x00], [0xFF, 0x80, 0x00], [UInt8](repeating: 0xFF, count: 9) + [0x02],
    [UInt8](repeating: 0x80, count: 10) + [0x01],
  ]

  @Test(arguments: badNumbers)
  func numbersHaveOneForm(_ bytes: [UInt8]) {
    #expect(throws: FormatError.self) {
      try bytes.borrowed { (bytes) throws(FormatError) in
        var reader = ByteReader(bytes)
        _ = try reader.varint()
      }
    }
  }

  static let numbers: [Int64] = [0, 1, -1, 63, -64, 64, 8_191, 8_192, .max, .min, .max - 1, .min + 1]

  @Test(arguments: numbers)
  func numbersRoundTrip(_ number: Int64) throws {
    var writer = ByteWriter()
    writer.signed(number)
    writer.varint(UInt64(bitPattern: number))
    let read = try writer.bytes.borrowed { (bytes) throws(FormatError) in
      var reader = ByteReader(bytes)
      let numbers = (try reader.signed(), try reader.varint())
      try reader.end()
      return numbers
    }
    #expect(read == (number, UInt64(bitPattern: number)))
  }

  /// From Python's zlib.crc32.
  @Test func checksums() {
    #expect(Array("abc".utf8).borrowed { Checksum.shared(sequence: 1, kind: 1, body: $0) } == 879_497_322)
    #expect([UInt8](0..<100).borrowed { Checksum.shared(sequence: (1 << 63) + 5, kind: 4, body: $0) } == 45_816_624)
    #expect([UInt8]().borrowed { Checksum.shared(sequence: 7, kind: 2, body: $0) } == 1_195_828_037)
  }
}

extension CastEntry.Outline {
  fileprivate func credentialBytes(in bytes: [UInt8]) -> [UInt8]? {
    tail.credential.map { Array(bytes[$0]) }
  }
}
