import Polling
import SQLite
import Testing

@testable import Ledger

/// A backup put back: where it may be, and what it is then.
@Suite(.timeLimit(.minutes(1)))
struct RestoreTests {
  /// Of the backup: it lives as long as the test.
  private let shelf: TemporaryDirectory

  init() throws {
    shelf = try TemporaryDirectory()
  }

  private static func code(_ work: () throws -> Void) -> LedgerFileError.Code? {
    do { try work() } catch let error as LedgerFileError { return error.code } catch { return nil }
    return nil
  }

  /// A ledger with ballots 1 and 2, 2 voided, and its backup.
  private func backedUp(secret: String? = nil) async throws -> (bench: Bench, backup: String) {
    var options = SQLiteLedger.Options()
    options.secretFingerprint = secret
    let bench = try await Bench.new(options)
    _ = try await bench.append(try Sample.cast(1), try Sample.cast(2), try Sample.void(2))
    let backup = shelf.path + "/backup.db"
    _ = try LedgerBackup.run(directory: bench.directory.path, to: backup)
    await bench.ledger.close()
    return (bench, backup)
  }

  @Test func whatIsRestoredIsTheBackupUnderANewEpoch() async throws {
    let (bench, backup) = try await backedUp()
    let target = try TemporaryDirectory()
    let report = try LedgerRestore.run(backup: backup, to: target.path)
    #expect(report.verified.revision == 4)
    #expect(report.verified.epoch == bench.state.epoch)

    let restored = try Bench(target)
    #expect(restored.state.epoch == report.epoch)
    #expect(restored.state.epoch != bench.state.epoch)
    #expect(restored.state.cells == bench.cells)
    #expect(
      try await restored.append(try Sample.cast(1), try Sample.cast(2), try Sample.cast(3)).map(\.word)
        == ["replayed 2", "voided", "entered 5"])
    #expect(try restored.verify().differences == [])
    await restored.ledger.close()
    #expect(try LedgerVerifier.run(backup: backup).epoch == bench.state.epoch, "the backup stays what it was")
  }

  @Test func itMakesTheDirectory() async throws {
    let (bench, backup) = try await backedUp()
    _ = try LedgerRestore.run(backup: backup, to: bench.directory.path + "/new")
    #expect(Files.exists(bench.directory.path + "/new/ledger.db"))
    #expect(Self.code { _ = try LedgerRestore.run(backup: backup, to: bench.directory.path + "/no/new") } == .io)
  }

  /// An old journal would be taken for that of the restored ledger, and undo the restore.
  @Test(arguments: ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db-journal"])
  func nothingOfAnotherLedgerMayBeThere(_ name: String) async throws {
    let (_, backup) = try await backedUp()
    let target = try TemporaryDirectory()
    try FileBytes.write([1], to: target.path + "/" + name)
    #expect(Self.code { _ = try LedgerRestore.run(backup: backup, to: target.path) } == .exists)
    #expect(!Files.exists(target.path + "/ledger.db.new"))
  }

  @Test func aLedgerInUseIsNotReplaced() async throws {
    let (bench, backup) = try await backedUp()
    let open = try await bench.reopened()
    #expect(Self.code { _ = try LedgerRestore.run(backup: backup, to: open.directory.path) } == .locked)
    await open.ledger.close()
  }

  @Test func whatDoesNotRecountIsNotRestored() async throws {
    let (_, backup) = try await backedUp()
    do {
      let connection = try Connection(path: backup, access: .readWrite)
      try connection.execute("UPDATE entry SET crc = crc + 1 WHERE seq = 2")
    }
    let target = try TemporaryDirectory()
    #expect(Self.code { _ = try LedgerRestore.run(backup: backup, to: target.path) } == .damaged)
    #expect(!Files.exists(target.path + "/ledger.db"))
    #expect(!Files.exists(target.path + "/ledger.db.new"))
    #expect(Self.code { _ = try LedgerRestore.run(backup: "/nowhere.db", to: target.path) } == .missing)
  }

  @Test func theFirstOpeningKeepsTheSecretAndOthersAreRefused() async throws {
    let (bench, backup) = try await backedUp(secret: "aa")
    var options = SQLiteLedger.Options()
    options.secretFingerprint = "bb"
    let others = options
    #expect(Self.code { _ = try Bench(bench.directory, others) } == .wrongSecret)
    options.secretFingerprint = "aa"
    let same = try Bench(bench.directory, options)
    #expect(same.state.revision == 4)
    await same.ledger.close()

    let target = try TemporaryDirectory()
    #expect(
      Self.code { _ = try LedgerRestore.run(backup: backup, to: target.path, secretFingerprint: "bb") } == .wrongSecret)
    #expect(!Files.exists(target.path + "/ledger.db"))
    _ = try LedgerRestore.run(backup: backup, to: target.path, secretFingerprint: "aa")
    #expect(Self.code { _ = try Bench(target, others) } == .wrongSecret)
  }

  /// A restore that a crash cut short leaves no ledger, and is begun again.
  @Test func afterACrash() async throws {
    let (_, backup) = try await backedUp()
    let target = try TemporaryDirectory()
    try FileBytes.write([1, 2, 3], to: target.path + "/ledger.db.new")
    _ = try LedgerRestore.run(backup: backup, to: target.path)
    let restored = try Bench(target)
    #expect(restored.state.revision == 4)
    await restored.ledger.close()
  }
}
