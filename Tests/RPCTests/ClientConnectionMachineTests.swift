import NIOCore
import Testing
import Wire

@testable import RPC

@Suite struct ClientConnectionMachineTests {
  typealias Machine = ClientConnectionStateMachine<String>

  private func id(_ value: UInt32) -> StreamID { StreamID(rawValue: value) }

  private func begin(
    _ machine: inout Machine, _ call: String, _ kind: MethodKind = .unary, deadline: NIODeadline? = nil
  ) -> StreamID {
    guard case .started(let id) = machine.begin(call, kind, deadline: deadline) else {
      Issue.record("\(call) was not started")
      return .connection
    }
    _ = machine.writeRequest(id)
    return id
  }

  @Test func idsAreOddAndRise() {
    var machine = Machine(isExtended: false)
    #expect(machine.begin("a", .unary, deadline: nil) == .started(id(1)))
    #expect(machine.begin("b", .bidirectional, deadline: nil) == .started(id(3)))
    #expect(machine.giveUp(id(1)) == .nothing)
    #expect(machine.begin("c", .unary, deadline: nil) == .started(id(5)))
  }

  @Test func idsRunOut() {
    var machine = Machine(isExtended: false, firstID: id(.max - 2))
    #expect(machine.begin("a", .unary, deadline: nil) == .started(id(.max - 2)))
    #expect(machine.begin("b", .unary, deadline: nil) == .startedLast(id(.max)))
    #expect(machine.state == .draining)
    #expect(machine.begin("c", .unary, deadline: nil) == .refused)
    #expect(machine.writeRequest(id(.max)) == true)
    #expect("\(machine.receivedResponse(id(.max), isOK: true, isEmpty: false))" == "deliverAndEnd(\"b\")")
    #expect(!machine.isDrained)
    _ = machine.giveUp(id(.max - 2))
    #expect(machine.isDrained)
  }

  /// Which level says CANCEL, and for which calls.
  @Test(arguments: [true, false])
  func givingUp(isExtended: Bool) {
    var machine = Machine(isExtended: isExtended)
    let running = begin(&machine, "running")
    #expect(machine.giveUp(running) == (isExtended ? .sendCancel : .nothing))
    #expect(machine.giveUp(running) == .nothing)
    #expect(machine.begin("not written", .unary, deadline: nil) == .started(id(3)))
    #expect(machine.giveUp(id(3)) == .nothing)
    #expect(machine.runningCalls == 0)
  }

  @Test func goAwayRefusesOnlyHigherIDs() {
    var machine = Machine(isExtended: true)
    let taken = begin(&machine, "taken", .serverStream)
    _ = begin(&machine, "refused")
    #expect(machine.begin("not written", .unary, deadline: nil) == .started(id(5)))
    guard case .drain(let refused) = machine.receivedGoAway(highest: taken) else {
      Issue.record("GOAWAY was ignored")
      return
    }
    #expect(refused == ["refused", "not written"])
    #expect(machine.begin("late", .unary, deadline: nil) == .refused)
    #expect(!machine.isDrained)
    #expect("\(machine.receivedData(taken, closes: false, hasMessage: true))" == "deliver(\"taken\")")
    #expect("\(machine.receivedData(taken, closes: true, hasMessage: false))" == "end(\"taken\")")
    #expect(machine.isDrained)
  }

  @Test func goAwayOfUnknownHeightRefusesNobody() {
    var machine = Machine(isExtended: true)
    _ = begin(&machine, "running")
    guard case .drain(let refused) = machine.receivedGoAway(highest: nil) else {
      Issue.record("GOAWAY was ignored")
      return
    }
    #expect(refused.isEmpty)
    #expect(machine.runningCalls == 1)
    // A second one may say it.
    guard case .drain(["running"]) = machine.receivedGoAway(highest: .connection) else {
      Issue.record("the second GOAWAY refused nobody")
      return
    }
    #expect(machine.isDrained)
  }

  @Test func deadlines() {
    var machine = Machine(isExtended: true)
    let start = NIODeadline.uptimeNanoseconds(1000)
    #expect(machine.nextDeadline == nil)
    let late = begin(&machine, "late", deadline: start + .seconds(2))
    _ = begin(&machine, "endless", .serverStream)
    let soon = begin(&machine, "soon", deadline: start + .seconds(1))
    #expect(machine.nextDeadline == start + .seconds(1))
    #expect(machine.overdue(now: start).isEmpty)
    #expect(machine.overdue(now: start + .seconds(1)).map(\.0) == [soon])
    #expect(machine.overdue(now: start + .seconds(3)).map(\.1) == ["late", "soon"])
    #expect(machine.giveUp(soon) == .sendCancel)
    #expect(machine.nextDeadline == start + .seconds(2))
    #expect(machine.giveUp(late) == .sendCancel)
    #expect(machine.nextDeadline == nil)
  }

  @Test func theEndTellsStartedFromNotStarted() {
    var machine = Machine(isExtended: false)
    _ = begin(&machine, "running")
    _ = machine.begin("waiting", .unary, deadline: nil)
    let lost = machine.closed()
    #expect(lost.map(\.call) == ["running", "waiting"])
    #expect(lost.map(\.notStarted) == [false, true])
    #expect(machine.closed().isEmpty)
  }

  // MARK: Every event in every state

  enum Setting: String, CaseIterable { case active, draining, closed }

  struct Event: Sendable {
    let name: String
    let apply: @Sendable (inout Machine) -> String
    /// "action state running-calls" in active, draining, closed; there one server stream runs as 1, with its Request
    /// written, unless the connection is closed.
    let expected: [String]
  }

  static let events: [Event] = [
    Event(
      name: "begin", apply: { "\($0.begin("b", .unary, deadline: nil))" },
      expected: ["started(3) active 2", "refused draining 1", "refused closed 0"]),
    Event(
      name: "request", apply: { "\($0.writeRequest(.firstOfClient))" },
      expected: ["false active 1", "false draining 1", "false closed 0"]),
    Event(
      name: "send", apply: { "\($0.send(.firstOfClient))" },
      expected: ["refuseFinished active 1", "refuseFinished draining 1", "refuseDone closed 0"]),
    Event(
      name: "finish", apply: { "\($0.finish(.firstOfClient))" },
      expected: ["ignore active 1", "ignore draining 1", "ignore closed 0"]),
    Event(
      name: "give up", apply: { "\($0.giveUp(.firstOfClient))" },
      expected: ["sendCancel active 0", "sendCancel draining 0", "nothing closed 0"]),
    Event(
      name: "data", apply: { "\($0.receivedData(.firstOfClient, closes: false, hasMessage: true))" },
      expected: ["deliver(\"a\") active 1", "deliver(\"a\") draining 1", "drop closed 0"]),
    Event(
      name: "data RC", apply: { "\($0.receivedData(.firstOfClient, closes: true, hasMessage: true))" },
      expected: ["deliverAndEnd(\"a\") active 0", "deliverAndEnd(\"a\") draining 0", "drop closed 0"]),
    Event(
      name: "data ND", apply: { "\($0.receivedData(.firstOfClient, closes: false, hasMessage: false))" },
      expected: ["drop active 1", "drop draining 1", "drop closed 0"]),
    Event(
      name: "unknown data", apply: { "\($0.receivedData(StreamID(rawValue: 9), closes: true, hasMessage: true))" },
      expected: ["drop active 1", "drop draining 1", "drop closed 0"]),
    Event(
      name: "OK", apply: { "\($0.receivedResponse(.firstOfClient, isOK: true, isEmpty: true))" },
      expected: ["end(\"a\") active 0", "end(\"a\") draining 0", "drop closed 0"]),
    Event(
      name: "error", apply: { "\($0.receivedResponse(.firstOfClient, isOK: false, isEmpty: true))" },
      expected: ["fail(\"a\") active 0", "fail(\"a\") draining 0", "drop closed 0"]),
    Event(
      name: "unknown", apply: { "\($0.receivedResponse(StreamID(rawValue: 2), isOK: true, isEmpty: true))" },
      expected: ["drop active 1", "drop draining 1", "drop closed 0"]),
    Event(
      name: "ping", apply: { "\($0.receivedPing(isAcknowledgement: false, length: 8))" },
      expected: ["answer active 1", "answer draining 1", "drop closed 0"]),
    Event(
      name: "pong", apply: { "\($0.receivedPing(isAcknowledgement: true, length: 8))" },
      expected: ["acknowledged active 1", "acknowledged draining 1", "drop closed 0"]),
    Event(
      name: "ping of 9", apply: { "\($0.receivedPing(isAcknowledgement: false, length: 9))" },
      expected: ["drop active 1", "drop draining 1", "drop closed 0"]),
    Event(
      name: "goaway 1", apply: { "\($0.receivedGoAway(highest: .firstOfClient))" },
      expected: ["drain(refused: []) draining 1", "drain(refused: []) draining 1", "ignore closed 0"]),
    Event(
      name: "goaway 0", apply: { "\($0.receivedGoAway(highest: .connection))" },
      expected: ["drain(refused: [\"a\"]) draining 0", "drain(refused: [\"a\"]) draining 0", "ignore closed 0"]),
    Event(
      name: "closed", apply: { "\($0.closed().map(\.call))" },
      expected: ["[\"a\"] closed 0", "[\"a\"] closed 0", "[] closed 0"]),
  ]

  @Test(arguments: Setting.allCases)
  func everyEventInEveryState(setting: Setting) throws {
    for event in Self.events {
      var machine = Machine(isExtended: true)
      _ = machine.begin("a", .serverStream, deadline: nil)
      _ = machine.writeRequest(.firstOfClient)
      switch setting {
      case .active: break
      case .draining: _ = machine.receivedGoAway(highest: nil)
      case .closed: _ = machine.closed()
      }
      let action = event.apply(&machine)
      let state = if case .active = machine.state { "active" } else { "\(machine.state)" }
      let index = try #require(Setting.allCases.firstIndex(of: setting))
      #expect("\(action) \(state) \(machine.runningCalls)" == event.expected[index], "\(event.name) in \(setting)")
    }
  }

  @Test func plainPeersSpeakNoExtensions() {
    var machine = Machine(isExtended: false)
    _ = begin(&machine, "a")
    #expect(machine.receivedPing(isAcknowledgement: false, length: 8) == .drop)
    guard case .ignore = machine.receivedGoAway(highest: .connection) else {
      Issue.record("a plain peer's GOAWAY was obeyed")
      return
    }
    #expect(machine.runningCalls == 1)
    #expect(machine.state == .active(next: id(3)))
  }

  @Test func dataForASingleAnswerFailsTheCall() {
    var plain = Machine(isExtended: false)
    let a = begin(&plain, "a")
    #expect(
      "\(plain.receivedData(a, closes: false, hasMessage: true))" == "failUnexpected(\"a\", sendCancel: false)")
    #expect(plain.runningCalls == 0)
    var extended = Machine(isExtended: true)
    let b = begin(&extended, "b", .clientStream)
    #expect(
      "\(extended.receivedData(b, closes: true, hasMessage: false))" == "failUnexpected(\"b\", sendCancel: true)")
  }
}
