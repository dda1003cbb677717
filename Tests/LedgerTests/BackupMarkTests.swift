import Glibc
import Testing

@testable import Ledger

/// What a backup says to the server of its ledger.
@Suite(.timeLimit(.minutes(1)))
struct BackupMarkTests {
  private let shelf: TemporaryDirectory

  init() throws {
    shelf = try TemporaryDirectory()
  }

  private func backUp(_ bench: Bench, _ name: String) throws -> LedgerBackup.Report {
    let report = try LedgerBackup.run(directory: bench.directory.path, to: shelf.path + "/" + name)
    try LedgerBackup.note(report, directory: bench.directory.path)
    return report
  }

  @Test func theServerKnowsHowFarTheNewestBackupReaches() async throws {
    let bench = try await Bench.new()
    #expect(bench.ledger.backedUpThrough == 0)
    _ = try await bench.append(try Sample.cast(1))
    let first = try backUp(bench, "1")
    #expect(bench.ledger.backedUpThrough == 2)
    _ = try await bench.append(try Sample.cast(2))
    #expect(bench.ledger.backedUpThrough == 2)
    _ = try backUp(bench, "2")
    #expect(bench.ledger.backedUpThrough == 3)
    // One that was begun earlier ends later.
    try LedgerBackup.note(first, directory: bench.directory.path)
    #expect(bench.ledger.backedUpThrough == 3)
    let reopened = try await bench.reopened()
    #expect(reopened.ledger.backedUpThrough == 3)
    await reopened.ledger.close()
  }

  /// The server may be another user than the one who backs up.
  @Test func everybodyMayReadTheMark() async throws {
    let bench = try await Bench.new()
    _ = try backUp(bench, "1")
    var status = stat()
    #expect(stat(bench.directory.path + "/backed-up", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o644)
    await bench.ledger.close()
  }

  @Test func aRestoredLedgerHasNoBackupYet() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1))
    _ = try backUp(bench, "1")
    await bench.ledger.close()
    // In the same directory, where the mark of the lost one is left.
    for name in ["/ledger.db", "/ledger.db-wal", "/ledger.db-shm"] { try Files.remove(bench.directory.path + name) }
    _ = try LedgerRestore.run(backup: shelf.path + "/1", to: bench.directory.path)
    let restored = try Bench(bench.directory)
    #expect(restored.ledger.backedUpThrough == 0)
    _ = try await restored.append(try Sample.cast(2))
    _ = try backUp(restored, "2")
    #expect(restored.ledger.backedUpThrough == 3)
    await restored.ledger.close()
  }

  /// It enters other ballots under the sequences that the backup has.
  @Test func aLedgerPutBackByHandForgetsTheMark() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1))
    let early = try backUp(bench, "early")
    _ = try await bench.append(try Sample.cast(2), try Sample.cast(3))
    _ = try backUp(bench, "late")
    await bench.ledger.close()
    let old = try FileBytes.read(shelf.path + "/early")
    try FileBytes.write(old, to: bench.directory.path + "/ledger.db")
    let back = try Bench(bench.directory)
    #expect(back.state.revision == early.verified.revision)
    #expect(back.ledger.backedUpThrough == 0)
    _ = try await back.append(try Sample.cast(7), try Sample.cast(8), try Sample.cast(9))
    #expect(back.ledger.backedUpThrough == 0)
    await back.ledger.close()
  }

  @Test(arguments: ["", "\n", "x", "0123 4\n", "\(String(repeating: "a", count: 32)) 7", " 7\n", "\u{FF}\u{FE}\n"])
  func whatIsNoMarkIsNone(_ text: String) async throws {
    let bench = try await Bench.new()
    try FileBytes.write(Array(text.utf8), to: bench.directory.path + "/backed-up")
    #expect(bench.ledger.backedUpThrough == 0)
    _ = try backUp(bench, "1")
    #expect(bench.ledger.backedUpThrough == 1)
    await bench.ledger.close()
  }
}
