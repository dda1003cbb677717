import Polling
import SQLite
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(3)))
struct VerifierTests {
  /// A ledger with a bit of everything: sequence 1 publishes, 2…11 cast 1…10, 12 voids ballot 3, 13 casts with a
  /// credential in a second poll published by 14… in order of the calls below.
  private static func ledger() async throws -> TemporaryDirectory {
    let bench = try await Bench.new()  // 1
    _ = try await bench.ledger.append(try (1...10).map { try Sample.cast($0, level: Sample.levels[Int($0) % 5]) })
    _ = try await bench.append(
      try Sample.void(3),  // 12
      .publish(try Sample.poll("other", onePerCredential: true), by: "admin", at: Sample.time),  // 13
      try Sample.cast(11, poll: "other", credential: 1),  // 14
      try Sample.close("other"),  // 15
      try Sample.press(21), try Sample.press(23, flags: .late),  // 16, 17
      try Sample.refused(24), try Sample.refused(25, .afterSeal),  // 18, 19
      .reportKiosk(try Sample.report(presses: 4)))
    await bench.ledger.close()
    return bench.directory
  }

  struct Plant: CustomStringConvertible, Sendable {
    var description: String
    var sql: String
    /// Of one of the differences told.
    var words: String

    init(_ description: String, _ sql: String, _ words: String) {
      self.description = description
      self.sql = sql
      self.words = words
    }
  }

  static let plants = [
    Plant(
      "a cell counts one more", "UPDATE cell SET count = count + 1 WHERE rowid_first",
      "the entries make"),
    Plant("a cell is gone", "DELETE FROM cell WHERE rowid_first", "there is no cell"),
    Plant(
      "a cell too many",
      "INSERT INTO cell SELECT poll, day + 1, unit, channel, flags, question, choice, 1 FROM cell LIMIT 1",
      "the entries make 0, the cell says 1"),
    Plant("a cell of no unit", "UPDATE cell SET unit = 999 WHERE rowid_first", "key without meaning"),
    Plant(
      "a ballot is gone from the index", "DELETE FROM ballot WHERE seq = 5", "the ballot of entry 5 is not in the index"
    ),
    Plant(
      "a ballot has another sequence", "UPDATE ballot SET seq = 6 WHERE seq = 5",
      "is in the index of ballots with sequence 6"),
    Plant(
      "two ballots change places", "UPDATE ballot SET seq = 11 - seq WHERE seq IN (5, 6)",
      "the ballot of entry 5 is in the index of ballots with sequence 6"),
    Plant(
      "a ballot nobody cast", "INSERT INTO ballot VALUES (x'00000000000070008000000000000000', 5)",
      "which that entry did not cast"),
    Plant("an id of 15 bytes", "INSERT INTO ballot VALUES (x'000000000000700080000000000000', 5)", "did not cast"),
    Plant("an entry is gone", "DELETE FROM entry WHERE seq = 7", "the entries go from 6 to 8"),
    Plant("the last entry is gone", "DELETE FROM entry WHERE seq = 19", "entries up to 19 are settled"),
    Plant("a closing is gone", "DELETE FROM entry WHERE seq = 15", "list of defining entries"),
    Plant("the last cast is gone", "DELETE FROM entry WHERE seq = 14", "which that entry did not cast"),
    Plant(
      "an entry twice", "INSERT INTO entry SELECT 20, kind, body, crc FROM entry WHERE seq = 5",
      "entry 20 does not have its checksum"),
    Plant("another kind", "UPDATE entry SET kind = 4 WHERE seq = 5", "entry 5 does not have its checksum"),
    Plant("no kind", "UPDATE entry SET kind = 77 WHERE seq = 5", "entry 5 is of an unknown kind"),
    Plant("an empty body", "UPDATE entry SET body = x'' WHERE seq = 5", "entry 5, byte 0: ends too soon"),
    Plant(
      "a body goes on", "UPDATE entry SET body = CAST(body || x'00' AS BLOB) WHERE seq = 5", "goes on after its end"),
    Plant("another checksum", "UPDATE entry SET crc = crc + 1 WHERE seq = 5", "entry 5 does not have its checksum"),
    Plant("a void forgotten", "DELETE FROM void", "is not marked as voided"),
    Plant("a void nobody made", "INSERT INTO void SELECT ballot_id, 12 FROM ballot WHERE seq = 5", "did not void it"),
    Plant("a void by another entry", "UPDATE void SET seq = 5", "did not void it"),
    Plant("a credential forgotten", "DELETE FROM credential", "the credentials spent (0)"),
    Plant(
      "a credential too many", "INSERT INTO credential SELECT poll, x'00' FROM credential", "the credentials spent (2)"),
    Plant("another credential", "UPDATE credential SET hash = x'00'", "the credentials spent (1)"),
    Plant("a definition forgotten", "DELETE FROM definition WHERE seq = 13", "list of defining entries"),
    Plant("a definition too many", "INSERT INTO definition VALUES (5)", "list of defining entries"),
    Plant(
      "a name changed", "UPDATE name SET text = 'another' WHERE text = 'hai-chau/mot-cua/quay-01'", "there is no cell"),
    Plant("a day has one press more", "UPDATE kiosk_day SET counted = counted + 1", "2 counted"),
    Plant("a day is gone", "DELETE FROM kiosk_day", "the table says nothing"),
    Plant("another day", "UPDATE kiosk_day SET day = day + 1", "the table says nothing"),
    Plant("a press is in another column", "UPDATE kiosk_day SET late = 0, flagged = 1", "0 late"),
    Plant("another spool", "UPDATE kiosk_day SET spool = x'00000000000000000000000000000001'", "says nothing"),
    Plant("no spool", "UPDATE kiosk_day SET spool = x'00'", "under no spool or day"),
    Plant("a higher mark", "UPDATE kiosk SET highest = 99", "numbers up to 99"),
    Plant("a press without a number more", "UPDATE kiosk SET unnumbered = 1", "1 without a number"),
    Plant("a mark is gone", "DELETE FROM kiosk; DELETE FROM kiosk_gap", "the table says nothing"),
    Plant("a gap is gone", "DELETE FROM kiosk_gap WHERE first = 22", "1 gaps"),
    Plant("a gap too many", "INSERT INTO kiosk_gap SELECT kiosk, spool, 99, 99 FROM kiosk", "3 gaps"),
    Plant("a gap of nobody", "INSERT INTO kiosk_gap SELECT kiosk, x'00', 9, 9 FROM kiosk", "names no kiosk or spool"),
    Plant("a gap upside down", "UPDATE kiosk_gap SET last = 0", "ends before it begins"),
    Plant("a kiosk without a name", "UPDATE kiosk_day SET kiosk = 999", "without a name"),
    Plant("a refusal forgotten", "DELETE FROM refusal WHERE seq = 18", "the presses refused (1)"),
    Plant("a refusal by another entry", "UPDATE refusal SET seq = seq + 1", "the presses refused (2)"),
    Plant(
      "a press refused that was cast",
      "UPDATE refusal SET ballot_id = (SELECT ballot_id FROM ballot WHERE seq = 5) WHERE seq = 18",
      "entry 18 refuses a press that entry 5 cast"),
    Plant("a correction forgotten", "DELETE FROM correction", "the correction lists (0)"),
    Plant("a correction of another poll", "UPDATE correction SET poll = poll + 1", "the correction lists (1)"),
    Plant("a report of nobody", "UPDATE kiosk_report SET kiosk = 999", "a report names no kiosk"),
    Plant("no epoch", "DELETE FROM meta", "no epoch"),
  ]

  private static func plant(_ sql: String, in directory: TemporaryDirectory) throws {
    let connection = try Connection(path: directory.path + "/ledger.db", access: .readWrite)
    try connection.execute(
      sql.replacing(
        "rowid_first",
        with: """
          (poll, day, unit, channel, flags, question, choice) =
            (SELECT poll, day, unit, channel, flags, question, choice FROM cell WHERE count > 0 LIMIT 1)
          """))
    #expect(connection.changes > 0, "nothing was planted")
  }

  @Test(arguments: plants)
  func finds(_ plant: Plant) async throws {
    let directory = try await Self.ledger()
    #expect(try LedgerVerifier.run(directory: directory.path).isClean)
    try Self.plant(plant.sql, in: directory)
    let report = try LedgerVerifier.run(directory: directory.path)
    #expect(!report.isClean)
    #expect(report.differences.contains { $0.contains(plant.words) }, "\(report.differences)")
  }

  /// Every single byte of every entry, changed: found.
  @Test func findsEveryChangedByte() async throws {
    let directory = try await Self.ledger()
    let connection = try Connection(path: directory.path + "/ledger.db", access: .readWrite)
    let entries = try connection.prepare("SELECT seq, body FROM entry WHERE seq IN (1, 12, 15, 17, 19)")
    var bodies: [(Int64, [UInt8])] = []
    while try entries.step() { bodies.append((entries.integer(0), Array(entries.bytes(1)))) }
    try #require(bodies.count == 5)
    let update = try connection.prepare("UPDATE entry SET body = ? WHERE seq = ?")
    func store(_ body: [UInt8], _ sequence: Int64) throws {
      try body.borrowed { (bytes) throws(SQLiteError) in
        try update.bind(1, borrowing: bytes)
        try update.bind(2, sequence)
        try update.run()
      }
    }
    for (sequence, body) in bodies {
      for index in body.indices {
        var changed = body
        changed[index] ^= 1 << UInt8(index % 8)
        try store(changed, sequence)
        let report = try LedgerVerifier.run(directory: directory.path)
        #expect(
          report.differences.contains { $0.contains("entry \(sequence) does not have its checksum") },
          "byte \(index) of entry \(sequence)")
      }
      try store(body, sequence)
    }
    #expect(try LedgerVerifier.run(directory: directory.path).isClean)
  }

  @Test func reportsWhatThereIs() async throws {
    let directory = try await Self.ledger()
    var steps: [(UInt64, UInt64)] = []
    let report = try LedgerVerifier.run(directory: directory.path) { steps.append(($0, $1)) }
    #expect(report.revision == 19)
    #expect(report.entries == 19)
    #expect(report.ballots == 13)
    #expect(report.voided == 1)
    #expect(report.polls == 2)
    #expect(report.epoch.utf8.count == 32)
    #expect(steps.map(\.0) == [19])
    #expect(steps.map(\.1) == [19])
  }

  /// More differences than anyone reads are counted, not kept.
  @Test func boundsItsWords() async throws {
    let bench = try await Bench.new()
    _ = try await bench.ledger.append(try (1...500).map { try Sample.cast($0) })
    await bench.ledger.close()
    try Self.plant("UPDATE entry SET crc = crc + 1", in: bench.directory)
    let report = try bench.verify()
    #expect(report.differences.count == VerifyReport.mostDifferences)
    #expect(report.differenceCount == 501)
  }

  /// While votes come in, and without leaving a trace.
  @Test func runsBesideTheWriter() async throws {
    var options = SQLiteLedger.Options()
    options.checkpointPages = 50
    let bench = try await Bench.new(options)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for start in stride(from: 1 as UInt64, to: 2_000, by: 100) {
        group.addTask {
          _ = try await bench.ledger.append(try (start..<start + 100).map { try Sample.cast($0) })
        }
        group.addTask {
          let report = try bench.verify()
          #expect(report.differences == [])
        }
      }
      try await group.waitForAll()
    }
    #expect(try bench.verify().ballots == 2_000)
    await bench.ledger.close()
  }

  /// A ledger whose server died has its newest entries in the journal only: they are read, and left there.
  @Test func neverCheckpoints() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1))
    // As after a crash: the files as they are while the writer lives.
    let copy = try TemporaryDirectory()
    for name in ["ledger.db", "ledger.db-wal"] {
      try FileBytes.copy("\(bench.directory.path)/\(name)", to: "\(copy.path)/\(name)")
    }
    await bench.ledger.close()
    let before = try ["ledger.db", "ledger.db-wal"].map { try FileBytes.read("\(copy.path)/\($0)") }
    #expect(try LedgerVerifier.run(directory: copy.path).ballots == 1)
    let after = try ["ledger.db", "ledger.db-wal"].map { try FileBytes.read("\(copy.path)/\($0)") }
    #expect(before == after)
    #expect(before[1].count > 0)
    // And the next start finds them.
    let recovered = try Bench(copy)
    #expect(recovered.state.revision == 2)
    #expect(try await recovered.append(try Sample.cast(1)).map(\.word) == ["replayed 2"])
    await recovered.ledger.close()
  }

  @Test func refusesWhatIsNoLedger() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: LedgerFileError.self) { try LedgerVerifier.run(directory: directory.path) }
    try FileBytes.write(
      Array("this is no database, but text, and long enough to be looked at as one".utf8),
      to: directory.path + "/ledger.db")
    let error = #expect(throws: LedgerFileError.self) { try LedgerVerifier.run(directory: directory.path) }
    #expect(error?.code == .damaged)
  }
}
