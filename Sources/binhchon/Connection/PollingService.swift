internal import Schema

/// What we ask of a server, in terms of messages: one implementation over the network, others in tests. Every call
/// throws `Refusal` when the server, or the way to it, said no, and `CancellationError` when the caller gave up.
protocol PollingService: Sendable {
  func castBallot(_ request: Binhchon_V1_CastBallotRequest, timeout: Duration) async throws
    -> Binhchon_V1_CastBallotResponse
  func castBallots() async throws -> any BallotStream
  func voidBallot(_ request: Binhchon_V1_VoidBallotRequest) async throws -> Binhchon_V1_VoidBallotResponse
  func listPolls() async throws -> [Binhchon_V1_Poll]
  /// - Parameter timeout: nil: the usual one.
  func getProfile(_ request: Binhchon_V1_GetProfileRequest, timeout: Duration?) async throws
    -> Binhchon_V1_GetProfileResponse
  func getTally(_ request: Binhchon_V1_GetTallyRequest) async throws -> Binhchon_V1_Tally
  /// Ends when the server ends the stream; throws when the connection is lost.
  func watchTally(_ request: Binhchon_V1_WatchTallyRequest) async throws
    -> AsyncThrowingStream<Binhchon_V1_WatchTallyResponse, any Error>
  func publishPoll(_ poll: Binhchon_V1_Poll) async throws -> Binhchon_V1_PublishPollResponse
  /// - Parameter version: 0: the newest.
  func getPoll(_ id: String, version: UInt32) async throws -> Binhchon_V1_Poll
  func closePoll(_ request: Binhchon_V1_ClosePollRequest) async throws -> Binhchon_V1_Poll
  func getFigures(_ request: Binhchon_V1_GetFiguresRequest) async throws -> Binhchon_V1_GetFiguresResponse
  func getHours(_ request: Binhchon_V1_GetHoursRequest) async throws -> Binhchon_V1_GetHoursResponse
  /// Ends after the response that is complete; throws when the connection is lost.
  func exportRecords(_ request: Binhchon_V1_ExportRecordsRequest) async throws
    -> AsyncThrowingStream<Binhchon_V1_ExportRecordsResponse, any Error>
  func listAlerts(_ request: Binhchon_V1_ListAlertsRequest) async throws -> Binhchon_V1_ListAlertsResponse
  func updateAlert(_ request: Binhchon_V1_UpdateAlertRequest) async throws -> Binhchon_V1_Alert
  /// Version 0: none was published.
  func getRegistry() async throws -> Binhchon_V1_UnitRegistry
  func publishRegistry(_ request: Binhchon_V1_PublishRegistryRequest) async throws
    -> Binhchon_V1_PublishRegistryResponse
  func listKiosks(_ request: Binhchon_V1_ListKiosksRequest) async throws -> Binhchon_V1_ListKiosksResponse
  func listCorrections(_ request: Binhchon_V1_ListCorrectionsRequest) async throws -> [Binhchon_V1_Correction]
  func leaveComment(_ request: Binhchon_V1_LeaveCommentRequest, timeout: Duration) async throws
    -> Binhchon_V1_LeaveCommentResponse
  func listComments(_ request: Binhchon_V1_ListCommentsRequest) async throws -> Binhchon_V1_ListCommentsResponse
  func deleteComments(_ request: Binhchon_V1_DeleteCommentsRequest) async throws -> Binhchon_V1_DeleteCommentsResponse
  /// grpc.health.v1: whether it says SERVING.
  func isServing() async throws -> Bool
  func shutdown() async
}

/// One CastBallots call: every request sent is answered by one response, in order.
protocol BallotStream: Sendable {
  func send(_ request: Binhchon_V1_CastBallotsRequest) async throws
  func finish() async throws
  /// Nil: the server ended the call.
  func receive() async throws -> Binhchon_V1_CastBallotsResponse?
  /// Gives the call up.
  func cancel()
}
