import Foundation
import Polling
import SQLite
import SeededRandom
import Testing

@testable import Ledger

/// After the close nothing of an urn is left in the ledger's files: whoever gets its key later finds nothing to open.
@Suite(.timeLimit(.minutes(1)))
struct UrnErasureTests {
  /// Of which ballots anything is in a file: any eight bytes that lie together.
  private static func left(of sealed: [[UInt8]], in directory: String) throws -> Int {
    var pieces: [UInt64: Int] = [:]
    // Whether any begins with these two bytes: most of a file need not be looked up.
    var begins = [Bool](repeating: false, count: 1 << 16)
    for (number, ballot) in sealed.enumerated() {
      ballot.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count - 8, by: 8) {
          pieces[bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)] = number
          begins[Int(bytes[start]) << 8 | Int(bytes[start + 1])] = true
        }
      }
    }
    var found: Set<Int> = []
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
      let file = try FileBytes.read("\(directory)/\(name)")
      file.withUnsafeBytes { bytes in
        for start in 0..<max(0, bytes.count - 7) where begins[Int(bytes[start]) << 8 | Int(bytes[start + 1])] {
          if let ballot = pieces[bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)] { found.insert(ballot) }
        }
      }
    }
    return found.count
  }

  /// - Parameters:
  ///   - length: of a ballot; long ones have pages of their own.
  ///   - ballots: enough for pages to be split, and their halves to be copied.
  @Test(arguments: zip([160, 4_048], [80, 8]))
  func aClosedUrnIsInNoByteOfTheFiles(_ length: Int, _ ballots: Int) async throws {
    var random = SplitMix64(seed: 20)
    let bench = try await Bench.new()
    let codes = UrnTests.codes(ballots, &random)
    let register = try UrnTests.register()
    let definition = try await UrnTests.opened(bench, codes)
    let sealed = codes.map { _ in UrnTests.random(length, &random) }
    for (index, code) in codes.enumerated() {
      _ = try await bench.append(UrnTests.drop(code, sealed[index], register))
    }
    #expect(try Self.left(of: sealed, in: bench.directory.path) == ballots)
    let closing = VoteClosing(definition, spent: codes, opened: codes.map { _ in nil })
    let outcomes = try await bench.append(
      .closeVote(UrnTests.act(.close(closing), 9, in: definition, register), after: 2, holding: ballots))
    guard case .entered = outcomes.first else { throw LedgerError.closed }
    // The writer tidies after it has answered, and before it takes the next.
    _ = try await bench.append(try Sample.cast(1))
    #expect(try Self.left(of: sealed, in: bench.directory.path) == 0)
    await bench.ledger.close()
    #expect(try Self.left(of: sealed, in: bench.directory.path) == 0)
  }

  /// The server was killed between the close and the moment its journal was emptied.
  @Test func theNextStartErasesWhatAKillLeft() async throws {
    var random = SplitMix64(seed: 21)
    let bench = try await Bench.new()
    let codes = UrnTests.codes(20, &random)
    let register = try UrnTests.register()
    let definition = try await UrnTests.opened(bench, codes)
    let sealed = codes.map { _ in UrnTests.random(160, &random) }
    for (index, code) in codes.enumerated() {
      _ = try await bench.append(UrnTests.drop(code, sealed[index], register))
    }
    // A reader keeps the journal from being emptied.
    let reader = try Connection(path: bench.directory.path + "/ledger.db", access: .readOnly)
    try reader.execute("BEGIN")
    _ = try reader.integer("SELECT count(*) FROM sealed")
    let closing = VoteClosing(definition, spent: codes, opened: codes.map { _ in nil })
    _ = try await bench.append(
      .closeVote(UrnTests.act(.close(closing), 9, in: definition, register), after: 2, holding: 20))
    _ = try await bench.append(try Sample.cast(1))
    let copy = try TemporaryDirectory()
    for name in ["ledger.db", "ledger.db-wal"] {
      try FileBytes.copy("\(bench.directory.path)/\(name)", to: "\(copy.path)/\(name)")
    }
    try reader.execute("COMMIT")
    #expect(try Self.left(of: sealed, in: copy.path) == 20)
    // And once the reader is gone, the next commit.
    _ = try await bench.append(try Sample.cast(2))
    _ = try await bench.append(try Sample.cast(3))
    #expect(try Self.left(of: sealed, in: bench.directory.path) == 0)
    let restarted = try Bench(copy)
    _ = try await restarted.append(try Sample.cast(4))
    _ = try await restarted.append(try Sample.cast(5))
    #expect(try Self.left(of: sealed, in: copy.path) == 0)
    await restarted.ledger.close()
    await bench.ledger.close()
  }

  /// The control: the same rows, deleted as SQLite usually does, are found.
  @Test func rowsThatAreOnlyDeletedAreFound() throws {
    var random = SplitMix64(seed: 22)
    let directory = try TemporaryDirectory()
    let connection = try Connection(path: directory.path + "/ledger.db", access: .create)
    try connection.execute(
      """
      PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = OFF;
      CREATE TABLE sealed (ballot BLOB PRIMARY KEY) WITHOUT ROWID
      """)
    let sealed = (0..<100).map { _ in UrnTests.random(160, &random) }
    let insert = try connection.prepare("INSERT INTO sealed (ballot) VALUES (?)")
    for ballot in sealed {
      try insert.bind(1, copying: ballot)
      try insert.run()
    }
    try connection.execute("DELETE FROM sealed; PRAGMA wal_checkpoint(TRUNCATE)")
    #expect(try Self.left(of: sealed, in: directory.path) > 50)
  }
}
