import NIOCore
import Wire

@testable import RPC

/// Any frames: the server's connection machine keeps its promises to calls. The first byte chooses level, limits and how
/// handlers end.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1 else { return 0 }
  let bytes = UnsafeBufferPointer(start: start, count: count)
  var decoder = FrameDecoder()
  decoder.append(ByteBuffer(bytes: bytes.dropFirst()))
  var events: [FrameDecoder.Event] = []
  while let event = decoder.next() { events.append(event) }
  checkConnection(events, choice: bytes[0])
  return 0
}

private func checkConnection(_ events: [FrameDecoder.Event], choice: UInt8) {
  var limits = ServerLimits()
  limits.unaryCallsPerConnection = 2
  limits.streamsPerConnection = 2
  var machine = ServerConnectionStateMachine(level: choice & 1 == 0 ? .plain : .extended, limits: limits)
  /// Calls whose handler runs; true: not over on the wire.
  var running: [StreamID: Bool] = [:]
  var kinds: [StreamID: MethodKind] = [:]

  func perform(_ action: ServerConnectionStateMachine.OnFrame) {
    switch action {
    case .request(let id, let flags, let body):
      precondition(id.isOpenedByClient && kinds[id] == nil, "an id is one call's")
      let kind = MethodKind.allCases[body.readableBytes % 4]
      kinds[id] = kind
      guard case .run = machine.start(id, kind: kind, flags: flags) else { return }
      running[id] = true
      precondition(running.keys.filter { kinds[$0] == .unary }.count <= 2, "unary calls are bounded")
      precondition(running.keys.filter { kinds[$0] != .unary }.count <= 2, "streams are bounded")
    case .deliver(let id, _, _), .endInput(let id):
      precondition(running[id] == true, "a message for a call that is over")
    case .answer(let id, _, let cancelling):
      precondition(!cancelling || running[id] == true, "cancelled twice")
      precondition(cancelling || running[id] != true, "an answer beside a running call")
      if cancelling { running[id] = false }
    case .cancel(let id):
      precondition(running[id] == true, "cancelled twice")
      running[id] = false
    case .answerAndClose, .echoPing, .ignore:
      break
    }
  }

  for (index, event) in events.enumerated() {
    switch event {
    case .frame(let frame): perform(machine.received(frame))
    case .oversize(let header):
      perform(index % 2 == 0 ? machine.receivedOversize(header) : machine.abandoned(header))
    }
    // Now and then a handler ends, and its answer is sent or not.
    guard choice & 2 == 0, index % 3 == 2, let id = running.keys.min() else { continue }
    if choice & 4 == 0 {
      precondition(machine.end(id) == running[id], "one last frame")
      running[id] = false
    }
    machine.handlerEnded(id)
    if running[id] == true {
      precondition(machine.end(id), "the answer of an ended handler")
    }
    running[id] = nil
    if choice & 8 != 0 { _ = machine.drain() }
  }
  let open = running.filter(\.value).keys.sorted()
  precondition(machine.connectionEnded() == open, "the end cancels what runs, and only that")
  for id in running.keys { machine.handlerEnded(id) }
  precondition(machine.received(Frame(streamID: .firstOfClient, type: .request)) == .ignore)
}
