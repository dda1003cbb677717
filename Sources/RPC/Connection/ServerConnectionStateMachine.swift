internal import NIOCore
internal import Wire

/// A connection as the server sees it: which frame means what to which call, what is refused, and when the end has come.
/// Handlers, tasks, timers and bytes are elsewhere.
struct ServerConnectionStateMachine: Sendable {
  enum State: Hashable, Sendable, CaseIterable {
    case serving
    /// Running calls finish, new ones are answered with code 14.
    case draining
    /// What is answered is still being written; nothing is read.
    case closing
    case closed
  }

  private struct Stream: Sendable {
    var machine: ServerStreamStateMachine
    let isUnary: Bool
    /// Gone or not on the wire: a call holds its place until its handler has ended.
    var handlerIsRunning = true
  }

  private(set) var state = State.serving
  private let level: ProtocolLevel
  private let unaryLimit: Int
  private let streamLimit: Int
  private let retryAfter: Duration
  private var ids = StreamIDWindow()
  private var streams: [StreamID: Stream] = [:]
  private var unaryCount = 0
  private var streamCount = 0

  init(level: ProtocolLevel, limits: ServerLimits = ServerLimits()) {
    self.level = level
    self.unaryLimit = limits.unaryCallsPerConnection
    self.streamLimit = limits.streamsPerConnection
    self.retryAfter = limits.retryAfter
  }

  // MARK: What arrives

  enum OnFrame: Hashable {
    /// A call: read the body, then say `start` or answer.
    case request(StreamID, flags: FrameFlags, body: ByteBuffer)
    case deliver(StreamID, ByteBuffer, endsInput: Bool)
    case endInput(StreamID)
    /// A Response with this status; if `cancelling`, the call running there is over.
    case answer(StreamID, Status, cancelling: Bool)
    /// The peer gave the call up; nothing is answered.
    case cancel(StreamID)
    case echoPing(ByteBuffer)
    /// Answer, cancel everything, close.
    case answerAndClose(StreamID, Status)
    case ignore
  }

  mutating func received(_ frame: Frame) -> OnFrame {
    guard state == .serving || state == .draining else { return .ignore }
    switch frame.type {
    case .request: return receivedRequest(frame)
    case .data: return receivedData(frame)
    case .ping where level == .extended:
      guard frame.streamID == .connection, frame.body.readableBytes == 8, !frame.flags.contains(.acknowledgement)
      else { return .ignore }
      return .echoPing(frame.body)
    case .cancel where level == .extended:
      return endStream(frame.streamID) ? .cancel(frame.streamID) : .ignore
    default:
      // A Response has nothing to say to a server; types we do not know, or did not agree on, are for others.
      return .ignore
    }
  }

  /// A frame too large to be stored; its body is being dropped.
  mutating func receivedOversize(_ header: FrameHeader) -> OnFrame {
    let tooLarge = Status(
      .resourceExhausted, "a frame has at most \(FrameHeader.maximumBodyLength) bytes, this one \(header.length)")
    guard state == .serving || state == .draining else { return .ignore }
    if header.hasReservedByte {
      state = .closing
      return .answerAndClose(header.streamID, tooLarge)
    }
    return refuseBody(of: header, tooLarge)
  }

  /// A frame whose rest is dropped because the server holds too many bytes.
  mutating func abandoned(_ header: FrameHeader) -> OnFrame {
    guard state == .serving || state == .draining else { return .ignore }
    return refuseBody(of: header, overload("the server holds too many bytes"))
  }

  private mutating func refuseBody(of header: FrameHeader, _ status: Status) -> OnFrame {
    let id = header.streamID
    switch header.type {
    case .request:
      if id.isOpenedByClient { _ = ids.use(id) }
      return .answer(id, status, cancelling: endStream(id))
    case .data:
      if endStream(id) { return .answer(id, status, cancelling: true) }
      return isPast(id) ? .ignore : .answer(id, status, cancelling: false)
    default:
      return .ignore
    }
  }

  private mutating func receivedRequest(_ frame: Frame) -> OnFrame {
    let id = frame.streamID
    guard id.isOpenedByClient else { return .answer(id, Self.evenID, cancelling: false) }
    guard ids.use(id) else {
      var machine = streams[id]?.machine ?? ServerStreamStateMachine(state: .done)
      let action = machine.receivedRequest(flags: frame.flags, streamsRequests: false)
      streams[id]?.machine = machine
      settle(id)
      return .answer(
        id, Status(.invalidArgument, "stream id \(id) is re-used"), cancelling: action == .refuse(cancelling: true))
    }
    guard state == .serving else { return .answer(id, Self.shuttingDown, cancelling: false) }
    return .request(id, flags: frame.flags, body: frame.body)
  }

  private mutating func receivedData(_ frame: Frame) -> OnFrame {
    let id = frame.streamID
    guard id.isOpenedByClient else { return .answer(id, Self.evenID, cancelling: false) }
    var machine = streams[id]?.machine ?? ServerStreamStateMachine(state: isPast(id) ? .done : .none)
    let action = machine.receivedData(flags: frame.flags)
    streams[id]?.machine = machine
    switch action {
    case .deliver(let endsInput): return .deliver(id, frame.body, endsInput: endsInput)
    case .endInput: return .endInput(id)
    case .drop: return .ignore
    case .refuse(let cancelling):
      settle(id)
      let text = cancelling ? "stream \(id) takes no more data" : "stream \(id) is no longer active"
      return .answer(id, Status(.invalidArgument, text), cancelling: cancelling)
    }
  }

  /// Used, and nothing runs there any more.
  private func isPast(_ id: StreamID) -> Bool {
    id.isOpenedByClient && ids.isUsed(id) && streams[id] == nil
  }

  // MARK: Calls

  enum OnStart: Hashable {
    /// The call runs; it ends with `handlerEnded`.
    case run(inputIsOpen: Bool)
    case answer(Status)
  }

  /// The request announced by `received` was read and its method is of `kind`.
  mutating func start(_ id: StreamID, kind: MethodKind, flags: FrameFlags) -> OnStart {
    let isUnary = kind == .unary
    guard hasRoom(for: kind) else {
      return .answer(overload("too many calls run on this connection"))
    }
    var machine = ServerStreamStateMachine()
    _ = machine.receivedRequest(flags: flags, streamsRequests: kind.streamsRequests)
    streams[id] = Stream(machine: machine, isUnary: isUnary)
    count(isUnary, +1)
    return .run(inputIsOpen: machine.state == .open)
  }

  /// Whether a call of this kind that starts now would run.
  func hasRoom(for kind: MethodKind) -> Bool {
    kind == .unary ? unaryCount < unaryLimit : streamCount < streamLimit
  }

  /// Whether a message of ours may go out on this stream.
  func maySend(_ id: StreamID) -> Bool {
    state != .closed && streams[id]?.machine.maySend ?? false
  }

  /// The call's last frame is about to be sent. False: send nothing, it ended before.
  mutating func end(_ id: StreamID) -> Bool {
    state != .closed && endStream(id)
  }

  /// The handler's task has ended: its place is free. Says nothing of the wire: answers may still wait to be written.
  mutating func handlerEnded(_ id: StreamID) {
    guard let stream = streams[id], stream.handlerIsRunning else { return }
    streams[id]?.handlerIsRunning = false
    count(stream.isUnary, -1)
    settle(id)
  }

  /// The handler has ended, and the call's last frame is about to be sent: `handlerEnded` and `end` in one. False: send
  /// nothing, it ended before.
  mutating func answered(_ id: StreamID) -> Bool {
    guard let stream = streams.removeValue(forKey: id) else { return false }
    if stream.handlerIsRunning { count(stream.isUnary, -1) }
    return state != .closed && stream.machine.maySend
  }

  private mutating func endStream(_ id: StreamID) -> Bool {
    guard streams[id]?.machine.end() ?? false else { return false }
    settle(id)
    return true
  }

  /// A stream is forgotten when both its wire and its handler are done.
  private mutating func settle(_ id: StreamID) {
    guard let stream = streams[id], stream.machine.state == .done, !stream.handlerIsRunning else { return }
    streams[id] = nil
  }

  private mutating func count(_ isUnary: Bool, _ change: Int) {
    if isUnary { unaryCount += change } else { streamCount += change }
  }

  // MARK: The end

  enum OnDrain: Hashable {
    case nothing
    /// Tell the peer where it may speak of it: the highest id taken.
    case goAway(StreamID)
  }

  mutating func drain() -> OnDrain {
    guard state == .serving else { return .nothing }
    state = .draining
    return level == .extended ? .goAway(ids.highest) : .nothing
  }

  /// Draining, and nothing runs any more: close.
  var isDrained: Bool { state == .draining && streams.isEmpty }

  /// No more frames are taken; what is staged may still be written. Returns the calls to cancel. With `answering` they
  /// are still answered; else they have ended.
  mutating func close(answering: Bool) -> [StreamID] {
    guard state != .closed else { return [] }
    state = .closing
    let running = runningIDs
    if !answering {
      for id in running { _ = endStream(id) }
    }
    return running
  }

  /// The connection is gone. Returns the calls to cancel.
  mutating func connectionEnded() -> [StreamID] {
    guard state != .closed else { return [] }
    let running = runningIDs
    for id in running { _ = endStream(id) }
    state = .closed
    return running
  }

  private var runningIDs: [StreamID] {
    streams.filter { $0.value.machine.maySend }.map(\.key).sorted()
  }

  // MARK: Answers

  static let shuttingDown = Status(.unavailable, "the server is shutting down")
  private static let evenID = Status(.invalidArgument, "a client's stream ids are odd")

  func overload(_ message: String) -> Status {
    Status(.resourceExhausted, message, details: [.retryInfo(after: retryAfter)])
  }
}
