import NIOCore
import NIOPosix
import Synchronization

/// Where a connection is cut: after so many bytes of one direction.
struct Cut: Hashable {
  enum Direction { case toServer, toKiosk }

  var direction: Direction
  var position: Int
}

/// Stands between a kiosk and its server, and cuts the next connections where it is told.
final class CutProxy: Sendable {
  fileprivate struct State {
    var next: ArraySlice<Cut> = []
    var reached: Set<Cut> = []
    /// The most bytes that a whole connection had, by direction.
    var most: [Cut.Direction: Int] = [:]
  }

  fileprivate let state = Mutex(State())
  private let channel = Mutex<(any Channel)?>(nil)
  /// Directions of whole connections, when they end.
  let ends: AsyncStream<Cut.Direction>
  fileprivate let end: AsyncStream<Cut.Direction>.Continuation

  init() { (ends, end) = AsyncStream.makeStream() }

  var address: SocketAddress? { channel.withLock { $0?.localAddress } }
  /// Cuts that have happened.
  var reached: Set<Cut> { state.withLock { $0.reached } }

  func bytes(_ direction: Cut.Direction) -> Int { state.withLock { $0.most[direction] ?? 0 } }

  /// Of the next connections, one each; those after them stay whole.
  func cut(_ cuts: [Cut]) { state.withLock { $0.next = cuts[...] } }

  func start(to server: SocketAddress) async throws {
    let bound = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { kiosk in
        let cut = self.state.withLock { $0.next.popFirst() }
        return ClientBootstrap(group: kiosk.eventLoop)
          .channelOption(.tcpOption(.tcp_nodelay), value: 1)
          .channelInitializer { server in
            server.eventLoop.makeCompletedFuture {
              try server.pipeline.syncOperations.addHandler(Relay(.toKiosk, to: kiosk, cut, self))
            }
          }
          .connect(to: server)
          .flatMapThrowing { server in
            try kiosk.pipeline.syncOperations.addHandler(Relay(.toServer, to: server, cut, self))
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = bound }
  }

  func stop() async throws {
    try await channel.withLock { $0.take() }?.close().get()
  }
}

/// One direction of a connection. Both ends are on one event loop.
private final class Relay: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let direction: Cut.Direction
  private let peer: any Channel
  private let cut: Cut?
  private let proxy: CutProxy
  private var passed = 0

  init(_ direction: Cut.Direction, to peer: any Channel, _ cut: Cut?, _ proxy: CutProxy) {
    self.direction = direction
    self.peer = peer
    self.cut = cut?.direction == direction ? cut : nil
    self.proxy = proxy
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if let cut, passed + bytes.readableBytes >= cut.position {
      let rest = bytes.readSlice(length: max(0, cut.position - passed)) ?? ByteBuffer()
      passed = .max / 2
      proxy.state.withLock { _ = $0.reached.insert(cut) }
      let (peer, channel) = (peer, context.channel)
      peer.writeAndFlush(rest).whenComplete { _ in
        peer.close(promise: nil)
        channel.close(promise: nil)
      }
      return
    }
    passed += bytes.readableBytes
    peer.writeAndFlush(bytes, promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if cut == nil {
      proxy.state.withLock { $0.most[direction] = max($0.most[direction] ?? 0, passed) }
      proxy.end.yield(direction)
    }
    peer.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset is what this is about.
    context.close(promise: nil)
  }
}
