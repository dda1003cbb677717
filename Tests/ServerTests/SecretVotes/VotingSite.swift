import Foundation
import Logging
import Polling
import RPC
import Schema

@testable import Server

/// A vote on nominees, as those who have to do with it call the service.
struct VotingSite {
  let router: Router
  let logger: Logger
  var vote = "vote"

  init(_ router: Router, _ logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
    self.router = router
    self.logger = logger
  }

  func caller(_ identity: String) -> InProcessTransport {
    InProcessTransport(
      router: router, peer: Peer(identity: "spiffe://t/\(identity)", certificate: "test", address: "in process"),
      logger: logger)
  }

  var kim: InProcessTransport { caller("coordinator/dong-da/kim") }
  /// Where people vote with codes.
  var kiosk: InProcessTransport { caller("kiosk/dong-da/van-hoa/may-01") }

  var place: Binhchon_V1_NomineeVotePlace {
    var place = Binhchon_V1_NomineeVotePlace()
    (place.campaign, place.vote) = (SecretElection.campaign, vote)
    return place
  }

  static func id(_ uuid: UUID = UUID()) -> Data { withUnsafeBytes(of: uuid.uuid) { Data($0) } }

  @discardableResult
  func open(
    publicKey: [UInt8]?, jurors: [String] = [], fewest: UInt32 = 3, isLive: Bool = false, id: UUID = UUID()
  ) async throws -> Binhchon_V1_OpenNomineeVoteResponse {
    var request = Binhchon_V1_OpenNomineeVoteRequest()
    request.place = place
    if jurors.isEmpty { request.codes = true } else { request.named.persons = jurors }
    if let publicKey {
      request.secrecy.publicKey = Data(publicKey)
      request.secrecy.fewest = fewest
    }
    request.live = isLive
    request.actID = Self.id(id)
    return try await kim.call(NomineeVoteMethods.openNomineeVote, request)
  }

  /// Something more for the ledger to commit.
  func openAnother(publicKey: [UInt8]) async throws {
    var other = self
    other.vote = "other"
    try await other.open(publicKey: publicKey)
  }

  @discardableResult
  func issue(_ codes: [EnrolmentCode], id: UUID = UUID()) async throws -> Binhchon_V1_IssueVoteCodesResponse {
    var request = Binhchon_V1_IssueVoteCodesRequest()
    (request.place, request.codes, request.actID) = (place, codes.map(\.text), Self.id(id))
    return try await kim.call(NomineeVoteMethods.issueVoteCodes, request)
  }

  @discardableResult
  func cast(
    _ code: EnrolmentCode, _ sealed: [UInt8], by caller: InProcessTransport? = nil
  ) async throws -> Binhchon_V1_CastNomineeVoteResponse {
    var request = Binhchon_V1_CastNomineeVoteRequest()
    (request.place, request.code, request.sealed) = (place, code.text, Data(sealed))
    return try await (caller ?? kiosk).call(NomineeVoteMethods.castNomineeVote, request)
  }

  @discardableResult
  func cast(_ marks: [String: UInt32], by identity: String) async throws -> Binhchon_V1_CastNomineeVoteResponse {
    var request = Binhchon_V1_CastNomineeVoteRequest()
    request.place = place
    request.open.marks = marks.sorted { $0.key < $1.key }.map { nominee, level in
      var mark = Binhchon_V1_NomineeMark()
      (mark.nominee, mark.level) = (nominee, level)
      return mark
    }
    return try await caller(identity).call(NomineeVoteMethods.castNomineeVote, request)
  }

  @discardableResult
  func close(key: [UInt8]? = nil, id: UUID = UUID()) async throws -> Binhchon_V1_NomineeVoteState {
    var request = Binhchon_V1_CloseNomineeVoteRequest()
    (request.place, request.actID) = (place, Self.id(id))
    if let key { request.privateKey = Data(key) } else { request.count = true }
    return try await kim.call(NomineeVoteMethods.closeNomineeVote, request).state
  }

  func state(by identity: String = "auditor/dong-da/tra") async throws -> Binhchon_V1_NomineeVoteState {
    var request = Binhchon_V1_GetNomineeVoteRequest()
    request.place = place
    return try await caller(identity).call(NomineeVoteMethods.getNomineeVote, request).state
  }
}
