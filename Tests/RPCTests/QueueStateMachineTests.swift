import NIOCore
import Testing

@testable import RPC

@Suite struct RequestQueueStateMachineTests {
  typealias Machine = RequestQueueStateMachine

  private let a = ByteBuffer(string: "a")
  private let error = RPCError(.cancelled, "over")

  private func text(_ offer: Machine.OnOffer) -> String {
    switch offer {
    case .resume(let message): "resume \(String(buffer: message))"
    case .stored: "stored"
    case .storedInExcess(let excess): "excess \(excess)"
    case .full: "full"
    case .dropped: "dropped"
    }
  }

  private func text(_ next: Machine.OnNext) -> String {
    switch next {
    case .message(let message): String(buffer: message)
    case .end: "end"
    case .fail(let error): "\(error.code)"
    case .wait: "wait"
    }
  }

  /// The queue's states: what it holds, whether its input is over, whether somebody waits.
  enum State: CaseIterable { case empty, holding, awaited, ended, endedHolding, failed }

  private func machine(in state: State) -> Machine {
    var machine = Machine(messageBound: 2, byteLimit: 3)
    switch state {
    case .empty: break
    case .holding: _ = machine.offer(a)
    case .awaited: _ = machine.next()
    case .ended: _ = machine.end()
    case .endedHolding:
      _ = machine.offer(a)
      _ = machine.end()
    case .failed: _ = machine.fail(error)
    }
    return machine
  }

  @Test(arguments: [
    (State.empty, "stored", "wait", false, false, "CANCELLED"),
    (.holding, "stored", "a", false, false, "CANCELLED"),
    (.awaited, "resume a", "INTERNAL", true, true, "CANCELLED"),
    (.ended, "dropped", "end", false, false, "CANCELLED"),
    (.endedHolding, "dropped", "a", false, false, "CANCELLED"),
    (.failed, "dropped", "CANCELLED", false, false, "CANCELLED"),
  ])
  func everyEventInEveryState(
    state: State, onOffer: String, onNext: String, onEnd: Bool, onFail: Bool, afterFail: String
  ) {
    var offered = machine(in: state)
    #expect(text(offered.offer(a)) == onOffer)
    var read = machine(in: state)
    #expect(text(read.next()) == onNext)
    var ended = machine(in: state)
    #expect(ended.end() == onEnd)
    #expect(ended.end() == false)
    #expect(text(ended.offer(a)) == "dropped")
    var failed = machine(in: state)
    #expect(failed.fail(error) == onFail)
    #expect(text(failed.next()) == afterFail)
    #expect(failed.bytes == 0)
    #expect(text(failed.offer(a)) == "dropped")
    var stopped = machine(in: state)
    #expect(stopped.stopWaiting() == (state == .awaited))
    #expect(stopped.stopWaiting() == false)
  }

  @Test func messagesInOrderThenTheEnd() {
    var machine = Machine(messageBound: 8, byteLimit: 100)
    for text in ["1", "2", "3"] { _ = machine.offer(ByteBuffer(string: text)) }
    #expect(machine.bytes == 3)
    #expect(machine.end() == false)
    #expect((0..<4).map { _ in text(machine.next()) } == ["1", "2", "3", "end"])
    #expect(machine.bytes == 0)
  }

  @Test func anExcessEndsWhenTheQueueIsAtItsBoundAgain() {
    var machine = Machine(messageBound: 1, byteLimit: 100)
    #expect(text(machine.offer(a)) == "stored")
    #expect(text(machine.offer(a)) == "excess 1")
    #expect(text(machine.offer(a)) == "stored")
    #expect(machine.isStillInExcess(1))
    _ = machine.next()
    #expect(machine.isStillInExcess(1))
    _ = machine.next()
    #expect(!machine.isStillInExcess(1))
    #expect(text(machine.offer(a)) == "excess 3")
    _ = machine.fail(error)
    #expect(!machine.isStillInExcess(3))
  }

  @Test func bytesAreBoundedButOneMessageIsAlwaysTaken() {
    var machine = Machine(messageBound: 100, byteLimit: 3)
    #expect(text(machine.offer(ByteBuffer(string: "large"))) == "stored")
    #expect(text(machine.offer(a)) == "full")
    _ = machine.next()
    #expect(text(machine.offer(ByteBuffer(string: "abc"))) == "stored")
    #expect(text(machine.offer(a)) == "full")
    #expect(text(machine.offer(ByteBuffer())) == "stored")
  }
}

@Suite struct WriterQueueStateMachineTests {
  typealias Machine = WriterQueueStateMachine

  private func machine(_ policy: ResponsePolicy, messages: Int = 2, bytes: Int = 100) -> Machine {
    Machine(policy: policy, messageBound: messages, byteBound: bytes)
  }

  private func write(_ machine: inout Machine, _ text: String, key: String = "") -> String {
    switch machine.write(ByteBuffer(string: text), key: key) {
    case .stored(announce: true): "announce"
    case .stored(announce: false): "stored"
    case .wait: "wait"
    case .refuse(let error): "refuse \(error.code)"
    case .fail(let error): "fail \(error.code)"
    }
  }

  private func take(_ machine: inout Machine) -> String? { machine.take().map { String(buffer: $0) } }

  @Test func whatAFullQueueDoes() {
    var wait = machine(.wait)
    #expect(["1", "2", "3"].map { write(&wait, $0) } == ["announce", "stored", "wait"])
    #expect(take(&wait) == "1")
    #expect(write(&wait, "3") == "stored")
    #expect((0..<3).map { _ in take(&wait) } == ["2", "3", nil])
    #expect(write(&wait, "4") == "announce")

    var fail = machine(.fail)
    #expect(
      ["1", "2", "3", "4"].map { write(&fail, $0) }
        == ["announce", "stored", "fail RESOURCE_EXHAUSTED", "refuse RESOURCE_EXHAUSTED"])
    #expect(take(&fail) == nil)

    var conflate = machine(.conflate)
    #expect(write(&conflate, "a1", key: "a") == "announce")
    #expect(write(&conflate, "b1", key: "b") == "stored")
    #expect(write(&conflate, "a2", key: "a") == "stored")
    #expect(write(&conflate, "c1", key: "c") == "wait", "another key is another state")
    #expect((0..<3).map { _ in take(&conflate) } == ["a2", "b1", nil])
  }

  @Test(arguments: ResponsePolicy.allCases)
  func bytesAreBoundedButOneMessageIsAlwaysTaken(policy: ResponsePolicy) {
    var machine = machine(policy, messages: 100, bytes: 3)
    #expect(write(&machine, "large", key: "1") == "announce")
    #expect(["wait", "fail RESOURCE_EXHAUSTED"].contains(write(&machine, "x", key: "2")))
  }

  @Test(arguments: ResponsePolicy.allCases)
  func everyEventInEveryState(policy: ResponsePolicy) {
    let error = RPCError(.deadlineExceeded, "over")
    // Empty, holding one, taken and not looked again, sealed, sealed holding one, closed: what write says, what an offer
    // says, what take gives.
    let states: [((inout Machine) -> Void, String, Machine.OnOffer, String?)] = [
      ({ _ in }, "announce", .stored(announce: true), nil),
      ({ _ = self.write(&$0, "a", key: "k") }, "stored", .declined, "a"),
      (
        {
          _ = self.write(&$0, "a", key: "k")
          _ = self.take(&$0)
        }, "stored", .stored(announce: false), nil
      ),
      ({ $0.seal() }, "refuse INTERNAL", .declined, nil),
      (
        {
          _ = self.write(&$0, "a", key: "k")
          $0.seal()
        }, "refuse INTERNAL", .declined, "a"
      ),
      ({ $0.close(error) }, "refuse DEADLINE_EXCEEDED", .declined, nil),
    ]
    for (enter, onWrite, onOffer, onTake) in states {
      var machine = machine(policy)
      enter(&machine)
      #expect(machine.isEmpty == (onTake == nil))
      var written = machine
      #expect(write(&written, "b", key: "other") == onWrite)
      var offered = machine
      #expect(offered.offer(ByteBuffer(string: "o")) == onOffer)
      #expect(take(&offered) == (onOffer == .declined ? onTake : "o"))
      var taken = machine
      #expect(take(&taken) == onTake)
      #expect(take(&taken) == nil)
      var sealed = machine
      sealed.seal()
      #expect(write(&sealed, "b").hasPrefix("refuse"))
      #expect(take(&sealed) == onTake)
      var closed = machine
      closed.close(error)
      #expect(write(&closed, "b").hasPrefix("refuse"))
      #expect(take(&closed) == nil)
      #expect(closed.hasRoom)
    }
  }
}
