import FaultRun
import SeededRandom
import Testing

@testable import Ledger

/// Promise P4, of the server: on a disk of whatever size a call is kept whole or not at all, and acceptance comes back with the
/// space, without a restart. (The kiosk's is in Tests/KioskTests.)
@Suite(.timeLimit(.minutes(20)))
struct FullDiskFaultTests {
  /// What takes a call's ballots: the ledger, or one with a bug.
  typealias Caster = @Sendable (SQLiteLedger, Range<UInt64>) async throws -> Void

  /// As kiosks' ballots come, and every other call as a plain one.
  private static let ledger: Caster = { ledger, numbers in
    let ballots = try numbers.map { try Sample.ballot($0) }
    if numbers.lowerBound % 2 == 0 {
      let outcomes = try await ledger.append(ballots.map { .cast(Sample.record($0), isOpen: true) })
      #expect(outcomes.count == ballots.count)
    } else {
      var batch = CastBatch()
      for ballot in ballots { batch.append(Sample.record(ballot)) }
      _ = try await ledger.append(batch)
    }
  }

  /// Tries one disk. Returns what is wrong, in words, and how often the disk was full.
  private static func problems(
    _ number: Int, _ random: SplitMix64, _ cast: Caster
  ) async throws -> (problems: [String], wasFull: Int) {
    var random = random
    var problems: [String] = []
    let disk = try FaultyDisk()
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    var options = SQLiteLedger.Options()
    options.vfs = disk.name
    options.checkpointPages = Int.random(in: 5...60, using: &random)
    options.settlingStride = UInt64.random(in: 7...200, using: &random)
    options.settlingStep = 4
    let bench = try Bench(directory, options)
    _ = try await bench.append(.publish(try Sample.poll(), by: "admin", at: Sample.time))

    var kept: Set<UInt64> = []
    var wasFull = 0
    var next: UInt64 = 1
    disk.leaveRoom(Int64(number % 40) * 12_000 + Int64.random(in: 0..<12_000, using: &random))
    for _ in 0..<4 {
      // Until it is full.
      var refused: Range<UInt64>?
      while refused == nil, next < 4_000 {
        let call = next..<(next + UInt64.random(in: 1...60, using: &random))
        next = call.upperBound
        do throws(any Error) {
          try await cast(bench.ledger, call)
          kept.formUnion(call)
        } catch LedgerError.diskFull {
          refused = call
        }
      }
      guard let refused else { break }
      wasFull += 1
      for number in refused {
        guard case .refused = try await bench.append(.recall(try Sample.ballot(number))).first else {
          problems.append("\(number) was refused with its call \(refused), and is kept")
          continue
        }
      }
      // The same call again, and again, with a little more room each time.
      var isKept = false
      for _ in 0..<200 where !isKept {
        disk.leaveRoom(Int64.random(in: 1..<40_000, using: &random))
        do throws(any Error) {
          try await cast(bench.ledger, refused)
          kept.formUnion(refused)
          isKept = true
        } catch LedgerError.diskFull {}
      }
      if !isKept { problems.append("acceptance did not come back for \(refused)") }
    }
    if !bench.failures.isEmpty { problems.append("it latched: \(bench.failures)") }
    disk.heal()
    await bench.ledger.close()

    let report = try LedgerVerifier.run(directory: directory.path)
    problems += report.differences
    if report.ballots != UInt64(kept.count) { problems.append("\(report.ballots) ballots, \(kept.count) acknowledged") }
    let again = try Bench(directory)
    let outcomes = try await again.ledger.append(try kept.map { .recall(try Sample.ballot($0)) })
    let lost = outcomes.count { if case .replayed = $0 { false } else { true } }
    if lost > 0 { problems.append("\(lost) acknowledged ballots lost") }
    await again.ledger.close()
    return (problems, wasFull)
  }

  @Test func aFullDiskLosesNothing() async throws {
    let run = FaultRun("P4", cases: 40)
    var wasFull = 0
    for number in run.cases {
      do {
        let tried = try await Self.problems(number, run.random(number), Self.ledger)
        #expect(tried.problems == [], "\(run.replay(number))")
        #expect(tried.wasFull > 0, "the disk was never full: \(run.replay(number))")
        wasFull += tried.wasFull
      } catch {
        Issue.record("\(error): \(run.replay(number))")
      }
    }
    print("P4, server: \(run.cases.count) disks, \(wasFull) times full")
  }

  /// Negative control: one that keeps the first half of a call that it refuses.
  @Test func aCallKeptByHalvesIsFound() async throws {
    let run = FaultRun("P4", cases: 4)
    var found = 0
    for number in run.cases {
      let tried = try await Self.problems(number, run.random(number)) { ledger, call in
        let middle = call.lowerBound + (call.upperBound - call.lowerBound) / 2
        // One of the halves is empty, if there is one ballot.
        if middle > call.lowerBound { try await Self.ledger(ledger, call.lowerBound..<middle) }
        try await Self.ledger(ledger, middle..<call.upperBound)
      }
      found += tried.problems.count
    }
    #expect(found > 0, "this harness tests nothing")
  }
}
