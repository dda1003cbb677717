import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import Testing

@testable import Server

/// The services over a real ledger, called in process: who may call what, and what they are told.
@Suite struct ServiceTests {
  /// A service of its own over a new ledger with the Hải Châu poll; gone with its directory at the end.
  static func withAssembly(
    now: @escaping @Sendable () -> Timestamp = { BallotIntakeTests.now }, k: UInt32 = 1,
    _ body: (Assembly) async throws -> Void
  ) async throws {
    try await withAssembly(now: now, k: k) { assembly, _ in try await body(assembly) }
  }

  /// The same, and where its ledger is.
  static func withAssembly(
    now: @escaping @Sendable () -> Timestamp = { BallotIntakeTests.now }, k: UInt32 = 1,
    _ body: (Assembly, _ directory: String) async throws -> Void
  ) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-services-\(UUID().uuidString)")
      .path
    try SQLiteLedger.create(directory: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let assembly = try await Assembly.open(
      Assembly.Options(
        dataDirectory: directory, trustDomain: "t", commitQueue: 64,
        hash: { Array(($0 + [UInt8](repeating: 0, count: 32)).prefix(32)) },
        kioskAuthority: PaperAuthority(), now: now),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onDiskFailure: {})
    do {
      var publish = Binhchon_V1_PublishPollRequest()
      publish.poll = try HaiChauPoll.poll().message(isClosed: false, at: BallotIntakeTests.now)
      publish.poll.policy.k = k
      _ = try await caller(assembly, "admin/hai-chau/a").call(PollMethods.publishPoll, publish)
      try await body(assembly, directory)
    } catch {
      await assembly.close()
      throw error
    }
    await assembly.close()
  }

  /// - Parameter identity: role, unit and name; nil: without a certificate.
  static func caller(_ assembly: Assembly, _ identity: String?) -> InProcessTransport {
    caller(assembly.router, identity)
  }

  static func caller(_ router: Router, _ identity: String?) -> InProcessTransport {
    InProcessTransport(
      router: router,
      peer: Peer(identity: identity.map { "spiffe://t/\($0)" }, certificate: "test", address: "in process"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

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
          request.ballot = fresh()
          _ = try await caller.call(BallotMethods.castBallot, request)
        }
      ),
      (
        "CastBallots", [.kiosk, .clerk, .secondClerk],
        { caller in
          let call = try await caller.call(BallotMethods.castBallots)
          var request = Binhchon_V1_CastBallotsRequest()
          request.ballots = [fresh()]
          try await call.write(request)
          try await call.finish()
          for try await response in call.responses { #expect(response.results.count == 1) }
        }
      ),
      (
        "VoidBallot", [.admin],
        { caller in
          var request = Binhchon_V1_VoidBallotRequest()
          request.ballotID = fresh().ballotID
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

  static func fresh() -> Binhchon_V1_Ballot {
    BallotIntakeTests.ballot {
      $0.ballotID = Data(
        BallotID(
          time: BallotIntakeTests.now, precision: .second, random: (.random(in: 0...4095), .random(in: .min ... .max))
        )
        .bytes)
      $0.channel = .counter
    }
  }

  /// The reason in an error's ErrorInfo.
  static func reason(_ error: RPCError) -> String? {
    error.details.lazy.compactMap { detail -> String? in
      guard detail.typeURL.hasSuffix("google.rpc.ErrorInfo") else { return nil }
      return try? Google_Rpc_ErrorInfo(serializedBytes: detail.value).reason
    }.first
  }

  @Test func everyMethodTakesItsRolesAndNobodyElse() async throws {
    try await Self.withAssembly { assembly in
      for method in try Self.methods() {
        for role in Role.allCases {
          // A second clerk enters paper, and casts nothing at a counter.
          if role == .secondClerk, method.name.hasPrefix("Cast") { continue }
          let caller = Self.caller(assembly, "\(role.rawValue)/hai-chau/n")
          if method.allowed.contains(role) {
            try await method.call(caller)
          } else {
            let error = await #expect(throws: RPCError.self, "\(role) \(method.name)") { try await method.call(caller) }
            #expect(error?.code == .permissionDenied, "\(role) \(method.name)")
            #expect(error.flatMap(Self.reason) == "WRONG_ROLE", "\(role) \(method.name)")
          }
        }
        for identity in [nil, "boss/hai-chau/n"] {
          let error = await #expect(throws: RPCError.self) { try await method.call(Self.caller(assembly, identity)) }
          #expect(error?.code == .unauthenticated, "\(method.name)")
          #expect(error.flatMap(Self.reason) == "NO_IDENTITY", "\(method.name)")
        }
      }
    }
  }

  /// Its role is looked at before the request: nobody else is told what is wrong with a ballot.
  @Test func whoMayNotCastIsRefusedWhateverItSends() async throws {
    try await Self.withAssembly { assembly in
      for role in Role.allCases where !BallotService.casters.contains(role) {
        let caller = Self.caller(assembly, "\(role.rawValue)/hai-chau/n")
        let error = await #expect(throws: RPCError.self) {
          try await caller.call(BallotMethods.castBallot, Binhchon_V1_CastBallotRequest())
        }
        #expect(error.flatMap(Self.reason) == "WRONG_ROLE", "\(role)")
      }
    }
  }

  /// What a certificate-less connection is served with refuses everything but enrolment and health, whoever asks.
  @Test func strangersCallNothingButEnrolmentAndHealth() async throws {
    try await Self.withAssembly { assembly in
      for identity in [nil, "admin/hai-chau/a", "kiosk/hai-chau/k"] {
        let caller = Self.caller(assembly.strangersRouter, identity)
        for method in try Self.methods() {
          let error = await #expect(throws: RPCError.self, "\(method.name)") { try await method.call(caller) }
          #expect(error?.code == .unauthenticated, "\(method.name)")
          #expect(error.flatMap(Self.reason) == "NO_IDENTITY", "\(method.name)")
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
        #expect(wrong.flatMap(Self.reason) == "CODE_REFUSED")
      }
    }
  }

  @Test func aCallerSeesItsSubtreeOnly() async throws {
    try await Self.withAssembly { assembly in
      var cast = Binhchon_V1_CastBallotRequest()
      for unit in ["hai-chau/mot-cua/quay-01", "hai-chau/mot-cua/quay-02", "hai-chau/mot-cua/quay-02"] {
        cast.ballot = Self.fresh()
        cast.ballot.unit = unit
        _ = try await Self.caller(assembly, "kiosk/hai-chau/mot-cua/k").call(BallotMethods.castBallot, cast)
      }
      func tally(_ identity: String, unit: String = "") async throws -> Binhchon_V1_Tally {
        var request = Binhchon_V1_GetTallyRequest()
        request.poll = "hai-chau-hai-long"
        request.unit = unit
        return try await Self.caller(assembly, identity).call(TallyMethods.getTally, request).tally
      }
      func total(_ tally: Binhchon_V1_Tally) -> UInt64? { tally.windows.first { $0.window == .total }?.ballots }

      let district = try await tally("official/hai-chau/lan")
      #expect(district.unit == "hai-chau")
      #expect(total(district) == 3)
      // Without a unit: the caller's own.
      let counter = try await tally("official/hai-chau/mot-cua/quay-02/minh")
      #expect(counter.unit == "hai-chau/mot-cua/quay-02")
      #expect(total(counter) == 2)
      for (identity, unit, reason) in [
        ("official/hai-chau/mot-cua/quay-02/minh", "hai-chau", "OUT_OF_SCOPE"),
        ("official/hai-chau/mot-cua/quay-02/minh", "hai-chau/mot-cua/quay-01", "OUT_OF_SCOPE"),
        ("official/thanh-khe/minh", "", "OUT_OF_SCOPE"),
        ("official/hai-chau/lan", "hai-chau/nowhere", "UNKNOWN_UNIT"),
      ] {
        let error = await #expect(throws: RPCError.self) { try await tally(identity, unit: unit) }
        #expect(error.flatMap(Self.reason) == reason, "\(identity) \(unit)")
      }
      let polls = Binhchon_V1_ListPollsRequest()
      #expect(
        try await Self.caller(assembly, "official/thanh-khe/minh").call(TallyMethods.listPolls, polls).polls.isEmpty)
      #expect(
        try await Self.caller(assembly, "kiosk/hai-chau/mot-cua/k").call(TallyMethods.listPolls, polls).polls.count == 1
      )
    }
  }

  @Test func aPollWithNothingToChooseIsNotPublished() async throws {
    try await Self.withAssembly { assembly in
      var request = Binhchon_V1_PublishPollRequest()
      request.poll = try HaiChauPoll.poll().message(isClosed: false, at: BallotIntakeTests.now)
      request.poll.questions.removeLast()
      request.poll.questions[0].choices = []
      let error = await #expect(throws: RPCError.self) {
        try await Self.caller(assembly, "admin/hai-chau/a").call(PollMethods.publishPoll, request)
      }
      #expect(error.flatMap(Self.reason) == "NO_OPTIONS")
    }
  }

  @Test func aWatchTellsEachNewStateAndItsRevisionResumes() async throws {
    try await Self.withAssembly { assembly in
      let official = Self.caller(assembly, "official/hai-chau/lan")
      var request = Binhchon_V1_WatchTallyRequest()
      request.poll = "hai-chau-hai-long"
      request.intervalMs = 50
      var updates = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
      let first = try #require(try await updates.next())
      #expect(first.kind == .snapshot)
      var cast = Binhchon_V1_CastBallotRequest()
      cast.ballot = Self.fresh()
      _ = try await Self.caller(assembly, "kiosk/hai-chau/mot-cua/k").call(BallotMethods.castBallot, cast)
      let second = try #require(try await updates.next())
      #expect(second.kind == .update)
      #expect(second.tally.revision > first.tally.revision)
      #expect(second.tally.windows.map(\.ballots) == [1, 0, 1, 1, 1])

      request.sinceRevision = second.tally.revision
      request.sinceEpoch = second.tally.ledgerEpoch
      var resumed = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
      #expect(try await resumed.next()?.kind == .current)
      request.sinceEpoch = "another"
      var reset = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
      #expect(try await reset.next()?.kind == .reset)
      // A server that stops ends its watches, and says why.
      await assembly.stopServing()
      let error = await #expect(throws: RPCError.self) { while try await updates.next() != nil {} }
      #expect(error?.code == .unavailable)
      #expect(error.flatMap(Self.reason) == "DRAINING")
    }
  }

  @Test func manyWatchersOfTheSameAreToldTheSame() async throws {
    try await Self.withAssembly { assembly in
      let official = Self.caller(assembly, "official/hai-chau/lan")
      var request = Binhchon_V1_WatchTallyRequest()
      request.poll = "hai-chau-hai-long"
      var watches: [ResponseStream<Binhchon_V1_WatchTallyResponse>.AsyncIterator] = []
      for unit in [String](repeating: "", count: 300) + ["hai-chau/mot-cua/quay-01"] {
        request.unit = unit
        var watch = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
        #expect(try await watch.next()?.kind == .snapshot)
        watches.append(watch)
      }
      var cast = Binhchon_V1_CastBallotRequest()
      cast.ballot = Self.fresh()
      _ = try await Self.caller(assembly, "kiosk/hai-chau/mot-cua/k").call(BallotMethods.castBallot, cast)
      for index in watches.indices {
        var update = try await watches[index].next()
        // On a busy machine the vote comes after a heartbeat or two.
        while update?.kind == .current { update = try await watches[index].next() }
        #expect(update?.kind == .update)
        #expect(update?.tally.unit == (index == 300 ? "hai-chau/mot-cua/quay-01" : "hai-chau"))
        #expect(update?.tally.windows.map(\.ballots) == [1, 0, 1, 1, 1])
      }
    }
  }

  @Test func ballotsWithADossierAreToldApart() async throws {
    try await Self.withAssembly { assembly in
      let kiosk = Self.caller(assembly, "kiosk/hai-chau/mot-cua/k")
      for dossier in ["", "H17-1", "", "H17-2", ""] {
        var cast = Binhchon_V1_CastBallotRequest()
        cast.ballot = Self.fresh()
        cast.ballot.credential = dossier
        #expect(try await kiosk.call(BallotMethods.castBallot, cast).receipt.counted)
      }
      var request = Binhchon_V1_GetTallyRequest()
      request.poll = "hai-chau-hai-long"
      let tally = try await Self.caller(assembly, "official/hai-chau/lan").call(TallyMethods.getTally, request).tally
      #expect(tally.windows.map(\.ballots) == [5, 0, 5, 5, 5])
      #expect(tally.windows.map(\.boundBallots) == [2, 0, 2, 2, 2])
    }
  }

  @Test func healthNeedsNoCertificateAndTellsOfTheEnd() async throws {
    try await Self.withAssembly { assembly in
      let anybody = Self.caller(assembly, nil)
      var request = Grpc_Health_V1_HealthCheckRequest()
      for service in [
        "", BallotMethods.service, TallyMethods.service, PollMethods.service, EnrolmentMethods.service,
        HealthMethods.service,
      ] {
        request.service = service
        #expect(try await anybody.call(HealthMethods.check, request).status == .serving)
      }
      var states = try await anybody.call(HealthMethods.watch, request).makeAsyncIterator()
      #expect(try await states.next()?.status == .serving)
      request.service = "nothing"
      let error = await #expect(throws: RPCError.self) { try await anybody.call(HealthMethods.check, request) }
      #expect(error?.code == .notFound)
      var unknown = try await anybody.call(HealthMethods.watch, request).makeAsyncIterator()
      #expect(try await unknown.next()?.status == .serviceUnknown)
      await assembly.stopServing()
      #expect(try await states.next()?.status == .notServing)
      request.service = ""
      #expect(try await anybody.call(HealthMethods.check, request).status == .notServing)
    }
  }
}
