import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a server, and keeps what the client says after the server's first words until it is told
/// to let go: a handshake that takes as long as a test needs.
final class HandshakeHolder: Sendable {
  private struct State {
    var isHolding = true
    var held: [NIOLoopBound<Relay>] = []
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let channel: Mutex<(any Channel)?> = Mutex(nil)

  init(to port: Int) async throws {
    let bound = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { client in
        ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: port).flatMapThrowing { server in
          let front = Relay(to: server, holder: self)
          try client.pipeline.syncOperations.addHandler(front)
          try server.pipeline.syncOperations.addHandler(Relay(to: client, holder: nil, opposite: front))
          try client.syncOptions?.setOption(.autoRead, value: true)
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = bound }
  }

  var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }

  /// Returns once the client has said something that is being kept.
  func holds() async {
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        if !state.held.isEmpty { return true }
        state.waiting.append(continuation)
        return false
      }
      if isHeld { continuation.resume() }
    }
  }

  /// From now on it is a plain relay.
  func letGo() {
    let held = state.withLock { state in
      state.isHolding = false
      return state.held
    }
    for relay in held { relay.eventLoop.execute { relay.value.forwardHeld() } }
  }

  func close() async throws {
    try await channel.withLock { $0 }?.close()
  }

  /// Whether `relay` is to keep its bytes.
  private func keeps(_ relay: NIOLoopBound<Relay>) -> Bool {
    let (isHolding, waiting) = state.withLock { state in
      guard state.isHolding else { return (false, [CheckedContinuation<Void, Never>]()) }
      state.held.append(relay)
      defer { state.waiting = [] }
      return (true, state.waiting)
    }
    for continuation in waiting { continuation.resume() }
    return isHolding
  }

  /// One direction.
  private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    /// Of the direction that may be held.
    private let holder: HandshakeHolder?
    private let opposite: Relay?
    private var hasServerSpoken = false
    private var held: [ByteBuffer] = []

    init(to other: any Channel, holder: HandshakeHolder?, opposite: Relay? = nil) {
      self.other = other
      self.holder = holder
      self.opposite = opposite
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      opposite?.hasServerSpoken = true
      let bytes = unwrapInboundIn(data)
      if let holder, hasServerSpoken, holder.keeps(NIOLoopBound(self, eventLoop: context.eventLoop)) {
        held.append(bytes)
      } else {
        forwardHeld()
        other.writeAndFlush(bytes, promise: nil)
      }
    }

    func forwardHeld() {
      for bytes in held { other.writeAndFlush(bytes, promise: nil) }
      held = []
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
