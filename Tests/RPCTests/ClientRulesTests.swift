import NIOCore
import Testing
import Wire

@testable import RPC

@Suite struct BackoffTests {
  let backoff = Backoff(base: .milliseconds(100), factor: 2, maximum: .seconds(1))

  @Test(arguments: [(0, 100), (1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (1000, 1000), (Int.max, 1000)])
  func bound(failures: Int, milliseconds: Int) {
    #expect(backoff.bound(failures: failures) == .milliseconds(milliseconds))
  }

  @Test(arguments: [(0.0, 0), (0.25, 100), (0.5, 200), (1.5, 400), (-1.0, 0)])
  func jitterIsFull(random: Double, milliseconds: Int) {
    #expect(backoff.delay(failures: 3, random: random) == .milliseconds(milliseconds))
  }

  @Test func oddSettingsEnd() {
    #expect(Backoff(base: .zero, factor: 2).bound(failures: .max) == .zero)
    #expect(Backoff(base: .seconds(1), factor: 0.5).bound(failures: .max) == .seconds(1))
    #expect(Backoff(base: .seconds(9), factor: 2, maximum: .seconds(3)).bound(failures: 1) == .seconds(3))
    #expect(Backoff(base: .seconds(-1)).bound(failures: 9) == .zero)
  }
}

@Suite struct RetryPolicyTests {
  typealias Row = (CallFailure.Outcome, Code, retryAfter: Int64?, attempt: Int, isReplaySafe: Bool, left: Int64?, Int?)

  /// Backoff: 1 s, 2 s, 4 s, half of it by the draw. The last column is the delay in ms; nil: no retry.
  static let rows: [Row] = [
    // Surely not started: any call, at once, then paced.
    (.notStarted, .unavailable, nil, 1, false, nil, 0),
    (.notStarted, .unavailable, nil, 2, false, nil, 500),
    (.notStarted, .unavailable, nil, 3, true, nil, 1000),
    (.notStarted, .unavailable, nil, 4, true, nil, nil),
    // Lost on the way: replay-safe calls only.
    (.lost, .unavailable, nil, 1, true, nil, 500),
    (.lost, .unavailable, nil, 3, true, nil, 2000),
    (.lost, .unavailable, nil, 4, true, nil, nil),
    (.lost, .unavailable, nil, 1, false, nil, nil),
    // Answered "unavailable".
    (.answered, .unavailable, nil, 1, true, nil, 500),
    (.answered, .unavailable, 7, 1, true, nil, 7000),
    (.answered, .unavailable, nil, 1, false, nil, nil),
    // Answered "exhausted": when the server says when.
    (.answered, .resourceExhausted, 3, 1, true, nil, 3000),
    (.answered, .resourceExhausted, 0, 1, true, nil, 0),
    (.answered, .resourceExhausted, nil, 1, true, nil, nil),
    (.answered, .resourceExhausted, 3, 1, false, nil, nil),
    (.answered, .resourceExhausted, 3, 4, true, nil, nil),
    // Other answers are answers.
    (.answered, .alreadyExists, 3, 1, true, nil, nil),
    (.answered, .deadlineExceeded, nil, 1, true, nil, nil),
    (.answered, .unknown, nil, 1, true, nil, nil),
    // Ended on this side.
    (.ended, .deadlineExceeded, nil, 1, true, nil, nil),
    (.ended, .unavailable, nil, 1, true, nil, nil),
    (.taskCancelled, .cancelled, nil, 1, true, nil, nil),
    // Only within the deadline.
    (.lost, .unavailable, nil, 1, true, 501, 500),
    (.lost, .unavailable, nil, 1, true, 500, nil),
    (.notStarted, .unavailable, nil, 1, false, 0, nil),
    (.notStarted, .unavailable, nil, 1, false, -5, nil),
    (.answered, .resourceExhausted, 3, 1, true, 2999, nil),
  ]

  @Test(arguments: rows.indices)
  func table(index: Int) {
    let (outcome, code, retryAfter, attempt, isReplaySafe, left, expected) = Self.rows[index]
    let policy = RetryPolicy(maximumAttempts: 4, backoff: Backoff(base: .seconds(1), factor: 2, maximum: .seconds(60)))
    let details = retryAfter.map { [StatusDetail.retryInfo(after: .seconds($0))] } ?? []
    let decision = policy.decide(
      CallFailure(RPCError(code, "", details: details), outcome), attempt: attempt, isReplaySafe: isReplaySafe,
      remaining: left.map { .milliseconds($0) }, random: 0.5)
    #expect(decision == (expected.map { .retry(after: .milliseconds($0)) } ?? .giveUp))
  }

  @Test func aRefusedCertificateIsNotTriedAgain() {
    struct Refused: PermanentConnectFailure {}
    struct Passing: Error {}
    #expect(CallFailure(ConnectFailure(Refused()), notStarted: true).outcome == .ended)
    #expect(CallFailure(ConnectFailure(Refused()), notStarted: false).outcome == .ended)
    #expect(CallFailure(ConnectFailure(Passing()), notStarted: true).outcome == .notStarted)
    #expect(CallFailure(ConnectFailure(Passing()), notStarted: false).outcome == .lost)
  }
}

@Suite struct RetryInfoTests {
  static let url = "type.googleapis.com/google.rpc.RetryInfo"

  @Test(
    arguments: [
      // { retry_delay { seconds: 2 nanos: 500000000 } }
      ([0x0a, 0x08, 0x08, 0x02, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01], Duration.milliseconds(2500)),
      ([0x0a, 0x00], .zero),
      ([], .zero),
      // An unknown field before it.
      ([0x10, 0x05, 0x0a, 0x02, 0x08, 0x03], .seconds(3)),
      // seconds = -1
      ([0x0a, 0x0b, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], .zero),
      // seconds = 2^63 - 1
      (
        [0x0a, 0x0a, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        .seconds(315_576_000_000)
      ),
      // Cut off.
      ([0x0a, 0x08, 0x08], nil),
      ([0x0a], nil),
    ] as [([UInt8], Duration?)])
  func parsing(bytes: [UInt8], expected: Duration?) {
    let error = RPCError(.resourceExhausted, "", details: [StatusDetail(typeURL: Self.url, value: bytes)])
    #expect(error.retryDelay == expected)
  }

  @Test func itIsFoundByTheEndOfItsName() {
    let value: [UInt8] = [0x0a, 0x02, 0x08, 0x03]
    func delay(_ url: String) -> Duration? {
      RPCError(.unavailable, "", details: [StatusDetail(typeURL: url, value: value)]).retryDelay
    }
    #expect(delay("google.rpc.RetryInfo") == .seconds(3))
    #expect(delay("example.test/google.rpc.RetryInfo") == .seconds(3))
    #expect(delay("type.googleapis.com/google.rpc.ErrorInfo") == nil)
    #expect(delay("type.googleapis.com/not.google.rpc.RetryInfo") == nil)
    #expect(delay("") == nil)
  }
}

@Suite struct KeepaliveMachineTests {
  let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

  private func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

  private func machine() -> KeepaliveStateMachine {
    KeepaliveStateMachine(interval: .seconds(15), timeout: .seconds(10), now: start)
  }

  @Test func aDeadPeerIsNoticed() {
    var machine = machine()
    #expect(machine.firstTimer == at(15))
    #expect(machine.timerFired(now: at(15)) == .ping(thenSleepUntil: at(25)))
    #expect(machine.timerFired(now: at(25)) == .peerIsDead)
    #expect(machine.state == .ended)
  }

  @Test func aLivingPeerIsAskedAgain() {
    var machine = machine()
    #expect(machine.timerFired(now: at(15)) == .ping(thenSleepUntil: at(25)))
    machine.received(now: at(16))
    #expect(machine.timerFired(now: at(25)) == .sleep(until: at(31)))
    #expect(machine.timerFired(now: at(31)) == .ping(thenSleepUntil: at(41)))
  }

  @Test func aBusyPeerIsNotAsked() {
    var machine = machine()
    machine.received(now: at(14))
    #expect(machine.timerFired(now: at(15)) == .sleep(until: at(29)))
    machine.received(now: at(28))
    #expect(machine.timerFired(now: at(29)) == .sleep(until: at(43)))
  }

  @Test func everyEventInEveryState() {
    typealias State = KeepaliveStateMachine.State
    func run(_ prepare: (inout KeepaliveStateMachine) -> Void) -> KeepaliveStateMachine {
      var machine = machine()
      prepare(&machine)
      return machine
    }
    let quiet = run { _ in }
    let pinged = run { _ = $0.timerFired(now: at(15)) }
    let ended = run { $0.connectionClosed() }

    let received: [(KeepaliveStateMachine, State)] = [
      (quiet, .quiet(lastReceived: at(20))), (pinged, .quiet(lastReceived: at(20))), (ended, .ended),
    ]
    for (machine, next) in received {
      var machine = machine
      machine.received(now: at(20))
      #expect(machine.state == next)
    }
    typealias Timer = (KeepaliveStateMachine, Int64, KeepaliveStateMachine.OnTimer, State)
    let timers: [Timer] = [
      (quiet, 14, .sleep(until: at(15)), .quiet(lastReceived: start)),
      (quiet, 15, .ping(thenSleepUntil: at(25)), .pinged(at: at(15))),
      (pinged, 24, .sleep(until: at(25)), .pinged(at: at(15))),
      (pinged, 25, .peerIsDead, .ended),
      (ended, 25, .stop, .ended),
    ]
    for (machine, second, action, next) in timers {
      var machine = machine
      #expect(machine.timerFired(now: at(second)) == action)
      #expect(machine.state == next)
    }
    for machine in [quiet, pinged, ended] {
      var machine = machine
      machine.connectionClosed()
      #expect(machine.state == .ended)
    }
    #expect(ended.firstTimer == nil)
    #expect(pinged.firstTimer == nil)
  }
}
