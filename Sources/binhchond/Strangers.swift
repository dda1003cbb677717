import Logging
import NIOCore
import RPC

/// Connections without a client certificate, where kiosks are enrolled: a router of their own that knows enrolment and
/// health, few at once and fewer from one address, each for a short while: for a shorter one if others wait.
struct Strangers {
  /// At once. A kiosk needs its connection for less than a second.
  static let most = 64
  static let mostPerAddress = 8
  static let lifetime = TimeAmount.seconds(30)

  var server: RPCServer
  var limit: HandshakeLimit

  init(router: Router, logger: Logger) {
    var limits = ServerLimits()
    // `limit` counts; who gives way may still be closing here.
    limits.connections = 2 * Self.most
    limits.unaryCallsPerConnection = 2
    limits.unaryCalls = Self.most
    limits.streamsPerConnection = 1
    limits.streams = Self.most
    limits.bytesHeld = 8 << 20
    limits.bytesUnread = 8 << 20
    server = RPCServer(router: router, limits: limits, logger: logger)
    limit = HandshakeLimit(
      most: Self.most, mostPerAddress: Self.mostPerAddress, of: "connections without a certificate", logger: logger)
  }

  func serve(_ channel: any NIOCore.Channel, level: ProtocolLevel, peer: Peer) -> EventLoopFuture<Void> {
    do {
      _ = try limit.begin(channel, at: channel.eventLoop.now)
    } catch {
      channel.close(promise: nil)
      return channel.eventLoop.makeFailedFuture(error)
    }
    let end = channel.eventLoop.scheduleTask(in: Self.lifetime) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in end.cancel() }
    return server.serve(channel, level: level, peer: peer)
  }
}
