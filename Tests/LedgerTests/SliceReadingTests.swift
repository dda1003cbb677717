import Polling
import SeededRandom
import Testing

@testable import Ledger

/// What is read for slices is what the recount counts, however it is read.
@Suite(.timeLimit(.minutes(2)))
struct SliceReadingTests {
  /// Ballots of two counters, procedures and clients, some flagged, some voided; acts, some reversed.
  private static func fill(_ bench: Bench, _ random: inout SplitMix64) async throws {
    for number in 1...300 as ClosedRange<UInt64> {
      var record = Sample.record(
        try Sample.ballot(
          number, unit: "hai-chau/mot-cua/quay-0\(number % 2 + 1)", level: Sample.levels[Int(number) % 5]),
        source: number % 3 == 0 ? "kiosk/a" : "clerk/b")
      record.ballot.procedure = try number % 4 == 0 ? nil : ProcedureCode("1.00\(number % 4)")
      record.flags = number % 7 == 0 ? .burst : number % 5 == 0 ? .bound : []
      record.day = Day(of: Sample.time).advanced(by: -Int(number % 40))
      _ = try await bench.append(.cast(record, isOpen: true))
      if Int.random(in: 0..<9, using: &random) == 0 {
        let void = Submission.void(
          Sample.id(.random(in: 1...number, using: &random)), within: try UnitPath("hai-chau"), reason: "thử",
          by: "admin", at: Sample.time)
        _ = try await bench.append(void)
      }
      if number % 20 == 0 { _ = try await bench.append(.act(try act(number / 20), after: number / 20 - 1)) }
    }
  }

  /// Every third takes the one before away, and what it counts itself stays.
  private static func act(_ number: UInt64) throws -> Act {
    func key(_ subject: CellKey.Subject, _ unit: String = "hai-chau/mot-cua/quay-01") throws -> CellKey {
      CellKey(
        subject: subject, unit: try UnitPath(unit), channel: .paper, flags: number % 4 == 0 ? .burst : [],
        day: Day(of: Sample.time).advanced(by: -Int(number)))
    }
    return Act(
      register: Register(.paper, "q3"), id: .init(high: 0, low: number), name: "sheet", body: [],
      counts: [
        ActCounts(
          poll: try PollID("hai-chau-hai-long"), version: 1,
          cells: [
            try key(.ballots): Int64(number), try key(.votes(question: "muc-do", choice: "HL")): 2,
            try key(.undervotes(question: "ly-do"), "hai-chau/mot-cua/quay-02"): 3,
          ])
      ], reverses: number % 3 == 0 ? number - 1 : nil, by: "clerk/b", at: Sample.time)
  }

  private static func read(_ bench: Bench, stride: Int) async throws -> SliceCells {
    var cells = SliceCells()
    var after: UInt64 = 0
    while true {
      let counts = try await bench.ledger.sliceCounts(after: after, limit: stride, today: Day(of: Sample.time))
      for (_, piece) in counts.polls { cells.fold(piece) }
      #expect(counts.through > after || counts.last == after)
      after = counts.through
      if after == counts.last { return cells }
    }
  }

  @Test func slicesAreWhatTheRecountCounts() async throws {
    let bench = try await Bench.new()
    var random = SplitMix64()
    try await Self.fill(bench, &random)
    let poll = try Sample.poll()
    let report = try bench.verify()
    #expect(report.isClean, "\(report.differences)")
    let tally = try #require(report.cells[poll.id])
    for stride in [1_000_000, 37, 1] {
      let cells = try await Self.read(bench, stride: stride)
      let figures = cells.figures(
        SliceQuery(unit: poll.unit, dimensions: [.counter, .day, .channel]), of: poll)
      var counted: [String: Int64] = [:]
      for (key, count) in tally {
        let name: String
        switch key.subject {
        case .ballots: name = key.flags.isCounted ? "ballots" : "flagged"
        case .votes(let question, let choice): name = "\(question) \(choice)"
        case .undervotes(let question): name = "\(question) unused"
        }
        guard key.flags.isCounted || name == "flagged" else { continue }
        counted["\(key.unit) \(key.day) \(key.channel) \(name)", default: 0] += count
      }
      var shown: [String: Int64] = [:]
      for row in figures.rows {
        let place = row.labels.map(\.description).joined(separator: " ")
        shown["\(place) ballots"] = row.ballots
        shown["\(place) flagged"] = row.flaggedBallots
        for question in row.questions {
          shown["\(place) \(question.question) unused"] = question.undervotes
          for (code, count) in zip(question.codes, question.counts) {
            shown["\(place) \(question.question) \(code)"] = count
          }
        }
      }
      #expect(shown.filter { $0.value != 0 } == counted.filter { $0.value != 0 })
      #expect(!shown.isEmpty)
    }
  }

  /// Seed D in thousandths, through real entries: what a tally's cells and what slices say of the five windows, before
  /// and after a restart.
  @Test func theWindowsOfHaiChauThroughEntries() async throws {
    var bench = try await Bench.new()
    let poll = try Sample.poll()
    let today = Day(of: Sample.time)
    var days: [Day] = []
    for (ago, count) in [(0, 2), (1, 7), (2, 13), (3, 100), (13, 94), (400, 1_781)] {
      days += [Day](repeating: today.advanced(by: -ago), count: count)
    }
    let submissions = try days.enumerated().map { number, day in
      var record = Sample.record(try Sample.ballot(UInt64(number)))
      record.day = day
      return Submission.cast(record, isOpen: true)
    }
    for start in stride(from: 0, to: submissions.count, by: 500) {
      _ = try await bench.ledger.append(Array(submissions[start..<min(start + 500, submissions.count)]))
    }
    for _ in 0..<2 {
      let tally = TallyCells(try #require(bench.cells[poll.id])).tally(
        unit: poll.unit, channel: nil, today: today, poll: poll, revision: 1)
      #expect(tally.windows.map(\.ballots) == [2, 7, 22, 216, 1_997])
      let slices = try await Self.read(bench, stride: 700)
      let shown = Window.allCases.map { window in
        slices.figures(SliceQuery(unit: poll.unit, period: OpenPeriod(window, today: today)), of: poll).total.ballots
      }
      #expect(shown == tally.windows.map(\.ballots))
      bench = try await bench.reopened()
    }
  }

  @Test func nothingIsReadTwice() async throws {
    let bench = try await Bench.new()
    let first = try await bench.ledger.sliceCounts(after: 0, limit: 10, today: Day(of: Sample.time))
    #expect((first.through, first.last, first.polls.isEmpty) == (1, 1, true))
    _ = try await bench.append(try Sample.cast(1))
    let second = try await bench.ledger.sliceCounts(after: 1, limit: 10, today: Day(of: Sample.time))
    #expect((second.through, second.last, second.polls.count) == (2, 2, 1))
    let third = try await bench.ledger.sliceCounts(after: 2, limit: 10, today: Day(of: Sample.time))
    #expect((third.through, third.polls.isEmpty) == (2, true))
  }

  /// A repetition must name the same procedure; what was named is found again.
  @Test func aProcedureIsPartOfTheBallot() async throws {
    let bench = try await Bench.new()
    var ballot = try Sample.ballot(1)
    ballot.procedure = try ProcedureCode("1.004772")
    let cast = Submission.cast(Sample.record(ballot), isOpen: true)
    #expect(try await bench.append(cast) == [.entered(sequence: 2, .cast(Sample.record(ballot)))])
    #expect(try await bench.append(cast) == [.replayed(sequence: 2, .cast(Sample.record(ballot)))])
    #expect(try await bench.append(try Sample.cast(1)) == [.refused(.conflict)])
    var other = ballot
    other.procedure = try ProcedureCode("1.004773")
    #expect(try await bench.append(.cast(Sample.record(other), isOpen: true)) == [.refused(.conflict)])
    // On the correction list it is kept too.
    var press = ballot
    press.id = Sample.id(2)
    _ = try await bench.append(
      .refusePress(
        RefusedPress(
          kiosk: Sample.kiosk, spool: Sample.spool, ballot: press, verdict: .afterSeal, reason: "POLL_SEALED",
          receivedTime: Sample.time)))
    #expect(try await bench.ledger.corrections(poll: ballot.poll).map(\.press.ballot) == [press])
    #expect(try bench.verify().isClean)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct RegistryEntryTests {
  private static func registry(_ name: String = "Đà Nẵng") throws -> UnitRegistry {
    UnitRegistry(
      units: [
        RegisteredUnit(
          code: "da-nang", kind: .province, name: LocalizedText(vi: name, en: ""),
          placements: [.init(parent: nil, start: Day(number: -5), end: Day(number: 20_000))],
          successions: [.init(successor: "x", kind: .merged)]),
        RegisteredUnit(
          code: "x", segment: "y", kind: .ward, name: LocalizedText(vi: "X", en: "X"),
          placements: [
            .init(parent: "da-nang", start: Day(number: 1), end: Day(number: 2)),
            .init(parent: nil, start: Day(number: 2)),
          ]),
      ],
      procedures: [Procedure(code: try ProcedureCode("1.1"), name: LocalizedText(vi: "a", en: "b"), field: "c")])
  }

  private static func publish(_ registry: UnitRegistry) -> Submission {
    .publishRegistry(registry, by: "admin/da-nang/a", at: Sample.time)
  }

  @Test func isPublishedInVersionsByItsContent() async throws {
    var bench = try await Bench.new()
    #expect(bench.state.registry == nil)
    var first = try Self.registry()
    first.version = 1
    #expect(try await bench.append(Self.publish(try Self.registry())) == [.entered(sequence: 2, .registry(first))])
    #expect(try await bench.append(Self.publish(first)) == [.replayed(sequence: 2, .registry(first))])
    #expect(bench.commits.last?.registry == first)
    var second = try Self.registry("Thành phố Đà Nẵng")
    second.version = 2
    #expect(
      try await bench.append(Self.publish(try Self.registry("Thành phố Đà Nẵng")))
        == [.entered(sequence: 3, .registry(second))])
    // Back again is another version.
    first.version = 3
    #expect(try await bench.append(Self.publish(try Self.registry())) == [.entered(sequence: 4, .registry(first))])
    _ = try await bench.append(try Sample.cast(1))
    #expect(bench.commits.last?.registry == nil)
    bench = try await bench.reopened()
    #expect(bench.state.registry == first)
    #expect(try bench.verify().isClean)
  }

  @Test func everyCutIsAnErrorAndSoIsAnAddition() throws {
    var writer = ByteWriter()
    RegistryEntry(registry: try Self.registry(), by: "a", at: Sample.time).encode(into: &writer)
    let bytes = writer.bytes
    #expect(try bytes.borrowed { try RegistryEntry($0) }.registry == Self.registry())
    for length in bytes.indices {
      #expect(throws: FormatError.self) { try Array(bytes[..<length]).borrowed { try RegistryEntry($0) } }
    }
    #expect(throws: FormatError.self) { try (bytes + [0]).borrowed { try RegistryEntry($0) } }
  }

  /// The recount tells of a version that is out of turn.
  @Test func aVersionOutOfTurnIsADifference() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(Self.publish(try Self.registry()))
    var definitions = Definitions()
    var third = try Self.registry()
    third.version = 3
    #expect(definitions.publish(third, sequence: 1) != nil)
    third.version = 1
    #expect(definitions.publish(third, sequence: 1) == nil)
    #expect(definitions.publish(third, sequence: 2) != nil)
  }
}
