import Testing

@testable import RPC

@Suite struct ClientManagerMachineTests {
  struct Link: Identifiable, Sendable {
    let id: String
  }
  struct Passing: Error {}
  struct Refused: PermanentConnectFailure {}

  typealias Machine = ConnectionManagerStateMachine<Link, String>

  static let passing = ConnectFailure(Passing())
  static let refused = ConnectFailure(Refused())
  static let backoff = Backoff(base: .seconds(1), factor: 2, maximum: .seconds(8))

  static func show(_ state: Machine.State) -> String {
    func names(_ waiters: [UInt64: String]) -> String { waiters.values.sorted().joined(separator: ",") }
    return switch state {
    case .idle: "idle"
    case .connecting(let ticket, let waiters): "connecting#\(ticket)(\(names(waiters)))"
    case .connected(let link, let isProved): "connected(\(link.id)\(isProved ? "!" : ""))"
    case .backingOff(let ticket, let waiters, let refusal):
      "backingOff#\(ticket)(\(names(waiters)))\(refusal == nil ? "" : "refused")"
    case .shutDown: "shutDown"
    }
  }

  static func show(_ action: Machine.OnAcquire) -> String {
    switch action {
    case .use(let link): "use(\(link.id))"
    case .wait: "wait"
    case .connect(let ticket): "connect#\(ticket)"
    case .fail(let failure): "fail(\(failure))"
    case .failShutDown: "failShutDown"
    }
  }

  static func show(_ action: Machine.OnConnected) -> String {
    switch action {
    case .serve(let waiters, let link): "serve(\(waiters.joined(separator: ",")))\(link.id)"
    case .close(let link): "close(\(link.id))"
    }
  }

  static func show(_ action: Machine.OnFailure) -> String {
    switch action {
    case .backOff(let ticket, let delay, let failing): "backOff#\(ticket)(\(delay))\(failing)"
    case .ignore: "ignore"
    }
  }

  // MARK: Every event in every state

  enum Setting: String, CaseIterable { case idle, connecting, connected, backingOff, refused, shutDown }

  static func machine(_ setting: Setting) -> Machine {
    var machine = Machine(backoff: backoff)
    switch setting {
    case .idle: break
    case .connecting: _ = machine.acquire(1, "a")
    case .connected:
      _ = machine.acquire(1, "a")
      _ = machine.connected(1, Link(id: "L"))
    case .backingOff:
      _ = machine.acquire(1, "a")
      _ = machine.connectFailed(1, passing, random: 0.5)
    case .refused:
      _ = machine.acquire(1, "a")
      _ = machine.connectFailed(1, refused, random: 0.5)
    case .shutDown: _ = machine.shutDown()
    }
    return machine
  }

  /// In the order of `Setting`: "action / next state".
  static let events: [(name: String, apply: @Sendable (inout Machine) -> String, expected: [String])] = [
    (
      "acquire", { show($0.acquire(7, "z")) },
      [
        "connect#1 / connecting#1(z)", "wait / connecting#1(a,z)", "use(L) / connected(L)",
        "wait / backingOff#2(a,z)", "fail(Refused()) / backingOff#2()refused", "failShutDown / shutDown",
      ]
    ),
    (
      "release", { $0.release(1) ?? "nil" },
      [
        "nil / idle", "a / connecting#1()", "nil / connected(L)", "a / backingOff#2()", "nil / backingOff#2()refused",
        "nil / shutDown",
      ]
    ),
    (
      "release unknown", { $0.release(99) ?? "nil" },
      [
        "nil / idle", "nil / connecting#1(a)", "nil / connected(L)", "nil / backingOff#2(a)",
        "nil / backingOff#2()refused", "nil / shutDown",
      ]
    ),
    (
      "connected", { show($0.connected(1, Link(id: "M"))) },
      [
        "close(M) / idle", "serve(a)M / connected(M)", "close(M) / connected(L)", "close(M) / backingOff#2(a)",
        "close(M) / backingOff#2()refused", "close(M) / shutDown",
      ]
    ),
    (
      "late connected", { show($0.connected(99, Link(id: "M"))) },
      [
        "close(M) / idle", "close(M) / connecting#1(a)", "close(M) / connected(L)", "close(M) / backingOff#2(a)",
        "close(M) / backingOff#2()refused", "close(M) / shutDown",
      ]
    ),
    (
      "failed", { show($0.connectFailed(1, passing, random: 0.5)) },
      [
        "ignore / idle", "backOff#2(0.5 seconds)[] / backingOff#2(a)", "ignore / connected(L)",
        "ignore / backingOff#2(a)", "ignore / backingOff#2()refused", "ignore / shutDown",
      ]
    ),
    (
      "refused", { show($0.connectFailed(1, refused, random: 0.5)) },
      [
        "ignore / idle", "backOff#2(0.5 seconds)[\"a\"] / backingOff#2()refused", "ignore / connected(L)",
        "ignore / backingOff#2(a)", "ignore / backingOff#2()refused", "ignore / shutDown",
      ]
    ),
    (
      "proved",
      {
        $0.proved("L")
        return "-"
      },
      [
        "- / idle", "- / connecting#1(a)", "- / connected(L!)", "- / backingOff#2(a)", "- / backingOff#2()refused",
        "- / shutDown",
      ]
    ),
    (
      "drains",
      {
        $0.drains("L")
        return "-"
      },
      [
        "- / idle", "- / connecting#1(a)", "- / idle", "- / backingOff#2(a)", "- / backingOff#2()refused",
        "- / shutDown",
      ]
    ),
    (
      "closed", { show($0.closed("L", passing, random: 0.5)) },
      [
        "ignore / idle", "ignore / connecting#1(a)", "backOff#2(0.5 seconds)[] / backingOff#2()",
        "ignore / backingOff#2(a)", "ignore / backingOff#2()refused", "ignore / shutDown",
      ]
    ),
    (
      "closed, refused", { show($0.closed("L", refused, random: 0.5)) },
      [
        "ignore / idle", "ignore / connecting#1(a)", "backOff#2(0.5 seconds)[] / backingOff#2()refused",
        "ignore / backingOff#2(a)", "ignore / backingOff#2()refused", "ignore / shutDown",
      ]
    ),
    (
      "another closed", { show($0.closed("old", passing, random: 0.5)) },
      [
        "ignore / idle", "ignore / connecting#1(a)", "ignore / connected(L)", "ignore / backingOff#2(a)",
        "ignore / backingOff#2()refused", "ignore / shutDown",
      ]
    ),
    (
      "backoff ended", { "\($0.backoffEnded(2))" },
      [
        "nothing / idle", "nothing / connecting#1(a)", "nothing / connected(L)", "connect(3) / connecting#3(a)",
        "nothing / idle", "nothing / shutDown",
      ]
    ),
    (
      "late timer", { "\($0.backoffEnded(99))" },
      [
        "nothing / idle", "nothing / connecting#1(a)", "nothing / connected(L)", "nothing / backingOff#2(a)",
        "nothing / backingOff#2()refused", "nothing / shutDown",
      ]
    ),
    (
      "shut down",
      {
        let (waiters, links) = $0.shutDown()
        return "\(waiters)\(links.map(\.id))"
      },
      [
        "[][] / shutDown", "[\"a\"][] / shutDown", "[][\"L\"] / shutDown", "[\"a\"][] / shutDown", "[][] / shutDown",
        "[][] / shutDown",
      ]
    ),
  ]

  @Test(arguments: Setting.allCases)
  func everyEventInEveryState(setting: Setting) throws {
    let index = try #require(Setting.allCases.firstIndex(of: setting))
    for event in Self.events {
      var machine = Self.machine(setting)
      let action = event.apply(&machine)
      #expect("\(action) / \(Self.show(machine.state))" == event.expected[index], "\(event.name) in \(setting)")
    }
  }

  // MARK: Transcripts

  @Test func waitsGrowUntilTheServerSpeaks() {
    var machine = Machine(backoff: Self.backoff)
    #expect(Self.show(machine.acquire(1, "a")) == "connect#1")
    #expect(Self.show(machine.connectFailed(1, Self.passing, random: 1)) == "backOff#2(1.0 seconds)[]")
    #expect(machine.backoffEnded(2) == .connect(3))
    #expect(Self.show(machine.connectFailed(3, Self.passing, random: 1)) == "backOff#4(2.0 seconds)[]")
    #expect(machine.backoffEnded(4) == .connect(5))
    // A connection that says nothing before it dies is one more failure.
    #expect(Self.show(machine.connected(5, Link(id: "L"))) == "serve(a)L")
    #expect(Self.show(machine.closed("L", Self.passing, random: 1)) == "backOff#6(4.0 seconds)[]")
    #expect(machine.failures == 3)
    // Nobody waits: no attempt until somebody does.
    #expect(machine.backoffEnded(6) == .nothing)
    #expect(Self.show(machine.acquire(2, "b")) == "connect#7")
    #expect(Self.show(machine.connected(7, Link(id: "M"))) == "serve(b)M")
    machine.proved("M")
    #expect(machine.failures == 0)
    #expect(machine.lastFailure == nil)
    #expect(Self.show(machine.closed("M", Self.passing, random: 1)) == "backOff#8(1.0 seconds)[]")
  }

  @Test func aRefusalFailsCallsUntilTheTimerAndThenIsTriedAgain() {
    var machine = Self.machine(.refused)
    #expect(Self.show(machine.acquire(2, "b")) == "fail(Refused())")
    #expect(machine.backoffEnded(2) == .nothing)
    #expect(Self.show(machine.acquire(3, "c")) == "connect#3")
  }

  @Test func drainingConnectionsAreClosedByShutDown() {
    var machine = Self.machine(.connected)
    machine.drains("L")
    #expect(Self.show(machine.acquire(2, "b")) == "connect#2")
    #expect(Self.show(machine.connected(2, Link(id: "M"))) == "serve(b)M")
    let (waiters, links) = machine.shutDown()
    #expect(waiters.isEmpty)
    #expect(links.map(\.id) == ["L", "M"])
  }

  @Test func aDrainedConnectionThatClosesIsNoLoss() {
    var machine = Self.machine(.connected)
    machine.drains("L")
    #expect(Self.show(machine.closed("L", Self.passing, random: 1)) == "ignore")
    #expect(machine.failures == 0)
    #expect(machine.shutDown().connections.isEmpty)
  }

  @Test func waitersAreServedInTheirOrder() {
    var machine = Machine(backoff: Self.backoff)
    _ = machine.acquire(5, "first")
    _ = machine.acquire(6, "second")
    _ = machine.acquire(7, "third")
    #expect(Self.show(machine.connected(1, Link(id: "L"))) == "serve(first,second,third)L")
  }
}
