import Glibc
import Polling
import SQLite
import Synchronization
import Testing

@testable import Ledger

/// What an acknowledged ballot is worth when the disk fails or is full.
@Suite(.timeLimit(.minutes(5)))
struct DiskFailureTests {
  private static func options(_ disk: FaultyDisk, checkpointPages: Int = 4_000) -> SQLiteLedger.Options {
    var options = SQLiteLedger.Options()
    options.vfs = disk.name
    options.checkpointPages = checkpointPages
    // So that ballots are settled in between.
    options.settlingStride = 7
    // And not all of a stride with one commit.
    options.settlingStep = 2
    return options
  }

  /// What callers were told, by ballot.
  private struct Told {
    var kept: Set<UInt64> = []
    var refused: Set<UInt64> = []
    var unknown: Set<UInt64> = []

    mutating func add(_ other: Told) {
      kept.formUnion(other.kept)
      refused.formUnion(other.refused)
      unknown.formUnion(other.unknown)
    }
  }

  /// The record of a press at a kiosk, whose account has to add up after whatever happens.
  private static func press(_ ballot: Ballot) -> CastVoteRecord {
    var record = Sample.record(ballot)
    record.spool = Sample.spool
    return record
  }

  /// Casts ballots, three in a call or all, every other call as a batch. A kiosk says how it stands with the plain ones.
  private static func cast(
    _ numbers: Range<UInt64>, inOneCall: Bool = false, into bench: Bench, _ told: inout Told
  ) async throws {
    let size = inOneCall ? UInt64(numbers.count) : 3
    for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: Int(size)) {
      let call = Array(first..<min(first + size, numbers.upperBound))
      let ballots = try call.map { try Sample.ballot($0) }
      let report = try Sample.report(presses: first)
      do throws(LedgerError) {
        if first % 2 == 0 {
          let outcomes = try await bench.ledger.append(
            ballots.map { .cast(press($0), isOpen: true) } + [.reportKiosk(report)])
          for (number, outcome) in zip(call, outcomes) {
            switch outcome {
            case .entered, .replayed: told.kept.insert(number)
            case .refused(let refusal): Issue.record("\(number): \(refusal)")
            }
          }
        } else {
          var batch = CastBatch()
          for ballot in ballots { batch.append(Sample.record(ballot)) }
          for exception in try await bench.ledger.append(batch).exceptions {
            guard case .replayed = exception.outcome else {
              Issue.record("\(call[exception.index]): \(exception.outcome)")
              continue
            }
          }
          told.kept.formUnion(call)
        }
      } catch {
        switch error {
        case .diskFull: told.refused.formUnion(call)
        case .outcomeUnknown: told.unknown.formUnion(call)
        case .overloaded, .closed: Issue.record("\(call): \(error)")
        }
      }
    }
  }

  /// What is in the ledger after a restart: exactly the acknowledged ones, none of the refused, of the rest any;
  /// counted once each.
  private static func audit(_ directory: TemporaryDirectory, _ told: Told, _ numbers: Range<UInt64>) async throws {
    let report = try LedgerVerifier.run(directory: directory.path)
    #expect(report.differences == [])
    let bench = try Bench(directory)
    var kept: Set<UInt64> = []
    for number in numbers {
      let outcome = try await bench.append(.recall(try Sample.ballot(number))).first
      if case .replayed = outcome { kept.insert(number) }
    }
    #expect(told.kept.subtracting(kept).isEmpty)
    #expect(told.refused.intersection(kept).isEmpty)
    #expect(kept.subtracting(told.kept).subtracting(told.unknown).isEmpty)
    #expect(report.ballots == UInt64(kept.count))
    await bench.ledger.close()
  }

  /// No answer without a sync of the journal before it; a repetition writes nothing and needs none.
  @Test func everyAnswerComesAfterASync() async throws {
    let disk = try FaultyDisk()
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    let bench = try Bench(directory, Self.options(disk))
    _ = try await bench.append(.publish(try Sample.poll(), by: "admin", at: Sample.time))
    for number in 1...20 as ClosedRange<UInt64> {
      disk.count(.sync, on: "-wal")
      if number % 2 == 0 { #expect(try await bench.ledger.cast(number) == []) }
      #expect(disk.counted == (number % 2 == 0 ? 1 : 0))
      _ = try await bench.append(try Sample.cast(number))
      #expect(disk.counted == 1)
      disk.count(.write, on: "")
      _ = try await bench.append(try Sample.cast(number))
      #expect(try await bench.ledger.cast(number) == ["0 replayed \(number + 1)"])
      #expect(disk.counted == 0)
    }
    await bench.ledger.close()
  }

  struct Failure: CustomStringConvertible, Sendable {
    var description: String
    var operations: FaultyDisk.Operations
    var suffix: String
    var error: Int32
  }

  static let failures = [
    Failure(description: "sync of the journal", operations: .sync, suffix: "-wal", error: EIO),
    Failure(description: "sync of the journal, no space", operations: .sync, suffix: "-wal", error: ENOSPC),
    Failure(description: "write to the journal", operations: .write, suffix: "-wal", error: EIO),
    Failure(description: "write to the journal, over quota", operations: .write, suffix: "-wal", error: EDQUOT),
    Failure(description: "write to the ledger", operations: .write, suffix: ".db", error: EIO),
    Failure(description: "sync of the ledger", operations: .sync, suffix: ".db", error: EIO),
    Failure(description: "memory shared with readers", operations: .sharedMemory, suffix: "", error: ENOSPC),
  ]

  /// The n-th operation fails, for n = 1 and up until a run goes through without meeting the failure. Every other run
  /// only that one operation fails and the disk then behaves again: it must not be believed.
  @Test(arguments: failures, [true, false])
  func latches(_ failure: Failure, forever: Bool) async throws {
    let numbers: Range<UInt64> = 1..<31
    var failedRuns = 0
    for n in 1... {
      let disk = try FaultyDisk()
      let directory = try TemporaryDirectory()
      try SQLiteLedger.create(directory: directory.path)
      let bench: Bench
      // The first journal is made at opening, so that opening may fail as well: then nothing was promised.
      disk.fail(failure.operations, on: failure.suffix, number: Int64(n), with: failure.error, forever: forever)
      do {
        bench = try Bench(directory, Self.options(disk, checkpointPages: 20))
      } catch is LedgerFileError {
        #expect(disk.hasFailed)
        failedRuns += 1
        continue
      }
      var told = Told()
      let isPublished: Bool
      do {
        _ = try await bench.append(.publish(try Sample.poll(), by: "admin", at: Sample.time))
        isPublished = true
      } catch LedgerError.outcomeUnknown {
        isPublished = false
      }
      if isPublished { try await Self.cast(numbers, into: bench, &told) }
      let hasFailed = disk.hasFailed
      if hasFailed {
        failedRuns += 1
        // Whoever comes later is told the same; a disk that behaves again is not believed.
        if !forever { disk.heal() }
        await #expect(throws: LedgerError.outcomeUnknown) { try await bench.append(try Sample.cast(99)) }
      } else {
        #expect(told.kept == Set(numbers))
      }
      disk.heal()
      await bench.ledger.close()
      #expect(bench.failures.count == (hasFailed ? 1 : 0))
      await #expect(throws: hasFailed ? LedgerError.outcomeUnknown : .closed) {
        try await bench.append(try Sample.cast(99))
      }
      try await Self.audit(directory, told, numbers)
      if !hasFailed { break }
    }
    #expect(failedRuns > 0, "the failure was never met: this test tests nothing")
  }

  /// Many wait when the disk fails, batches and plain calls: each is told, and each call is kept whole or not at all.
  /// (Memory shared with readers grows only at opening, in so short a run.)
  @Test(arguments: failures.filter { $0.operations != .sharedMemory })
  func everybodyWaitingIsTold(_ failure: Failure) async throws {
    let calls = (0..<8 as Range<UInt64>).map { Array($0 * 5 + 1...$0 * 5 + 5) }
    var unknownRuns = 0
    for n in 1... {
      let disk = try FaultyDisk()
      let directory = try TemporaryDirectory()
      try SQLiteLedger.create(directory: directory.path)
      let bench = try Bench(directory, Self.options(disk, checkpointPages: 20))
      _ = try await bench.append(.publish(try Sample.poll(), by: "admin", at: Sample.time))
      disk.fail(failure.operations, on: failure.suffix, number: Int64(n), with: failure.error)
      let told = await withTaskGroup(of: Told.self) { group in
        for call in calls {
          group.addTask {
            var told = Told()
            do { try await Self.cast(call[0]..<call[0] + 5, inOneCall: true, into: bench, &told) } catch {
              Issue.record("\(call): \(error)")
            }
            return told
          }
        }
        return await group.reduce(into: Told()) { $0.add($1) }
      }
      let hasFailed = disk.hasFailed
      disk.heal()
      await bench.ledger.close()
      #expect(told.kept.count + told.unknown.count == 40)
      if !told.unknown.isEmpty { unknownRuns += 1 }
      try await Self.audit(directory, told, 1..<41)
      let again = try Bench(directory)
      for call in calls {
        let outcomes = try await again.ledger.append(call.map { .recall(try Sample.ballot($0)) }).map(\.word)
        #expect(Set(outcomes.map { $0.hasPrefix("replayed") }).count == 1, "\(outcomes)")
      }
      await again.ledger.close()
      if !hasFailed { break }
    }
    // The ledger itself may be written after everybody was answered.
    #expect(unknownRuns > 0 || failure.suffix == ".db")
  }

  /// Full at the n-th write, for n = 1 and up: that batch is refused whole, and when there is space again the ledger
  /// goes on without a restart.
  @Test func fullDiskDoesNotLatch() async throws {
    let numbers: Range<UInt64> = 1..<31
    var fullRuns = 0
    for n in 1... {
      let disk = try FaultyDisk()
      let directory = try TemporaryDirectory()
      try SQLiteLedger.create(directory: directory.path)
      let bench = try Bench(directory, Self.options(disk, checkpointPages: 20))
      _ = try await bench.append(.publish(try Sample.poll(), by: "admin", at: Sample.time))
      var told = Told()
      disk.fail(.write, on: "", number: Int64(n), with: ENOSPC, forever: true)
      try await Self.cast(numbers, into: bench, &told)
      let wasFull = disk.hasFailed
      if wasFull { fullRuns += 1 }
      #expect(told.unknown.isEmpty)
      #expect(bench.failures.isEmpty)
      disk.heal()
      // The same ids again: what was kept is replayed, what was refused is entered.
      var second = Told()
      try await Self.cast(numbers, into: bench, &second)
      #expect(second.kept == Set(numbers))
      await bench.ledger.close()
      try await Self.audit(directory, second, numbers)
      if !wasFull { break }
    }
    #expect(fullRuns > 10)
  }

  /// A batch of several calls, too large for the ledger's last pages: all of them or none.
  @Test func fullInMidBatchRefusesTheWholeBatch() async throws {
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    var options = SQLiteLedger.Options()
    options.pageLimit = 60
    let bench = try Bench(directory, options)
    _ = try await bench.append(.publish(try Sample.poll(), by: "admin", at: Sample.time))
    let many = try (1...2_000).map { try Sample.cast($0) }
    await #expect(throws: LedgerError.diskFull) { try await bench.ledger.append(many) }
    #expect(bench.commits.count == 1)
    var batch = CastBatch()
    for number in 1...2_000 as ClosedRange<UInt64> { batch.append(Sample.record(try Sample.ballot(number))) }
    await #expect(throws: LedgerError.diskFull) { try await bench.ledger.append(batch) }
    #expect(bench.commits.count == 1)
    #expect(bench.ledger.acknowledgedRevision == 1)
    #expect(try await bench.append(try Sample.cast(1)).map(\.word) == ["entered 2"])
    #expect(try await bench.append(try Sample.cast(2)).map(\.word) == ["entered 3"])
    #expect(try bench.verify().differences == [])
    await bench.ledger.close()
  }

  /// The checkpoint is between votes: on a full disk it waits, and the votes that the journal can take go on.
  @Test func fullDiskUnderTheCheckpointIsNotTheVotesFailure() async throws {
    let disk = try FaultyDisk()
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    let bench = try Bench(directory, Self.options(disk, checkpointPages: 10))
    _ = try await bench.append(.publish(try Sample.poll(), by: "admin", at: Sample.time))
    disk.fail(.write, on: ".db", with: ENOSPC, forever: true)
    var told = Told()
    try await Self.cast(1..<61, into: bench, &told)
    #expect(disk.hasFailed)
    #expect(told.kept.count == 60)
    disk.heal()
    await bench.ledger.close()
    try await Self.audit(directory, told, 1..<61)
  }

  @Test func journalOverItsLimitTakesNothingUntilReadersHaveGone() async throws {
    var options = SQLiteLedger.Options()
    options.checkpointPages = 10
    options.journalLimit = 40 * 4_096
    let bench = try await Bench.new(options)
    let reader = try Connection(path: bench.directory.path + "/ledger.db", access: .readOnly)
    try reader.execute("BEGIN")
    #expect(try reader.integer("SELECT count(*) FROM entry") == 1)
    var refusedAt: UInt64?
    for number in 1..<200 as Range<UInt64> {
      do {
        _ = try await bench.append(try Sample.cast(number))
      } catch LedgerError.overloaded {
        refusedAt = number
        break
      }
    }
    let number = try #require(refusedAt)
    try reader.execute("COMMIT")
    #expect(try await bench.append(try Sample.cast(number)).map(\.word) == ["entered \(number + 1)"])
    #expect(try bench.verify().ballots == number)
    await bench.ledger.close()
  }
}
