import Foundation
import Polling
import Schema
import Testing

@testable import binhchon

@Suite struct BallotTests {
  @Test func anIDCarriesNoFinerClockThanThePoll() throws {
    var factory = try Samples.factory()
    factory.poll.policy.timePrecision = .hour
    var random = SplitMix64(seed: 1)
    let ballot = factory.make([], now: Timestamp(milliseconds: 1_700_000_123_456), random: &random)
    let id = try BallotID(bytes: ballot.ballotID)
    #expect(id.time.milliseconds % 3_600_000 == 0)
    #expect(ballot.deviceTimeMs == id.time.milliseconds)
    #expect(ballot.pollVersion == 1)
  }

  @Test func madeAgainUnderItsIDItHasTheSameBytes() throws {
    let factory = try Samples.factory()
    var random = SystemRandomNumberGenerator()
    let answers = try AnswerSheet(choice: "HL").answers(in: factory.poll)
    let first = factory.make(answers, dossier: "H1", now: .now, random: &random)
    let text = try BallotID(bytes: first.ballotID).description
    let again = factory.make(answers, dossier: "H1", id: try factory.ballotID(text))
    #expect(try first.serializedData() == again.serializedData())
  }

  @Test(arguments: ["", "x", "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "018bcfe5-6869-7001-8000-000000000001"])
  func badIDsAreRefused(_ text: String) throws {
    let factory = try Samples.factory()
    #expect { try factory.ballotID(text) } throws: { ($0 as? ClientError)?.reason == "INVALID_BALLOT_ID" }
  }

  @Test func answersAreHeldAgainstThePoll() throws {
    let poll = try Samples.poll()
    let answers = try AnswerSheet(choice: "RHL").answers(in: poll)
    #expect(answers.map(\.question) == ["hai-long"])
    #expect(answers.map(\.choices) == [["RHL"]])
    #expect(try AnswerSheet(arguments: ["hai-long=KHL"]).answers(in: poll).first?.choices == ["KHL"])
    #expect { try AnswerSheet(choice: "XX").answers(in: poll) } throws: { error in
      (error as? ClientError)?.next?(.en) == "choose one of: RKHL KHL BT HL RHL"
    }
    #expect(throws: ClientError.self) { try AnswerSheet(arguments: ["nope=HL"]).answers(in: poll) }
    #expect { try AnswerSheet(arguments: ["HL"]) } throws: { ($0 as? ClientError)?.status == .usage }
    #expect(try AnswerSheet(arguments: ["q=A,B"]).entries.first?.choices == ["A", "B"])
  }

  @Test func aChoiceAloneNeedsOneRequiredQuestion() throws {
    var poll = try Samples.poll()
    var other = poll.questions[0]
    other.id = "hai"
    poll.questions.append(other)
    #expect(throws: ClientError.self) { try AnswerSheet(choice: "HL").answers(in: poll) }
    poll.questions[2].optional = true
    #expect(try AnswerSheet(choice: "HL").answers(in: poll).first?.question == "hai-long")
  }

  @Test func whatIsDrawnForADemonstrationKeepsTheConditions() throws {
    let message = try Samples.poll()
    let poll = try PollFile.read(PollExample.haiChau, file: "example")
    var random = SplitMix64(seed: 5)
    var reasons = 0
    for number in 0..<200 as Range<UInt64> {
      let sheet = AnswerSheet.random(in: message, using: &random)
      let answers = try sheet.answers(in: message).map { Answer(question: $0.question, choices: $0.choices) }
      reasons += answers.count - 1
      let ballot = Ballot(
        id: BallotID(time: .init(milliseconds: 1_700_000_000_000), precision: .second, random: (0, number)),
        poll: poll.id, pollVersion: 1,
        unit: poll.unit, channel: .kiosk, deviceTime: nil, answers: answers)
      #expect(poll.violations(in: ballot) == [])
    }
    #expect(reasons > 20)
  }
}

@Suite struct FileTests {
  @Test func linesOfAnyKind() throws {
    #expect(try BallotLine.parse("  ") == nil)
    #expect(try BallotLine.parse(" HL ")?.sheet == AnswerSheet(choice: "HL"))
    let json = try #require(
      try BallotLine.parse(#"{"answers":{"b":["X","Y"],"a":["Z"]},"unit":"u","channel":"qr","dossier":"d"}"#))
    #expect(json.sheet == AnswerSheet(entries: [("a", ["Z"]), ("b", ["X", "Y"])]))
    #expect(json.unit == "u")
    #expect(json.channel == "qr")
    #expect(json.dossier == "d")
  }

  @Test(arguments: [
    #"{"choice":"HL","answers":{}}"#, "{}", #"{"choice":5}"#, #"{"choice":"HL","zz":1}"#, #"{"choice":"#,
    #"{"answers":{"a":"X"}}"#,
  ])
  func wrongJSONIsToldNotGuessed(_ text: String) {
    #expect { try BallotLine.parse(text) } throws: { error in
      (error as? ClientError)?.status == .badData && (error as? ClientError)?.why != nil
    }
  }

  @Test func linesComeOutHoweverTheyAreCut() throws {
    let bytes = Array("\u{FEFF}HL\r\n\nRHL\nBT".utf8)
    for size in 1...bytes.count {
      var reader = LineReader()
      var lines: [LineReader.NumberedLine] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        lines += try reader.lines(in: Array(bytes[start..<min(start + size, bytes.count)]))
      }
      if let last = try reader.end() { lines.append(last) }
      #expect(lines.map(\.text) == ["HL", "", "RHL", "BT"])
      #expect(lines.map(\.number) == [1, 2, 3, 4])
    }
  }

  @Test func noUTF8AndEndlessLinesAreToldWithTheirNumber() {
    var reader = LineReader()
    #expect { try reader.lines(in: [0x41, 0x0A, 0xFF, 0x0A]) } throws: {
      ($0 as? ClientError)?.what(.en) == "cannot read line 2"
    }
    var endless = LineReader()
    #expect(throws: ClientError.self) { try endless.lines(in: Array(repeating: 0x41, count: LineReader.longest + 1)) }
  }
}

@Suite struct BatchMachineTests {
  typealias Entry = BatchStateMachine.Entry

  static func entry(_ number: Int) throws -> Entry {
    Entry(line: number, ballot: try Samples.ballot(UInt64(number)))
  }

  static func response(_ entries: [Entry], _ refusals: [Int: Refusal] = [:]) -> Binhchon_V1_CastBallotsResponse {
    var response = Binhchon_V1_CastBallotsResponse()
    response.results = entries.map { entry in
      var result = Binhchon_V1_BallotResult()
      result.ballotID = entry.ballot.ballotID
      if let refusal = refusals[entry.line] {
        result.refused.code = refusal.code
        result.refused.message = refusal.message
      } else {
        result.receipt = Samples.receipt(entry.ballot)
      }
      return result
    }
    return response
  }

  @Test func everyBallotGetsOneOutcomeInOrder() throws {
    var machine = BatchStateMachine(depth: 2)
    let (a, b) = ([try Self.entry(1), try Self.entry(2)], [try Self.entry(3)])
    #expect(machine.isIdle)
    machine.send(a)
    #expect(machine.hasRoom)
    machine.send(b)
    #expect(!machine.hasRoom)
    #expect(machine.nextAgain() == nil)
    let first = machine.receive(Self.response(a))
    #expect(first == .settled(a.map { .init(entry: $0, outcome: .taken(Samples.receipt($0.ballot))) }, retryAfter: nil))
    #expect(machine.hasRoom)
    #expect(machine.awaitsAnswer)
    _ = machine.receive(Self.response(b))
    #expect(machine.isIdle)
  }

  @Test func aLostCallIsSentAgainOldestFirst() throws {
    var machine = BatchStateMachine(depth: 2)
    let (a, b) = ([try Self.entry(1)], [try Self.entry(2)])
    machine.send(a)
    machine.send(b)
    machine.callLost()
    #expect(!machine.isIdle)
    #expect(!machine.awaitsAnswer)
    #expect(machine.nextAgain() == a)
    machine.callLost()
    #expect(machine.nextAgain() == a)
    #expect(machine.nextAgain() == b)
    #expect(machine.nextAgain() == nil)
    #expect(machine.abandon() == a + b)
    #expect(machine.isIdle)
  }

  @Test func aFullServerKeepsOnlyWhatItTook() throws {
    var machine = BatchStateMachine(depth: 1)
    let batch = [try Self.entry(1), try Self.entry(2), try Self.entry(3)]
    machine.send(batch)
    let full = Refusal(code: StatusCode.resourceExhausted.rawValue, message: "full")
    let answer = machine.receive(Self.response(batch, [2: full, 3: Samples.conflict]))
    guard case .settled(let settled, let wait) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(settled.map(\.entry.line) == [1, 3])
    #expect(settled.map(\.outcome.word) == ["counted", "refused"])
    #expect(wait == .milliseconds(100))
    #expect(machine.nextAgain() == [batch[1]])
  }

  @Test func anAnswerThatDoesNotFitIsAMismatch() throws {
    let batch = [try Self.entry(1)]
    var idle = BatchStateMachine(depth: 1)
    #expect(idle.receive(Self.response(batch)) == .mismatch)
    var machine = BatchStateMachine(depth: 1)
    machine.send(batch)
    #expect(machine.receive(Self.response([try Self.entry(2)])) == .mismatch)
    #expect(machine.receive(Self.response([])) == .mismatch)
    var empty = Self.response(batch)
    empty.results[0].result = nil
    #expect(machine.receive(empty) == .mismatch)
    #expect(machine.abandon() == batch)
  }
}

@Suite(.timeLimit(.minutes(1))) struct CasterTests {
  static func batches(_ count: Int, size: Int) throws -> [[BatchStateMachine.Entry]] {
    let all = try (1...count).map(BatchMachineTests.entry)
    return stride(from: 0, to: count, by: size).map { Array(all[$0..<min($0 + size, count)]) }
  }

  static func run(
    _ service: FakeService, _ batches: [[BatchStateMachine.Entry]], patience: Duration = .seconds(30)
  ) async throws -> CastSummary {
    var rest = batches[...]
    var summary = CastSummary()
    try await Caster(service: service, patience: patience).cast {
      rest.popFirst()
    } outcome: { _, outcome in
      summary.add(outcome)
    }
    return summary
  }

  @Test func allAreCountedOnce() async throws {
    let service = FakeService()
    let summary = try await Self.run(service, try Self.batches(950, size: 100))
    #expect(summary.counted == 950)
    #expect(service.ballots == 950)
  }

  @Test(arguments: [false, true])
  func lostCallsNeitherLoseNorDouble(_ failsAfterwards: Bool) async throws {
    let service = FakeService()
    service.state.withLock {
      $0.failures = 3
      $0.failsAfterwards = failsAfterwards
    }
    let summary = try await Self.run(service, try Self.batches(450, size: 100))
    #expect(summary.counted + summary.replayed == 450)
    if failsAfterwards { #expect(summary.replayed >= 100) }
    #expect(service.ballots == 450)
  }

  @Test func refusalsAreOutcomesNotFailures() async throws {
    let service = FakeService()
    let batches = try Self.batches(10, size: 4)
    let full = Refusal(code: StatusCode.resourceExhausted.rawValue, message: "full")
    service.state.withLock {
      $0.refusing[batches[0][1].ballot.ballotID] = Samples.conflict
      $0.refusing[batches[2][0].ballot.ballotID] = full
    }
    let summary = try await Self.run(service, batches)
    #expect(summary.counted == 9)
    #expect(summary.refused == 1)
    #expect(summary.status == .badData)
  }

  @Test func withoutPatienceEveryBallotIsAccountedFor() async throws {
    let service = FakeService()
    service.state.withLock { $0.failures = .max }
    var summary = CastSummary()
    var rest = try Self.batches(8, size: 4)[...]
    await #expect(throws: Refusal.self) {
      try await Caster(service: service, patience: .zero).cast {
        rest.popFirst()
      } outcome: { _, outcome in
        summary.add(outcome)
      }
    }
    #expect(summary.unconfirmed == summary.total)
    #expect(summary.total > 0)
    #expect(summary.status == .tryAgain)
  }

  @Test func oneBallotIsRepeatedUnderItsID() async throws {
    let service = FakeService()
    service.state.withLock {
      $0.failures = 2
      $0.failsAfterwards = true
    }
    let receipt = try await Caster(service: service, patience: .seconds(30)).cast(try Samples.ballot(1))
    #expect(receipt.replayed)
    #expect(service.ballots == 1)
    #expect(service.state.withLock { $0.calls } == 3)
  }

  @Test func aRefusalForGoodIsNotRepeated() async throws {
    let service = FakeService()
    let ballot = try Samples.ballot(1)
    _ = try await Caster(service: service, patience: .seconds(1)).cast(ballot)
    await #expect {
      try await Caster(service: service, patience: .seconds(1)).cast(try Samples.ballot(1, choice: "BT"))
    } throws: { ($0 as? Refusal)?.code == StatusCode.alreadyExists.rawValue }
    #expect(service.state.withLock { $0.calls } == 2)
  }

  @Test func recordsForPrograms() throws {
    let ballot = try Samples.ballot(1)
    let taken = CastRecord(line: 3, ballot: ballot, outcome: .taken(Samples.receipt(ballot)), language: .en)
    #expect(
      try JSONLine.encode(taken)
        == #"{"ballot_id":"018bcfe5-6800-7001-8000-000000000001","choices":{"hai-long":["HL"]},"clock_flagged":false,"day":"2025-11-22","ledger_epoch":"e1","line":3,"outcome":"counted"}"#
    )
    var summary = CastSummary()
    summary.add(.refused(Samples.conflict))
    summary.add(.taken(Samples.receipt(ballot)))
    #expect(
      try JSONLine.encode(SummaryRecord(summary: summary))
        == #"{"summary":{"counted":1,"flagged":0,"reasons":{"BALLOT_CONFLICT":1},"refused":1,"replayed":0,"unconfirmed":0}}"#
    )
    #expect(summary.text(Figures(language: .vi)) == "1 phiếu được tính, 1 bị từ chối (BALLOT_CONFLICT 1)")
  }

  @Test func pacesDoubleAndStayBounded() {
    var pace = RetryPace()
    #expect(pace.next(jitter: 0) == .milliseconds(50))
    #expect(pace.next(jitter: 0) == .milliseconds(100))
    for _ in 0..<100 { _ = pace.next(jitter: 0.999) }
    #expect(pace.next(jitter: 0.999) <= .seconds(5))
    #expect(pace.next(jitter: 0, asked: .seconds(9)) == .seconds(9))
    pace.reset()
    #expect(pace.next(jitter: 0) == .milliseconds(50))
  }
}
