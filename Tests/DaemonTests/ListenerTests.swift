import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import RPC
import Synchronization
import TLS
import Testing

@testable import binhchond

@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
  /// Whether a stranger with an empty ClientHello is told what is wrong (an alert), or turned away without a word.
  private func isLetIn(_ address: SocketAddress) async throws -> Bool {
    let bytes = ByteCount()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Counter(bytes))
        }
      }
      .connect(to: address).get()
    channel.writeAndFlush(ByteBuffer(bytes: [22, 3, 1, 0, 4, 1, 0, 0, 0]), promise: nil)
    try await channel.closeFuture.get()
    return bytes.value > 0
  }

  @Test func connectionsCountFromTheMomentTheyAreAccepted() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try DemoCertificates.make(in: directory, trustDomain: "binhchon.test")
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let tls = try TLSContextProvider(
      .server(
        certificateChainFile: "\(directory)/server.pem", privateKeyFile: "\(directory)/server.key",
        trustRootsFile: "\(directory)/ca.pem"))
    // One loop, so that connections are let in in their order.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener = Listener(
      group: group, tls: tls, server: RPCServer(router: Router(), logger: logger),
      kioskRule: KioskRule(authorities: [], trustDomain: "binhchon.test"),
      limit: ConnectionLimit(2, logger: logger),
      handshakes: HandshakeLimit(most: 100, mostPerAddress: 100, logger: logger),
      callers: CallerLimit(100, logger: logger), logger: logger)
    let channel = try await listener.bind(host: "127.0.0.1", port: 0)
    let address = try #require(channel.localAddress)

    #expect(try await isLetIn(address))
    var silent: [any NIOCore.Channel] = []
    for _ in 0..<2 {
      silent.append(try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get())
    }
    #expect(try await !isLetIn(address))
    try await silent[0].close()
    while try await !isLetIn(address) { try Task.checkCancellation() }
    try await silent[1].close()
    try await channel.close()
    try await group.shutdownGracefully()
  }
}

private final class Counter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let bytes: ByteCount

  init(_ bytes: ByteCount) {
    self.bytes = bytes
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes.add(unwrapInboundIn(data).readableBytes)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

private final class ByteCount: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add(_ more: Int) { count.add(more, ordering: .relaxed) }
}
