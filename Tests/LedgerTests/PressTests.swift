import Polling
import SQLite
import Testing

@testable import Ledger

/// What becomes of presses of kiosks, row by row. Sequence 1 is the poll's publication.
@Suite(.timeLimit(.minutes(5)))
struct PressTests {
  private static let other = SpoolID(high: 2, low: 2)
  private static let unit = "hai-chau"

  struct Row: CustomStringConvertible, Sendable {
    var description: String
    var submissions: @Sendable () throws -> [Submission]
    var expected: [String]

    init(
      _ description: String, _ submissions: @escaping @Sendable @autoclosure () throws -> [Submission],
      _ expected: [String]
    ) {
      self.description = description
      self.submissions = submissions
      self.expected = expected
    }
  }

  static let rows = [
    Row("a press, and again", [try Sample.press(1), try Sample.press(1)], ["entered 2", "replayed 2"]),
    Row(
      "again from another spool, or from none: the spool is no part of the ballot",
      [try Sample.press(1), try Sample.press(1, spool: other), try Sample.plain(1)],
      ["entered 2", "replayed 2", "replayed 2"]),
    Row(
      "refused once, and for ever",
      [try Sample.refused(1), try Sample.refused(1, .duplicate), try Sample.press(1)],
      ["entered 2 rejected", "replayed 2 rejected", "replayed 2 rejected"]),
    Row(
      "refused at another kiosk, or in another spool",
      [
        try Sample.refused(1), try Sample.refused(1, kiosk: "kiosk/hai-chau/quay-09"),
        try Sample.refused(1, spool: other), try Sample.press(1, spool: other),
      ], ["entered 2 rejected", "conflict", "conflict", "conflict"]),
    Row(
      "a press that was cast is not refused", [try Sample.press(1), try Sample.refused(1), try Sample.press(1)],
      ["entered 2", "conflict", "replayed 2"]),
    Row(
      "nor is one that was voided",
      [try Sample.press(1), try Sample.void(1), try Sample.refused(1), try Sample.press(1)],
      ["entered 2", "entered 3", "conflict", "voided"]),
    Row(
      "who is no kiosk casts what a kiosk was refused", [try Sample.refused(1), try Sample.plain(1)],
      ["entered 2 rejected", "entered 3"]),
    Row(
      "a poll that is closed",
      [
        try Sample.close(), try Sample.press(1), try Sample.press(2, flags: .late), try Sample.press(2),
        try Sample.press(3, flags: [.late, .cooldown]), try Sample.refused(1, .afterSeal), try Sample.press(1),
        try Sample.press(1, flags: .late),
      ],
      [
        "entered 2", "pollClosed", "entered 3", "replayed 3", "entered 4", "entered 5 afterSeal",
        "replayed 5 afterSeal", "replayed 5 afterSeal",
      ]),
    Row(
      "a poll that nobody knows", [try Sample.refused(1, poll: "khong-co"), try Sample.refused(1)],
      ["entered 2 rejected", "replayed 2 rejected"]),
  ]

  @Test(arguments: rows, [true, false])
  func row(_ row: Row, inOneCall: Bool) async throws {
    var bench = try await Bench.new()
    var words: [String] = []
    if inOneCall {
      words = try await bench.ledger.append(try row.submissions()).map(\.words)
    } else {
      for submission in try row.submissions() {
        words += try await bench.append(submission).map(\.words)
        bench = try await bench.reopened()
      }
    }
    #expect(words == row.expected)
    let report = try bench.verify()
    #expect(report.differences == [])
    await bench.ledger.close()
    #expect(try bench.verify().differences == [])
  }

  /// Every press is in one column of its device's day.
  @Test func columns() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(
      try Sample.press(1), try Sample.press(2, flags: .clock), try Sample.press(3, flags: .cooldown),
      try Sample.press(4, flags: [.late, .burst]), try Sample.press(5, flags: .late), try Sample.refused(6, .duplicate),
      try Sample.refused(7, .rejected), try Sample.refused(8, .afterSeal), try Sample.press(9, day: 1),
      // Twice, of no kiosk, voided: no more and no less.
      try Sample.press(1), try Sample.plain(10), try Sample.void(2))
    let account = try #require(try await bench.ledger.kiosks(within: UnitPath(Self.unit)).first)
    let day = Day(of: Sample.time)
    #expect(
      account.days == [
        day: PressCounts(counted: 2, flagged: 2, late: 1, corrected: 1, duplicate: 1, rejected: 1),
        Day(number: day.number + 1): PressCounts(counted: 1),
      ])
    #expect(account.total.total == 9)
    #expect(account.mark == SpoolMark(highest: 9))
    #expect((account.kiosk, account.spool) == (Sample.kiosk, Sample.spool))
    #expect(bench.observedLate == 1)
    await bench.ledger.close()
  }

  @Test func correctionsAreKeptWhole() async throws {
    let bench = try await Bench.new()
    var ballot = try Sample.ballot(1)
    ballot.credential = [UInt8](repeating: 7, count: 32)
    let press = RefusedPress(
      kiosk: Sample.kiosk, spool: Sample.spool, ballot: ballot, verdict: .afterSeal, reason: "POLL_SEALED",
      receivedTime: Sample.time)
    let other = try Sample.ballot(2, poll: "other")
    _ = try await bench.append(
      .refusePress(press), try Sample.refused(3, .rejected), try Sample.refused(4, .afterSeal),
      .refusePress(
        RefusedPress(
          kiosk: Sample.kiosk, spool: Sample.spool, ballot: other, verdict: .afterSeal, reason: "",
          receivedTime: Sample.time)))
    let reopened = try await bench.reopened()
    let poll = try PollID("hai-chau-hai-long")
    let corrections = try await reopened.ledger.corrections(poll: poll)
    #expect(corrections.map(\.sequence) == [2, 4])
    #expect(corrections.first?.press == press)
    #expect(try await reopened.ledger.corrections(poll: poll, after: 2, limit: 5).map(\.sequence) == [4])
    #expect(try await reopened.ledger.corrections(poll: poll, after: 0, limit: 1).map(\.sequence) == [2])
    #expect(try await reopened.ledger.corrections(poll: PollID("other")).map(\.press.ballot) == [other])
    #expect(try await reopened.ledger.corrections(poll: PollID("khong-co")) == [])
    #expect(reopened.state.cells == [:], "in no figure")
    await reopened.ledger.close()
  }

  /// Where times are coarse nothing of a refused press tells its order: no number, no finer time.
  @Test(arguments: TimePrecision.allCases)
  func coarsePolls(_ precision: TimePrecision) async throws {
    var poll = try Sample.poll()
    poll.policy.timePrecision = precision
    let bench = try await Bench.new(poll: poll)
    let fine = Timestamp(milliseconds: Sample.time.milliseconds + 3_723_004)
    for verdict in RefusedPress.Verdict.allCases {
      let ballot = try Sample.ballot(UInt64(verdict.rawValue))
      _ = try await bench.append(
        .refusePress(
          RefusedPress(
            kiosk: Sample.kiosk, spool: Sample.spool, ballot: ballot, verdict: verdict, reason: "",
            receivedTime: fine)))
    }
    let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readOnly)
    let rows = try connection.prepare("SELECT body FROM entry WHERE kind = 7")
    var count = 0
    while try rows.step() {
      let entry = try RefusedPressEntry(rows.bytes(0))
      let isCoarse = precision == .hour || precision == .day
      #expect((entry.number == nil) == isCoarse)
      #expect(entry.receivedTime == fine.floored(to: precision))
      #expect((entry.ballot == nil) == (entry.verdict != .afterSeal))
      count += 1
    }
    #expect(count == 3)
    let account = try #require(try await bench.ledger.kiosks(within: UnitPath(Self.unit)).first)
    #expect(
      account.mark == (precision == .hour || precision == .day ? SpoolMark(unnumbered: 3) : SpoolMark(highest: 3)))
    await bench.ledger.close()
  }

  /// A late ballot is in the figures, under cells of its own.
  @Test func lateBallotsAreFigures() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.close(), try Sample.press(1, flags: .late))
    var batch = CastBatch()
    var record = Sample.record(try Sample.ballot(2))
    batch.append(record)
    record.ballot.id = Sample.id(3)
    record.flags = .late
    batch.append(record)
    #expect(try await bench.ledger.append(batch).words == ["0 pollClosed"])
    _ = try await bench.observedCells
    #expect(bench.observedLate == 2)
    #expect(try bench.verify().differences == [])
    let reopened = try await bench.reopened()
    #expect(reopened.state.polls.first?.closedAt == Sample.time)
    #expect(reopened.state.cells == bench.cells)
    await reopened.ledger.close()
  }
}

extension Bench {
  /// Ballots in cells with the flag `late` that published figures have.
  fileprivate var observedLate: Int64 {
    cells.values.joined().filter {
      $0.key.subject == .ballots && $0.key.flags.contains(.late) && $0.key.flags.isCounted
    }
    .reduce(0) { $0 + $1.value }
  }
}

extension Outcome {
  /// With what was said of a press.
  fileprivate var words: String {
    switch self {
    case .entered(_, .pressRefused(let verdict, _)), .replayed(_, .pressRefused(let verdict, _)): "\(word) \(verdict)"
    default: word
    }
  }
}

extension Sample {
  /// The ballot of a press as from who is no kiosk.
  static func plain(_ number: UInt64) throws -> Submission {
    .cast(record(try ballot(number)), isOpen: true)
  }
}
