import Foundation
import Logging
import Polling
import Schema
import SeededRandom
import Tallies
import Testing

@testable import Ledger
@testable import Server

/// The quick way beside the plain one: what it takes becomes the same record, and it takes whatever the plain one admits.
@Suite struct QuickIntakeTests {
  private static let now = BallotIntakeTests.now
  private static let callers = [
    "kiosk/hai-chau/mot-cua/k1", "clerk/hai-chau/c1", "kiosk/hai-chau/mot-cua/quay-02/k2", "official/hai-chau/o1",
  ]

  /// The poll of Hải Châu in two versions, one with several questions, one whose questions hang on each other, one by the
  /// hour, one by credential, one that is not open any more.
  private func board() throws -> TallyBoard {
    var first = try HaiChauPoll.poll()
    first.version = 1
    var second = first
    second.version = 2
    second.questions[0].choices.removeLast()

    func choices(_ codes: [String]) -> [Choice] {
      codes.map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) }
    }
    var long = first
    long.id = try PollID("dai")
    long.questions = [
      first.questions[0],
      Question(
        id: "ly-do", text: LocalizedText(vi: "Lý do", en: "Reasons"), kind: .multiple(votesAllowed: 3),
        isOptional: true, choices: choices((0..<70).map { "r\($0)" })),
      Question(
        id: "gioi", text: LocalizedText(vi: "Giới", en: "Sex"), kind: .single, isOptional: true,
        choices: choices(["nam", "nu"])),
    ]
    var conditional = first
    conditional.id = try PollID("neu")
    conditional.questions = [
      first.questions[0],
      Question(
        id: "ly-do", text: LocalizedText(vi: "Lý do", en: "Reasons"), kind: .multiple(votesAllowed: 2),
        choices: choices(["r0", "r1", "r2"]), askedIf: Condition(question: "hai-long", choices: ["RKHL", "HL"])),
      Question(
        id: "chi-tiet", text: LocalizedText(vi: "Chi tiết", en: "Details"), kind: .single, isOptional: true,
        choices: choices(["a", "b"]), askedIf: Condition(question: "ly-do", choices: ["r1", "r2"])),
      Question(
        id: "gioi", text: LocalizedText(vi: "Giới", en: "Sex"), kind: .single, isOptional: true,
        choices: choices(["nam", "nu"])),
    ]
    var hourly = first
    hourly.id = try PollID("gio")
    hourly.policy = Policy(timePrecision: .hour)
    var bound = first
    bound.id = try PollID("ho-so")
    bound.policy = Policy(onePerCredential: true)
    var past = first
    past.id = try PollID("qua")
    past.closesAt = Timestamp(milliseconds: Self.now.milliseconds - 1)
    return TallyBoard(
      epoch: "e", revision: 9, polls: [first, second, long, conditional, hourly, bound, past].map { ($0, false) },
      cells: [:],
      clock: .system(wall: { Self.now }),
      carrier: CallCarrier(now: { Self.now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
  }

  private func ballot(_ random: inout SplitMix64) -> Binhchon_V1_Ballot {
    func pick<Value>(_ usual: Value, _ others: Value...) -> Value {
      Int.random(in: 0..<12, using: &random) > 0 ? usual : others.randomElement(using: &random) ?? usual
    }
    return BallotIntakeTests.ballot { ballot in
      ballot.poll = ["hai-chau-hai-long", "dai", "neu", "gio", "ho-so", "qua"].randomElement(using: &random) ?? ""
      ballot.poll = pick(ballot.poll, "", "khong-co", "HAI-CHAU-HAI-LONG")
      ballot.pollVersion = [0, 1, 1, 2].randomElement(using: &random) ?? 0
      let precision: TimePrecision = ballot.poll == "gio" ? .hour : .second
      let time = Timestamp(
        milliseconds: Self.now.milliseconds + Int64.random(in: -900_000_000...400_000, using: &random))
      let id = BallotID(time: time, precision: pick(precision, .day), random: (random.next(), random.next()))
      ballot.ballotID = pick(Data(id.bytes), Data(), Data(random.bytes(16)), Data(id.bytes + [0]))
      let floored = time.floored(to: precision).milliseconds
      ballot.deviceTimeMs = pick(floored, 0, floored + 1, .max, .min, -floored)
      ballot.unit = pick(
        "hai-chau/mot-cua/quay-0\(Int.random(in: 1...4, using: &random))", "hai-chau", "hai-chau/mot-cua/quay-99", "")
      ballot.channel = pick(.kiosk, .paper, .counter, .web, .unspecified, .UNRECOGNIZED(9))
      ballot.kioskSequence = [0, 1, .max].randomElement(using: &random) ?? 0
      if Int.random(in: 0..<10, using: &random) == 0 { ballot.credential = "H-1" }
      ballot.answers[0].choices = [pick("HL", "RHL", "RKHL", "XX")]
      if Int.random(in: 0..<20, using: &random) == 0 { ballot.answers[0].choices.append("KHL") }
      if ballot.poll == "neu", Bool.random(using: &random) { ballot.answers[0].choices = ["RHL"] }
      let further =
        switch ballot.poll {
        case "dai": [("ly-do", ["r0", "r1", "r64", "r69", "r64"]), ("gioi", ["nam", "nu"])]
        case "neu": [("ly-do", ["r0", "r1", "r2"]), ("chi-tiet", ["a", "b"]), ("gioi", ["nam", "nu"])]
        case "hai-chau-hai-long": [("ly-do", ["KHAC"])]
        default: [(String, [String])]()
        }
      if !further.isEmpty {
        let further = Bool.random(using: &random) ? further : further.suffix(1)
        for (question, codes) in further where Int.random(in: 0..<3, using: &random) > 0 {
          var answer = Binhchon_V1_Answer()
          answer.question = pick(question, "hai-long", "x")
          answer.choices = (0..<([0, 1, 1, 1, 2].randomElement(using: &random) ?? 1)).map { _ in
            codes.randomElement(using: &random) ?? ""
          }
          ballot.answers.append(answer)
        }
        if Bool.random(using: &random) { ballot.answers.shuffle(using: &random) }
      }
      if Int.random(in: 0..<30, using: &random) == 0 { ballot.answers = [] }
    }
  }

  @Test func bothWaysSayTheSame() throws {
    var generator = SplitMix64()
    let board = try board()
    let plain = BallotIntake(hash: { _ in [UInt8](repeating: 7, count: 32) })
    var taken = 0
    var refused = 0
    /// Of questions that hang on each other, by how many are answered.
    var answered: [Int: Int] = [:]
    for caller in Self.callers {
      let identity = try #require(Identity(uri: "spiffe://t/\(caller)", trustDomain: "t"))
      var quick = QuickIntake(caller: identity, board: board, rules: KnownRules())
      for _ in 0..<2_000 {
        let ballot = ballot(&generator)
        let sent = [nil, Self.now.milliseconds, Self.now.milliseconds - 90_000_000, .max, .min]
          .randomElement(using: &generator)?.map { Timestamp(milliseconds: $0) }
        var request = Binhchon_V1_CastBallotRequest()
        request.ballot = ballot
        let bytes: [UInt8] = try request.serializedBytes()

        var batch = CastBatch()
        let quickly = try bytes.withUnsafeBytes { bytes in
          let one = try #require(PlainBallots(bytes) ?? nil)
          var ballots = one.makeIterator()
          return ballots.next().flatMap { quick.take($0, sentTime: sent, now: Self.now, into: &batch) }
        }
        let plainly = Result {
          try plain.admit(ballot, on: board, from: identity, sentTime: sent, now: Self.now, field: "ballot")
        }
        guard let quickly else {
          #expect(batch.isEmpty && batch.bytes.isEmpty)
          refused += 1
          // It may leave a ballot for no other reason than its credential, or its poll's wish for one.
          if case .success(.admitted(let record, _)) = plainly { #expect(record.ballot.credential != nil) }
          continue
        }
        taken += 1
        if ballot.poll == "neu" { answered[ballot.answers.count, default: 0] += 1 }
        guard case .admitted(let record, let isOpen) = try plainly.get() else {
          Issue.record("taken, and refused by the plain way: \(ballot)")
          continue
        }
        var writer = ByteWriter()
        CastEntry.encode(record, into: &writer)
        #expect(batch.bytes == writer.bytes)
        #expect(batch.ballots.count == 1)
        #expect(batch.ballots.first?.id == record.ballot.id)
        #expect(batch.ballots.first?.isOpen == isOpen)
        #expect(quickly.id == record.ballot.id)
        #expect(quickly.day == record.day)
        #expect(quickly.flags == record.flags)
      }
    }
    #expect(taken > 200)
    #expect(answered.keys.contains(1) && answered.keys.contains(2) && answered.keys.contains { $0 > 2 }, "\(answered)")
    #expect(refused > 1_000)
  }

  @Test func aNewVersionIsSeenAtOnce() async throws {
    let board = try board()
    let identity = try #require(Identity(uri: "spiffe://t/kiosk/hai-chau/mot-cua/k1", trustDomain: "t"))
    var quick = QuickIntake(caller: identity, board: board, rules: KnownRules())
    var request = Binhchon_V1_CastBallotRequest()
    request.ballot = BallotIntakeTests.ballot { $0.pollVersion = 0 }
    let bytes: [UInt8] = try request.serializedBytes()
    func take() -> Bool {
      var batch = CastBatch()
      return bytes.withUnsafeBytes { bytes in
        var ballots = PlainBallots(bytes)?.makeIterator()
        return ballots?.next().flatMap { quick.take($0, sentTime: nil, now: Self.now, into: &batch) } != nil
      }
    }
    #expect(take())
    var third = try HaiChauPoll.poll()
    third.version = 3
    third.questions[0].choices.removeAll { $0.code == "HL" }
    await board.fold([:], published: [(third, false)], revision: 10)
    #expect(!take())
  }
}
