public import NIOCore
internal import NIOTLS

/// TLS for one channel: ciphertext towards the socket, plaintext towards the rest of the pipeline.
///
/// Fires `TLSUserEvent.handshakeCompleted` when the peer is known and accepted, `.shutdownCompleted` at the peer's
/// close_notify, and `TLSError` as `errorCaught` when something is wrong; after an error it closes the channel itself.
/// An end of input without close_notify is the error `.uncleanShutdown`. `close()` sends close_notify and waits for the
/// peer's, `closeTimeout` at most; closing one direction is not supported (plain ttrpc peers make nothing of it).
public final class TLSHandler: ChannelDuplexHandler {
  public typealias InboundIn = ByteBuffer
  public typealias InboundOut = ByteBuffer
  public typealias OutboundIn = ByteBuffer
  public typealias OutboundOut = ByteBuffer

  private enum Side {
    case server(TLSContextProvider)
    case client(TLSContext, serverHostname: String)
  }

  /// Enough for an alert to arrive and the peer to hang up.
  private static let alertTimeout = TimeAmount.seconds(1)

  private let side: Side
  private var machine = TLSStateMachine()
  private var connection: TLSConnection?
  /// The provider's generation that the handshake began with.
  private var generation: UInt64 = 0
  private var staged = StagedWrites()
  private var handshakeDeadline: Scheduled<Void>?
  private var closeDeadline: Scheduled<Void>?
  private var closePromise: EventLoopPromise<Void>?
  private var context: ChannelHandlerContext?
  /// The pipeline asked for input and has got none since.
  private var isReadWanted = false

  private init(_ side: Side) { self.side = side }

  /// For a connection that was accepted; takes the provider's newest context when the channel becomes active.
  public static func server(provider: TLSContextProvider) -> TLSHandler { TLSHandler(.server(provider)) }

  /// For a connection that we opened.
  ///
  /// - Parameter serverHostname: DNS name or IP address that the server's certificate must be for.
  public static func client(context: TLSContext, serverHostname: String) -> TLSHandler {
    TLSHandler(.client(context, serverHostname: serverHostname))
  }

  // MARK: - After the handshake

  /// Who the peer is; nil if it presented no certificate. Like the rest here only on the event loop.
  public var peerIdentity: PeerIdentity? { connection?.peer?.identity }

  /// The ALPN choice; nil if there was none.
  public var negotiatedProtocol: String? { connection?.negotiatedProtocol }

  /// `TLSv1.3` or `TLSv1.2`.
  public var tlsVersion: String? { connection?.version }

  /// Whether a former session was resumed, so that no certificates were exchanged.
  public var isResumed: Bool { connection?.isResumed ?? false }

  // MARK: - Life in the pipeline

  public func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { activate(context) }
  }

  public func handlerRemoved(context: ChannelHandlerContext) {
    _ = machine.endOfInput()
    closeDeadline.take()?.cancel()
    settle(ChannelError.ioOnClosedChannel)
    closePromise.take()?.fail(ChannelError.ioOnClosedChannel)
    connection = nil
    self.context = nil
  }

  public func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    activate(context)
  }

  public func channelInactive(context: ChannelHandlerContext) {
    endOfInput(context)
    closePromise.take()?.succeed()
    context.fireChannelInactive()
  }

  public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent {
      endOfInput(context)
      closeChannel(context)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  private func activate(_ context: ChannelHandlerContext) {
    guard machine.activate() == .startHandshake else { return }
    do throws(TLSError) {
      let new: TLSConnection
      switch side {
      case .server(let provider):
        let current = provider.snapshot()
        generation = current.generation
        new = try TLSConnection(current.context, buffers: current.context.recordBuffers(on: context.eventLoop))
      case .client(let policy, let serverHostname):
        new = try TLSConnection(
          policy, serverHostname: serverHostname, buffers: policy.recordBuffers(on: context.eventLoop))
      }
      connection = new
      handshakeDeadline = context.eventLoop.assumeIsolated().scheduleTask(
        in: new.context.configuration.handshakeTimeout
      ) {
        self.handshakeTimedOut()
      }
      // With autoRead off nobody else would read during the handshake.
      context.read()
      if !new.context.isServer {
        var progress = new.start()
        perform(&progress, context)
      }
    } catch {
      fail(error, hasLastWords: false, context)
    }
  }

  // MARK: - Inbound

  public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard machine.ciphertext() == .process, let connection else { return }
    var progress = connection.receive(unwrapInboundIn(data))
    perform(&progress, context)
  }

  public func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    readOn(context)
  }

  public func channelWritabilityChanged(context: ChannelHandlerContext) {
    context.fireChannelWritabilityChanged()
    if context.channel.isWritable { readOn(context) }
  }

  /// Input that was no plaintext does not answer a read(), and outside `open` only we want any. But a peer that makes us
  /// answer (KeyUpdate) and does not read the answers is not heard on, or they would pile up without bound.
  private func readOn(_ context: ChannelHandlerContext) {
    let isWanted = machine.state == .open ? isReadWanted && context.channel.isWritable : true
    if isWanted { context.read() }
  }

  /// The connection is not touched again once callbacks begin, except through the machine.
  private func perform(_ progress: inout TLSConnection.Progress, _ context: ChannelHandlerContext) {
    let buffers = connection?.buffers
    if progress.handshakeFinished, let refusal = admit(context) {
      connection?.sendCloseNotify()
      fail(refusal, hasLastWords: true, context)
      return
    }
    sendOutbound(context)
    if progress.handshakeFinished { announce(context) }
    if var plaintext = progress.plaintext.take() {
      if machine.plaintext() == .deliver {
        isReadWanted = false
        context.fireChannelRead(wrapInboundOut(plaintext))
      }
      buffers?.giveBack(plaintext: &plaintext)
    }
    switch progress.end {
    case .more: break
    case .closeNotify: peerClosed(context)
    case .failure(let error, let hasLastWords): fail(error, hasLastWords: hasLastWords, context)
    }
  }

  /// From here on reloads look at this connection; the one that happened during the handshake is made up for.
  private func admit(_ context: ChannelHandlerContext) -> TLSError? {
    guard case .server(let provider) = side, let connection, let peer = connection.peer else { return nil }
    let newer = provider.register(
      NIOLoopBound(self, eventLoop: context.eventLoop), id: ObjectIdentifier(self), notAfter: peer.notAfter ?? 0,
      generation: generation)
    return newer.flatMap(connection.peerRefusal)
  }

  private func announce(_ context: ChannelHandlerContext) {
    guard case .announce(let thenFlush) = machine.handshakeFinished() else { return }
    handshakeDeadline.take()?.cancel()
    context.fireUserInboundEventTriggered(
      TLSUserEvent.handshakeCompleted(negotiatedProtocol: connection?.negotiatedProtocol))
    if thenFlush { flush(context: context) }
  }

  private func peerClosed(_ context: ChannelHandlerContext) {
    // Whoever answers at the end of a burst gets to do so before we close.
    if machine.plaintext() == .deliver { context.fireChannelReadComplete() }
    switch machine.peerClosed() {
    case .ignore: break
    case .reportInterrupted:
      report(.interruptedHandshake, context)
      closeChannel(context)
    case .answerAndLeave:
      settle(ChannelError.ioOnClosedChannel)
      connection?.sendCloseNotify()
      linger(connection?.context.configuration.closeTimeout ?? Self.alertTimeout, context)
      let written = context.eventLoop.makePromise(of: Void.self)
      written.futureResult.assumeIsolated().whenComplete { _ in
        if self.machine.lastBytesWritten() == .close, let context = self.context { self.closeChannel(context) }
      }
      context.fireUserInboundEventTriggered(TLSUserEvent.shutdownCompleted)
      sendOutbound(context, promise: written)
    case .announceAndClose:
      context.fireUserInboundEventTriggered(TLSUserEvent.shutdownCompleted)
      closeChannel(context)
    }
  }

  private func endOfInput(_ context: ChannelHandlerContext) {
    let action = machine.endOfInput()
    closeDeadline.take()?.cancel()
    settle(ChannelError.ioOnClosedChannel)
    switch action {
    case .reportInterrupted: context.fireErrorCaught(TLSError.interruptedHandshake)
    case .reportUnclean: context.fireErrorCaught(TLSError.uncleanEnd)
    case .finish, .ignore: break
    }
  }

  // MARK: - Outbound

  public func read(context: ChannelHandlerContext) {
    isReadWanted = true
    context.read()
  }

  public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch machine.write() {
    case .stage: staged.append(unwrapOutboundIn(data), promise)
    case .refuse: promise?.fail(ChannelError.ioOnClosedChannel)
    }
  }

  public func flush(context: ChannelHandlerContext) {
    guard machine.flush() == .encrypt, let connection, let (bytes, promise) = staged.take() else { return }
    if let error = connection.send(bytes) {
      promise?.fail(error)
      fail(error, hasLastWords: true, context)
    } else {
      sendOutbound(context, promise: promise)
    }
  }

  public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all else {
      promise?.fail(ChannelError.operationUnsupported)
      return
    }
    switch machine.close() {
    case .pass: context.close(promise: promise)
    case .wait: join(promise)
    case .close:
      join(promise)
      settle(ChannelError.ioOnClosedChannel)
      closeChannel(context)
    case .sayGoodbye:
      join(promise)
      settle(ChannelError.ioOnClosedChannel)
      connection?.sendCloseNotify()
      linger(connection?.context.configuration.closeTimeout ?? Self.alertTimeout, context)
      sendOutbound(context)
      context.read()
    }
  }

  private func sendOutbound(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
    if let connection, var bytes = connection.takeOutbound() {
      context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
      connection.buffers.giveBack(ciphertext: &bytes)
    } else if promise != nil {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }
  }

  // MARK: - Trouble and endings

  /// The provider's lists have changed, or time has passed. On the event loop.
  func judgePeer(by policy: TLSContext) {
    guard let context, let refusal = connection?.peerRefusal(by: policy) else { return }
    switch machine.revoked() {
    case .ignore: break
    case .close: closeChannel(context)
    case .tellAndClose:
      connection?.sendCloseNotify()
      report(refusal, context)
      closeChannel(context)
    }
  }

  private func handshakeTimedOut() {
    guard machine.handshakeDeadline() == .tellAndClose, let context else { return }
    report(.slowHandshake, context)
    closeChannel(context)
  }

  private func fail(_ error: TLSError, hasLastWords: Bool, _ context: ChannelHandlerContext) {
    switch machine.failure(hasLastWords: hasLastWords) {
    case .ignore: break
    case .close: closeChannel(context)
    case .tellAndClose:
      report(error, context)
      closeChannel(context)
    case .tellAndLinger:
      linger(Self.alertTimeout, context)
      report(error, context)
      context.read()
    }
  }

  /// Sends what waits (an alert, a close_notify), then lets the pipeline know.
  private func report(_ error: TLSError, _ context: ChannelHandlerContext) {
    sendOutbound(context)
    settle(error)
    context.fireErrorCaught(error)
  }

  /// Nothing more goes out, nothing is awaited but the end.
  private func settle(_ error: any Error) {
    handshakeDeadline.take()?.cancel()
    if case .server(let provider) = side { provider.unregister(ObjectIdentifier(self)) }
    staged.fail(error)
  }

  private func linger(_ timeout: TimeAmount, _ context: ChannelHandlerContext) {
    closeDeadline?.cancel()
    closeDeadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
      if self.machine.closeDeadline() == .close, let context = self.context { self.closeChannel(context) }
    }
  }

  private func closeChannel(_ context: ChannelHandlerContext) {
    closeDeadline.take()?.cancel()
    context.close(promise: closePromise.take())
  }

  private func join(_ promise: EventLoopPromise<Void>?) {
    guard let promise else { return }
    if let closePromise {
      closePromise.futureResult.cascade(to: promise)
    } else {
      closePromise = promise
    }
  }
}

extension TLSError {
  static var interruptedHandshake: TLSError {
    TLSError(
      .handshakeInterrupted, "the peer closed the connection during the TLS handshake",
      advice: "look into the peer's log; a port scanner or a health check does this too")
  }

  static var slowHandshake: TLSError {
    TLSError(
      .handshakeTimeout, "the peer did not finish the TLS handshake in time",
      advice: "check the network, and that the peer speaks TLS on this port")
  }

  static var uncleanEnd: TLSError {
    TLSError(
      .uncleanShutdown, "the connection ended without close_notify: what the peer sent last may be missing",
      advice: "the peer crashed or the network broke; try again")
  }
}
