import Foundation
import Logging
import NIOPosix
import RPC
import Schema
import TLS

@testable import binhchon

/// Why a ballot was refused, as its caller sees it.
struct Refused: Equatable {
  var code: Code
  var reason: String

  init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  init(_ error: RPCError) {
    self.init(
      error.code,
      Refusal(
        code: error.code.rawValue, message: error.message, details: error.details.map { ($0.typeURL, Data($0.value)) }
      ).reason ?? error.message)
  }
}

/// A client of one server under one identity, as our own programs are.
final class TestClient: Sendable {
  private let client: RPCClient

  /// - Parameters:
  ///   - identity: PATH of PATH.pem and PATH.key, with `ca.pem` beside them.
  ///   - retries: whether replay-safe calls are tried again by themselves.
  convenience init(_ server: ServerProcess, identity: String, retries: Bool = true) throws {
    let settings = try ConnectionSettings(
      ConnectionSettings.Flags(server: server.address, identity: identity), ProcessEnvironment(variables: [:]))
    self.init(try TLSConnector(settings, group: MultiThreadedEventLoopGroup.singleton), retries: retries)
  }

  init(_ connector: any ClientConnector, retries: Bool = false) {
    var configuration = ClientConfiguration()
    if !retries { configuration.retry = RetryPolicy(maximumAttempts: 1) }
    client = RPCClient(
      connector: connector, configuration: configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration = .seconds(20)
  ) async throws -> Response {
    try await client.call(method, request, timeout: timeout)
  }

  func watch(_ request: Binhchon_V1_WatchTallyRequest) async throws -> ResponseStream<Binhchon_V1_WatchTallyResponse> {
    try await client.call(TallyMethods.watchTally, request)
  }

  func cast(_ ballot: Binhchon_V1_Ballot) async throws -> Binhchon_V1_Receipt {
    try await call(BallotMethods.castBallot, Ballots.request(ballot)).receipt
  }

  /// Nil: it was taken.
  func refusal(of ballot: Binhchon_V1_Ballot) async -> Refused? {
    do {
      _ = try await cast(ballot)
      return nil
    } catch let error as RPCError {
      return Refused(error)
    } catch {
      return Refused(.unknown, "\(error)")
    }
  }

  /// One message of many ballots, and its answer.
  func cast(_ request: Binhchon_V1_CastBallotsRequest) async throws -> Binhchon_V1_CastBallotsResponse {
    let call = try await client.call(BallotMethods.castBallots, timeout: .seconds(20))
    try await call.write(request)
    try await call.finish()
    var answer = Binhchon_V1_CastBallotsResponse()
    for try await response in call.responses { answer = response }
    return answer
  }

  /// The totals of a poll, of all that this identity may see.
  func tally(of poll: String = Ballots.poll) async throws -> Binhchon_V1_WindowCount {
    var request = Binhchon_V1_GetTallyRequest()
    request.poll = poll
    let tally = try await call(TallyMethods.getTally, request).tally
    return tally.windows.first { $0.window == .total } ?? Binhchon_V1_WindowCount()
  }

  func shutdown() async {
    await client.shutdown()
  }
}
