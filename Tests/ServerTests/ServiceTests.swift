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
