import Foundation
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import RPC
internal import Schema
internal import TLS

/// The service behind a TLS connection.
struct RPCPollingService: PollingService {
  private let client: RPCClient
  private let server: String

  /// The wait for a connection and an answer, where a caller names none.
  static let timeout = Duration.seconds(10)
  /// A server that was just started counts its whole ledger first.
  private static let figuresTimeout = Duration.seconds(120)

  init(_ settings: ConnectionSettings, logger: Logger) throws(ClientError) {
    server = settings.server.description
    let connector: TLSConnector
    do throws(TLSError) {
      connector = try TLSConnector(settings, group: MultiThreadedEventLoopGroup.singleton)
    } catch {
      throw ClientError(error, server: settings.server.description)
    }
    var configuration = ClientConfiguration()
    configuration.defaultTimeout = Self.timeout
    configuration.reconnect.maximum = .seconds(1)
    client = RPCClient(connector: connector, configuration: configuration, logger: logger)
  }

  func castBallot(
    _ request: Binhchon_V1_CastBallotRequest, timeout: Duration
  ) async throws -> Binhchon_V1_CastBallotResponse {
    try await call(BallotMethods.castBallot, request, timeout: timeout)
  }

  func castBallots() async throws -> any BallotStream {
    try await explained { RPCBallotStream(try await client.call(BallotMethods.castBallots), server) }
  }

  func voidBallot(_ request: Binhchon_V1_VoidBallotRequest) async throws -> Binhchon_V1_VoidBallotResponse {
    try await call(BallotMethods.voidBallot, request)
  }

  func listPolls() async throws -> [Binhchon_V1_Poll] {
    try await call(TallyMethods.listPolls, Binhchon_V1_ListPollsRequest()).polls
  }

  func getProfile(
    _ request: Binhchon_V1_GetProfileRequest, timeout: Duration?
  ) async throws -> Binhchon_V1_GetProfileResponse {
    try await call(KioskMethods.getProfile, request, timeout: timeout)
  }

  func getTally(_ request: Binhchon_V1_GetTallyRequest) async throws -> Binhchon_V1_Tally {
    try await call(TallyMethods.getTally, request).tally
  }

  func watchTally(
    _ request: Binhchon_V1_WatchTallyRequest
  ) async throws -> AsyncThrowingStream<Binhchon_V1_WatchTallyResponse, any Error> {
    try await stream(TallyMethods.watchTally, request)
  }

  func exportRecords(
    _ request: Binhchon_V1_ExportRecordsRequest
  ) async throws -> AsyncThrowingStream<Binhchon_V1_ExportRecordsResponse, any Error> {
    try await stream(ExportMethods.exportRecords, request)
  }

  func publishPoll(_ poll: Binhchon_V1_Poll) async throws -> Binhchon_V1_PublishPollResponse {
    var request = Binhchon_V1_PublishPollRequest()
    request.poll = poll
    return try await call(PollMethods.publishPoll, request)
  }

  func getPoll(_ id: String, version: UInt32) async throws -> Binhchon_V1_Poll {
    var request = Binhchon_V1_GetPollRequest()
    (request.poll, request.version) = (id, version)
    return try await call(PollMethods.getPoll, request).poll
  }

  func closePoll(_ request: Binhchon_V1_ClosePollRequest) async throws -> Binhchon_V1_Poll {
    try await call(PollMethods.closePoll, request).poll
  }

  func getFigures(_ request: Binhchon_V1_GetFiguresRequest) async throws -> Binhchon_V1_GetFiguresResponse {
    try await call(FigureMethods.getFigures, request, timeout: Self.figuresTimeout)
  }

  func getHours(_ request: Binhchon_V1_GetHoursRequest) async throws -> Binhchon_V1_GetHoursResponse {
    try await call(FigureMethods.getHours, request, timeout: Self.figuresTimeout)
  }

  func listAlerts(_ request: Binhchon_V1_ListAlertsRequest) async throws -> Binhchon_V1_ListAlertsResponse {
    try await call(AlertMethods.listAlerts, request, timeout: Self.figuresTimeout)
  }

  func updateAlert(_ request: Binhchon_V1_UpdateAlertRequest) async throws -> Binhchon_V1_Alert {
    try await call(AlertMethods.updateAlert, request).alert
  }

  func getRegistry() async throws -> Binhchon_V1_UnitRegistry {
    try await call(UnitMethods.getRegistry, Binhchon_V1_GetRegistryRequest()).registry
  }

  func publishRegistry(
    _ request: Binhchon_V1_PublishRegistryRequest
  ) async throws -> Binhchon_V1_PublishRegistryResponse {
    try await call(UnitMethods.publishRegistry, request)
  }

  func listKiosks(_ request: Binhchon_V1_ListKiosksRequest) async throws -> Binhchon_V1_ListKiosksResponse {
    try await call(KioskMethods.listKiosks, request)
  }

  func listCorrections(_ request: Binhchon_V1_ListCorrectionsRequest) async throws -> [Binhchon_V1_Correction] {
    var (request, all) = (request, [Binhchon_V1_Correction]())
    repeat {
      let response = try await call(KioskMethods.listCorrections, request)
      all += response.corrections
      request.after = response.next
    } while request.after != 0
    return all
  }

  func leaveComment(
    _ request: Binhchon_V1_LeaveCommentRequest, timeout: Duration
  ) async throws -> Binhchon_V1_LeaveCommentResponse {
    try await call(CommentMethods.leaveComment, request, timeout: timeout)
  }

  func listComments(_ request: Binhchon_V1_ListCommentsRequest) async throws -> Binhchon_V1_ListCommentsResponse {
    try await call(CommentMethods.listComments, request)
  }

  func deleteComments(
    _ request: Binhchon_V1_DeleteCommentsRequest
  ) async throws -> Binhchon_V1_DeleteCommentsResponse {
    try await call(CommentMethods.deleteComments, request)
  }

  func isServing() async throws -> Bool {
    try await call(HealthMethods.check, Grpc_Health_V1_HealthCheckRequest()).status == .serving
  }

  func shutdown() async {
    await client.shutdown()
  }

  private func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil
  ) async throws -> Response {
    try await explained { try await client.call(method, request, timeout: timeout) }
  }

  private func stream<Request, Response>(
    _ method: ServerStreamMethod<Request, Response>, _ request: Request
  ) async throws -> AsyncThrowingStream<Response, any Error> {
    let responses = try await explained { try await client.call(method, request) }
    return AsyncThrowingStream {
      try await explained {
        var iterator = responses.makeAsyncIterator()
        return try await iterator.next()
      }
    }
  }

  private func explained<Result>(_ work: () async throws -> Result) async throws -> Result {
    do {
      return try await work()
    } catch {
      throw explain(error, server: server)
    }
  }
}

private final class RPCBallotStream: BallotStream {
  typealias Call = BidirectionalCall<Binhchon_V1_CastBallotsRequest, Binhchon_V1_CastBallotsResponse>
  private let call: Call
  private let server: String

  init(_ call: Call, _ server: String) {
    self.call = call
    self.server = server
  }

  func send(_ request: Binhchon_V1_CastBallotsRequest) async throws {
    do {
      try await call.write(request)
    } catch {
      throw explain(error, server: server)
    }
  }

  func finish() async throws {
    do {
      try await call.finish()
    } catch {
      throw explain(error, server: server)
    }
  }

  func receive() async throws -> Binhchon_V1_CastBallotsResponse? {
    do {
      var iterator = call.responses.makeAsyncIterator()
      return try await iterator.next()
    } catch {
      throw explain(error, server: server)
    }
  }

  func cancel() {
    call.cancel()
  }
}

/// What a failed call means to us: a refusal, or, where the way to the server is at fault for good, an error that says
/// what to mend.
func explain(_ error: any Error, server: String) -> any Error {
  guard !Task.isCancelled else { return CancellationError() }
  guard let error = error as? RPCError else { return error }
  let cause = (error.cause as? NotConnected)?.cause ?? error.cause
  if let cause = cause as? TLSError, cause.isPermanentConnectFailure { return ClientError(cause, server: server) }
  var refusal = Refusal(
    code: error.code.rawValue, message: error.message, details: error.details.map { ($0.typeURL, Data($0.value)) })
  if let cause {
    let words = words(for: cause)
    refusal.message += ": " + words(.en)
    if error.cause is NotConnected { refusal.localized[.vi] = words(.vi) }
  }
  return refusal
}

/// Short words for what a socket said.
private func words(for cause: any Error) -> Text {
  switch cause {
  case let error as NIOConnectionError:
    return error.connectionErrors.first.map { words(for: $0.error) } ?? unknownHost(error.host)
  case let error as SocketAddressError.UnknownHost: return unknownHost(error.host)
  case let error as IOError: return systemMessage(error.errnoCode)
  case ChannelError.connectTimeout:
    let seconds = TLSConnector.connectTimeout.nanoseconds / 1_000_000_000
    return Text(vi: "không có kết nối sau \(seconds) giây", en: "no connection within \(seconds) s")
  case let error as TLSError:
    return Text(vi: TLSError.vietnamese(error.code) ?? "\(error)", en: "\(error)")
  default: return Text(verbatim: "\(cause)")
  }
}

private func unknownHost(_ host: String) -> Text {
  Text(vi: "không có máy nào tên \(host)", en: "there is no host \(host)")
}
