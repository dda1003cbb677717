import Polling
import Schema
import Testing

@testable import Kiosk

@Suite struct SyncStateMachineTests {
  typealias Machine = SyncStateMachine
  typealias Action = SyncStateMachine.Action

  enum Start: String, CaseIterable {
    /// `idle` is a machine that has just begun, `resting` one that has nothing to do.
    case idle, reading, beating, resting, sending, pausing, lingering
  }

  /// How long the server need not hear of this kiosk.
  static let heartbeat: Int64 = 10_000_000

  static func machine(_ start: Start, batch: Int = 4) throws -> Machine {
    var configuration = Machine.Configuration()
    configuration.batch = batch
    configuration.timeout = 1_000
    configuration.heartbeat = heartbeat
    configuration.afterwards = heartbeat
    var machine = Machine(configuration)
    if start == .idle { return machine }
    #expect(machine.tapped() == .read(after: 0, limit: batch))
    if start == .reading { return machine }
    if start == .beating || start == .resting {
      #expect(machine.read([], now: 0, jitter: 0) == .send(attempt: 1, taps: [], until: 1_000))
      if start == .beating { return machine }
      #expect(machine.replied(attempt: 1, [], now: 50, jitter: 0) == .init(then: .read(after: 0, limit: batch)))
      #expect(machine.read([], now: 50, jitter: 0) == .rest(until: heartbeat))
      return machine
    }
    let taps = [try Samples.tap(1), try Samples.tap(2)]
    #expect(machine.read(taps, now: 0, jitter: 0) == .send(attempt: 1, taps: taps, until: 1_000))
    if start == .sending { return machine }
    if start == .lingering {
      let refused = try Samples.refused(2, code: 5, reason: "UNKNOWN_POLL")
      let reply = machine.replied(attempt: 1, [Samples.receipt(1), refused], now: 100, jitter: 0)
      #expect(reply.unready == [UnreadyTap(tap: taps[1], reason: "UNKNOWN_POLL")])
      #expect(reply.then == .read(after: 2, limit: batch))
      #expect(machine.read([], now: 100, jitter: 0) == .pause(until: 600))
      return machine
    }
    #expect(machine.failed(attempt: 1, .unreachable(), now: 100, jitter: 0) == .pause(until: 200))
    return machine
  }

  @Test func theStatesAreWhatTheirNamesSay() throws {
    #expect(try Self.machine(.idle).state == .idle(until: .min))
    #expect(try Self.machine(.resting).state == .idle(until: Self.heartbeat))
    #expect(
      try Self.machine(.beating).state
        == .sending(.init(attempt: 1, isHeartbeat: true, flight: [:], last: 0, until: 1_000)))
    #expect(try Self.machine(.reading).state == .reading)
    let flight = [Samples.id(1): try Samples.tap(1), Samples.id(2): try Samples.tap(2)]
    #expect(
      try Self.machine(.sending).state == .sending(.init(attempt: 1, flight: flight, last: 2, until: 1_000)))
    #expect(try Self.machine(.pausing).state == .pausing(until: 200))
    #expect(try Self.machine(.pausing).status == SyncStatus(isReachable: false))
    #expect(try Self.machine(.lingering).state == .lingering(until: 600))
    #expect(try Self.machine(.lingering).status == SyncStatus(unreadyBy: "UNKNOWN_POLL"))
    #expect(
      try Start.allCases.map { try Self.machine($0).isStuck } == [false, false, false, false, false, false, true])
  }

  // MARK: Every event in every state

  @Test(arguments: Start.allCases)
  func aTap(_ start: Start) throws {
    var machine = try Self.machine(start)
    let before = machine
    let action = machine.tapped()
    if start == .idle || start == .resting || start == .lingering {
      // What is new goes at once, also past those that were left behind.
      #expect(action == .read(after: start == .lingering ? 2 : 0, limit: 4))
      #expect(machine.state == .reading)
    } else {
      #expect(action == .carryOn)
      #expect(machine == before)
    }
  }

  @Test(arguments: Start.allCases)
  func whatTheSpoolHas(_ start: Start) throws {
    var machine = try Self.machine(start)
    let before = machine
    let tap = try Samples.tap(7)
    let action = machine.read([tap], now: 50, jitter: 0)
    if start == .reading {
      #expect(action == .send(attempt: 1, taps: [tap], until: 1_050))
      #expect(machine.state == .sending(.init(attempt: 1, flight: [tap.id: tap], last: 7, until: 1_050)))
    } else {
      #expect(action == .carryOn)
      #expect(machine == before)
    }
  }

  @Test(arguments: Start.allCases)
  func anEmptySpool(_ start: Start) throws {
    var machine = try Self.machine(start)
    let before = machine
    let action = machine.read([], now: 50, jitter: 0)
    if start == .reading {
      // Nothing yet, which the server is to hear.
      #expect(action == .send(attempt: 1, taps: [], until: 1_050))
      #expect(machine.state == .sending(.init(attempt: 1, isHeartbeat: true, flight: [:], last: 0, until: 1_050)))
    } else {
      #expect(action == .carryOn)
      #expect(machine == before)
    }
  }

  @Test(arguments: Start.allCases)
  func theWholeReply(_ start: Start) throws {
    var machine = try Self.machine(start)
    let before = machine
    let reply = machine.replied(
      attempt: 1, [Samples.receipt(1), Samples.receipt(2, counted: false)], now: 60, jitter: 0)
    if start == .sending {
      #expect(reply.settled.map(\.tap.sequence) == [1, 2])
      #expect(reply.settled.map(\.verdict) == [.counted, .flagged])
      #expect(reply.then == .read(after: 0, limit: 4))
      #expect(machine.state == .reading)
      #expect(machine.status == SyncStatus())
    } else if start == .beating {
      #expect(reply == .init(then: .read(after: 0, limit: 4)))
      #expect(machine.state == .reading)
    } else {
      #expect(reply == .init(then: .carryOn))
      #expect(machine == before)
    }
  }

  @Test(arguments: Start.allCases, [SyncFailure.unreachable(), .barred(reason: "X"), .refused(reason: "Y")])
  func aFailure(_ start: Start, _ failure: SyncFailure) throws {
    var machine = try Self.machine(start)
    let before = machine
    let action = machine.failed(attempt: 1, failure, now: 60, jitter: 0)
    if start == .sending {
      #expect(action == .pause(until: 160))
      #expect(machine.state == .pausing(until: 160))
      #expect(machine.status.isReachable == (failure != .unreachable()))
      #expect(machine.status.barredBy == (failure == .barred(reason: "X") ? "X" : nil))
    } else if start == .beating {
      // Something may have come in the meantime; if not, that was it for this time.
      #expect(action == .read(after: 0, limit: 4))
      #expect(machine.status.isReachable == (failure != .unreachable()))
      #expect(machine.status.barredBy == (failure == .barred(reason: "X") ? "X" : nil))
      #expect(machine.isStuck == (failure == .barred(reason: "X")))
      #expect(machine.read([], now: 60, jitter: 0) == .rest(until: Self.heartbeat))
    } else {
      #expect(action == .carryOn)
      #expect(machine == before)
    }
  }

  @Test(arguments: Start.allCases, [SyncFailure.unreachable(), .barred(reason: "X"), .refused(reason: "Y")])
  func theFailureOfAnEarlierMessage(_ start: Start, _ failure: SyncFailure) throws {
    var machine = try Self.machine(start)
    let before = machine
    #expect(machine.failed(attempt: 0, failure, now: 60, jitter: 0) == .carryOn)
    #expect(machine == before)
  }

  @Test(arguments: Start.allCases)
  func timeThatComesTooEarly(_ start: Start) throws {
    var machine = try Self.machine(start)
    let before = machine
    let action = machine.elapsed(now: 199, jitter: 0)
    switch start {
    case .idle:
      // Long due.
      #expect(action == .read(after: 0, limit: 4))
      return
    case .reading: #expect(action == .carryOn)
    case .resting: #expect(action == .wait(until: Self.heartbeat))
    case .sending, .beating: #expect(action == .wait(until: 1_000))
    case .pausing: #expect(action == .wait(until: 200))
    case .lingering: #expect(action == .wait(until: 600))
    }
    #expect(machine == before)
  }

  @Test(arguments: Start.allCases)
  func timeThatHasCome(_ start: Start) throws {
    var machine = try Self.machine(start)
    let before = machine
    let action = machine.elapsed(now: start == .resting ? Self.heartbeat : 1_000, jitter: 0)
    switch start {
    case .reading:
      #expect(action == .carryOn)
      #expect(machine == before)
    case .sending:
      #expect(action == .pause(until: 1_100))
      #expect(machine.state == .pausing(until: 1_100))
      #expect(!machine.status.isReachable)
    case .beating:
      #expect(action == .read(after: 0, limit: 4))
      #expect(!machine.status.isReachable)
    case .idle, .resting, .pausing, .lingering:
      #expect(action == .read(after: 0, limit: 4))
      #expect(machine.state == .reading)
    }
  }

  @Test(arguments: Start.allCases)
  func noRoomForTheAnswers(_ start: Start) throws {
    var machine = try Self.machine(start)
    #expect(machine.notWritten(now: 1_000, jitter: 0) == .pause(until: 1_100))
    #expect(machine.state == .pausing(until: 1_100))
    #expect(machine.notWritten(now: 1_100, jitter: 0) == .pause(until: 1_300))
    machine.written()
    #expect(machine.notWritten(now: 1_300, jitter: 0) == .pause(until: 1_400))
  }

  // MARK: Replies

  @Test func aReplyCutShortSettlesWhatItNamesAndTheRestGoesAgain() throws {
    var machine = try Self.machine(.sending)
    let reply = machine.replied(attempt: 1, [Samples.receipt(2)], now: 60, jitter: 0)
    #expect(reply.settled.map(\.tap.sequence) == [2])
    // The others first; then, after a pause, the one without an answer.
    #expect(reply.then == .read(after: 2, limit: 4))
    #expect(machine.read([], now: 70, jitter: 0) == .pause(until: 170))
    #expect(machine.elapsed(now: 170, jitter: 0) == .read(after: 0, limit: 4))
    let left = try Samples.tap(1)
    #expect(machine.read([left], now: 170, jitter: 0) == .send(attempt: 2, taps: [left], until: 1_170))
  }

  @Test func anEmptyReplyIsNoReasonToHurry() throws {
    var machine = try Self.machine(.sending)
    #expect(machine.replied(attempt: 1, [], now: 60, jitter: 0) == .init(then: .pause(until: 160)))
    #expect(machine.elapsed(now: 160, jitter: 0) == .read(after: 2, limit: 4))
    #expect(machine.read([], now: 160, jitter: 0) == .pause(until: 360))
  }

  @Test func resultsOfNobodyAndRepeatedResultsSettleNothingTwice() throws {
    var machine = try Self.machine(.sending)
    var nameless = Samples.receipt(1)
    nameless.ballotID = .init([1, 2, 3])
    let reply = machine.replied(
      attempt: 1,
      [nameless, Samples.receipt(9), Samples.receipt(1), Samples.receipt(1, counted: false), Samples.receipt(2)],
      now: 60, jitter: 0)
    #expect(reply.settled.map(\.tap.sequence) == [1, 2])
    #expect(reply.settled.map(\.verdict) == [.counted, .counted])
  }

  @Test func aLateReplySettlesWhatIsUnderWayAgain() throws {
    var machine = try Self.machine(.pausing)
    #expect(machine.elapsed(now: 200, jitter: 0) == .read(after: 0, limit: 4))
    _ = machine.read([try Samples.tap(1), try Samples.tap(2)], now: 200, jitter: 0)
    // The reply to the first message: one of the two.
    var reply = machine.replied(attempt: 1, [Samples.receipt(1)], now: 210, jitter: 0)
    #expect(reply.settled.map(\.tap.sequence) == [1])
    #expect(reply.then == .carryOn)
    // Once more, and then the other: nothing is left to wait for.
    #expect(machine.replied(attempt: 1, [Samples.receipt(1)], now: 220, jitter: 0) == .init(then: .carryOn))
    reply = machine.replied(attempt: 1, [Samples.receipt(2)], now: 230, jitter: 0)
    #expect(reply.settled.map(\.tap.sequence) == [2])
    #expect(reply.then == .read(after: 0, limit: 4))
    #expect(machine.replied(attempt: 2, [Samples.receipt(1), Samples.receipt(2)], now: 240, jitter: 0).settled == [])
  }

  static let verdicts: [(Int32, String?, BallotAnswer)] = [
    (3, "INVALID_FIELD", .settled(.rejected(reason: "INVALID_FIELD"))),
    (5, "UNKNOWN_POLL", .unready(reason: "UNKNOWN_POLL")), (5, "UNKNOWN_UNIT", .unready(reason: "UNKNOWN_UNIT")),
    (5, nil, .settled(.rejected(reason: "CODE_5"))),
    (6, "BALLOT_CONFLICT", .settled(.rejected(reason: "BALLOT_CONFLICT"))),
    (6, "ALREADY_RATED", .settled(.duplicate)),
    (9, "POLL_NOT_OPEN", .unready(reason: "POLL_NOT_OPEN")),
    (9, "POLL_SEALED", .settled(.afterSeal)),
    (9, "BALLOT_VOIDED", .settled(.rejected(reason: "BALLOT_VOIDED"))),
    (9, nil, .settled(.rejected(reason: "CODE_9"))),
    (99, nil, .settled(.rejected(reason: "CODE_99"))),
    (8, "OVERLOADED", .later(0)), (8, "DISK_FULL", .later(0)), (14, "OUTCOME_UNKNOWN", .later(0)),
    (14, "DRAINING", .later(0)), (1, nil, .later(0)), (4, nil, .later(0)), (10, nil, .later(0)), (0, nil, .later(0)),
    (7, "OUT_OF_SCOPE", .barred(reason: "OUT_OF_SCOPE")), (7, nil, .barred(reason: "PERMISSION_DENIED")),
    (16, nil, .barred(reason: "UNAUTHENTICATED")),
    (2, nil, .none), (12, nil, .none), (13, "X", .none), (15, nil, .none),
  ]

  @Test(arguments: verdicts)
  func whatARefusalMeans(_ code: Int32, _ reason: String?, _ expected: BallotAnswer) throws {
    #expect(BallotAnswer(try Samples.refused(1, code: code, reason: reason)) == expected)
  }

  @Test(arguments: [
    (true, false, Verdict.counted), (true, true, .late), (false, false, .flagged), (false, true, .flagged),
  ])
  func whatAReceiptMeans(_ counted: Bool, _ late: Bool, _ verdict: Verdict) {
    var result = Samples.receipt(1, counted: counted)
    result.receipt.late = late
    #expect(BallotAnswer(result) == .settled(verdict))
  }

  @Test func aResultWithoutAResultMeansNothing() {
    #expect(BallotAnswer(Binhchon_V1_BallotResult()) == .none)
  }

  @Test(arguments: [(Duration.milliseconds(700), Int64(700)), (.seconds(1_000), 60_000), (.seconds(-5), 0)])
  func whatTheServerAsksForIsKeptWithinReason(_ asked: Duration, _ milliseconds: Int64) throws {
    #expect(
      BallotAnswer(try Samples.refused(1, code: 8, reason: "OVERLOADED", retryAfter: asked)) == .later(milliseconds))
  }

  @Test func overloadIsWaitedOutAsAsked() throws {
    var machine = try Self.machine(.sending)
    let reply = machine.replied(
      attempt: 1,
      [Samples.receipt(1), try Samples.refused(2, code: 8, reason: "OVERLOADED", retryAfter: .seconds(2))], now: 60,
      jitter: 0)
    #expect(reply.settled.map(\.tap.sequence) == [1])
    #expect(reply.then == .pause(until: 2_060))
    #expect(machine.status == SyncStatus())
    #expect(machine.elapsed(now: 2_060, jitter: 0) == .read(after: 0, limit: 4))
  }

  @Test func whoIsNotLetInKeepsItsTapsAndAsksAgain() throws {
    var machine = try Self.machine(.sending)
    let reply = machine.replied(
      attempt: 1, [try Samples.refused(1, code: 7, reason: "OUT_OF_SCOPE"), Samples.receipt(2)], now: 60, jitter: 0)
    #expect(reply.settled.map(\.tap.sequence) == [2])
    #expect(reply.then == .pause(until: 160))
    #expect(machine.status.barredBy == "OUT_OF_SCOPE")
    _ = machine.elapsed(now: 160, jitter: 0)
    _ = machine.read([try Samples.tap(1)], now: 160, jitter: 0)
    #expect(machine.replied(attempt: 2, [Samples.receipt(1)], now: 170, jitter: 0).then == .read(after: 0, limit: 4))
    #expect(machine.status.barredBy == nil)
  }

  // MARK: Not ready

  @Test func whatTheServerIsNotReadyForHoldsUpNobody() throws {
    var machine = try Self.machine(.lingering)
    // A press of another poll, while the one that stays waits for its next round.
    #expect(machine.tapped() == .read(after: 2, limit: 4))
    let other = [try Samples.tap(3)]
    #expect(machine.read(other, now: 200, jitter: 0) == .send(attempt: 2, taps: other, until: 1_200))
    #expect(machine.replied(attempt: 2, [Samples.receipt(3)], now: 250, jitter: 0).then == .read(after: 2, limit: 4))
    #expect(machine.read([], now: 250, jitter: 0) == .pause(until: 600))
    #expect(machine.status.unreadyBy == "UNKNOWN_POLL")
    // Nothing new: no reason to come earlier or later.
    #expect(machine.tapped() == .read(after: 2, limit: 4))
    #expect(machine.read([], now: 300, jitter: 0) == .pause(until: 600))
  }

  @Test func roundsForTheUnreadyComeLaterAndLaterUntilTheServerIsReady() throws {
    var machine = try Self.machine(.lingering)
    let tap = [try Samples.tap(2)]
    let refused = try Samples.refused(2, code: 9, reason: "POLL_NOT_OPEN")
    var now: Int64 = 600
    var waits: [Int64] = []
    for attempt in 2...12 {
      #expect(machine.elapsed(now: now, jitter: 0) == .read(after: 0, limit: 4))
      _ = machine.read(tap, now: now, jitter: 0)
      #expect(machine.replied(attempt: attempt, [refused], now: now, jitter: 0).settled == [])
      guard case .pause(let until) = machine.read([], now: now, jitter: 0) else {
        Issue.record("no pause")
        return
      }
      waits.append(until - now)
      now = until
    }
    #expect(waits == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 150_000, 150_000, 150_000])
    #expect(machine.status == SyncStatus(unreadyBy: "POLL_NOT_OPEN"))
    _ = machine.elapsed(now: now, jitter: 0)
    _ = machine.read(tap, now: now, jitter: 0)
    #expect(machine.replied(attempt: 13, [Samples.receipt(2)], now: now, jitter: 0).settled.count == 1)
    #expect(machine.read([], now: now, jitter: 0) == .rest(until: now + Self.heartbeat))
    #expect(machine.status == SyncStatus())
  }

  @Test func thousandsOfThemAreOneRound() throws {
    var machine = try Self.machine(.reading)
    for first in stride(from: UInt64(1), to: 400, by: 4) {
      let taps = try (first..<first + 4).map { try Samples.tap($0) }
      guard case .send(let attempt, _, _) = machine.read(taps, now: 0, jitter: 0) else {
        Issue.record("not sent")
        return
      }
      let results = try taps.map { try Samples.refused($0.sequence, code: 5, reason: "UNKNOWN_UNIT") }
      #expect(
        machine.replied(attempt: attempt, results, now: 0, jitter: 0).then == .read(after: first + 3, limit: 4))
    }
  }

  // MARK: Signs of life

  /// A minute after the last message, and soon after taps were settled.
  @Test func theServerHearsOfAKioskThatHasNothingToSend() throws {
    var machine = Machine()
    #expect(machine.tapped() == .read(after: 0, limit: 500))
    let taps = [try Samples.tap(1)]
    #expect(machine.read(taps, now: 0, jitter: 0) == .send(attempt: 1, taps: taps, until: 30_000))
    #expect(machine.replied(attempt: 1, [Samples.receipt(1)], now: 100, jitter: 0).then == .read(after: 0, limit: 500))
    #expect(machine.read([], now: 100, jitter: 0) == .rest(until: 5_100))
    for (attempt, time) in [(2, Int64(5_100)), (3, 65_100), (4, 125_100)] {
      #expect(machine.elapsed(now: time, jitter: 0) == .read(after: 0, limit: 500))
      #expect(machine.read([], now: time, jitter: 0) == .send(attempt: attempt, taps: [], until: time + 30_000))
      // An answer to an earlier one is none to this.
      #expect(machine.replied(attempt: attempt - 1, [], now: time, jitter: 0) == .init(then: .carryOn))
      #expect(
        machine.replied(attempt: attempt, [], now: time + 10, jitter: 0) == .init(then: .read(after: 0, limit: 500)))
      #expect(machine.read([], now: time + 10, jitter: 0) == .rest(until: time + 60_000))
    }
  }

  @Test func theServerHearsOfAKioskWhoseTapsItIsNotReadyFor() throws {
    var configuration = Machine.Configuration()
    configuration.heartbeat = 1_500
    var machine = Machine(configuration)
    _ = machine.tapped()
    _ = machine.read([try Samples.tap(1)], now: 0, jitter: 0)
    _ = machine.replied(attempt: 1, [try Samples.refused(1, code: 5, reason: "UNKNOWN_POLL")], now: 0, jitter: 0.999)
    #expect(machine.read([], now: 0, jitter: 0.999) == .pause(until: 999))
    #expect(machine.elapsed(now: 999, jitter: 0) == .read(after: 0, limit: 500))
    _ = machine.read([try Samples.tap(1)], now: 999, jitter: 0)
    _ = machine.replied(attempt: 2, [try Samples.refused(1, code: 5, reason: "UNKNOWN_POLL")], now: 999, jitter: 0.999)
    _ = machine.read([], now: 999, jitter: 0.999)
    // The next round is at 2,998, its message would be too late.
    #expect(machine.state == .lingering(until: 2_499))
    #expect(machine.elapsed(now: 2_499, jitter: 0) == .read(after: 1, limit: 500))
    #expect(machine.read([], now: 2_499, jitter: 0) == .send(attempt: 3, taps: [], until: 32_499))
    #expect(machine.replied(attempt: 3, [], now: 2_500, jitter: 0).then == .read(after: 1, limit: 500))
    #expect(machine.read([], now: 2_500, jitter: 0) == .pause(until: 2_998))
    #expect(machine.status.unreadyBy == "UNKNOWN_POLL")
    #expect(machine.elapsed(now: 2_998, jitter: 0) == .read(after: 0, limit: 500))
  }

  // MARK: Trouble

  @Test func pausesDoubleUpToABoundAndSpread() {
    var pace = Pace()
    let waits = (0..<10).map { _ in pace.next(jitter: 0) }
    #expect(waits == [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000])
    #expect(pace.next(jitter: 0.999) == 29_985)
    #expect(pace.next(jitter: 0, asked: 60_000) == 60_000)
    pace.reset()
    #expect(pace.next(jitter: 0.5) == 150)
  }

  @Test func aMessageThatIsRefusedIsHalvedUntilTheCulpritIsAlone() throws {
    var machine = try Self.machine(.reading)
    let taps = try (1...4).map { try Samples.tap($0) }
    var spool = taps
    var now: Int64 = 0
    var sent: [[UInt64]] = []
    var action = Action.read(after: 0, limit: 4)
    for _ in 0..<40 {
      switch action {
      case .read(let after, let limit):
        action = machine.read(Array(spool.filter { $0.sequence > after }.prefix(limit)), now: now, jitter: 0)
      case .pause(let until):
        now = until
        action = machine.elapsed(now: now, jitter: 0)
      case .send(let attempt, let taps, _):
        sent.append(taps.map(\.sequence))
        if taps.contains(where: { $0.sequence == 2 }) {
          action = machine.failed(attempt: attempt, .refused(reason: "INTERNAL"), now: now, jitter: 0)
        } else {
          spool.removeAll { taps.contains($0) }
          action =
            machine.replied(
              attempt: attempt, taps.map { Samples.receipt($0.sequence) }, now: now, jitter: 0
            ).then
        }
      case .rest, .wait, .carryOn: Issue.record("\(action)")
      }
      if spool.count == 1 { break }
    }
    #expect(sent == [[1, 2, 3, 4], [1, 2], [1], [2, 3], [2], [3], [4]])
    #expect(spool == [taps[1]])
  }

  @Test func aSlowServerGetsMoreTimeAndLessToDo() throws {
    var machine = try Self.machine(.sending)
    #expect(machine.elapsed(now: 1_000, jitter: 0) == .pause(until: 1_100))
    #expect(machine.elapsed(now: 1_100, jitter: 0) == .read(after: 0, limit: 2))
    let taps = [try Samples.tap(1)]
    #expect(machine.read(taps, now: 1_100, jitter: 0) == .send(attempt: 2, taps: taps, until: 3_100))
    #expect(
      machine.replied(attempt: 2, [Samples.receipt(1)], now: 3_000, jitter: 0).then == .read(after: 0, limit: 4))
    #expect(machine.read(taps, now: 3_000, jitter: 0) == .send(attempt: 3, taps: taps, until: 4_000))
  }
}
