import Foundation
import Schema
import SwiftProtobuf
import Synchronization

@testable import binhchon

/// A server in memory that keeps the idempotency contract, and fails as told.
final class FakeService: PollingService {
  struct State {
    var polls: [Binhchon_V1_Poll] = []
    /// By ballot id.
    var ledger: [Data: Binhchon_V1_Ballot] = [:]
    /// So many calls (or messages of a stream) fail before one is taken.
    var failures = 0
    /// Those that fail have done their work already: the answer is lost.
    var failsAfterwards = false
    var calls = 0
    var updates: [[Binhchon_V1_WatchTallyResponse]] = []
    var watchRequests: [Binhchon_V1_WatchTallyRequest] = []
    var refusing: [Data: Refusal] = [:]
    var refusingAll: Refusal?
    /// Of profiles, by the etag they came with.
    var profileRequests: [String] = []
    /// Replies to ballots say which profile there is, to whoever names its poll.
    var tellsProfiles = false
    /// Nobody is told a profile.
    var refusingProfiles: Refusal?
  }
  let state: Mutex<State>

  init(_ polls: [Binhchon_V1_Poll] = []) {
    state = Mutex(State(polls: polls))
  }

  var ballots: Int { state.withLock { $0.ledger.count } }

  func castBallot(
    _ request: Binhchon_V1_CastBallotRequest, timeout: Duration
  ) async throws -> Binhchon_V1_CastBallotResponse {
    let results = try take([request.ballot])
    switch results[0].result {
    case .receipt(let receipt):
      var response = Binhchon_V1_CastBallotResponse()
      response.receipt = receipt
      return response
    case .refused(let status): throw Refusal(status)
    case nil: throw Samples.unavailable
    }
  }

  func castBallots() async throws -> any BallotStream { FakeStream(self) }

  func leaveComment(
    _ request: Binhchon_V1_LeaveCommentRequest, timeout: Duration
  ) async throws -> Binhchon_V1_LeaveCommentResponse { .init() }

  func listComments(_ request: Binhchon_V1_ListCommentsRequest) async throws -> Binhchon_V1_ListCommentsResponse {
    .init()
  }

  func deleteComments(
    _ request: Binhchon_V1_DeleteCommentsRequest
  ) async throws -> Binhchon_V1_DeleteCommentsResponse { .init() }

  func listKiosks(_ request: Binhchon_V1_ListKiosksRequest) async throws -> Binhchon_V1_ListKiosksResponse { .init() }

  func getFigures(_ request: Binhchon_V1_GetFiguresRequest) async throws -> Binhchon_V1_GetFiguresResponse { .init() }

  func getHours(_ request: Binhchon_V1_GetHoursRequest) async throws -> Binhchon_V1_GetHoursResponse { .init() }

  func exportRecords(
    _ request: Binhchon_V1_ExportRecordsRequest
  ) async throws -> AsyncThrowingStream<Binhchon_V1_ExportRecordsResponse, any Error> {
    AsyncThrowingStream { $0.finish() }
  }

  func listAlerts(_ request: Binhchon_V1_ListAlertsRequest) async throws -> Binhchon_V1_ListAlertsResponse { .init() }

  func updateAlert(_ request: Binhchon_V1_UpdateAlertRequest) async throws -> Binhchon_V1_Alert { .init() }

  func getRegistry() async throws -> Binhchon_V1_UnitRegistry { .init() }

  func publishRegistry(
    _ request: Binhchon_V1_PublishRegistryRequest
  ) async throws -> Binhchon_V1_PublishRegistryResponse { .init() }

  func listCorrections(_ request: Binhchon_V1_ListCorrectionsRequest) async throws -> [Binhchon_V1_Correction] { [] }

  func take(_ ballots: [Binhchon_V1_Ballot]) throws -> [Binhchon_V1_BallotResult] {
    try state.withLock { state in
      state.calls += 1
      let isFailing = state.failures > 0
      if isFailing {
        state.failures -= 1
        if !state.failsAfterwards { throw Samples.unavailable }
      }
      let results = ballots.map { ballot in
        var result = Binhchon_V1_BallotResult()
        result.ballotID = ballot.ballotID
        if let refusal = state.refusingAll ?? state.refusing.removeValue(forKey: ballot.ballotID) {
          result.refused = status(refusal)
        } else if let known = state.ledger[ballot.ballotID] {
          if known == ballot {
            result.receipt = Samples.receipt(ballot, replayed: true)
          } else {
            result.refused = status(Samples.conflict)
          }
        } else {
          state.ledger[ballot.ballotID] = ballot
          result.receipt = Samples.receipt(ballot)
        }
        return result
      }
      if isFailing { throw Samples.unavailable }
      return results
    }
  }

  private func status(_ refusal: Refusal) -> Google_Rpc_Status {
    var status = Google_Rpc_Status()
    status.code = refusal.code
    status.message = refusal.message
    var info = Google_Rpc_ErrorInfo()
    info.reason = refusal.reason ?? ""
    // A message of ours that cannot be packed would be missed by the test that needs it.
    if !info.reason.isEmpty, let detail = try? Google_Protobuf_Any(message: info) { status.details = [detail] }
    return status
  }

  func listPolls() async throws -> [Binhchon_V1_Poll] { state.withLock { $0.polls } }

  func getProfile(
    _ request: Binhchon_V1_GetProfileRequest, timeout: Duration?
  ) async throws -> Binhchon_V1_GetProfileResponse {
    try state.withLock { state in
      state.profileRequests.append(request.etag)
      if let refusal = state.refusingProfiles { throw refusal }
      guard let poll = state.polls.first(where: { $0.id == request.poll }) else {
        throw Refusal(code: StatusCode.notFound.rawValue, message: "no", reason: "UNKNOWN_POLL")
      }
      var response = Binhchon_V1_GetProfileResponse()
      response.etag = Self.etag(poll)
      response.unchanged = response.etag == request.etag
      if !response.unchanged { response.poll = poll }
      return response
    }
  }

  private static func etag(_ poll: Binhchon_V1_Poll) -> String { "e1/\(poll.version)/\(poll.status.rawValue)" }

  /// What goes with a reply to this report.
  func news(for report: Binhchon_V1_KioskReport) -> Binhchon_V1_KioskNews? {
    state.withLock { state in
      guard state.tellsProfiles, let poll = state.polls.first(where: { $0.id == report.poll }) else { return nil }
      var news = Binhchon_V1_KioskNews()
      news.profileEtag = Self.etag(poll)
      // It has forgotten none.
      news.acknowledgedThrough = .max
      return news
    }
  }

  func watchTally(
    _ request: Binhchon_V1_WatchTallyRequest
  ) async throws -> AsyncThrowingStream<Binhchon_V1_WatchTallyResponse, any Error> {
    let updates = state.withLock { state in
      state.watchRequests.append(request)
      return state.updates.isEmpty ? nil : state.updates.removeFirst()
    }
    guard let updates else {
      throw Refusal(code: StatusCode.permissionDenied.rawValue, message: "enough", reason: "OUT_OF_SCOPE")
    }
    return AsyncThrowingStream { stream in
      for update in updates { stream.yield(update) }
      stream.finish(throwing: Samples.unavailable)
    }
  }

  func voidBallot(_ request: Binhchon_V1_VoidBallotRequest) async throws -> Binhchon_V1_VoidBallotResponse { .init() }
  func getTally(_ request: Binhchon_V1_GetTallyRequest) async throws -> Binhchon_V1_Tally { Samples.tally() }
  func publishPoll(_ poll: Binhchon_V1_Poll) async throws -> Binhchon_V1_PublishPollResponse { .init() }
  func getPoll(_ id: String, version: UInt32) async throws -> Binhchon_V1_Poll {
    guard let poll = state.withLock({ $0.polls.first { $0.id == id && (version == 0 || $0.version == version) } })
    else {
      throw Refusal(code: StatusCode.notFound.rawValue, message: "no", reason: "UNKNOWN_POLL")
    }
    return poll
  }
  func closePoll(_ request: Binhchon_V1_ClosePollRequest) async throws -> Binhchon_V1_Poll { .init() }
  func isServing() async throws -> Bool { true }
  func shutdown() async {}
}

/// Answers each message in order, until one fails: then the call is over.
final class FakeStream: BallotStream {
  private let service: FakeService
  private let answers = Mutex<[Result<Binhchon_V1_CastBallotsResponse, any Error>]>([])

  init(_ service: FakeService) {
    self.service = service
  }

  func send(_ request: Binhchon_V1_CastBallotsRequest) async throws {
    let answer = Result {
      var response = Binhchon_V1_CastBallotsResponse()
      response.results = try service.take(request.ballots)
      if let news = service.news(for: request.kiosk) { response.kiosk = news }
      return response
    }
    answers.withLock { $0.append(answer) }
  }

  func receive() async throws -> Binhchon_V1_CastBallotsResponse? {
    let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    return try answer?.get()
  }

  func finish() async throws {}
  func cancel() {}
}
