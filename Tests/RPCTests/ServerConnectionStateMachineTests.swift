import NIOCore
import Testing
import Wire

@testable import RPC

@Suite struct ServerConnectionStateMachineTests {
  typealias Machine = ServerConnectionStateMachine

  private func id(_ value: UInt32) -> StreamID { StreamID(rawValue: value) }

  private func frame(_ type: FrameType, _ value: UInt32, _ flags: FrameFlags = [], _ text: String = "") -> Frame {
    Frame(streamID: id(value), type: type, flags: flags, body: ByteBuffer(string: text))
  }

  private func header(_ type: FrameType, _ value: UInt32, _ length: UInt32 = 5 << 20) -> FrameHeader {
    FrameHeader(length: length, streamID: id(value), type: type, flags: [])
  }

  /// A machine with a call on 1.
  private func running(
    _ kind: MethodKind = .unary, _ level: ProtocolLevel = .plain, limits: ServerLimits = ServerLimits()
  ) -> Machine {
    var machine = Machine(level: level, limits: limits)
    let flags: FrameFlags = kind.streamsRequests ? .remoteOpen : []
    #expect(machine.received(frame(.request, 1, flags)) == .request(id(1), flags: flags, body: ByteBuffer()))
    #expect(machine.start(id(1), kind: kind, flags: flags) == .run(inputIsOpen: kind.streamsRequests))
    return machine
  }

  private func code(_ action: Machine.OnFrame) -> Code? {
    switch action {
    case .answer(_, let status, _), .answerAndClose(_, let status): status.code
    default: nil
    }
  }

  private func isCancelling(_ action: Machine.OnFrame) -> Bool {
    if case .answer(_, _, cancelling: true) = action { return true }
    return false
  }

  // MARK: One call

  @Test func aUnaryCall() {
    var machine = running()
    #expect(machine.maySend(id(1)))
    machine.handlerEnded(id(1))
    #expect(machine.maySend(id(1)), "the answer is still to be sent")
    #expect(machine.end(id(1)) == true)
    #expect(machine.end(id(1)) == false)
    #expect(!machine.maySend(id(1)))
  }

  @Test func anAnswerIsTheEndOfHandlerAndCall() {
    var machine = running()
    #expect(machine.answered(id(1)) == true)
    #expect(!machine.maySend(id(1)))
    #expect(machine.answered(id(1)) == false)
    #expect(machine.answered(id(3)) == false, "never used")
    _ = machine.drain()
    #expect(machine.isDrained, "nothing runs")
    // The call has ended on the wire, its handler had not.
    for end: (inout Machine) -> Void in [
      { _ = $0.end(StreamID(rawValue: 1)) }, { _ = $0.close(answering: false) }, { _ = $0.connectionEnded() },
    ] {
      var limits = ServerLimits()
      limits.unaryCallsPerConnection = 1
      machine = running(limits: limits)
      end(&machine)
      #expect(code(of: machine.start(id(3), kind: .unary, flags: [])) == .resourceExhausted, "its place is taken")
      #expect(machine.answered(id(1)) == false)
      #expect(code(of: machine.start(id(3), kind: .unary, flags: [])) == nil, "its place is free")
    }
    // What is answered while closing is still sent.
    machine = running()
    #expect(machine.close(answering: true) == [id(1)])
    #expect(machine.answered(id(1)) == true)
  }

  private func code(of action: Machine.OnStart) -> Code? {
    if case .answer(let status) = action { return status.code }
    return nil
  }

  @Test func aBidirectionalCall() {
    var machine = running(.bidirectional)
    #expect(machine.received(frame(.data, 1, [], "a")) == .deliver(id(1), ByteBuffer(string: "a"), endsInput: false))
    #expect(machine.received(frame(.data, 1, [], "")) == .deliver(id(1), ByteBuffer(), endsInput: false))
    #expect(machine.received(frame(.data, 1, [.remoteClosed, .noData])) == .endInput(id(1)))
    #expect(machine.end(id(1)) == true)
    #expect(machine.received(frame(.data, 1, [], "late")) == .ignore)
    machine.handlerEnded(id(1))
    #expect(machine.received(frame(.data, 1, [], "later")) == .ignore)
    #expect(code(machine.received(frame(.request, 1))) == .invalidArgument)
  }

  @Test func dataAfterTheEndOfInputEndsTheCall() {
    var machine = running(.unary)
    let action = machine.received(frame(.data, 1, [], "x"))
    #expect(code(action) == .invalidArgument)
    #expect(isCancelling(action))
    #expect(machine.end(id(1)) == false, "3 was the call's last frame")
  }

  // MARK: Ids

  @Test func evenIDsAreRefusedAndUnknownTypesIgnored() {
    for level in ProtocolLevel.allCases {
      var machine = Machine(level: level)
      for value: UInt32 in [0, 2, 4, .max - 1] {
        for type in [FrameType.request, .data] {
          let action = machine.received(frame(type, value))
          #expect(code(action) == .invalidArgument)
          #expect(!isCancelling(action))
        }
        for type: UInt8 in [0, 2, 4, 5, 0x7f, 0x82, 0x83, 0xff] {
          #expect(machine.received(frame(FrameType(rawValue: type), value)) == .ignore)
        }
      }
      #expect(machine.received(frame(FrameType(rawValue: 4), 1)) == .ignore)
      #expect(machine.received(frame(.response, 1)) == .ignore)
      #expect(machine.received(frame(.request, 1)) == .request(id(1), flags: [], body: ByteBuffer()))
    }
  }

  @Test func aLowerIDNeverUsedIsACall() {
    var machine = Machine(level: .plain)
    #expect(code(machine.received(frame(.request, 5))) == nil)
    #expect(machine.received(frame(.request, 3)) == .request(id(3), flags: [], body: ByteBuffer()))
    #expect(code(machine.received(frame(.request, 3))) == .invalidArgument)
    #expect(machine.received(frame(.request, 1)) == .request(id(1), flags: [], body: ByteBuffer()))
  }

  @Test func aReusedIDEndsTheCallThatRunsThere() {
    var machine = running()
    let action = machine.received(frame(.request, 1))
    #expect(code(action) == .invalidArgument)
    #expect(isCancelling(action))
    #expect(machine.end(id(1)) == false)
    #expect(!isCancelling(machine.received(frame(.request, 1))), "nothing is left to cancel")
  }

  @Test func dataOnAnIDNeverUsed() {
    var machine = Machine(level: .plain)
    let action = machine.received(frame(.data, 9, [], "x"))
    #expect(code(action) == .invalidArgument)
    #expect(machine.received(frame(.request, 9)) == .request(id(9), flags: [], body: ByteBuffer()))
  }

  // MARK: Extension

  @Test func extensionFramesOnlyWhereAgreed() {
    let ping = frame(.ping, 0, [], "12345678")
    var plain = running(.unary, .plain)
    #expect(plain.received(ping) == .ignore)
    #expect(plain.received(frame(.cancel, 1)) == .ignore)
    #expect(plain.maySend(id(1)))
    #expect(plain.drain() == .nothing)

    var extended = running(.unary, .extended)
    #expect(extended.received(ping) == .echoPing(ByteBuffer(string: "12345678")))
    for odd in [
      frame(.ping, 0, .acknowledgement, "12345678"), frame(.ping, 1, [], "12345678"), frame(.ping, 0, [], "1234567"),
      frame(.ping, 0, [], "123456789"), frame(.goAway, 0), frame(.cancel, 0), frame(.cancel, 2), frame(.cancel, 3),
    ] {
      #expect(extended.received(odd) == .ignore)
    }
    #expect(extended.received(frame(.cancel, 1)) == .cancel(id(1)))
    #expect(extended.end(id(1)) == false)
    #expect(extended.received(frame(.cancel, 1)) == .ignore)
    #expect(extended.drain() == .goAway(id(1)))
  }

  // MARK: Limits

  @Test(arguments: [MethodKind.unary, .serverStream])
  func aCancelledCallHoldsItsPlaceUntilItsHandlerEnds(kind: MethodKind) {
    var limits = ServerLimits()
    limits.unaryCallsPerConnection = 1
    limits.streamsPerConnection = 1
    var machine = running(kind, .extended, limits: limits)
    func tryOne(_ value: UInt32) -> Machine.OnStart {
      _ = machine.received(frame(.request, value))
      return machine.start(id(value), kind: kind, flags: [])
    }
    guard case .answer(let status) = tryOne(3) else { return #expect(Bool(false)) }
    #expect(status.code == .resourceExhausted)
    #expect(status.details.map(\.typeURL) == ["type.googleapis.com/google.rpc.RetryInfo"])
    #expect(machine.received(frame(.cancel, 1)) == .cancel(id(1)))
    #expect(tryOne(5) != .run(inputIsOpen: false), "rapid reset")
    machine.handlerEnded(id(1))
    machine.handlerEnded(id(1))
    #expect(tryOne(7) == .run(inputIsOpen: false))
    #expect(tryOne(9) != .run(inputIsOpen: false), "a place is given back once")
  }

  @Test func oversizeFrames() {
    var machine = running()
    let onRunning = machine.receivedOversize(header(.data, 1))
    #expect(code(onRunning) == .resourceExhausted)
    #expect(isCancelling(onRunning))
    machine.handlerEnded(id(1))
    #expect(machine.receivedOversize(header(.data, 1)) == .ignore, "late")
    #expect(code(machine.receivedOversize(header(.request, 3))) == .resourceExhausted)
    #expect(code(machine.received(frame(.request, 3))) == .invalidArgument, "3 is used")
    #expect(code(machine.receivedOversize(header(.data, 7))) == .resourceExhausted)
    #expect(code(machine.receivedOversize(header(.request, 2))) == .resourceExhausted)
    #expect(machine.receivedOversize(header(.response, 9)) == .ignore)
    #expect(machine.receivedOversize(header(FrameType(rawValue: 9), 9)) == .ignore)
    #expect(machine.state == .serving)
    guard case .answerAndClose(id(9), let status) = machine.receivedOversize(header(.request, 9, 1 << 24)) else {
      return #expect(Bool(false))
    }
    #expect(status.code == .resourceExhausted)
    #expect(machine.state == .closing)
    #expect(machine.received(frame(.request, 11)) == .ignore)
  }

  @Test func anAbandonedFrameIsAnsweredLikeAnOversizeOne() {
    var machine = running()
    #expect(code(machine.abandoned(header(.request, 3, 100))) == .resourceExhausted)
    #expect(isCancelling(machine.abandoned(header(.data, 1, 100))))
  }

  // MARK: The end

  @Test func drainingLetsCallsFinishAndTakesNoNewOnes() {
    var machine = running()
    #expect(machine.drain() == .nothing)
    #expect(machine.state == .draining)
    #expect(!machine.isDrained)
    #expect(code(machine.received(frame(.request, 3))) == .unavailable)
    #expect(machine.end(id(1)) == true)
    #expect(!machine.isDrained, "the handler still runs")
    machine.handlerEnded(id(1))
    #expect(machine.isDrained)
  }

  @Test func theStateAfterEveryEventInEveryState() {
    func machine(in state: Machine.State) -> Machine {
      var machine = running(.unary, .extended)
      switch state {
      case .serving: break
      case .draining: _ = machine.drain()
      case .closing: _ = machine.close(answering: true)
      case .closed: _ = machine.connectionEnded()
      }
      #expect(machine.state == state)
      return machine
    }
    typealias Event = (String, (inout Machine) -> Void, [Machine.State: Machine.State])
    let stays: [Machine.State: Machine.State] = [
      .serving: .serving, .draining: .draining, .closing: .closing, .closed: .closed,
    ]
    let closes: [Machine.State: Machine.State] = [
      .serving: .closing, .draining: .closing, .closing: .closing, .closed: .closed,
    ]
    let events: [Event] = [
      ("request", { _ = $0.received(self.frame(.request, 3)) }, stays),
      ("data", { _ = $0.received(self.frame(.data, 1)) }, stays),
      ("ping", { _ = $0.received(self.frame(.ping, 0, [], "12345678")) }, stays),
      ("cancel", { _ = $0.received(self.frame(.cancel, 1)) }, stays),
      ("oversize", { _ = $0.receivedOversize(self.header(.request, 3)) }, stays),
      ("reserved byte", { _ = $0.receivedOversize(self.header(.request, 3, .max)) }, closes),
      ("abandoned", { _ = $0.abandoned(self.header(.request, 3, 1)) }, stays),
      ("end", { _ = $0.end(self.id(1)) }, stays),
      ("handler ended", { $0.handlerEnded(self.id(1)) }, stays),
      (
        "drain", { _ = $0.drain() },
        [.serving: .draining, .draining: .draining, .closing: .closing, .closed: .closed]
      ),
      ("close", { _ = $0.close(answering: false) }, closes),
      ("close answering", { _ = $0.close(answering: true) }, closes),
      (
        "connection ended", { _ = $0.connectionEnded() },
        [.serving: .closed, .draining: .closed, .closing: .closed, .closed: .closed]
      ),
    ]
    for state in Machine.State.allCases {
      for (name, event, next) in events {
        var machine = machine(in: state)
        event(&machine)
        #expect(machine.state == next[state], "\(name) in \(state)")
      }
      // What arrives when nothing is taken any more says nothing.
      var machine = machine(in: state)
      let isHeard = state == .serving || state == .draining
      #expect((machine.received(frame(.request, 3)) != .ignore) == isHeard)
      #expect((machine.received(frame(.ping, 0, [], "12345678")) != .ignore) == isHeard)
      #expect((machine.receivedOversize(header(.request, 5)) != .ignore) == isHeard)
      #expect((machine.abandoned(header(.request, 7, 1)) != .ignore) == isHeard)
      #expect(machine.end(id(1)) == (state != .closed))
    }
  }

  @Test func closingNamesTheRunningCalls() {
    var answering = running()
    #expect(answering.close(answering: true) == [id(1)])
    #expect(answering.end(id(1)) == true, "it is still answered")
    var silent = running()
    #expect(silent.close(answering: false) == [id(1)])
    #expect(silent.end(id(1)) == false)
    var gone = running()
    #expect(gone.connectionEnded() == [id(1)])
    #expect(gone.connectionEnded().isEmpty)
    #expect(gone.close(answering: true).isEmpty)
    #expect(gone.end(id(1)) == false)
    gone.handlerEnded(id(1))
  }
}
