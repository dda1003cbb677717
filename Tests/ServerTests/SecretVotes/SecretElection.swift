import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import SeededRandom
import Synchronization

@testable import Server

/// Sealing as it should be: what is sealed is random, and only who has the key finds what was in it.
final class Vault: Sendable {
  static let overhead = 48
  let key: [UInt8]
  private let contents = Mutex<[[UInt8]: [UInt8]]>([:])

  init(_ random: inout SplitMix64) {
    key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  var publicKey: [UInt8] { SHA256.digest(of: key) }

  func seal(_ sheet: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    let sealed = (0..<sheet.count + Self.overhead).map { _ in UInt8.random(in: 0...255, using: &random) }
    contents.withLock { $0[sealed] = sheet }
    return sealed
  }

  var opener: BallotOpener {
    BallotOpener(
      overhead: Self.overhead, publicKey: { SHA256.digest(of: $0) },
      open: { sealed, key, _, _ in key == self.key ? self.contents.withLock { $0[sealed] } : nil })
  }
}

/// One secret vote by codes over a real ledger and the real service, and all that is to be seen of it.
struct SecretElection {
  static let campaign = "dan-van-kheo"
  static let start: Int64 = 1_602_640_800_000
  private static let chosen = 6

  let voters: Int
  let nominees: Int
  /// Whether whoever looks has the key: what is sealed shows a ballot then.
  var hasKey = false
  /// Whether files were copied while the vote was open.
  var copiesWhileOpen = true

  /// Different ballots, each with six nominees in order.
  static func ballots(_ count: Int, of nominees: Int, _ random: inout SplitMix64) -> [[Int]] {
    var ballots: [[Int]] = []
    while ballots.count < count {
      let ballot = Array((0..<nominees).shuffled(using: &random).prefix(chosen)).sorted()
      if !ballots.contains(ballot) { ballots.append(ballot) }
    }
    return ballots
  }

  static func sheet(_ ballot: [Int], of nominees: Int) -> Data {
    Data((0..<nominees).flatMap { [0, ballot.contains($0) ? 1 : 0, 0, 0] as [UInt8] })
  }

  /// As an act has them.
  private static func marks(_ ballot: [Int]) -> Data {
    Data([UInt8(ballot.count)] + ballot.flatMap { [UInt8($0), 1] })
  }

  static func slate(_ nominees: Int) throws -> NomineeSlate {
    NomineeSlate(
      version: 1, unit: try UnitPath("dong-da"), rules: NomineeVote(method: .choose(UInt32(chosen))),
      nominees: try (0..<nominees).map { VoteDefinition.Nominee(try RecordID("n\($0)"), name: "Mô hình \($0)") })
  }

  func run(_ random: inout SplitMix64) async throws -> (Sighting, truth: [Int]) {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-election-\(UUID().uuidString)")
      .path
    try SQLiteLedger.create(directory: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (ledger, _) = try SQLiteLedger.open(directory: directory, observer: { _ in })
    do {
      let seen = try await run(ledger, directory, &random)
      await ledger.close()
      return seen
    } catch {
      await ledger.close()
      throw error
    }
  }

  private func run(
    _ ledger: SQLiteLedger, _ directory: String, _ random: inout SplitMix64
  ) async throws -> (Sighting, truth: [Int]) {
    let vault = Vault(&random)
    let clock = DoorClock(Self.start)
    let log = CapturedLog()
    let pepper = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    let hash: @Sendable ([UInt8]) -> [UInt8] = { SHA256.digest(of: pepper + $0) }
    let slate = try Self.slate(nominees)
    var router = Router()
    NomineeVoteService(
      desk: NomineeVoteDesk(ledger: ledger, reader: ledger, opener: vault.opener), slate: { _ in slate },
      access: Access(trustDomain: "t"), hash: hash, now: { Timestamp(milliseconds: clock.now) }
    ).register(in: &router)
    let site = VotingSite(router, log.logger)

    try await site.open(publicKey: vault.publicKey)
    let codes = (0..<voters + 2).map { _ in EnrolmentCode(using: &random) }
    try await site.issue(codes)
    let cast = Self.ballots(voters, of: nominees, &random)
    var (moments, tallies, times, sealed) = ([[Data]](), [[Int]?](), [Int64](), [Data]())
    func look() async throws {
      var files: [Data] = [Data(log.text.utf8)]
      for name in try FileManager.default.contentsOfDirectory(atPath: directory).sorted() where !name.hasSuffix("-shm")
      {
        files.append(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)")))
      }
      // Also what the service says to whoever asks.
      let state = try await site.state()
      files.append(Data("\(state)".utf8))
      moments.append(files)
      tallies.append(
        state.hasFigures
          ? (0..<nominees).map { number in
            Int(state.figures.standings.first { $0.nominee == "n\(number)" }?.votes ?? 0)
          } : nil)
    }
    try await look()
    for voter in 0..<voters {
      clock.pass(.random(in: 20_000...90_000, using: &random))
      times.append(clock.now)
      let ballot = vault.seal(Array(Self.sheet(cast[voter], of: nominees)), &random)
      sealed.append(Data(ballot))
      try await site.cast(codes[voter], ballot)
      if voter == voters / 2 { _ = try LedgerBackup.run(directory: directory, to: "\(directory)/backup.db") }
      try await look()
    }
    clock.pass(3_600_000)
    let end = try await site.close(key: vault.key)
    guard end.phase == .counted, end.figures.ballots == UInt64(voters) else { throw NotCounted() }
    // The journal is emptied after the answer, before the next commit.
    try await site.openAnother(publicKey: vault.publicKey)
    if !copiesWhileOpen {
      try FileManager.default.removeItem(atPath: "\(directory)/backup.db")
      moments = [[]] + cast.map { _ in [] }
    }
    try await look()

    let told = cast.sorted { Self.sheet($0, of: nominees).lexicographicallyPrecedes(Self.sheet($1, of: nominees)) }
    let truth = cast.map { ballot in told.firstIndex(of: ballot) ?? 0 }
    let traces = told.map { ballot in
      [Self.sheet(ballot, of: nominees), Self.marks(ballot)]
        + (hasKey ? [sealed[cast.firstIndex(of: ballot) ?? 0]] : [])
    }
    return (
      Sighting(
        voters: codes.prefix(voters).map { code in
          [
            Data(hash([0] + Array("vote code\0\(Self.campaign)/vote\0".utf8) + code.characters)), Data(code.characters),
            Data(code.text.utf8),
          ]
        }, times: times, ballots: traces, marks: told, moments: moments, tallies: tallies), truth
    )
  }

  struct NotCounted: Error {}
}

/// A clock that stands still until the next voter comes.
final class DoorClock: Sendable {
  private let milliseconds: Atomic<Int64>

  init(_ start: Int64) { milliseconds = Atomic(start) }

  var now: Int64 { milliseconds.load(ordering: .relaxed) }

  func pass(_ time: Int64) { milliseconds.add(time, ordering: .relaxed) }
}

/// Everything that is logged, at every level.
final class CapturedLog: Sendable {
  private let lines = Mutex("")

  var text: String { lines.withLock { $0 } }

  var logger: Logger {
    Logger(label: "election") { _ in Handler(log: self) }
  }

  private struct Handler: LogHandler {
    let log: CapturedLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.lines.withLock { $0 += "\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])\n" }
    }
  }
}
