import Testing
import Wire

@testable import RPC

/// Every event in every state: the action and the state that follows.
@Suite struct ServerStreamStateMachineTests {
  typealias Machine = ServerStreamStateMachine
  typealias State = ServerStreamStateMachine.State

  @Test(arguments: [
    (State.none, Machine.OnRequest.start, State.inputClosed),
    (.open, .refuse(cancelling: true), .done),
    (.inputClosed, .refuse(cancelling: true), .done),
    (.done, .refuse(cancelling: false), .done),
  ])
  func request(from: State, action: Machine.OnRequest, to: State) {
    var machine = Machine(state: from)
    #expect(machine.receivedRequest(flags: [], streamsRequests: true) == action)
    #expect(machine.state == to)
  }

  @Test(
    arguments: [
      (FrameFlags.remoteOpen, true, State.open), (.remoteOpen, false, .inputClosed),
      (.remoteClosed, true, .inputClosed),
      ([], true, .inputClosed), ([.remoteOpen, .noData], true, .open),
      ([.remoteOpen, FrameFlags(rawValue: 0xf8)], true, .open),
    ] as [(FrameFlags, Bool, State)])
  func howARequestOpens(flags: FrameFlags, streamsRequests: Bool, to: State) {
    var machine = Machine()
    #expect(machine.receivedRequest(flags: flags, streamsRequests: streamsRequests) == .start)
    #expect(machine.state == to)
  }

  private static let closing: FrameFlags = [.remoteClosed, .noData]
  private static let plain: FrameFlags = []

  @Test(
    arguments: [
      // Data
      (State.none, plain, Machine.OnData.refuse(cancelling: false), State.none),
      (.open, plain, .deliver(endsInput: false), .open),
      (.inputClosed, plain, .refuse(cancelling: true), .done),
      (.done, plain, .drop, .done),
      // Data RC|ND
      (.none, closing, .refuse(cancelling: false), .none),
      (.open, closing, .endInput, .inputClosed),
      (.inputClosed, closing, .drop, .inputClosed),
      (.done, closing, .drop, .done),
      // Data RC with a body
      (.none, .remoteClosed, .refuse(cancelling: false), .none),
      (.open, .remoteClosed, .deliver(endsInput: true), .inputClosed),
      (.inputClosed, .remoteClosed, .refuse(cancelling: true), .done),
      (.done, .remoteClosed, .drop, .done),
      // Data ND: nothing, said aloud
      (.none, .noData, .refuse(cancelling: false), .none),
      (.open, .noData, .drop, .open),
      (.inputClosed, .noData, .drop, .inputClosed),
      (.done, .noData, .drop, .done),
    ] as [(State, FrameFlags, Machine.OnData, State)])
  func data(from: State, flags: FrameFlags, action: Machine.OnData, to: State) {
    var machine = Machine(state: from)
    #expect(machine.receivedData(flags: flags) == action)
    #expect(machine.state == to)
    // Undefined bits change nothing.
    machine = Machine(state: from)
    #expect(machine.receivedData(flags: flags.union(FrameFlags(rawValue: 0xf0))) == action)
    #expect(machine.state == to)
  }

  @Test(arguments: [
    (State.none, false, State.none), (.open, true, .done), (.inputClosed, true, .done), (.done, false, .done),
  ])
  func end(from: State, sends: Bool, to: State) {
    var machine = Machine(state: from)
    #expect(machine.maySend == sends)
    #expect(machine.end() == sends)
    #expect(machine.state == to)
  }
}
