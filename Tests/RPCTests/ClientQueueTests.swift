import NIOCore
import Testing
import Wire

@testable import RPC

@Suite struct ResponseQueueMachineTests {
  typealias Machine = ResponseQueueStateMachine<String>

  enum Setting: CaseIterable { case empty, stored, waiting, endedWithRest, ended, failed }

  static let failure = CallFailure(RPCError(.aborted, "x"), .answered)

  static func machine(_ setting: Setting, bytes: Int = 1000) -> Machine {
    var machine = Machine(maximumBytes: bytes)
    switch setting {
    case .empty: break
    case .stored: _ = machine.push(ByteBuffer(string: "m"))
    case .waiting: _ = machine.next("w")
    case .endedWithRest:
      _ = machine.push(ByteBuffer(string: "m"))
      _ = machine.end(nil, discard: false)
    case .ended: _ = machine.end(nil, discard: false)
    case .failed: _ = machine.end(failure, discard: true)
    }
    return machine
  }

  static func show(_ state: Machine.State) -> String {
    switch state {
    case .buffering(let messages, let bytes): "buffering(\(messages.count), \(bytes) bytes)"
    case .waiting(let waiter): "waiting(\(waiter))"
    case .ended(let rest, let failure): "ended(\(rest.count)\(failure.map { ", \($0.error.code)" } ?? ""))"
    }
  }

  static func show(_ action: Machine.OnNext) -> String {
    switch action {
    case .message(let message): "message(\(String(buffer: message)))"
    case .end(let failure): "end(\(failure.map { "\($0.error.code)" } ?? ""))"
    case .wait: "wait"
    case .refuse: "refuse"
    }
  }

  static let events: [(name: String, apply: @Sendable (inout Machine) -> String, expected: [String])] = [
    (
      "push", { "\($0.push(ByteBuffer(string: "new")))" },
      [
        "stored / buffering(1, 131 bytes)", "stored / buffering(2, 260 bytes)", "resume(\"w\") / buffering(0, 0 bytes)",
        "ignore / ended(1)", "ignore / ended(0)", "ignore / ended(0, ABORTED)",
      ]
    ),
    (
      "next", { show($0.next("v")) },
      [
        "wait / waiting(v)", "message(m) / buffering(0, 0 bytes)", "refuse / waiting(w)", "message(m) / ended(0)",
        "end() / ended(0)", "end(ABORTED) / ended(0, ABORTED)",
      ]
    ),
    (
      "end", { "\($0.end(nil, discard: false))" },
      [
        "nothing / ended(0)", "nothing / ended(1)", "resume(\"w\") / ended(0)", "nothing / ended(1)",
        "nothing / ended(0)", "nothing / ended(0, ABORTED)",
      ]
    ),
    (
      "fail", { "\($0.end(failure, discard: false))" },
      [
        "nothing / ended(0, ABORTED)", "nothing / ended(1, ABORTED)", "resume(\"w\") / ended(0, ABORTED)",
        "nothing / ended(1)", "nothing / ended(0)", "nothing / ended(0, ABORTED)",
      ]
    ),
    (
      "give up", { "\($0.end(failure, discard: true))" },
      [
        "nothing / ended(0, ABORTED)", "nothing / ended(0, ABORTED)", "resume(\"w\") / ended(0, ABORTED)",
        "nothing / ended(1)", "nothing / ended(0)", "nothing / ended(0, ABORTED)",
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

  @Test func tooMuchFailsTheCallAfterWhatIsThere() {
    var machine = Machine(maximumBytes: 2 * 129)
    #expect("\(machine.push(ByteBuffer(string: "1")))" == "stored")
    #expect("\(machine.push(ByteBuffer(string: "2")))" == "stored")
    #expect("\(machine.push(ByteBuffer(string: "3")))" == "overflow")
    #expect(Self.show(machine.next("w")) == "message(1)")
    #expect(Self.show(machine.next("w")) == "message(2)")
    #expect(Self.show(machine.next("w")) == "end(RESOURCE_EXHAUSTED)")
  }

  @Test func whatIsReadMakesRoomAndOneMessageAlwaysFits() {
    var machine = Machine(maximumBytes: 4 + 2 * 128)
    #expect("\(machine.push(ByteBuffer(string: String(repeating: "x", count: 1000))))" == "stored")
    #expect("\(machine.push(ByteBuffer(string: "x")))" == "overflow")
    machine = Machine(maximumBytes: 4 + 2 * 128)
    #expect("\(machine.push(ByteBuffer(string: "ab")))" == "stored")
    #expect("\(machine.push(ByteBuffer(string: "cd")))" == "stored")
    #expect(Self.show(machine.next("w")) == "message(ab)")
    #expect("\(machine.push(ByteBuffer(string: "ef")))" == "stored")
    #expect("\(machine.push(ByteBuffer(string: "g")))" == "overflow")
  }
}

@Suite struct OutboundQueueTests {
  @Test func entriesOfAnEndedCallLeaveAndTheOthersKeepTheirOrder() {
    let one = StreamID(rawValue: 1)
    let three = StreamID(rawValue: 3)
    var queue = OutboundQueue<String>()
    queue.append(one, .request, nil)
    queue.append(three, .request, "c")
    queue.append(one, .message(ByteBuffer(string: "x")), "a")
    queue.append(three, .close, nil)
    #expect(queue.remove(StreamID(rawValue: 5)).isEmpty)
    #expect(queue.remove(one) == ["a"])
    let first = queue.popFirst()
    #expect(first?.id == three)
    #expect(first?.item == .request)
    #expect(first?.writer == "c")
    #expect(queue.popFirst()?.item == .close)
    #expect(queue.popFirst() == nil)
    #expect(queue.isEmpty)
  }
}
