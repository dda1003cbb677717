import COpenSSL
import Foundation
import NIOCore
import NIOPosix
import RPC
import Schema

@testable import TLS
@testable import binhchon

/// A caller who keeps its TLS session between visits, and whose connections can be looked at.
final class MatrixClient: Sendable {
  /// One connection, as far as its handshake.
  struct Visit: Sendable {
    var channel: any NIOCore.Channel
    var isResumed: Bool
    var version: String
  }

  private let connector: Connector
  private let client: Shared<TestClient>

  var visits: [Visit] { connector.visits.value }

  /// - Parameter identity: PATH of PATH.pem and PATH.key, with `ca.pem` beside them.
  init(port: Int, identity: String, version: TLSMatrix.Cell.Version) throws {
    let settings = try ConnectionSettings(
      ConnectionSettings.Flags(server: "127.0.0.1:\(port)", identity: identity), ProcessEnvironment(variables: [:]))
    let inner = try TLSConnector(settings, group: MultiThreadedEventLoopGroup.singleton)
    if version == .tls12 {
      let context = inner.contexts.latest().pointer
      guard
        bc_SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1,
        bc_SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) == 1
      else { throw TLSError.outOfMemory("set the version") }
    }
    connector = Connector(inner: inner)
    client = Shared(TestClient(connector))
  }

  /// Ends what is open. The next call opens another connection, with the session it has.
  func leave() async throws {
    let old = client.value
    await old.shutdown()
    let connector = connector
    client.update { $0 = TestClient(connector) }
  }

  func cast() async -> Refused? { await client.value.refusal(of: Ballots.ballot()) }

  func shutdown() async { await client.value.shutdown() }

  private struct Connector: ClientConnector {
    let inner: TLSConnector
    let visits = Shared<[Visit]>([])

    func connect(
      _ install: @escaping @Sendable (any NIOCore.Channel, ProtocolLevel) throws -> Void
    ) async throws -> any NIOCore.Channel {
      let channel = try await inner.connect(install)
      let visit = try await channel.eventLoop.submit {
        let handler = try channel.pipeline.syncOperations.handler(type: TLSHandler.self)
        return Visit(channel: channel, isResumed: handler.isResumed, version: handler.tlsVersion ?? "")
      }.get()
      visits.update { $0.append(visit) }
      return channel
    }
  }
}
