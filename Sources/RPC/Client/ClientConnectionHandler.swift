internal import Logging
internal import NIOCore
internal import Wire

/// Carries out on a channel what `ClientConnectionStateMachine` decides. Last in the pipeline: bytes in, bytes out.
///
/// Frames are collected and leave in one write per turn of the event loop; while the channel has no room they are not
/// made at all, and their producers wait (`OutboundQueue`). Nothing ever stops the reading.
final class ClientConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Somebody waiting until what he gave is written; nil: it is.
  typealias Writer = CheckedContinuation<CallFailure?, Never>

  /// What the connection's owner has to know.
  enum Event: Sendable {
    /// The server said something.
    case proved
    /// New calls have to go elsewhere; the connection closes after the running ones.
    case draining
    case closed(ConnectFailure)
  }

  /// Bytes collected before they are written without waiting for the end of the turn.
  private static let writeThreshold = 64 * 1024

  var machine: ClientConnectionStateMachine<ClientCall>
  private var decoder = FrameDecoder()
  private var queue = OutboundQueue<Writer>()
  private var outbound = ByteBuffer()
  /// The body of the last PING of the server that could not be answered yet: a peer that pings without reading gets
  /// one answer, not a queue of them.
  var unansweredPing: ByteBuffer?

  let keepaliveTimes: Keepalive
  var keepalive: KeepaliveStateMachine?
  var deadlineTimer: (at: NIODeadline, task: Scheduled<Void>)?
  var keepaliveTimer: Scheduled<Void>?

  var context: ChannelHandlerContext?
  private var isFlushScheduled = false
  /// Why it ended: what went wrong first.
  private var failure: ConnectFailure?
  private var isProved = false
  private var observer: (@Sendable (Event) -> Void)?
  private var unobserved: [Event] = []
  let logger: Logger

  init(level: ProtocolLevel, firstID: StreamID, keepalive: Keepalive, logger: Logger) {
    self.machine = ClientConnectionStateMachine(isExtended: level == .extended, firstID: firstID)
    self.keepaliveTimes = keepalive
    self.logger = logger
  }

  // MARK: The owner

  func observe(_ observer: @escaping @Sendable (Event) -> Void) {
    self.observer = observer
    let missed = unobserved
    unobserved = []
    missed.forEach(observer)
  }

  func report(_ event: Event) {
    guard let observer else { return unobserved.append(event) }
    observer(event)
  }

  func shutDown() {
    close(ConnectionEnded.shutDown)
  }

  // MARK: Calls

  func submit(_ call: ClientCall, _ writer: Writer?) {
    if let failure = call.failure {
      writer?.resume(returning: failure)
      return
    }
    switch machine.begin(call, call.request.kind, deadline: call.deadline?.instant) {
    case .started(let id):
      enqueue(call, id, writer)
    case .startedLast(let id):
      logger.notice("stream ids used up, the connection will be replaced")
      report(.draining)
      enqueue(call, id, writer)
    case .refused:
      let failure = CallFailure(failure ?? ConnectFailure(ConnectionEnded.drained), notStarted: true)
      call.fail(failure)
      writer?.resume(returning: failure)
    }
  }

  private func enqueue(_ call: ClientCall, _ id: StreamID, _ writer: Writer?) {
    call.started(as: id)
    queue.append(id, .request, writer)
    if let deadline = call.deadline?.instant { scheduleDeadline(deadline) }
    pump()
  }

  func write(_ call: ClientCall, _ message: ByteBuffer, _ writer: Writer) {
    guard machine.call(call.streamID) === call else {
      writer.resume(returning: call.failure ?? .answeredAlready)
      return
    }
    queue.append(call.streamID, .message(message), writer)
    pump()
  }

  func finish(_ call: ClientCall) {
    guard machine.call(call.streamID) === call else { return }
    queue.append(call.streamID, .close, nil)
    pump()
  }

  /// The call has ended for its caller already.
  func giveUp(_ call: ClientCall) {
    guard machine.call(call.streamID) === call else { return }
    drop(call.streamID, because: call.failure ?? .cancelled)
    settle()
  }

  /// Ends a call on this side: tells the server if there is a way, and releases who still wanted to write.
  func drop(_ id: StreamID, because failure: CallFailure) {
    if machine.giveUp(id) == .sendCancel {
      encode(Frame(streamID: id, type: .cancel))
    }
    release(id, because: failure)
  }

  func release(_ id: StreamID, because failure: CallFailure) {
    for writer in queue.remove(id) { writer.resume(returning: failure) }
  }

  // MARK: Writing

  /// Takes what waits for as long as the channel has room.
  private func pump() {
    guard let context else { return }
    if let ping = unansweredPing, context.channel.isWritable {
      unansweredPing = nil
      encode(Frame(streamID: .connection, type: .ping, flags: .acknowledgement, body: ping))
    }
    while context.channel.isWritable, let entry = queue.popFirst() {
      take(entry)
      if outbound.readableBytes >= Self.writeThreshold { writeOut() }
    }
    scheduleFlush()
  }

  private func take(_ entry: OutboundQueue<Writer>.Entry) {
    guard let call = machine.call(entry.id) else {
      entry.writer?.resume(returning: .answeredAlready)
      return
    }
    switch entry.item {
    case .request:
      takeRequest(call, entry.id, entry.writer)
    case .message(let message):
      switch machine.send(entry.id) {
      case .send:
        let isEncoded = encode(Frame(streamID: entry.id, type: .data, body: message))
        entry.writer?.resume(returning: isEncoded ? nil : .requestTooLarge)
      case .refuseFinished: entry.writer?.resume(returning: .finishedAlready)
      case .refuseDone: entry.writer?.resume(returning: call.failure ?? .answeredAlready)
      }
    case .close:
      if machine.finish(entry.id) == .sendClose {
        encode(Frame(streamID: entry.id, type: .data, flags: [.remoteClosed, .noData]))
      }
    }
  }

  private func takeRequest(_ call: ClientCall, _ id: StreamID, _ writer: Writer?) {
    let left = call.deadline?.nanosecondsLeft(at: now)
    if let left, left <= 0 { return fail(call, id, .deadlineExceeded, writer) }
    let envelope = RequestEnvelope(
      service: call.request.service, method: call.request.method, payload: call.request.payload ?? ByteBuffer(),
      timeoutNanoseconds: left ?? 0, metadata: call.request.metadata)
    do {
      try FrameEncoder.encode(
        streamID: id, type: .request, flags: FrameFlags(request: call.request.kind), into: &outbound
      ) { envelope.encode(into: &$0) }
    } catch {
      return fail(call, id, .requestTooLarge, writer)
    }
    // Cannot be refused: the call is in the table, and its Request is queued once.
    _ = machine.writeRequest(id)
    writer?.resume(returning: nil)
  }

  func fail(_ call: ClientCall, _ id: StreamID, _ failure: CallFailure, _ writer: Writer?) {
    call.fail(failure)
    writer?.resume(returning: failure)
    drop(id, because: failure)
  }

  @discardableResult
  func encode(_ frame: Frame) -> Bool {
    do {
      try FrameEncoder.encode(frame, into: &outbound)
      return true
    } catch {
      return false
    }
  }

  private func scheduleFlush() {
    guard !isFlushScheduled, outbound.readableBytes > 0, let context else { return }
    isFlushScheduled = true
    context.eventLoop.assumeIsolated().execute {
      self.isFlushScheduled = false
      self.writeOut()
    }
  }

  func writeOut() {
    guard let context, outbound.readableBytes > 0 else { return }
    let bytes = outbound
    outbound = context.channel.allocator.buffer(capacity: 0)
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
  }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    guard context.channel.isActive else { return }
    startKeepalive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end(ConnectFailure(ConnectionEnded.byPeer))
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    startKeepalive()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(ConnectFailure(ConnectionEnded.byPeer))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    close(error)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // The server has said its last word; whatever still runs will not be answered.
    if event as? ChannelEvent == .inputClosed { close(ConnectionEnded.byPeer) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { pump() }
    context.fireChannelWritabilityChanged()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isProved {
      isProved = true
      report(.proved)
    }
    keepalive?.received(now: now)
    decoder.append(unwrapInboundIn(data))
    while machine.state != .closed, let event = decoder.next() {
      switch event {
      case .frame(let frame): received(frame)
      case .oversize(let header): receivedOversize(header)
      }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    settle()
    writeOut()
    context.fireChannelReadComplete()
  }

  // MARK: The end

  /// After whatever may have been the last call of a draining connection, or have made room.
  func settle() {
    pump()
    if machine.isDrained {
      writeOut()
      close(ConnectionEnded.drained)
    }
  }

  func close(_ error: any Error) {
    end(ConnectFailure(error))
    context?.close(promise: nil)
  }

  /// Settles everything before anybody is told: first the owner, so that a call tried again finds another connection.
  private func end(_ failure: ConnectFailure) {
    guard machine.state != .closed else { return }
    self.failure = failure
    let lost = machine.closed()
    keepalive?.connectionClosed()
    keepaliveTimer?.cancel()
    deadlineTimer?.task.cancel()
    report(.closed(failure))
    for lost in lost {
      let failure = CallFailure(failure, notStarted: lost.notStarted)
      lost.call.fail(failure)
      release(lost.call.streamID, because: failure)
    }
  }
}
