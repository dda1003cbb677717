import RPC
import Schema
import Synchronization

@testable import binhchon

/// The client's port over an assembly in this process: what reports and exports ask for, and nothing else.
final class InProcessService: PollingService {
  struct NotAsked: Error {}

  private let transport: InProcessTransport
  /// An export is cut after so many responses.
  private let mostResponses: Int
  /// What happens to figures on their way, with the number of the call.
  private let alter: @Sendable (Int, inout Binhchon_V1_GetFiguresResponse) -> Void
  private let figureCalls = Mutex(0)
  private let last = Mutex(Binhchon_V1_ExportRecordsResponse())

  init(
    transport: InProcessTransport, mostResponses: Int = .max,
    alter: @escaping @Sendable (Int, inout Binhchon_V1_GetFiguresResponse) -> Void = { _, _ in }
  ) {
    self.transport = transport
    self.mostResponses = mostResponses
    self.alter = alter
  }

  /// The last one that an export was given.
  var lastResponse: Binhchon_V1_ExportRecordsResponse { last.withLock { $0 } }

  func listPolls() async throws -> [Binhchon_V1_Poll] {
    try await transport.call(TallyMethods.listPolls, Binhchon_V1_ListPollsRequest()).polls
  }

  func getFigures(_ request: Binhchon_V1_GetFiguresRequest) async throws -> Binhchon_V1_GetFiguresResponse {
    let number = figureCalls.withLock {
      $0 += 1
      return $0
    }
    var response = try await transport.call(FigureMethods.getFigures, request)
    alter(number, &response)
    return response
  }

  func getHours(_ request: Binhchon_V1_GetHoursRequest) async throws -> Binhchon_V1_GetHoursResponse {
    throw NotAsked()
  }

  func exportRecords(
    _ request: Binhchon_V1_ExportRecordsRequest
  ) async throws -> AsyncThrowingStream<Binhchon_V1_ExportRecordsResponse, any Error> {
    let responses = try await transport.call(ExportMethods.exportRecords, request)
    let given = Mutex(0)
    return AsyncThrowingStream {
      let number = given.withLock {
        $0 += 1
        return $0
      }
      guard number <= self.mostResponses else {
        responses.cancel()
        return nil
      }
      var iterator = responses.makeAsyncIterator()
      let response = try await iterator.next()
      if let response { self.last.withLock { $0 = response } }
      return response
    }
  }

  func castBallot(
    _ request: Binhchon_V1_CastBallotRequest, timeout: Duration
  ) async throws -> Binhchon_V1_CastBallotResponse { throw NotAsked() }
  func castBallots() async throws -> any BallotStream { throw NotAsked() }
  func voidBallot(_ request: Binhchon_V1_VoidBallotRequest) async throws -> Binhchon_V1_VoidBallotResponse {
    throw NotAsked()
  }
  func getProfile(
    _ request: Binhchon_V1_GetProfileRequest, timeout: Duration?
  ) async throws -> Binhchon_V1_GetProfileResponse { throw NotAsked() }
  func getTally(_ request: Binhchon_V1_GetTallyRequest) async throws -> Binhchon_V1_Tally { throw NotAsked() }
  func watchTally(
    _ request: Binhchon_V1_WatchTallyRequest
  ) async throws -> AsyncThrowingStream<Binhchon_V1_WatchTallyResponse, any Error> { throw NotAsked() }
  func publishPoll(_ poll: Binhchon_V1_Poll) async throws -> Binhchon_V1_PublishPollResponse { throw NotAsked() }
  func getPoll(_ id: String, version: UInt32) async throws -> Binhchon_V1_Poll { throw NotAsked() }
  func closePoll(_ request: Binhchon_V1_ClosePollRequest) async throws -> Binhchon_V1_Poll { throw NotAsked() }
  func getRegistry() async throws -> Binhchon_V1_UnitRegistry {
    try await transport.call(UnitMethods.getRegistry, .init()).registry
  }
  func publishRegistry(
    _ request: Binhchon_V1_PublishRegistryRequest
  ) async throws -> Binhchon_V1_PublishRegistryResponse { throw NotAsked() }
  func listKiosks(_ request: Binhchon_V1_ListKiosksRequest) async throws -> Binhchon_V1_ListKiosksResponse {
    throw NotAsked()
  }
  func listCorrections(_ request: Binhchon_V1_ListCorrectionsRequest) async throws -> [Binhchon_V1_Correction] {
    throw NotAsked()
  }
  func listAlerts(_ request: Binhchon_V1_ListAlertsRequest) async throws -> Binhchon_V1_ListAlertsResponse {
    throw NotAsked()
  }
  func updateAlert(_ request: Binhchon_V1_UpdateAlertRequest) async throws -> Binhchon_V1_Alert { throw NotAsked() }
  func leaveComment(
    _ request: Binhchon_V1_LeaveCommentRequest, timeout: Duration
  ) async throws -> Binhchon_V1_LeaveCommentResponse { throw NotAsked() }
  func listComments(_ request: Binhchon_V1_ListCommentsRequest) async throws -> Binhchon_V1_ListCommentsResponse {
    throw NotAsked()
  }
  func deleteComments(
    _ request: Binhchon_V1_DeleteCommentsRequest
  ) async throws -> Binhchon_V1_DeleteCommentsResponse { throw NotAsked() }
  func isServing() async throws -> Bool { throw NotAsked() }
  func shutdown() async {}
}
