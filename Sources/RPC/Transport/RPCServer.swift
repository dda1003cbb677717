public import Logging
public import NIOCore
internal import Synchronization

/// Serves a router's methods over channels somebody else accepted and secured.
public final class RPCServer: Sendable {
  private struct Connection: Sendable {
    let channel: any Channel
    let mailbox: ConnectionMailbox
  }

  /// What the connections of one event loop share.
  private struct Loop: Sendable {
    let mailbox: LoopMailbox
    let shortcuts: NIOLoopBound<LoopShortcuts>
  }

  private struct State: Sendable {
    var connections: [ObjectIdentifier: Connection] = [:]
    var loops: [ObjectIdentifier: Loop] = [:]
    var isDraining = false
  }

  private let shared: ServerConnectionHandler.Shared
  private let logger: Logger
  private let state = Mutex(State())

  public init(router: Router, limits: ServerLimits = ServerLimits(), logger: Logger) {
    shared = ServerConnectionHandler.Shared(router: router, limits: limits, budget: ServerBudget(limits))
    self.logger = logger
  }

  /// Connections being served.
  public var connectionCount: Int { state.withLock { $0.connections.count } }

  /// Serves `channel`: adds our handler at the end of its pipeline, at once if called on its event loop. TLS and ALPN
  /// are done; the channel reads by itself (`autoRead`). The future fails, and the channel is closed, with `RPCError`
  /// code 8 when there are too many connections, 14 when the server drains.
  @discardableResult
  public func serve(_ channel: any Channel, level: ProtocolLevel, peer: Peer) -> EventLoopFuture<Void> {
    channel.eventLoop.submitNow {
      do {
        try self.install(on: channel, level: level, peer: peer)
      } catch {
        channel.close(promise: nil)
        throw error
      }
    }
  }

  private func install(on channel: any Channel, level: ProtocolLevel, peer: Peer) throws {
    let id = ObjectIdentifier(channel)
    guard shared.budget.connections.take() else {
      logger.warning("connection refused: too many connections")
      throw RPCError(.resourceExhausted, "too many connections")
    }
    let loop = loop(channel.eventLoop)
    let mailbox = loop.mailbox.open()
    let isDraining = state.withLock { state in
      if !state.isDraining { state.connections[id] = Connection(channel: channel, mailbox: mailbox) }
      return state.isDraining
    }
    guard !isDraining else {
      mailbox.close()
      shared.budget.connections.giveBack()
      throw RPCError(ServerConnectionStateMachine.shuttingDown)
    }
    channel.closeFuture.whenComplete { _ in
      self.shared.budget.connections.giveBack()
      self.state.withLock { $0.connections[id] = nil }
      mailbox.close()
    }
    var logger = logger
    logger[metadataKey: "peer"] = "\(peer.identity ?? "no certificate")"
    if logger.logLevel <= .debug { logger[metadataKey: "address"] = "\(peer.address)" }
    // The channel says when it holds too much; the handler stops reading then.
    let bound = shared.limits.writeBound
    try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: bound / 4, high: bound))
    try channel.pipeline.syncOperations.addHandler(
      ServerConnectionHandler(
        shared: shared, level: level, peer: peer, logger: logger, mailbox: mailbox, shortcuts: loop.shortcuts.value))
  }

  /// Call on `eventLoop`.
  private func loop(_ eventLoop: any EventLoop) -> Loop {
    state.withLock { state in
      let id = ObjectIdentifier(eventLoop)
      if let loop = state.loops[id] { return loop }
      let mailbox = LoopMailbox(eventLoop: eventLoop, budget: shared.budget)
      let shortcuts = LoopShortcuts(shared.router, port: ReplyPort(mailbox), eventLoop: eventLoop)
      let loop = Loop(mailbox: mailbox, shortcuts: NIOLoopBound(shortcuts, eventLoop: eventLoop))
      state.loops[id] = loop
      return loop
    }
  }

  /// Ends the service: no new connections, new calls answered with code 14, running calls finish within `grace`; what
  /// runs then is cancelled and answered with code 14. Streams that conflate end at once. Returns when every connection
  /// is closed.
  public func drain(grace: Duration) async {
    let connections = state.withLock { state in
      state.isDraining = true
      return Array(state.connections.values)
    }
    for connection in connections { connection.mailbox.post(.drain) }
    let deadlines = connections.map { connection in
      connection.channel.eventLoop.scheduleTask(in: grace.timeAmount) { connection.mailbox.post(.endNow) }
    }
    for connection in connections {
      // Fails only if the channel closes in error: closed it is.
      _ = try? await connection.channel.closeFuture.get()
    }
    for deadline in deadlines { deadline.cancel() }
  }
}

extension EventLoop {
  /// Runs `work` at once when on this event loop, and there otherwise: bytes must not pass before a handler is added.
  fileprivate func submitNow(_ work: @escaping @Sendable () throws -> Void) -> EventLoopFuture<Void> {
    guard inEventLoop else { return submit(work) }
    return makeCompletedFuture(withResultOf: work)
  }
}
