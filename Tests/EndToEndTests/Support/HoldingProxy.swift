import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and its server, and lets nothing more pass to the server once so many bytes have: who is killed
/// then is killed in the middle of what the client sends.
final class HoldingProxy: Sendable {
  private struct State {
    /// To the server, since it was opened or held last.
    var passed = 0
    var hold: (position: Int, reached: AsyncStream<Void>.Continuation)?
  }

  private let state = Mutex(State())
  private let listener = Mutex<(any Channel)?>(nil)

  var address: String { "127.0.0.1:\(listener.withLock { $0?.localAddress?.port } ?? 0)" }

  /// - Parameter port: of the server, which may come and go.
  func start(to port: Int) async throws {
    let bound = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { client in
        ClientBootstrap(group: client.eventLoop)
          .channelOption(.tcpOption(.tcp_nodelay), value: 1)
          .channelInitializer { server in
            server.eventLoop.makeCompletedFuture {
              try server.pipeline.syncOperations.addHandler(HoldingRelay(to: client) { $0 })
            }
          }
          .connect(host: "127.0.0.1", port: port)
          .flatMapThrowing { server in
            try client.pipeline.syncOperations.addHandler(HoldingRelay(to: server) { self.pass($0) })
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    listener.withLock { $0 = bound }
  }

  func stop() async throws {
    open()
    try await listener.withLock { $0.take() }?.close().get()
  }

  /// Only so many bytes pass to the server. A connection that was held goes on never again.
  ///
  /// - Returns: tells once that they have passed, and ends, also when it is opened before.
  func hold(after bytes: Int) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    state.withLock { $0 = State(hold: (bytes, continuation)) }
    return stream
  }

  /// Everything passes that comes on new connections.
  ///
  /// - Returns: how many bytes have passed to the server since it was opened or held last.
  @discardableResult func open() -> Int {
    let (passed, hold) = state.withLock { state in
      defer { state = State() }
      return (state.passed, state.hold)
    }
    hold?.reached.finish()
    return passed
  }

  /// How many of these bytes may pass.
  private func pass(_ count: Int) -> Int {
    let (passing, reached) = state.withLock { state -> (Int, AsyncStream<Void>.Continuation?) in
      let room = state.hold.map { max(0, $0.position - state.passed) } ?? count
      state.passed += min(count, room)
      return (min(count, room), room < count ? state.hold?.reached : nil)
    }
    reached?.yield()
    reached?.finish()
    return passing
  }
}

/// One direction of a connection. Both ends are on one event loop.
private final class HoldingRelay: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let peer: any Channel
  private let passing: (Int) -> Int
  private var isHeld = false

  init(to peer: any Channel, passing: @escaping (Int) -> Int) {
    self.peer = peer
    self.passing = passing
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isHeld else { return }
    var bytes = unwrapInboundIn(data)
    let count = passing(bytes.readableBytes)
    isHeld = count < bytes.readableBytes
    if let passed = bytes.readSlice(length: count), count > 0 { peer.writeAndFlush(passed, promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    peer.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset is what this is about.
    context.close(promise: nil)
  }
}
