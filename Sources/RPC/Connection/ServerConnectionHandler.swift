internal import Logging
internal import NIOCore
internal import Wire

/// The server's end of one connection: bytes to frames, frames to the machine, the machine's decisions to calls, calls'
/// answers to bytes. Decides nothing itself. Lives on the channel's event loop, at the end of its pipeline.
final class ServerConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What one server gives to all its connections: one object, or each of thousands would carry a copy of the limits.
  final class Shared: Sendable {
    let router: Router
    let limits: ServerLimits
    let budget: ServerBudget

    init(router: Router, limits: ServerLimits, budget: ServerBudget) {
      self.router = router
      self.limits = limits
      self.budget = budget
    }
  }

  let shared: Shared
  let peer: Peer
  let logger: Logger
  let mailbox: ConnectionMailbox
  let shortcuts: LoopShortcuts
  /// This connection's, made with the first call that is one of a shortcut's method.
  var openedShortcuts: [(any ShortcutConnection)?] = []
  var machine: ServerConnectionStateMachine
  var calls: [StreamID: RunningCall] = [:]
  /// Of the calls that a shortcut took, which are not among `calls`.
  var shortcutDeadlines: [(id: StreamID, deadline: NIODeadline)] = []
  var output = ServerOutput()
  private(set) var context: ChannelHandlerContext?

  private var decoder = FrameDecoder()
  /// Bytes of the unfinished frame that are counted in the server's budget.
  private var bytesHeld = 0
  /// Since when the unfinished frame is awaited; nil between frames.
  private var frameStarted: NIODeadline?
  private var frameTimer: Scheduled<Void>?
  /// When calls are looked through for deadlines that have passed.
  var deadlineTimer: (due: NIODeadline, task: Scheduled<Void>)?
  /// When what is taken now was read: asked for once, not for every frame.
  private(set) var timeOfRead = NIODeadline.distantPast
  /// Inside a burst of reads: what is written meanwhile leaves at its end.
  var isReading = false
  /// Told something by its event loop's mailbox, and not settled since.
  var hasMail = false
  /// What the channel says of itself, as of its last event.
  private(set) var isWritable = true
  /// Bytes waiting to be written may be counted in the server's budget; not while the channel is writable.
  private var isCountedUnread = false
  /// The channel asked to read while too much waited to be written.
  private var hasPendingRead = false

  init(
    shared: Shared, level: ProtocolLevel, peer: Peer, logger: Logger, mailbox: ConnectionMailbox,
    shortcuts: LoopShortcuts
  ) {
    self.shared = shared
    self.shortcuts = shortcuts
    self.peer = peer
    self.logger = logger
    self.mailbox = mailbox
    machine = ServerConnectionStateMachine(level: level, limits: shared.limits)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    isWritable = context.channel.isWritable
    mailbox.attach(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    connectionEnded()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    connectionEnded()
    context.fireChannelInactive()
  }

  private func connectionEnded() {
    for id in machine.connectionEnded() {
      cancelCall(id, RPCError(.cancelled, "the connection ended"))
    }
    frameTimer?.cancel()
    frameTimer = nil
    deadlineTimer?.task.cancel()
    deadlineTimer = nil
    shared.budget.bytes.giveBack(bytesHeld)
    bytesHeld = 0
    forgetUnread()
    decoder = FrameDecoder()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // The peer's end of input is the end: who has no way to hear of a cancelled call may wait for no answer either.
    if case ChannelEvent.inputClosed = event { closeAfterWriting() }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.debug("connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  // MARK: Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReading = true
    timeOfRead = context.eventLoop.now
    decoder.append(unwrapInboundIn(data))
    while machine.state != .closed, let event = decoder.next() {
      frameStarted = nil
      switch event {
      case .frame(let frame): perform(machine.received(frame))
      case .oversize(let header): perform(machine.receivedOversize(header))
      }
    }
    guard machine.state != .closed else { return }
    holdPartialFrame()
    watchPartialFrame()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    settle()
    context.fireChannelReadComplete()
  }

  /// Too much waits to be written: the peer is not heard before it has read. What runs goes on and is answered.
  func read(context: ChannelHandlerContext) {
    if isWritable {
      context.read()
    } else {
      hasPendingRead = true
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    if isWritable {
      forgetUnread()
      if hasPendingRead {
        hasPendingRead = false
        // The time during which we did not listen is not the peer's.
        if frameStarted != nil { frameStarted = context.eventLoop.now }
        context.read()
      }
      settle()
    }
    context.fireChannelWritabilityChanged()
  }

  /// After a write, while the peer reads more slowly than it asks. False: too much waits, and the connection is closed.
  func countUnread(_ context: ChannelHandlerContext) -> Bool {
    guard !isWritable, machine.state != .closed else { return true }
    // A channel that cannot say is not a socket, and keeps nothing back.
    let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    var mustClose = waiting > shared.limits.bytesUnreadPerConnection
    if !mustClose {
      isCountedUnread = true
      for channel in shared.budget.unread.note(waiting, on: context.channel) {
        if channel === context.channel {
          mustClose = true
        } else {
          logger.info("closing another connection: its peer does not read its answers")
          channel.close(promise: nil)
        }
      }
    }
    if mustClose { logger.info("closing: the peer does not read its answers", metadata: ["bytes": "\(waiting)"]) }
    return !mustClose
  }

  private func forgetUnread() {
    guard isCountedUnread, let context else { return }
    isCountedUnread = false
    _ = shared.budget.unread.note(0, on: context.channel)
  }

  private func perform(_ action: ServerConnectionStateMachine.OnFrame) {
    switch action {
    case .request(let id, let flags, let body):
      startCall(id, flags: flags, body: body)
    case .deliver(let id, let message, let endsInput):
      deliver(message, to: id)
      if endsInput { calls[id]?.requests?.end() }
    case .endInput(let id):
      calls[id]?.requests?.end()
    case .answer(let id, let status, let cancelling):
      output.stage(status, on: id)
      if cancelling { cancelCall(id, RPCError(status)) }
    case .cancel(let id):
      cancelCall(id, RPCError(.cancelled, "the client cancelled the call"))
    case .echoPing(let body):
      output.stage(Frame(streamID: .connection, type: .ping, flags: .acknowledgement, body: body))
    case .answerAndClose(let id, let status):
      output.stage(status, on: id)
      closeAfterWriting()
    case .ignore:
      break
    }
  }

  /// An unfinished frame counts among the bytes the server holds for all its peers; if there are too many, its rest is
  /// dropped instead of stored.
  private func holdPartialFrame() {
    let growth = shared.counted(decoder.bufferedBytes) - bytesHeld
    if growth < 0 {
      shared.budget.bytes.giveBack(-growth)
      bytesHeld += growth
    } else if growth > 0 {
      if shared.budget.bytes.take(growth) {
        bytesHeld += growth
      } else if let header = decoder.abandonFrame() {
        shared.budget.bytes.giveBack(bytesHeld)
        bytesHeld = 0
        perform(machine.abandoned(header))
      }
    }
  }

  /// The rest of a started frame has a deadline. One timer looks again when it may have passed; it is not moved with
  /// every read.
  private func watchPartialFrame() {
    guard decoder.isInsideFrame, let eventLoop = context?.eventLoop else {
      frameStarted = nil
      return
    }
    guard frameStarted == nil else { return }
    frameStarted = eventLoop.now
    if frameTimer == nil { lookAtPartialFrame(in: shared.limits.partialFrame) }
  }

  private func lookAtPartialFrame(in delay: TimeAmount) {
    frameTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
      self?.partialFrameTimerFired()
    }
  }

  private func partialFrameTimerFired() {
    frameTimer = nil
    guard let frameStarted, let context else { return }
    let left = shared.limits.partialFrame - (context.eventLoop.now - frameStarted)
    if left > .zero {
      lookAtPartialFrame(in: left)
    } else if hasPendingRead {
      lookAtPartialFrame(in: shared.limits.partialFrame)
    } else {
      logger.info("closing: the rest of a frame did not come in time")
      closeAfterWriting()
    }
  }
}
