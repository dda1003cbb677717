internal import NIOCore
internal import NIOPosix
internal import NIOTLS
public import RPC
public import TLS

/// Opens TLS connections to one server for the RPC client.
struct TLSConnector: ClientConnector {
  let address: ServerAddress
  /// The name that the server's certificate must carry.
  let serverName: String
  let contexts: ClientContexts
  let group: any EventLoopGroup

  static let connectTimeout = TimeAmount.seconds(5)

  /// Reads the identity's files. Throws `TLSError` for files that are no certificate, no key, or not a pair.
  init(_ settings: ConnectionSettings, group: any EventLoopGroup) throws(TLSError) {
    address = settings.server
    serverName = settings.serverName ?? settings.server.host
    contexts = try ClientContexts(
      .client(
        trustRootsFile: settings.identity.trustRoots, certificateChainFile: settings.identity.certificate,
        privateKeyFile: settings.identity.key, applicationProtocols: ["ttrpc-ext/1", "ttrpc"]))
    self.group = group
  }

  func connect(
    _ install: @escaping @Sendable (any NIOCore.Channel, ProtocolLevel) throws -> Void
  ) async throws -> any NIOCore.Channel {
    let context = contexts.latest()
    let ready = group.next().makePromise(of: Void.self)
    let bootstrap = ClientBootstrap(group: group)
      .connectTimeout(Self.connectTimeout)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelInitializer { [context, serverName] channel in
        channel.eventLoop.makeCompletedFuture {
          let negotiation = ApplicationProtocolNegotiationHandler { result, channel in
            channel.eventLoop.makeCompletedFuture {
              try install(channel, Self.level(of: result))
              ready.succeed()
            }
          }
          try channel.pipeline.syncOperations.addHandlers(
            TLSHandler.client(context: context, serverHostname: serverName), negotiation, HandshakeFailure(ready))
        }
      }
    let channel: any NIOCore.Channel
    do {
      channel = try await bootstrap.connect(host: address.host, port: address.port).get()
    } catch {
      ready.fail(error)
      throw NotConnected(cause: error)
    }
    do {
      // The handshake ends by its own deadline; a caller who gives up ends it at once.
      try await withTaskCancellationHandler {
        try await ready.futureResult.get()
      } onCancel: {
        channel.close(promise: nil)
      }
    } catch {
      channel.close(promise: nil)
      throw NotConnected(cause: error)
    }
    return channel
  }

  private static func level(of result: ALPNResult) -> ProtocolLevel {
    switch result {
    case .negotiated("ttrpc-ext/1"): .extended
    case .negotiated, .fallback: .plain
    }
  }
}

/// There is no way to the server now. Calls fail at once: people see it, and loops that can wait set their own pace.
struct NotConnected: PermanentConnectFailure {
  var cause: any Error
}

/// Says why a handshake did not end well.
private final class HandshakeFailure: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let ready: EventLoopPromise<Void>

  init(_ ready: EventLoopPromise<Void>) {
    self.ready = ready
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The first one counts; after the handshake this does nothing, and the RPC client's handler hears it.
    ready.fail(error)
    context.fireErrorCaught(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    ready.fail(ChannelError.eof)
    context.fireChannelInactive()
  }
}

/// A certificate may be refused after the handshake, in the first bytes that are read (TLS 1.3): for people to mend.
extension TLSError: PermanentConnectFailure {
  public var isPermanentConnectFailure: Bool {
    switch code {
    case .handshakeTimeout, .handshakeInterrupted, .uncleanShutdown, .internalFailure, .protocolViolation, .peerAlert:
      false
    default: true
    }
  }
}
