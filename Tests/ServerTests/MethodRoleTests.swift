import Foundation
import Polling
import RPC
import Schema
import Testing

@testable import Server

/// Who may call what.
@Suite struct MethodRoleTests {
  /// Every method with a request that is right for an allowed caller.
  static func methods() throws -> [(
    name: String, allowed: Set<Role>, call: @Sendable (InProcessTransport) async throws -> Void
  )] {
    let everybody = Set(Role.allCases)
    return [
      (
        "CastBallot", [.kiosk, .clerk, .secondClerk],
        { caller in
          var request = Binhchon_V1_CastBallotRequest()
          request.ballot = ServiceTests.fresh()
          _ = try await caller.call(BallotMethods.castBallot, request)
        }
      ),
      (
        "CastBallots", [.kiosk, .clerk, .secondClerk],
        { caller in
          let call = try await caller.call(BallotMethods.castBallots)
          var request = Binhchon_V1_CastBallotsRequest()
          request.ballots = [ServiceTests.fresh()]
          try await call.write(request)
          try await call.finish()
          for try await response in call.responses { #expect(response.results.count == 1) }
        }
      ),
      (
        "VoidBallot", [.admin],
        { caller in
          var request = Binhchon_V1_VoidBallotRequest()
          request.ballotID = ServiceTests.fresh().ballotID
          request.reason = "test"
          do {
            _ = try await caller.call(BallotMethods.voidBallot, request)
          } catch let error as RPCError where error.code == .notFound {
            // Nothing to void: who gets this far was let in.
          }
        }
      ),
      ("ListPolls", everybody, { _ = try await $0.call(TallyMethods.listPolls, Binhchon_V1_ListPollsRequest()) }),
      (
        "GetProfile", [.kiosk, .clerk],
        { caller in
          var request = Binhchon_V1_GetProfileRequest()
          request.poll = "hai-chau-hai-long"
          let response = try await caller.call(KioskMethods.getProfile, request)
          #expect(response.hasPoll)
        }
      ),
      (
        "GetTally", everybody,
        { caller in
          var request = Binhchon_V1_GetTallyRequest()
          request.poll = "hai-chau-hai-long"
          _ = try await caller.call(TallyMethods.getTally, request)
        }
      ),
      (
        "WatchTally", everybody,
        { caller in
          var request = Binhchon_V1_WatchTallyRequest()
          request.poll = "hai-chau-hai-long"
          for try await response in try await caller.call(TallyMethods.watchTally, request) {
            #expect(response.kind == .snapshot)
            return
          }
        }
      ),
      (
        "PublishPoll", [.admin],
        { caller in
          var request = Binhchon_V1_PublishPollRequest()
          request.poll = try HaiChauPoll.poll().message(isClosed: false, at: BallotIntakeTests.now)
          #expect(try await caller.call(PollMethods.publishPoll, request).unchanged)
        }
      ),
      (
        "ClosePoll", [.admin],
        { caller in
          var request = Binhchon_V1_ClosePollRequest()
          request.poll = "nothing-here"
          do {
            _ = try await caller.call(PollMethods.closePoll, request)
          } catch let error as RPCError where error.code == .notFound {
            // Nothing to close: who gets this far was let in.
          }
        }
      ),
      (
        "GetPoll", everybody,
        { caller in
          var request = Binhchon_V1_GetPollRequest()
          (request.poll, request.version) = ("hai-chau-hai-long", 1)
          let poll = try await caller.call(PollMethods.getPoll, request).poll
          #expect(poll.version == 1)
        }
      ),
      (
        "CreateKioskCode", [.admin, .coordinator],
        { caller in
          var request = Binhchon_V1_CreateKioskCodeRequest()
          (request.unit, request.name) = ("hai-chau/mot-cua", "quay-09")
          let response = try await caller.call(EnrolmentMethods.createKioskCode, request)
          #expect(response.identity == "spiffe://t/kiosk/hai-chau/mot-cua/quay-09")
        }
      ),
      (
        "ListKiosks", [.official, .coordinator, .auditor, .admin],
        { _ = try await $0.call(KioskMethods.listKiosks, Binhchon_V1_ListKiosksRequest()) }
      ),
      (
        "ListCorrections", [.official, .coordinator, .auditor, .admin],
        { caller in
          var request = Binhchon_V1_ListCorrectionsRequest()
          request.poll = "hai-chau-hai-long"
          _ = try await caller.call(KioskMethods.listCorrections, request)
        }
      ),
      (
        "GetFigures", [.official, .coordinator, .auditor, .admin],
        { caller in
          var request = Binhchon_V1_GetFiguresRequest()
          request.poll = "hai-chau-hai-long"
          _ = try await caller.call(FigureMethods.getFigures, request)
        }
      ),
      (
        "GetHours", [.official, .coordinator, .auditor, .admin],
        { caller in
          var request = Binhchon_V1_GetHoursRequest()
          request.poll = "hai-chau-hai-long"
          _ = try await caller.call(FigureMethods.getHours, request)
        }
      ),
      (
        "ExportRecords", [.auditor],
        { caller in
          var request = Binhchon_V1_ExportRecordsRequest()
          request.poll = "hai-chau-hai-long"
          for try await response in try await caller.call(ExportMethods.exportRecords, request) {
            #expect(response.complete)
          }
        }
      ),
      (
        "ListAlerts", [.official, .coordinator, .auditor, .admin],
        { _ = try await $0.call(AlertMethods.listAlerts, Binhchon_V1_ListAlertsRequest()) }
      ),
      (
        "UpdateAlert", [.official, .coordinator, .admin],
        { caller in
          var request = Binhchon_V1_UpdateAlertRequest()
          request.actID = Data(repeating: 1, count: 16)
          request.key = "index/hai-chau-hai-long/hai-chau/mot-cua/quay-01"
          request.acknowledge = ""
          do {
            _ = try await caller.call(AlertMethods.updateAlert, request)
          } catch let error as RPCError where error.code == .notFound {
            // Nothing to acknowledge: who gets this far was let in.
          }
        }
      ),
      (
        "LeaveComment", [.kiosk, .clerk],
        { caller in
          var request = Binhchon_V1_LeaveCommentRequest()
          (request.poll, request.unit) = ("hai-chau-hai-long", "hai-chau")
          request.commentID = Data(CommentID(random: (1, 2)).bytes)
          do {
            _ = try await caller.call(CommentMethods.leaveComment, request)
          } catch let error as RPCError where error.code == .invalidArgument {
            // The poll has no free text: who gets this far was let in.
          }
        }
      ),
      (
        "ListComments", [.official, .coordinator, .auditor, .admin],
        { caller in
          var request = Binhchon_V1_ListCommentsRequest()
          request.poll = "hai-chau-hai-long"
          _ = try await caller.call(CommentMethods.listComments, request)
        }
      ),
      (
        "DeleteComments", [.admin],
        { caller in
          var request = Binhchon_V1_DeleteCommentsRequest()
          (request.poll, request.before, request.reason) = ("hai-chau-hai-long", "2020-01-01", "test")
          request.actID = withUnsafeBytes(of: UUID().uuid) { Data($0) }
          let response = try await caller.call(CommentMethods.deleteComments, request)
          #expect(response.deleted == 0)
        }
      ),
      (
        "PublishRegistry", [.admin],
        { caller in
          var request = Binhchon_V1_PublishRegistryRequest()
          request.dryRun = true
          _ = try await caller.call(UnitMethods.publishRegistry, request)
        }
      ),
      (
        "GetRegistry", everybody.subtracting([.kiosk]),
        { _ = try await $0.call(UnitMethods.getRegistry, Binhchon_V1_GetRegistryRequest()) }
      ),
      (
        "EnterPaperAct", [.clerk, .secondClerk, .coordinator, .auditor],
        { caller in
          var request = Binhchon_V1_EnterPaperActRequest()
          request.poll = "hai-chau-hai-long"
          request.batch = "t8"
          request.actID = withUnsafeBytes(of: UUID().uuid) { Data($0) }
          request.claim = 1
          // Nothing was said of it: that is for those who may ask.
          do {
            _ = try await caller.call(PaperMethods.enterPaperAct, request)
          } catch let error as RPCError where error.code == .notFound {}
        }
      ),
      (
        "GetPaperRows", [.coordinator, .auditor, .admin],
        { caller in
          var request = Binhchon_V1_GetPaperRowsRequest()
          request.poll = "hai-chau-hai-long"
          request.batch = "t8"
          do {
            _ = try await caller.call(PaperMethods.getPaperRows, request)
          } catch let error as RPCError where error.code == .notFound {}
        }
      ),
      (
        "ListPaperBatches", everybody.subtracting([.kiosk]),
        { caller in
          var request = Binhchon_V1_ListPaperBatchesRequest()
          request.poll = "hai-chau-hai-long"
          _ = try await caller.call(PaperMethods.listPaperBatches, request)
        }
      ),
      (
        "GetPaperBatch", everybody.subtracting([.kiosk]),
        { caller in
          var request = Binhchon_V1_GetPaperBatchRequest()
          request.poll = "hai-chau-hai-long"
          request.batch = "t8"
          do {
            _ = try await caller.call(PaperMethods.getPaperBatch, request)
          } catch let error as RPCError where error.code == .notFound {}
        }
      ),
      (
        "Renew", [.kiosk],
        { caller in
          var request = Binhchon_V1_RenewRequest()
          request.signingRequest = Data("key k".utf8)
          let response = try await caller.call(EnrolmentMethods.renew, request)
          #expect(response.certificate.identity == "spiffe://t/kiosk/hai-chau/n")
        }
      ),
    ]
  }

  @Test func everyMethodTakesItsRolesAndNobodyElse() async throws {
    try await ServiceTests.withAssembly { assembly in
      for method in try Self.methods() {
        for role in Role.allCases {
          // A second clerk enters paper, and casts nothing at a counter.
          if role == .secondClerk, method.name.hasPrefix("Cast") { continue }
          let caller = ServiceTests.caller(assembly, "\(role.rawValue)/hai-chau/n")
          if method.allowed.contains(role) {
            try await method.call(caller)
          } else {
            let error = await #expect(throws: RPCError.self, "\(role) \(method.name)") { try await method.call(caller) }
            #expect(error?.code == .permissionDenied, "\(role) \(method.name)")
            #expect(error.flatMap(ServiceTests.reason) == "WRONG_ROLE", "\(role) \(method.name)")
          }
        }
        for identity in [nil, "boss/hai-chau/n"] {
          let error = await #expect(throws: RPCError.self) {
            try await method.call(ServiceTests.caller(assembly, identity))
          }
          #expect(error?.code == .unauthenticated, "\(method.name)")
          #expect(error.flatMap(ServiceTests.reason) == "NO_IDENTITY", "\(method.name)")
        }
      }
    }
  }

  /// Its role is looked at before the request: nobody else is told what is wrong with a ballot.
  @Test func whoMayNotCastIsRefusedWhateverItSends() async throws {
    try await ServiceTests.withAssembly { assembly in
      for role in Role.allCases where !BallotService.casters.contains(role) {
        let caller = ServiceTests.caller(assembly, "\(role.rawValue)/hai-chau/n")
        let error = await #expect(throws: RPCError.self) {
          try await caller.call(BallotMethods.castBallot, Binhchon_V1_CastBallotRequest())
        }
        #expect(error.flatMap(ServiceTests.reason) == "WRONG_ROLE", "\(role)")
      }
    }
  }

  /// What a certificate-less connection is served with refuses everything but enrolment and health, whoever asks.
  @Test func strangersCallNothingButEnrolmentAndHealth() async throws {
    try await ServiceTests.withAssembly { assembly in
      for identity in [nil, "admin/hai-chau/a", "kiosk/hai-chau/k"] {
        let caller = ServiceTests.caller(assembly.strangersRouter, identity)
        for method in try Self.methods() {
          let error = await #expect(throws: RPCError.self, "\(method.name)") { try await method.call(caller) }
          #expect(error?.code == .unauthenticated, "\(method.name)")
          #expect(error.flatMap(ServiceTests.reason) == "NO_IDENTITY", "\(method.name)")
        }
        #expect(
          try await caller.call(HealthMethods.check, Grpc_Health_V1_HealthCheckRequest()).status == .serving)
        let watch = try await caller.call(HealthMethods.watch, Grpc_Health_V1_HealthCheckRequest())
        let refused = await #expect(throws: RPCError.self) { for try await _ in watch {} }
        #expect(refused?.code == .unauthenticated)
        // Enrolment is let through, to be refused for its code.
        var request = Binhchon_V1_EnrolRequest()
        request.signingRequest = Data("key k".utf8)
        let wrong = await #expect(throws: RPCError.self) { try await caller.call(EnrolmentMethods.enrol, request) }
        #expect(wrong.flatMap(ServiceTests.reason) == "CODE_REFUSED")
      }
    }
  }
}
