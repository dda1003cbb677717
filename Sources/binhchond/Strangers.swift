import Logging
import NIOCore
import RPC

/// Connections without a client certificate, where kiosks are enrolled: a router of their own that knows enrolment and
/// health, few at once, each for a short while.
struct Strangers {
  /// At once. A kiosk needs its connection for less than a second.
  static let most = 64
  static let lifetime = TimeAmount.seconds(30)

  var server: RPCServer
  var limit: ConnectionLimit

  init(router: Router, logger: Logger) {
    var limits = ServerLimits()
    limits.connections = Self.most
    limits.unaryCallsPerConnection = 2
    limits.unaryCalls = Self.most
    limits.streamsPerConnection = 1
    limits.streams = Self.most
    limits.bytesHeld = 8 << 20
    limits.bytesUnread = 8 << 20
    server = RPCServer(router: router, limits: limits, logger: logger)
    limit = ConnectionLimit(Self.most, of: "connections without a certificate", logger: logger)
  }

  func serve(_ channel: any NIOCore.Channel, level: ProtocolLevel, peer: Peer) -> EventLoopFuture<Void> {
    do {
      try limit.take(channel)
    } catch {
      channel.close(promise: nil)
      return channel.eventLoop.makeFailedFuture(error)
    }
    let end = channel.eventLoop.scheduleTask(in: Self.lifetime) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in end.cancel() }
    return server.serve(channel, level: level, peer: peer)
  }
}
