import Foundation
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import RPC
internal import Schema
internal import TLS

/// The service that gives kiosks their certificates, as commands use it; a test puts its own in its place.
protocol EnrolmentClient: Sendable {
  func createKioskCode(
    _ request: Binhchon_V1_CreateKioskCodeRequest
  ) async throws -> Binhchon_V1_CreateKioskCodeResponse
  func enrol(_ request: Binhchon_V1_EnrolRequest) async throws -> Binhchon_V1_EnrolResponse
  func renew(_ request: Binhchon_V1_RenewRequest) async throws -> Binhchon_V1_RenewResponse
  func shutdown() async
}

/// The service behind a TLS connection.
struct RPCEnrolmentClient: EnrolmentClient {
  private let client: RPCClient
  private let server: String

  /// With the caller's own certificate.
  init(_ settings: ConnectionSettings, logger: Logger) throws(ClientError) {
    try self.init(server: settings.server, logger: logger) { () throws(TLSError) in
      try TLSConnector(settings, group: MultiThreadedEventLoopGroup.singleton)
    }
  }

  /// Without a certificate, for who has none yet.
  ///
  /// - Parameter trustRoots: the file with the authority that the server's certificate must come from.
  init(
    server: ServerAddress, serverName: String?, trustRoots: String, logger: Logger
  ) throws(ClientError) {
    try self.init(server: server, logger: logger) { () throws(TLSError) in
      try TLSConnector(
        server, serverName: serverName, trustRoots: trustRoots, group: MultiThreadedEventLoopGroup.singleton)
    }
  }

  private init(
    server: ServerAddress, logger: Logger, _ connector: () throws(TLSError) -> TLSConnector
  ) throws(ClientError) {
    self.server = server.description
    var configuration = ClientConfiguration()
    configuration.defaultTimeout = RPCPollingService.timeout
    configuration.reconnect.maximum = .seconds(1)
    do throws(TLSError) {
      client = RPCClient(connector: try connector(), configuration: configuration, logger: logger)
    } catch {
      throw ClientError(error, server: server.description)
    }
  }

  func createKioskCode(
    _ request: Binhchon_V1_CreateKioskCodeRequest
  ) async throws -> Binhchon_V1_CreateKioskCodeResponse {
    try await call(EnrolmentMethods.createKioskCode, request)
  }

  func enrol(_ request: Binhchon_V1_EnrolRequest) async throws -> Binhchon_V1_EnrolResponse {
    try await call(EnrolmentMethods.enrol, request)
  }

  func renew(_ request: Binhchon_V1_RenewRequest) async throws -> Binhchon_V1_RenewResponse {
    try await call(EnrolmentMethods.renew, request)
  }

  func shutdown() async {
    await client.shutdown()
  }

  private func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request
  ) async throws -> Response {
    do {
      return try await client.call(method, request)
    } catch {
      let explained = explain(error, server: server)
      // The server has no such service, or lets nobody in who has no certificate yet.
      let isOff =
        (explained as? Refusal)?.code == StatusCode.unimplemented.rawValue
        || (explained as? ClientError)?.reason == "PEER_REFUSED_CERTIFICATE" && method.method == "Enrol"
      throw isOff ? ClientError.enrolmentOff(server: server) : explained
    }
  }
}

extension TLSConnector {
  /// Without a certificate of our own. The server's is checked all the same.
  init(
    _ server: ServerAddress, serverName: String?, trustRoots: String, group: any EventLoopGroup
  ) throws(TLSError) {
    address = server
    self.serverName = serverName ?? server.host
    contexts = try ClientContexts(.client(trustRootsFile: trustRoots, applicationProtocols: ["ttrpc-ext/1", "ttrpc"]))
    self.group = group
  }
}
