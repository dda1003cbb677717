import Testing

@testable import RPC

@Suite struct ClientStreamMachineTests {
  typealias Machine = ClientStreamStateMachine

  /// Every event, in the order of the columns below.
  static let events: [(String, @Sendable (inout Machine) -> String)] = [
    ("request", { "\($0.writeRequest())" }),
    ("send", { "\($0.send())" }),
    ("finish", { "\($0.finish())" }),
    ("ok, empty", { "\($0.receivedResponse(isOK: true, isEmpty: true))" }),
    ("ok, payload", { "\($0.receivedResponse(isOK: true, isEmpty: false))" }),
    ("error", { "\($0.receivedResponse(isOK: false, isEmpty: true))" }),
    ("data", { "\($0.receivedData(closes: false, hasMessage: true))" }),
    ("data RC", { "\($0.receivedData(closes: true, hasMessage: true))" }),
    ("data RC|ND", { "\($0.receivedData(closes: true, hasMessage: false))" }),
    ("data ND", { "\($0.receivedData(closes: false, hasMessage: false))" }),
    ("give up", { "\($0.giveUp())" }),
    ("lost", { "\($0.connectionLost())" }),
  ]

  struct Row: Sendable, CustomTestStringConvertible {
    let kind: MethodKind
    let state: Machine.State
    /// One "action state" per event; the state is left out where it stays.
    let expected: [String]

    var testDescription: String { "\(kind) \(state)" }
  }

  static func waiting(_ kind: MethodKind) -> Row {
    Row(
      kind: kind, state: .waiting,
      expected: [
        kind == .unary || kind == .serverStream ? "true halfClosed" : "true open", "refuseFinished", "ignore",
        "drop", "drop", "drop", "drop", "drop", "drop", "drop", "forget done", "failNotStarted done",
      ])
  }

  static func done(_ kind: MethodKind) -> Row {
    Row(
      kind: kind, state: .done,
      expected: [
        "false", "refuseDone", "ignore", "drop", "drop", "drop", "drop", "drop", "drop", "drop", "ignore", "ignore",
      ])
  }

  static let single = [
    "deliverAndEnd done", "deliverAndEnd done", "fail done", "failUnexpected done", "failUnexpected done",
    "failUnexpected done", "failUnexpected done", "cancel done", "failLost done",
  ]
  static let stream = [
    "end done", "deliverAndEnd done", "fail done", "deliver", "deliverAndEnd done", "end done", "nothing",
    "cancel done", "failLost done",
  ]
  static let rows: [Row] =
    MethodKind.allCases.map(waiting) + MethodKind.allCases.map(done) + [
      Row(kind: .unary, state: .halfClosed, expected: ["false", "refuseFinished", "ignore"] + single),
      Row(kind: .serverStream, state: .halfClosed, expected: ["false", "refuseFinished", "ignore"] + stream),
      Row(kind: .clientStream, state: .open, expected: ["false", "send", "sendClose halfClosed"] + single),
      Row(kind: .clientStream, state: .halfClosed, expected: ["false", "refuseFinished", "ignore"] + single),
      Row(kind: .bidirectional, state: .open, expected: ["false", "send", "sendClose halfClosed"] + stream),
      Row(kind: .bidirectional, state: .halfClosed, expected: ["false", "refuseFinished", "ignore"] + stream),
    ]

  static func machine(_ kind: MethodKind, in state: Machine.State) -> Machine {
    var machine = Machine(kind)
    switch state {
    case .waiting: break
    case .open: _ = machine.writeRequest()
    case .halfClosed:
      _ = machine.writeRequest()
      _ = machine.finish()
    case .done: _ = machine.giveUp()
    }
    return machine
  }

  @Test(arguments: rows)
  func everyEventInEveryState(row: Row) {
    #expect(row.expected.count == Self.events.count)
    for ((event, apply), expected) in zip(Self.events, row.expected) {
      var machine = Self.machine(row.kind, in: row.state)
      #expect(machine.state == row.state)
      let action = apply(&machine)
      let words = expected.split(separator: " ").map(String.init)
      #expect(action == words[0], "\(event)")
      #expect("\(machine.state)" == (words.count > 1 ? words[1] : "\(row.state)"), "\(event)")
    }
  }

  @Test func tableCoversEveryReachableState() {
    for kind in MethodKind.allCases {
      let reachable: [Machine.State] =
        kind == .unary || kind == .serverStream
        ? [.waiting, .halfClosed, .done] : [.waiting, .open, .halfClosed, .done]
      for state in reachable {
        #expect(Self.rows.contains { $0.kind == kind && $0.state == state })
      }
    }
  }

  @Test func bidirectionalTranscript() {
    var machine = Machine(.bidirectional)
    #expect(machine.writeRequest() == true)
    #expect(machine.send() == .send)
    #expect(machine.receivedData(closes: false, hasMessage: true) == .deliver)
    #expect(machine.finish() == .sendClose)
    #expect(machine.send() == .refuseFinished)
    #expect(machine.receivedData(closes: false, hasMessage: true) == .deliver)
    #expect(machine.receivedData(closes: true, hasMessage: false) == .end)
    #expect(machine.isDone)
    #expect(machine.receivedResponse(isOK: false, isEmpty: true) == .drop)
  }

  @Test func clientStreamAnsweredEarly() {
    var machine = Machine(.clientStream)
    #expect(machine.writeRequest() == true)
    #expect(machine.send() == .send)
    #expect(machine.receivedResponse(isOK: true, isEmpty: true) == .deliverAndEnd)
    #expect(machine.send() == .refuseDone)
    #expect(machine.finish() == .ignore)
    #expect(machine.giveUp() == .ignore)
  }
}
