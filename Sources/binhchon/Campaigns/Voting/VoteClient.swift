import Foundation
internal import Logging
internal import NIOPosix
internal import RPC
internal import Schema
internal import TLS

/// One vote on nominees behind a TLS connection.
struct VoteClient: Sendable {
  /// Sealed ballots are opened one by one, at the close.
  private static let closing = Duration.seconds(120)

  private let client: RPCClient
  private let server: String
  let place: Binhchon_V1_NomineeVotePlace

  init(_ settings: ConnectionSettings, place: Binhchon_V1_NomineeVotePlace, logger: Logger) throws(ClientError) {
    self.place = place
    server = settings.server.description
    var configuration = ClientConfiguration()
    configuration.defaultTimeout = RPCPollingService.timeout
    configuration.reconnect.maximum = .seconds(1)
    do throws(TLSError) {
      client = RPCClient(
        connector: try TLSConnector(settings, group: MultiThreadedEventLoopGroup.singleton),
        configuration: configuration, logger: logger)
    } catch {
      throw ClientError(error, server: settings.server.description)
    }
  }

  func state() async throws -> Binhchon_V1_NomineeVoteState {
    var request = Binhchon_V1_GetNomineeVoteRequest()
    request.place = place
    return try await call(NomineeVoteMethods.getNomineeVote, request).state
  }

  func open(_ request: Binhchon_V1_OpenNomineeVoteRequest) async throws -> Binhchon_V1_NomineeVoteState {
    var request = request
    (request.place, request.actID) = (place, Self.newID)
    return try await call(NomineeVoteMethods.openNomineeVote, request).state
  }

  /// How many there are now.
  func issue(_ codes: [String]) async throws -> UInt64 {
    var request = Binhchon_V1_IssueVoteCodesRequest()
    (request.place, request.codes, request.actID) = (place, codes, Self.newID)
    return try await call(NomineeVoteMethods.issueVoteCodes, request).issued
  }

  func cast(
    _ ballot: Binhchon_V1_CastNomineeVoteRequest.OneOf_Ballot, code: String
  ) async throws -> Binhchon_V1_CastNomineeVoteResponse {
    var request = Binhchon_V1_CastNomineeVoteRequest()
    (request.place, request.code, request.ballot) = (place, code, ballot)
    return try await call(NomineeVoteMethods.castNomineeVote, request)
  }

  func close(
    _ how: Binhchon_V1_CloseNomineeVoteRequest.OneOf_How
  ) async throws -> Binhchon_V1_NomineeVoteState {
    var request = Binhchon_V1_CloseNomineeVoteRequest()
    (request.place, request.how, request.actID) = (place, how, Self.newID)
    return try await call(NomineeVoteMethods.closeNomineeVote, request, timeout: Self.closing).state
  }

  /// Each state of the vote, until it is closed.
  func watch(_ tell: (Binhchon_V1_NomineeVoteState) throws -> Void) async throws {
    var request = Binhchon_V1_WatchNomineeVoteRequest()
    request.place = place
    do {
      for try await response in try await client.call(NomineeVoteMethods.watchNomineeVote, request) {
        try tell(response.state)
      }
    } catch {
      throw explain(error, server: server)
    }
  }

  func shutdown() async {
    await client.shutdown()
  }

  /// The same for all attempts of one call.
  private static var newID: Data { withUnsafeBytes(of: UUID().uuid) { Data($0) } }

  private func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil
  ) async throws -> Response {
    do {
      return try await client.call(method, request, timeout: timeout)
    } catch {
      throw explain(error, server: server)
    }
  }
}

extension CommandContext {
  /// Runs with a client that is shut down afterwards.
  func withVote<Result>(_ place: VotePlaceOptions, _ work: (VoteClient) async throws -> Result) async throws -> Result {
    let client = try VoteClient(
      try ConnectionSettings(flags, environment), place: place.message, logger: logger)
    do {
      let result = try await work(client)
      await client.shutdown()
      return result
    } catch {
      await client.shutdown()
      throw error
    }
  }
}
