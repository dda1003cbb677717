import Glibc
import Logging
import NIOCore
import NIOPosix
import NIOTLS
import RPC
import TLS

/// Accepts TCP connections, secures them, and hands each to the RPC server under the protocol it negotiated.
struct Listener {
  var group: MultiThreadedEventLoopGroup
  var tls: TLSContextProvider
  var server: RPCServer
  /// Who serves callers without a certificate; nil: `server`, if TLS lets them in at all.
  var strangers: Strangers?
  var kioskRule: KioskRule
  var limit: ConnectionLimit
  var handshakes: HandshakeLimit
  var callers: CallerLimit
  var logger: Logger
  let refusals = RefusalLines()
  let memory = MemoryReturn()

  /// Until connections are accepted again after that failed.
  private static let acceptPause = TimeAmount.milliseconds(200)

  func bind(host: String, port: Int) async throws -> any NIOCore.Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { [logger] channel in
        channel.eventLoop.makeCompletedFuture {
          // Without a descriptor left, accepting would fail again and again without a pause.
          try channel.pipeline.syncOperations.addHandlers(
            AcceptBackoffHandler(shouldForwardIOErrorCaught: true) { _ in Self.acceptPause },
            AcceptErrorLogger(logger: logger))
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // A kiosk that lost its power sends no FIN: find out within about a minute (wire.md, keepalive).
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 30)
      .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 10)
      .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 3)
      .childChannelOption(.tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), value: 60_000)
      // Ten thousand small frames in one go would hold up everybody else on the loop: a TLS record's worth, and then others.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2_048, maximum: 16_384)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handshake = try handshakes.begin(channel)
          try limit.take(channel)
          memory.watch(channel)
          try secure(channel, handshake)
        }
      }
    return try await bootstrap.bind(host: host, port: port).get()
  }

  /// Why it could not, and what would do.
  static func words(for error: any Error) -> String {
    switch error {
    case let error as IOError:
      let reason = String(cString: strerror(error.errnoCode))
      return switch error.errnoCode {
      case EADDRINUSE: "\(reason); stop what listens there, or choose another port (listen:, --listen)"
      case EACCES: "\(reason); ports below 1024 take root or CAP_NET_BIND_SERVICE"
      case EADDRNOTAVAIL: "\(reason); it must be an address of this machine, or 0.0.0.0 or [::] for all of them"
      default: reason
      }
    case is SocketAddressError.UnknownHost: return "there is no such host"
    default: return "\(error)"
    }
  }

  private func secure(_ channel: any NIOCore.Channel, _ handshake: HandshakeLimitStateMachine.ID) throws {
    let handler = TLSHandler.server(provider: tls)
    try channel.pipeline.syncOperations.addHandler(handler)
    let peerOfConnection = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    let negotiation = ApplicationProtocolNegotiationHandler { result, channel in
      handshakes.end(handshake)
      let identity = peerOfConnection.value.peerIdentity
      let peer = peer(of: channel, identity: identity)
      if let identity, kioskRule.isBroken(by: identity) {
        logger.error(
          "a certificate of the authority for kiosks says it is no kiosk's: closed; is that authority's key stolen?",
          metadata: ["identity": "\(identity.uri ?? "none")", "serial": "\(identity.serial)"])
        return channel.close()
      }
      if let strangers, identity == nil {
        return strangers.serve(channel, level: level(of: result), peer: peer)
      }
      do {
        try callers.take(
          channel,
          caller: identity == nil
            ? .address(NetworkAddress(channel.remoteAddress)) : .identity(peer.identity ?? peer.certificate))
      } catch {
        return channel.close()
      }
      return server.serve(channel, level: level(of: result), peer: peer)
    }
    try channel.pipeline.syncOperations.addHandlers(
      negotiation, ConnectionErrorLogger(refusals: refusals, logger: logger))
  }

  /// No ALPN means plain ttrpc (wire.md, TLS); a name we did not offer never gets here.
  private func level(of result: ALPNResult) -> ProtocolLevel {
    switch result {
    case .negotiated("ttrpc-ext/1"): .extended
    case .negotiated, .fallback: .plain
    }
  }

  private func peer(of channel: any NIOCore.Channel, identity: PeerIdentity?) -> Peer {
    Peer(
      identity: identity?.uri,
      certificate: identity.map { "\($0.issuer) \($0.serial)" } ?? "none",
      address: channel.remoteAddress?.ipAddress ?? "unknown")
  }
}
