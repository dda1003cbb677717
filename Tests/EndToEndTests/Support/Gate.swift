import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Stands between a client and its server. Told to, it holds or cuts the first connection on which so many bytes have
/// gone to the server; all others stay as they are.
final class Gate: Sendable {
  enum Act { case hold, cut }

  private struct State {
    var sent = 0
    var next: (bytes: Int, act: Act)?
    var release: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())
  private let channel = Mutex<(any Channel)?>(nil)
  private let reaches: AsyncStream<Bool>
  private let reached: AsyncStream<Bool>.Continuation

  /// How many bytes clients have sent so far.
  var sent: Int { state.withLock { $0.sent } }

  init() { (reaches, reached) = AsyncStream.makeStream() }

  /// - Returns: where clients find it.
  func start(to server: ServerProcess) async throws -> String {
    let bound = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { client in
        ClientBootstrap(group: client.eventLoop)
          .channelInitializer { server in
            server.eventLoop.makeCompletedFuture {
              try server.pipeline.syncOperations.addHandler(GateRelay(to: client, nil))
            }
          }
          .connect(host: "127.0.0.1", port: server.port)
          .flatMapThrowing { server in
            try client.pipeline.syncOperations.addHandler(GateRelay(to: server, self))
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = bound }
    return "127.0.0.1:\(try #require(bound.localAddress?.port))"
  }

  func stop() async throws {
    try await channel.withLock { $0.take() }?.close().get()
  }

  func arm(_ act: Act, after bytes: Int) { state.withLock { $0.next = (bytes, act) } }

  /// Nothing is to be held or cut any more.
  func disarm() {
    let wasArmed = state.withLock { $0.next.take() != nil }
    if wasArmed { reached.yield(false) }
  }

  /// Returns once a connection was held or cut; false if it was disarmed or the test cancelled before.
  func wasReached() async -> Bool {
    for await isReached in reaches { return isReached }
    return false
  }

  /// What is held goes on.
  func open() { state.withLock { $0.release.take() }?() }

  /// What to do with a connection on which so many bytes have come: told once.
  fileprivate func act(on more: Int, at bytes: Int, release: @escaping @Sendable () -> Void) -> Act? {
    let act = state.withLock { state -> Act? in
      state.sent += more
      guard let next = state.next, bytes >= next.bytes else { return nil }
      state.next = nil
      if next.act == .hold { state.release = release }
      return next.act
    }
    if act != nil { reached.yield(true) }
    return act
  }
}

/// One direction of a connection. Both ends are on one event loop.
private final class GateRelay: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let peer: any Channel
  /// Nil: everything passes.
  private let gate: Gate?
  private var count = 0
  private var held: [ByteBuffer]?

  init(to peer: any Channel, _ gate: Gate?) {
    self.peer = peer
    self.gate = gate
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    count += bytes.readableBytes
    if held != nil {
      held?.append(bytes)
      return
    }
    let loop = context.eventLoop
    let relay = NIOLoopBound(self, eventLoop: loop)
    switch gate?.act(on: bytes.readableBytes, at: count, release: { loop.execute { relay.value.release() } }) {
    case .hold: held = [bytes]
    case .cut:
      peer.close(promise: nil)
      context.close(promise: nil)
    case nil: peer.writeAndFlush(bytes, promise: nil)
    }
  }

  private func release() {
    for bytes in held.take() ?? [] { peer.writeAndFlush(bytes, promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    peer.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset is what this is about.
    context.close(promise: nil)
  }
}
