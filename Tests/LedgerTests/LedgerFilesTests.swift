import Glibc
import Polling
import SQLite
import Testing

@testable import Ledger

/// Making, opening, backing up: who may, and what is there afterwards.
@Suite(.timeLimit(.minutes(1)))
struct LedgerFilesTests {
  private static func code(_ work: () throws -> Void) -> LedgerFileError.Code? {
    do { try work() } catch let error as LedgerFileError { return error.code } catch { return nil }
    return nil
  }

  @Test func createRefusesToReplace() async throws {
    let bench = try await Bench.new()
    await bench.ledger.close()
    #expect(Self.code { try SQLiteLedger.create(directory: bench.directory.path) } == .exists)
    #expect(try bench.verify().revision == 1)
  }

  @Test func createMakesTheDirectoryButNotItsParent() throws {
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path + "/data")
    #expect(Files.exists(directory.path + "/data/ledger.db"))
    #expect(Self.code { try SQLiteLedger.create(directory: directory.path + "/no/data") } == .io)
  }

  /// What a crash in the middle of `create` left is no ledger and in nobody's way.
  @Test func createAfterACrash() async throws {
    let directory = try TemporaryDirectory()
    try FileBytes.write([1, 2, 3], to: directory.path + "/ledger.db.new")
    #expect(Self.code { _ = try Bench(directory) } == .missing)
    try SQLiteLedger.create(directory: directory.path)
    #expect(!Files.exists(directory.path + "/ledger.db.new"))
    let bench = try Bench(directory)
    #expect(bench.state.revision == 0)
    await bench.ledger.close()
  }

  @Test func epochsDiffer() async throws {
    let (one, other) = (try await Bench.new(), try await Bench.new())
    #expect(one.state.epoch != other.state.epoch)
    #expect(one.state.epoch.utf8.count == 32)
    let reopened = try await one.reopened()
    #expect(reopened.state.epoch == one.state.epoch)
    await reopened.ledger.close()
    await other.ledger.close()
  }

  @Test func twoWritersAreImpossible() async throws {
    let bench = try await Bench.new()
    #expect(Self.code { _ = try Bench(bench.directory) } == .locked)
    #expect(Self.code { try SQLiteLedger.create(directory: bench.directory.path) } == .locked)
    let reopened = try await bench.reopened()
    #expect(reopened.state.revision == 1)
    await reopened.ledger.close()
  }

  @Test func closingLeavesOneFile() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1))
    #expect(Files.exists(bench.directory.path + "/ledger.db-wal"))
    await bench.ledger.close()
    #expect(!Files.exists(bench.directory.path + "/ledger.db-wal"))
  }

  @Test func aNewerLedgerIsRefused() async throws {
    let bench = try await Bench.new()
    await bench.ledger.close()
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readWrite)
      try connection.execute("PRAGMA user_version = \(Schema.version + 1)")
    }
    let error = #expect(throws: LedgerFileError.self) { _ = try Bench(bench.directory) }
    #expect(error?.code == .newer)
    #expect(error?.message.contains("\n") == false)
    #expect(Self.code { _ = try bench.verify() } == .newer)
  }

  /// Version 1 did not say what is settled: everything was.
  @Test func aLedgerOfVersion1IsBroughtUp() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1), try Sample.cast(2), try Sample.void(2))
    await bench.ledger.close()
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readWrite)
      try connection.execute("DELETE FROM meta WHERE key = 'settled'; \(Self.withoutPresses) PRAGMA user_version = 1")
    }
    #expect(try bench.verify().differences == [], "a backup from before can be recounted as it is")
    let opened = try Bench(bench.directory)
    #expect(opened.state.cells == bench.cells)
    #expect(
      try await opened.append(try Sample.cast(1), try Sample.cast(2), try Sample.cast(3)).map(\.word)
        == ["replayed 2", "voided", "entered 5"])
    await opened.ledger.close()
    #expect(try opened.verify().differences == [])
  }

  private static let withoutPresses = """
    DROP TABLE kiosk; DROP TABLE kiosk_gap; DROP TABLE kiosk_day; DROP TABLE kiosk_report; DROP TABLE refusal;
    DROP TABLE correction; \(withoutActs)
    """

  private static let withoutActs = "DROP TABLE act; DROP TABLE reversal; DROP TABLE spent; DROP TABLE sealed;"

  /// Version 3 knew no presses of kiosks: no entry named a spool. What is not settled stays so.
  @Test(arguments: [true, false])
  func aLedgerOfVersion3IsBroughtUp(isSettled: Bool) async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1), try Sample.cast(2), try Sample.void(2))
    let directory = try TemporaryDirectory()
    if isSettled { await bench.ledger.close() }
    for name in ["ledger.db", "ledger.db-wal"] where Files.exists("\(bench.directory.path)/\(name)") {
      try FileBytes.copy("\(bench.directory.path)/\(name)", to: "\(directory.path)/\(name)")
    }
    await bench.ledger.close()
    do {
      let connection = try Connection(path: directory.path + "/ledger.db", access: .readWrite)
      try connection.execute("\(Self.withoutPresses) PRAGMA user_version = 3")
    }
    #expect(try LedgerVerifier.run(directory: directory.path).differences == [])
    let opened = try Bench(directory)
    #expect(opened.state.cells == bench.cells)
    #expect(
      try await opened.append(try Sample.cast(1), try Sample.press(3), try Sample.refused(4)).map(\.word)
        == ["replayed 2", "entered 5", "entered 6"])
    let accounts = try await opened.ledger.kiosks(within: UnitPath("hai-chau"))
    #expect(accounts.map(\.total) == [PressCounts(counted: 1, rejected: 1)])
    await opened.ledger.close()
    #expect(try opened.verify().differences == [])
  }

  /// Version 4 knew no registers.
  @Test func aLedgerOfVersion4IsBroughtUp() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.press(1))
    await bench.ledger.close()
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readWrite)
      try connection.execute("\(Self.withoutActs) PRAGMA user_version = 4")
    }
    #expect(try bench.verify().differences == [])
    let opened = try Bench(bench.directory)
    let act = Act(
      register: Register(.paper, "q3"), id: .init(high: 1, low: 1), name: "sheet", body: [], by: "clerk",
      at: Sample.time)
    #expect(try await opened.append(.act(act, after: 0)).map(\.word) == ["entered 3"])
    await opened.ledger.close()
    #expect(try opened.verify().differences == [])
  }

  /// Entries at the end are gone: new ones would take their numbers, and nobody would look for their ballots.
  @Test func aLedgerThatIsSettledBeyondItsEndIsDamaged() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1), try Sample.cast(2))
    await bench.ledger.close()
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readWrite)
      try connection.execute("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)")
    }
    #expect(Self.code { _ = try Bench(bench.directory) } == .damaged)
    #expect(try bench.verify().differences != [])
  }

  @Test func whatIsNoLedgerIsRefused() throws {
    let directory = try TemporaryDirectory()
    try FileBytes.write([UInt8](repeating: 7, count: 10_000), to: directory.path + "/ledger.db")
    #expect(Self.code { _ = try Bench(directory) } == .damaged)
    let other = try TemporaryDirectory()
    do {
      let connection = try Connection(path: other.path + "/ledger.db", access: .create)
      try connection.execute("CREATE TABLE entry (seq)")
    }
    #expect(Self.code { _ = try Bench(other) } == .damaged)
  }

  @Test func backupIsTheLedgerAsItWas() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1), try Sample.cast(2), try Sample.void(2))
    let target = bench.directory.path + "/copy 100% ?.db"
    var pages: [Int64] = []
    let report = try LedgerBackup.run(directory: bench.directory.path, to: target) { done, _ in pages.append(done) }
    _ = try await bench.append(try Sample.cast(3))
    #expect(report.verified.revision == 4)
    #expect(report.verified.epoch == bench.state.epoch)
    #expect(pages.last == report.bytes / 8_192)
    #expect(try FileBytes.read(target).count == Int(report.bytes))
    #expect(!Files.exists(target + ".partial"))
    #expect(try LedgerVerifier.run(backup: target).ballots == 2)
    #expect(!Files.exists(target + "-wal"))
    #expect(Self.code { _ = try LedgerBackup.run(directory: bench.directory.path, to: target) } == .exists)
    await bench.ledger.close()

    // Put in a ledger's place it is one.
    let restored = try TemporaryDirectory()
    try FileBytes.copy(target, to: restored.path + "/ledger.db")
    let opened = try Bench(restored)
    #expect(opened.state.revision == 4)
    #expect(opened.state.epoch == bench.state.epoch)
    #expect(
      try await opened.append(try Sample.cast(1), try Sample.cast(2), try Sample.cast(3)).map(\.word)
        == ["replayed 2", "voided", "entered 5"])
    #expect(try opened.verify().differences == [])
    await opened.ledger.close()
  }

  @Test func backupBesideTheWriter() async throws {
    let bench = try await Bench.new()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for start in stride(from: 1 as UInt64, to: 1_000, by: 100) {
        group.addTask { _ = try await bench.ledger.append(try (start..<start + 100).map { try Sample.cast($0) }) }
        group.addTask {
          let report = try LedgerBackup.run(directory: bench.directory.path, to: "\(bench.directory.path)/\(start).db")
          #expect(report.verified.isClean)
        }
      }
      try await group.waitForAll()
    }
    await bench.ledger.close()
  }

  @Test func aDamagedLedgerIsNotBackedUp() async throws {
    let bench = try await Bench.new()
    await bench.ledger.close()
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readWrite)
      try connection.execute("UPDATE entry SET crc = crc + 1")
    }
    let target = bench.directory.path + "/copy.db"
    #expect(Self.code { _ = try LedgerBackup.run(directory: bench.directory.path, to: target) } == .damaged)
    #expect(!Files.exists(target))
    #expect(!Files.exists(target + ".partial"))
  }

  @Test func backupToNowhere() async throws {
    let bench = try await Bench.new()
    #expect(Self.code { _ = try LedgerBackup.run(directory: bench.directory.path, to: "/nowhere/at/all") } == .io)
    #expect(Self.code { _ = try LedgerBackup.run(directory: "/nowhere", to: bench.directory.path + "/x") } == .missing)
    await bench.ledger.close()
  }

  @Test(arguments: [
    ("/a/b", "/a"), ("/a/b/", "/a"), ("/a", "/"), ("a", "."), ("a/b", "a"), ("./a", "."), ("/", "/"),
  ])
  func parents(_ path: String, _ parent: String) {
    #expect(Files.parent(of: path) == parent)
  }
}
