import Glibc
import Testing

@testable import Ledger

/// Promise P3, of the ledger from its opening to its end: the first operation that fails, of whatever kind, is the last one
/// that anybody is answered for. (What callers who wait are told is in DiskFailureTests, commands in EndToEndTests.)
@Suite(.timeLimit(.minutes(10)))
struct FirstErrorFaultTests {
  enum Kind: String, CaseIterable {
    case open, write, sync, truncate, delete, any

    var operations: FaultyDisk.Operations {
      switch self {
      case .open: .open
      case .write: .write
      case .sync: .sync
      case .truncate: .truncate
      case .delete: .delete
      case .any: .any
      }
    }
  }

  /// One life of a ledger on a disk whose n-th operation fails.
  private struct Life {
    var isOpened = false
    var answered: [UInt64] = []
    /// Answered though the disk had failed before the call.
    var answeredAfter: [UInt64] = []
    /// Before it was closed. What fails in closing takes nothing away: the journal stays and is read at the next opening.
    var hadFailed = false
    var failures = 0
  }

  private static func live(_ directory: TemporaryDirectory, _ disk: FaultyDisk) async throws -> Life {
    var life = Life()
    var options = SQLiteLedger.Options()
    options.vfs = disk.name
    options.checkpointPages = 4
    options.settlingStride = 3
    let bench: Bench
    do { bench = try Bench(directory, options) } catch is LedgerFileError { return life }
    life.isOpened = true
    for number in 1...12 as ClosedRange<UInt64> {
      let hadFailed = disk.hasFailed
      do {
        _ = try await bench.append(try Sample.cast(number))
        life.answered.append(number)
        if hadFailed { life.answeredAfter.append(number) }
      } catch LedgerError.outcomeUnknown {}
    }
    life.hadFailed = disk.hasFailed
    await bench.ledger.close()
    life.failures = bench.failures.count
    return life
  }

  @Test(arguments: Kind.allCases) func theFirstFailureIsTheEnd(_ kind: Kind) async throws {
    var failed = 0
    for number in 1... {
      let disk = try FaultyDisk()
      let directory = try TemporaryDirectory()
      try SQLiteLedger.create(directory: directory.path)
      let good = try Bench(directory)
      _ = try await good.append(.publish(try Sample.poll(), by: "admin", at: Sample.time))
      await good.ledger.close()

      disk.fail(kind.operations, number: Int64(number), with: EIO)
      let life = try await Self.live(directory, disk)
      guard disk.hasFailed else {
        #expect(life.isOpened && life.answered.count == 12)
        break
      }
      failed += 1
      if life.hadFailed { #expect(life.failures == 1, "\(kind) \(number)") }
      #expect(life.answeredAfter == [], "\(kind) \(number)")

      let report = try LedgerVerifier.run(directory: directory.path)
      #expect(report.differences == [])
      let again = try Bench(directory)
      for answered in life.answered {
        let outcome = try await again.append(.recall(try Sample.ballot(answered))).first
        guard case .replayed = outcome else {
          Issue.record("\(kind) \(number): \(answered) is lost: \(String(describing: outcome))")
          continue
        }
      }
      await again.ledger.close()
    }
    print("P3, ledger, \(kind): \(failed) failed operations")
    #expect(failed > 0, "this test tests nothing")
  }
}
