import Polling
import SQLite
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(1)))
struct ActTests {
  private static let batch = Register(.paper, "hai-chau-hai-long.2026-q3")

  private static func act(
    _ id: UInt64, _ name: String = "sheet", in register: Register = batch, counts: [ActCounts] = [],
    reverses: UInt64? = nil, at: Timestamp = Sample.time
  ) -> Act {
    Act(
      register: register, id: .init(high: 7, low: id), name: name, body: [1, 2, UInt8(truncatingIfNeeded: id)],
      counts: counts, reverses: reverses, by: "clerk/hai-chau/lan", at: at)
  }

  private static func key(_ subject: CellKey.Subject, _ unit: String = "hai-chau/mot-cua/quay-01") throws -> CellKey {
    CellKey(subject: subject, unit: try UnitPath(unit), channel: .paper, flags: [], day: Day(of: Sample.time))
  }

  private static func counts(
    _ ballots: Int64 = 10, choice: String = "RHL", version: UInt32 = 1
  ) throws -> [ActCounts] {
    [
      ActCounts(
        poll: try PollID("hai-chau-hai-long"), version: version,
        cells: [
          try key(.ballots): ballots, try key(.votes(question: "muc-do", choice: choice)): ballots,
          try key(.undervotes(question: "ly-do")): 2 * ballots,
          try key(.ballots, "hai-chau/mot-cua/quay-02"): 1,
        ])
    ]
  }

  private static func entered(_ act: Act, _ number: UInt64, _ sequence: UInt64) -> Outcome {
    .entered(sequence: sequence, .act(EnteredAct(number: number, sequence: sequence, act: act)))
  }

  private static func replayed(_ act: Act, _ number: UInt64, _ sequence: UInt64) -> Outcome {
    .replayed(sequence: sequence, .act(EnteredAct(number: number, sequence: sequence, act: act)))
  }

  /// What each submission comes to, in order.
  private static func transcript() throws -> [(Submission, Outcome)] {
    let other = Register(.alerts, batch.name)
    let (accepted, reversal) = (act(3, "accept", counts: try counts()), act(4, "reverse", reverses: 2))
    return [
      (.act(act(1), after: 1), .refused(.staleAct(last: 0))),
      (.act(act(1), after: 0), entered(act(1), 1, 2)),
      // Again, and later; whatever has come since.
      (.act(act(1, at: .init(milliseconds: 0)), after: 0), replayed(act(1), 1, 2)),
      (.act(act(1, "other"), after: 1), .refused(.conflict)),
      (.act(act(1, in: other), after: 0), .refused(.conflict)),
      (.act(act(2), after: 0), .refused(.staleAct(last: 1))),
      // Registers of two kinds have nothing in common but the name.
      (.act(act(2, in: other), after: 0), entered(act(2, in: other), 1, 3)),
      (.act(act(5, counts: try counts(choice: "KHONG")), after: 1), .refused(.unknownPoll)),
      (.act(act(5, counts: try counts(version: 2)), after: 1), .refused(.unknownPoll)),
      (.act(act(5, counts: try counts(0)), after: 1), .refused(.unknownPoll)),
      (.act(accepted, after: 1), entered(accepted, 2, 4)),
      (.act(act(5, reverses: 3), after: 2), .refused(.unknownAct)),
      // Counts nothing.
      (.act(act(5, reverses: 1), after: 2), .refused(.unknownAct)),
      (.act(act(5, in: other, reverses: 2), after: 1), .refused(.unknownAct)),
      (try Sample.cast(1), .entered(sequence: 5, .cast(Sample.record(try Sample.ballot(1))))),
      (.act(reversal, after: 2), entered(reversal, 3, 6)),
      (.act(reversal, after: 2), replayed(reversal, 3, 6)),
      (.act(act(6, reverses: 2), after: 3), .refused(.unknownAct)),
      (.act(act(7, counts: try counts(3)), after: 3), entered(act(7, counts: try counts(3)), 4, 7)),
    ]
  }

  /// What must be counted once is decided knowing all that is counted, in whichever register.
  @Test func whoDecidesWithoutKnowingWhatCountsDecidesAgain() async throws {
    let bench = try await Bench.new()
    let other = Register(.paper, "hai-chau-hai-long.2026-q4")
    let (one, two) = (Self.act(1, counts: try Self.counts()), Self.act(2, in: other, counts: try Self.counts()))
    let known = bench.ledger.acknowledgedRevision
    #expect(
      try await bench.ledger.append([
        // Acts that count nothing are no news.
        .act(Self.act(3, in: other), after: 0, countsKnown: known),
        .act(one, after: 0, countsKnown: known), .act(two, after: 1, countsKnown: known), .act(Self.act(4), after: 1),
        .act(one, after: 0, countsKnown: known),
      ]) == [
        Self.entered(Self.act(3, in: other), 1, 2), Self.entered(one, 1, 3), .refused(.staleAct(last: 1)),
        Self.entered(Self.act(4), 2, 4),
        Self.replayed(one, 1, 3),
      ])
    let later = bench.ledger.acknowledgedRevision
    #expect(
      try await bench.ledger.append([.act(two, after: 1, countsKnown: later)]) == [Self.entered(two, 2, 5)])
  }

  private static func check(_ bench: Bench) async throws {
    let sample = try PollID("hai-chau-hai-long")
    let total = bench.cells[sample] ?? [:]
    #expect(total[try key(.ballots)] == 3)
    #expect(total[try key(.votes(question: "muc-do", choice: "RHL"))] == 3)
    #expect(total[try key(.undervotes(question: "ly-do"))] == 6)
    #expect(total[try key(.ballots, "hai-chau/mot-cua/quay-02")] == 1)
    #expect(try await bench.ledger.registers(.paper) == [batch.name: 4])
    #expect(try await bench.ledger.registers(.alerts) == [batch.name: 1])
    let acts = try await bench.ledger.acts(of: batch, after: 1, limit: 2)
    #expect(acts.map(\.number) == [2, 3])
    #expect(acts.map(\.sequence) == [4, 6])
    #expect(acts.map(\.act.name) == ["accept", "reverse"])
    #expect(acts.first?.act.counts == (try counts()))
    await bench.ledger.close()
    #expect(try bench.verify().differences == [])
  }

  @Test func actsFollowFromOneAnotherAndEachIsEnteredOnce() async throws {
    let transcript = try Self.transcript()
    let bench = try await Bench.new()
    #expect(try await bench.ledger.append(transcript.map(\.0)) == transcript.map(\.1))
    try await Self.check(bench)
    let reopened = try Bench(bench.directory)
    try await Self.check(reopened)
  }

  @Test func theSameOneByOneAndOverRestarts() async throws {
    var bench = try await Bench.new()
    for (number, (submission, outcome)) in try Self.transcript().enumerated() {
      #expect(try await bench.ledger.append([submission]) == [outcome], "\(number)")
      await bench.ledger.close()
      bench = try Bench(bench.directory)
    }
    try await Self.check(bench)
  }

  /// The file as it is while it is served: counts that are not in table `cell` yet, and their reversal.
  @Test func whatIsNotSettledIsCountedAgain() async throws {
    let bench = try await Bench.new()
    _ = try await bench.ledger.append(try Self.transcript().map(\.0))
    let copy = try TemporaryDirectory()
    for name in ["ledger.db", "ledger.db-wal"] {
      try FileBytes.copy("\(bench.directory.path)/\(name)", to: "\(copy.path)/\(name)")
    }
    await bench.ledger.close()
    try await Self.check(try Bench(copy))
  }

  @Test(arguments: [
    ("DELETE FROM act WHERE number = 2", "the table of acts (4)"),
    ("UPDATE act SET seq = 4 WHERE number = 1 AND kind = 1", "the table of acts (5)"),
    ("DELETE FROM reversal", "the table of reversals (0)"),
    ("UPDATE act SET register = 9999", "a key without meaning"),
  ])
  func aChangedTableIsFound(_ sql: String, _ words: String) async throws {
    let bench = try await Bench.new()
    _ = try await bench.ledger.append(try Self.transcript().map(\.0))
    await bench.ledger.close()
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readWrite)
      try connection.execute(sql)
    }
    #expect(try bench.verify().differences.contains { $0.contains(words) })
  }

  /// Entries that no writer of ours would have made.
  @Test func aRecountTellsWhatAnActMayNotSay() async throws {
    let bench = try await Bench.new()
    let (poll, unknown) = (try Self.counts(), [ActCounts(poll: try PollID("no"), version: 1, cells: [:])])
    let entries: [(UInt64, Act, String?)] = [
      (1, Self.act(1, counts: poll), nil),
      (3, Self.act(2), "is act 3"),
      (4, Self.act(2), "enters an act again"),
      (5, Self.act(3, counts: unknown), "which is unknown"),
      (6, Self.act(4, counts: try Self.counts(choice: "KHONG")), "does not ask"),
      (7, Self.act(5, reverses: 1), nil),
      (8, Self.act(6, reverses: 1), "reverses act 1"),
    ]
    await bench.ledger.close()
    let definitions: Definitions
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readOnly)
      definitions = try Definitions.load(connection)
    }
    var recount = ActRecount()
    for (number, act, problem) in entries {
      let entry = ActEntry(act, number: number)
      let (_, problems) = recount.fold(entry, sequence: number + 1, definitions)
      #expect(problems.count == (problem == nil ? 0 : 1), "\(number): \(problems)")
      if let problem { #expect(problems.first?.contains(problem) == true, "\(number): \(problems)") }
    }
  }

  /// What would be one name to a reader and another to a computer is no name.
  @Test(arguments: [
    "", "a b", "Tổ", "T\u{6F}\u{302}\u{309}", "a/", "/a", String(repeating: "a", count: 65), "a\u{0}",
    [String](repeating: "a", count: 17).joined(separator: "/"),
  ])
  func anActHasPlainNames(_ name: String) async throws {
    let bench = try await Bench.new()
    let register = Self.act(1, in: Register(.paper, name))
    #expect(try await bench.append(.act(register, after: 0)) == [.refused(.badActName)])
    #expect(try await bench.append(.act(Self.act(1, name), after: 0)) == [.refused(.badActName)])
    let plain = Self.act(1, "sheet/2", in: Register(.paper, "poll.1/batch_2"))
    #expect(try await bench.append(.act(plain, after: 0)) == [Self.entered(plain, 1, 2)])
  }

  @Test func everyByteOfAnActIsReadOrRefused() throws {
    let act = Self.act(9, "accept", counts: try Self.counts(), reverses: 300)
    var writer = ByteWriter()
    ActEntry(act, number: 7).encode(into: &writer)
    let bytes = writer.bytes
    #expect(try bytes.withUnsafeBytes { try ActEntry($0) }.act == act)
    for length in bytes.indices {
      #expect(throws: FormatError.self) { try Array(bytes[..<length]).withUnsafeBytes { try ActEntry($0) } }
    }
    for place in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[place] ^= 1 << bit
        let read = try? flipped.withUnsafeBytes { try ActEntry($0) }
        #expect(read.map { $0.act != act || $0.number != 7 } ?? true, "bit \(bit) of byte \(place)")
      }
    }
  }
}
