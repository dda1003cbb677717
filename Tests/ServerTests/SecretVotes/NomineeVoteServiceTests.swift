import Foundation
import Ledger
import Polling
import RPC
import Schema
import SeededRandom
import Testing

@testable import Server

/// Votes on nominees over a real ledger, called in process: who may do what, and what they are told.
@Suite(.timeLimit(.minutes(2))) struct NomineeVoteServiceTests {
  private static let nominees = 4

  private static func withSite(
    _ method: NomineeVote.Method = .choose(2), now: @escaping @Sendable () -> Timestamp = { .now },
    _ body: (VotingSite, Vault) async throws -> Void
  ) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-votes-\(UUID().uuidString)").path
    try SQLiteLedger.create(directory: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (ledger, _) = try SQLiteLedger.open(directory: directory, observer: { _ in })
    var random = SplitMix64(seed: 20_261_122)
    let vault = Vault(&random)
    var slate = try SecretElection.slate(nominees)
    slate.rules.method = method
    slate.rules.quorum = Rational(1, over: 2)
    let known = slate
    var router = Router()
    NomineeVoteService(
      desk: NomineeVoteDesk(ledger: ledger, reader: ledger, opener: vault.opener),
      slate: { $0.rawValue == SecretElection.campaign ? known : nil }, access: Access(trustDomain: "t"),
      hash: { SHA256.digest(of: [7] + $0) }, now: now
    ).register(in: &router)
    do {
      try await body(VotingSite(router), vault)
    } catch {
      await ledger.close()
      throw error
    }
    await ledger.close()
    #expect(try LedgerVerifier.run(directory: directory).differences == [])
  }

  private static func refused<Result>(_ call: () async throws -> Result) async -> String {
    do {
      _ = try await call()
      return "done"
    } catch let error as RPCError {
      return ServiceTests.reason(error) ?? "\(error.code)"
    } catch { return "\(error)" }
  }

  private static func sheet(_ nominees: [Int]) -> [UInt8] { Array(SecretElection.sheet(nominees, of: Self.nominees)) }

  @Test func aSecretVoteFromItsOpeningToItsCount() async throws {
    try await Self.withSite { site, vault in
      var random = SplitMix64(seed: 3)
      let codes = (0..<8).map { _ in EnrolmentCode(using: &random) }
      #expect(await Self.refused { try await site.state() } == "UNKNOWN_VOTE")
      let opening = UUID()
      try await site.open(publicKey: vault.publicKey, id: opening)
      #expect(try await site.open(publicKey: vault.publicKey, id: opening).replayed)
      #expect(await Self.refused { try await site.open(publicKey: vault.publicKey) } == "VOTE_STAGE")
      let issuing = UUID()
      #expect(try await site.issue(codes, id: issuing).issued == 8)
      #expect(try await site.issue(codes, id: issuing).replayed)

      let ballots = [[0, 1], [0], [1, 2], [0, 3], []].map { vault.seal(Self.sheet($0), &random) }
      for (code, ballot) in zip(codes, ballots) { #expect(try await !site.cast(code, ballot).replayed) }
      // The answer was lost.
      #expect(try await site.cast(codes[0], ballots[0]).replayed)
      // Somebody tries to see, or to change, what they voted.
      for ballot in [[0, 1], [2, 3]].map({ vault.seal(Self.sheet($0), &random) }) {
        #expect(await Self.refused { try await site.cast(codes[0], ballot) } == "ALREADY_VOTED")
      }
      let other = EnrolmentCode(using: &random)
      #expect(await Self.refused { try await site.cast(other, ballots[0]) } == "NOT_ENTITLED")
      #expect(await Self.refused { try await site.cast(codes[6], [1, 2, 3]) } == "INVALID_FIELD")
      #expect(await Self.refused { try await site.cast(["n0": 1], by: "official/dong-da/an") } == "VOTE_STAGE")
      #expect(await Self.refused { try await site.state(by: "official/hai-chau/an") } == "UNKNOWN_VOTE")
      let open = try await site.state()
      #expect(open.phase == .open && !open.hasFigures && open.entitled == 8)

      #expect(await Self.refused { try await site.close(key: [UInt8](repeating: 1, count: 32)) } == "WRONG_VOTE_KEY")
      #expect(await Self.refused { try await site.close() } == "WRONG_VOTE_KEY")
      let closing = UUID()
      let closed = try await site.close(key: vault.key, id: closing)
      #expect(try await site.close(key: vault.key, id: closing) == closed)
      #expect(await Self.refused { try await site.close(key: vault.key) } == "VOTE_STAGE")
      #expect(await Self.refused { try await site.cast(codes[6], ballots[0]) } == "VOTE_STAGE")
      let figures = closed.figures
      #expect((figures.ballots, figures.votes, figures.overvotes, figures.undervotes) == (5, 7, 0, 3))
      #expect(figures.quorum && figures.spoilt == 0)
      #expect(figures.standings.first?.nominee == "n0" && figures.standings.first?.votes == 3)
      #expect(closed.ballots.isEmpty)
    }
  }

  @Test func aJuryVotesInTheOpenAndIsWatched() async throws {
    try await Self.withSite(.jury(points: 10)) { site, _ in
      let jurors = ["lan", "minh", "hoa"].map { "dong-da/\($0)" }
      try await site.open(publicKey: nil, jurors: jurors, isLive: true)
      var request = Binhchon_V1_WatchNomineeVoteRequest()
      request.place = site.place
      var seen = try await site.caller("official/dong-da/an").call(NomineeVoteMethods.watchNomineeVote, request)
        .makeAsyncIterator()
      #expect(try await seen.next()?.state.figures.ballots == 0)
      #expect(try await !site.cast(["n0": 9, "n1": 5], by: "official/dong-da/lan").replayed)
      #expect(try await seen.next()?.state.figures.ballots == 1)
      // Again, and with other marks.
      #expect(try await site.cast(["n0": 9, "n1": 5], by: "official/dong-da/lan").replayed)
      #expect(await Self.refused { try await site.cast(["n0": 1], by: "official/dong-da/lan") } == "ALREADY_VOTED")
      #expect(await Self.refused { try await site.cast(["n0": 1], by: "official/dong-da/kim") } == "NOT_ENTITLED")
      #expect(await Self.refused { try await site.cast(["n0": 11], by: "official/dong-da/minh") } == "INVALID_FIELD")
      try await site.cast(["n0": 8, "n2": 7], by: "official/dong-da/minh")
      #expect(try await seen.next()?.state.figures.ballots == 2)
      let closed = try await site.close()
      #expect(try await seen.next()?.state == closed)
      #expect(try await seen.next() == nil)
      #expect(closed.figures.quorum && closed.ballots.map(\.person) == ["dong-da/lan", "dong-da/minh"])
      #expect(closed.figures.standings.map(\.nominee) == ["n0", "n2", "n1", "n3"])
    }
  }

  /// An open vote's figures may wait for its end; a jury may vote in secret, each by their certificate.
  @Test func figuresThatWaitAndASecretJury() async throws {
    try await Self.withSite(.jury(points: 10)) { site, vault in
      let jurors = ["lan", "minh", "hoa"].map { "dong-da/\($0)" }
      try await site.open(publicKey: nil, jurors: jurors)
      try await site.cast(["n0": 9], by: "official/dong-da/lan")
      let open = try await site.state()
      #expect(!open.hasFigures && open.ballots.isEmpty)
      #expect(try await site.close().ballots.count == 1)

      var secret = site
      secret.vote = "secret"
      try await secret.open(publicKey: vault.publicKey, jurors: jurors)
      var random = SplitMix64(seed: 4)
      for (number, juror) in jurors.enumerated() {
        var request = Binhchon_V1_CastNomineeVoteRequest()
        request.place = secret.place
        request.sealed = Data(vault.seal(Self.sheet([number]), &random))
        let caller = secret.caller("official/\(juror)")
        #expect(try await !caller.call(NomineeVoteMethods.castNomineeVote, request).replayed)
        request.sealed = Data(vault.seal(Self.sheet([0]), &random))
        let again = request
        let told = await Self.refused { try await caller.call(NomineeVoteMethods.castNomineeVote, again) }
        #expect(told == "ALREADY_VOTED")
      }
      let closed = try await secret.close(key: vault.key)
      #expect(closed.figures.ballots == 3 && closed.figures.votes == 3 && closed.ballots.isEmpty)
    }
  }

  @Test func fewerBallotsThanMayBeOpenedStayClosed() async throws {
    try await Self.withSite { site, vault in
      var random = SplitMix64(seed: 5)
      let codes = (0..<8).map { _ in EnrolmentCode(using: &random) }
      try await site.open(publicKey: vault.publicKey, fewest: 5)
      try await site.issue(codes)
      for code in codes.prefix(4) { try await site.cast(code, vault.seal(Self.sheet([0]), &random)) }
      let closed = try await site.close(key: vault.key)
      #expect(closed.phase == .tooFew && !closed.hasFigures)
    }
  }

  /// Of each certificate by itself, and again as time passes.
  @Test func wrongCodesAreLookedAtSoOften() async throws {
    let clock = DoorClock(SecretElection.start)
    let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: clock.now) }
    try await Self.withSite(now: now) { site, vault in
      var random = SplitMix64(seed: 6)
      let codes = (0..<3).map { _ in EnrolmentCode(using: &random) }
      try await site.open(publicKey: vault.publicKey)
      try await site.issue(codes)
      let ballots = codes.map { _ in vault.seal(Self.sheet([0]), &random) }
      for _ in 0..<GuessBudget.most {
        #expect(
          await Self.refused { try await site.cast(EnrolmentCode(using: &random), ballots[0]) } == "NOT_ENTITLED")
      }
      #expect(await Self.refused { try await site.cast(codes[0], ballots[0]) } == "OVERLOADED")
      let other = site.caller("kiosk/dong-da/van-hoa/may-02")
      #expect(await Self.refused { try await site.cast(codes[1], ballots[1], by: other) } == "done")
      clock.pass(GuessBudget.millisecondsEach)
      // A right one costs nothing.
      #expect(await Self.refused { try await site.cast(codes[0], ballots[0]) } == "done")
      #expect(await Self.refused { try await site.cast(codes[2], ballots[2]) } == "done")
      #expect(
        await Self.refused { try await site.cast(EnrolmentCode(using: &random), ballots[0]) } == "NOT_ENTITLED")
      #expect(await Self.refused { try await site.cast(codes[0], ballots[0]) } == "OVERLOADED")
    }
  }

  /// Nobody without the pepper knows under which id a juror's ballot is entered, so that nobody can use it up first.
  @Test func aJurorsBallotHasAnIdThatNobodyElseCanName() async throws {
    try await Self.withSite(.jury(points: 10)) { site, _ in
      let juror = "dong-da/lan"
      let digest = SHA256.digest(
        of: Array("BinhChon open vote\0\(SecretElection.campaign)/\(site.vote)\0\(juror)".utf8))
      let guessed = digest.prefix(16).withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
      try await site.open(publicKey: nil, jurors: [juror], id: UUID(uuid: guessed))
      #expect(await Self.refused { try await site.cast(["n0": 9], by: "official/\(juror)") } == "done")
    }
  }

  /// Forty calls at once, while codes are still being made: each act of the register makes the others decide again.
  @Test func manyAtOnceAreEachCountedOnce() async throws {
    try await Self.withSite { site, vault in
      var random = SplitMix64(seed: 7)
      let codes = (0..<20).map { _ in EnrolmentCode(using: &random) }
      let more = (0..<5).map { _ in EnrolmentCode(using: &random) }
      let ballots = codes.map { _ in vault.seal(Self.sheet([1]), &random) }
      try await site.open(publicKey: vault.publicKey)
      try await site.issue(codes)
      await withTaskGroup(of: Void.self) { group in
        for (code, ballot) in zip(codes, ballots) {
          for _ in 0..<2 { group.addTask { _ = await Self.refused { try await site.cast(code, ballot) } } }
        }
        for code in more { group.addTask { _ = await Self.refused { try await site.issue([code]) } } }
      }
      let closed = try await site.close(key: vault.key)
      #expect(closed.figures.ballots == 20 && closed.figures.votes == 20 && closed.entitled == 25)
    }
  }
}
