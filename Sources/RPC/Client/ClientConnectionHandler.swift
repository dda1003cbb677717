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

  private var machine: ClientConnectionStateMachine<ClientCall>
  private var decoder = FrameDecoder()
  private var queue = OutboundQueue<Writer>()
  private var outbound = ByteBuffer()
  /// The body of the last PING of the server that could not be answered yet: a peer that pings without reading gets
  /// one answer, not a queue of them.
  private var unansweredPing: ByteBuffer?

  private let keepaliveTimes: Keepalive
  private var keepalive: KeepaliveStateMachine?
  private var deadlineTimer: (at: NIODeadline, task: Scheduled<Void>)?
  private var keepaliveTimer: Scheduled<Void>?

  private var context: ChannelHandlerContext?
  private var isFlushScheduled = false
  /// Why it ended: what went wrong first.
  private var failure: ConnectFailure?
  private var isProved = false
  private var observer: (@Sendable (Event) -> Void)?
  private var unobserved: [Event] = []
  private let logger: Logger

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

  private func report(_ event: Event) {
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
  private func drop(_ id: StreamID, because failure: CallFailure) {
    if machine.giveUp(id) == .sendCancel {
      encode(Frame(streamID: id, type: .cancel))
    }
    release(id, because: failure)
  }

  private func release(_ id: StreamID, because failure: CallFailure) {
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

  private func fail(_ call: ClientCall, _ id: StreamID, _ failure: CallFailure, _ writer: Writer?) {
    call.fail(failure)
    writer?.resume(returning: failure)
    drop(id, because: failure)
  }

  @discardableResult
  private func encode(_ frame: Frame) -> Bool {
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

  private func writeOut() {
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

  // MARK: Frames

  private func received(_ frame: Frame) {
    switch frame.type {
    case .response: receivedResponse(frame)
    case .data:
      perform(
        machine.receivedData(
          frame.streamID, closes: frame.flags.contains(.remoteClosed), hasMessage: !frame.flags.contains(.noData)),
        frame.streamID, frame.body)
    case .ping:
      switch machine.receivedPing(
        isAcknowledgement: frame.flags.contains(.acknowledgement), length: frame.body.readableBytes)
      {
      case .answer: unansweredPing = ByteBuffer(buffer: frame.body)
      case .acknowledged: break
      case .drop: logDropped(frame)
      }
    case .goAway: receivedGoAway(frame)
    default: logDropped(frame)
    }
  }

  private func receivedResponse(_ frame: Frame) {
    guard let call = machine.call(frame.streamID) else { return logDropped(frame) }
    do {
      let response = try ResponseEnvelope(decoding: frame.body)
      let status = response.status ?? .ok
      perform(
        machine.receivedResponse(
          frame.streamID, isOK: status.code == .ok, isEmpty: response.payload.readableBytes == 0),
        frame.streamID, response.payload, status)
    } catch {
      let failure = CallFailure(RPCError(.internal, "the response could not be decoded", cause: error), .ended)
      fail(call, frame.streamID, failure, nil)
    }
  }

  private func perform(
    _ action: ClientConnectionStateMachine<ClientCall>.OnMessage, _ id: StreamID, _ body: ByteBuffer,
    _ status: Status = .ok
  ) {
    switch action {
    case .deliver(let call):
      if !call.deliver(body) { drop(id, because: call.failure ?? .answeredAlready) }
    case .deliverAndEnd(let call):
      _ = call.deliver(body)
      call.end()
      release(id, because: .answeredAlready)
    case .end(let call):
      call.end()
      release(id, because: .answeredAlready)
    case .fail(let call):
      let failure = CallFailure(RPCError(status), .answered)
      call.fail(failure)
      release(id, because: failure)
    case .failUnexpected(let call, let sendCancel):
      if sendCancel { encode(Frame(streamID: id, type: .cancel)) }
      call.fail(.unexpectedData)
      release(id, because: .unexpectedData)
    case .drop:
      logger.debug("frame dropped", metadata: ["stream": "\(id)"])
    }
  }

  private func receivedOversize(_ header: FrameHeader) {
    guard !header.hasReservedByte else { return close(ConnectionEnded.garbage) }
    guard header.type == .response || header.type == .data, let call = machine.call(header.streamID) else { return }
    fail(call, header.streamID, .responseTooLarge, nil)
  }

  /// GOAWAY: the highest id taken (4 bytes), then a status that says why.
  private func receivedGoAway(_ frame: Frame) {
    var body = frame.body
    let highest = body.readInteger(as: UInt32.self).map { StreamID(rawValue: $0) }
    guard case .drain(let refused) = machine.receivedGoAway(highest: highest) else { return logDropped(frame) }
    report(.draining)
    let reason = CallFailure(ConnectFailure(ConnectionEnded.drained), notStarted: true)
    for call in refused {
      call.fail(reason)
      release(call.streamID, because: reason)
    }
  }

  private func logDropped(_ frame: Frame) {
    logger.debug(
      "frame dropped",
      metadata: ["stream": "\(frame.streamID)", "type": "\(frame.type.rawValue)", "flags": "\(frame.flags.rawValue)"])
  }

  // MARK: Time

  private var now: NIODeadline { context?.eventLoop.now ?? .now() }

  /// One timer for all calls, at the earliest deadline known when it was set. An answered call does not stop it: it
  /// fires once for nothing, looks for the next deadline, and a busy connection pays that once per deadline's length.
  private func scheduleDeadline(_ deadline: NIODeadline) {
    guard let context, machine.state != .closed else { return }
    if let timer = deadlineTimer {
      guard deadline < timer.at else { return }
      timer.task.cancel()
    }
    let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.deadlinePassed() }
    deadlineTimer = (deadline, task)
  }

  private func deadlinePassed() {
    deadlineTimer = nil
    for (id, call) in machine.overdue(now: now) {
      call.fail(.deadlineExceeded)
      drop(id, because: .deadlineExceeded)
    }
    if let next = machine.nextDeadline { scheduleDeadline(next) }
    settle()
  }

  private func startKeepalive() {
    guard machine.isExtended, keepalive == nil else { return }
    let keepalive = KeepaliveStateMachine(
      interval: keepaliveTimes.interval.timeAmount, timeout: keepaliveTimes.timeout.timeAmount, now: now)
    self.keepalive = keepalive
    if let timer = keepalive.firstTimer { scheduleKeepalive(timer) }
  }

  private func scheduleKeepalive(_ deadline: NIODeadline) {
    guard let context, machine.state != .closed else { return }
    keepaliveTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.keepaliveFired() }
  }

  private func keepaliveFired() {
    switch keepalive?.timerFired(now: now) {
    case .sleep(let until):
      scheduleKeepalive(until)
    case .ping(let until):
      // Its eight bytes need not be told apart: at most one is outstanding.
      encode(Frame(streamID: .connection, type: .ping, body: ByteBuffer(integer: UInt64(0))))
      writeOut()
      scheduleKeepalive(until)
    case .peerIsDead:
      close(ConnectionEnded.noPong)
    case .stop, nil:
      break
    }
  }

  // MARK: The end

  /// After whatever may have been the last call of a draining connection, or have made room.
  private func settle() {
    pump()
    if machine.isDrained {
      writeOut()
      close(ConnectionEnded.drained)
    }
  }

  private func close(_ error: any Error) {
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

extension FrameFlags {
  /// What a Request says about its input. "No data" beside "remote open" keeps servers that take any payload for a
  /// message from seeing an empty one (ttrpc-rust issue 221); others ignore it.
  init(request kind: MethodKind) {
    self =
      switch kind {
      case .unary: []
      case .serverStream: .remoteClosed
      case .clientStream, .bidirectional: [.remoteOpen, .noData]
      }
  }
}
