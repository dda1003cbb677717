import Polling
import Testing

@testable import Ledger

/// The idempotency contract, row by row. Sequence 1 is the poll's publication.
@Suite(.timeLimit(.minutes(1)))
struct IdempotencyTests {
  struct Row: CustomStringConvertible, Sendable {
    var description: String
    var before: @Sendable () throws -> [Submission]
    var submission: @Sendable () throws -> Submission
    var expected: String

    init(
      _ description: String, before: @escaping @Sendable @autoclosure () throws -> [Submission],
      then submission: @escaping @Sendable @autoclosure () throws -> Submission, _ expected: String
    ) {
      self.description = description
      self.before = before
      self.submission = submission
      self.expected = expected
    }
  }

  static let changedTitle = "Mức độ hài lòng 2"
  static let later = Timestamp(milliseconds: Sample.time.milliseconds + 90_000_000)

  static let rows: [Row] = [
    Row("a new id", before: [], then: try Sample.cast(1), "entered 2"),
    Row("same id, same bytes", before: [try Sample.cast(1)], then: try Sample.cast(1), "replayed 2"),
    Row(
      "same bytes a day later", before: [try Sample.cast(1)], then: try Sample.cast(1, at: later), "replayed 2"),
    Row("same id, other answer", before: [try Sample.cast(1)], then: try Sample.cast(1, level: "HL"), "conflict"),
    Row(
      "same id, other unit", before: [try Sample.cast(1)],
      then: try Sample.cast(1, unit: "hai-chau/mot-cua/quay-02"), "conflict"),
    Row("same id, credential added", before: [try Sample.cast(1)], then: try Sample.cast(1, credential: 7), "conflict"),
    Row(
      "same id, other poll", before: [try Sample.cast(1)], then: try Sample.cast(1, poll: "other"), "conflict"),
    Row("voided, same bytes", before: [try Sample.cast(1), try Sample.void(1)], then: try Sample.cast(1), "voided"),
    Row(
      "voided, other bytes", before: [try Sample.cast(1), try Sample.void(1)],
      then: try Sample.cast(1, level: "HL"), "voided"),
    Row("version that does not exist", before: [], then: try Sample.cast(1, version: 2), "unknownPoll"),
    Row("unknown poll", before: [], then: try Sample.cast(1, poll: "other"), "unknownPoll"),
    Row("closed poll", before: [try Sample.close()], then: try Sample.cast(1), "pollClosed"),
    Row(
      "replay after closing", before: [try Sample.cast(1), try Sample.close()], then: try Sample.cast(1),
      "replayed 2"),
    Row(
      "conflict after closing", before: [try Sample.cast(1), try Sample.close()],
      then: try Sample.cast(1, level: "HL"), "conflict"),
    Row("outside the poll's hours", before: [], then: try Sample.cast(1, isOpen: false), "pollClosed"),
    Row(
      "replay outside the poll's hours", before: [try Sample.cast(1)], then: try Sample.cast(1, isOpen: false),
      "replayed 2"),
    Row(
      "an old version, still", before: [.publish(try Sample.poll(title: changedTitle), by: "admin", at: Sample.time)],
      then: try Sample.cast(1, version: 1), "entered 3"),
    Row("recall of what was counted", before: [try Sample.cast(1)], then: .recall(try Sample.ballot(1)), "replayed 2"),
    Row(
      "recall of other content", before: [try Sample.cast(1)], then: .recall(try Sample.ballot(1, level: "HL")),
      "conflict"),
    Row("recall of nothing", before: [], then: .recall(try Sample.ballot(1)), "unknownBallot"),
    Row("publish the same", before: [], then: .publish(try Sample.poll(), by: "another", at: later), "replayed 1"),
    Row(
      "publish something else", before: [],
      then: .publish(try Sample.poll(title: changedTitle), by: "admin", at: Sample.time), "entered 2"),
    Row(
      "publish an old version again",
      before: [.publish(try Sample.poll(title: changedTitle), by: "admin", at: Sample.time)],
      then: .publish(try Sample.poll(), by: "admin", at: Sample.time), "entered 3"),
    Row(
      "publish the same after closing", before: [try Sample.close()],
      then: .publish(try Sample.poll(), by: "admin", at: Sample.time), "replayed 1"),
    Row(
      "publish something else after closing", before: [try Sample.close()],
      then: .publish(try Sample.poll(title: changedTitle), by: "admin", at: Sample.time), "pollClosed"),
    Row("close", before: [], then: try Sample.close(), "entered 2"),
    Row("close twice", before: [try Sample.close()], then: try Sample.close(), "replayed 2"),
    Row("close what is not there", before: [], then: try Sample.close("other"), "unknownPoll"),
    Row("void", before: [try Sample.cast(1)], then: try Sample.void(1), "entered 3"),
    Row("void twice", before: [try Sample.cast(1), try Sample.void(1)], then: try Sample.void(1), "replayed 3"),
    Row("void what is not there", before: [], then: try Sample.void(1), "unknownBallot"),
    Row(
      "void outside one's subtree", before: [try Sample.cast(1)],
      then: try Sample.void(1, within: "hai-chau/mot-cua/quay-02"), "unknownBallot"),
    Row("void after closing", before: [try Sample.cast(1), try Sample.close()], then: try Sample.void(1), "entered 4"),
  ]

  enum Way: CaseIterable {
    case separateCommits, oneCall, afterReopening
  }

  @Test(arguments: rows, Way.allCases)
  func row(_ row: Row, _ way: Way) async throws {
    let bench = try await Bench.new()
    let before = try row.before()
    var last: Bench = bench
    let outcome: Outcome?
    switch way {
    case .oneCall:
      outcome = try await bench.ledger.append(before + [try row.submission()]).last
    case .separateCommits:
      for submission in before { _ = try await bench.append(submission) }
      outcome = try await bench.append(try row.submission()).last
    case .afterReopening:
      for submission in before { _ = try await bench.append(submission) }
      last = try await bench.reopened()
      outcome = try await last.append(try row.submission()).last
    }
    #expect(outcome?.word == row.expected)
    // Whatever it was, it happened once.
    let again = try await last.append(try row.submission()).last
    if row.expected.hasPrefix("entered") {
      let sequence = row.expected.dropFirst("entered ".count)
      #expect(
        again?.word == (row.description == "publish an old version again" ? "replayed 3" : "replayed \(sequence)"))
    } else {
      #expect(again == outcome)
    }
    let report = try last.verify()
    #expect(report.differences == [])
    await last.ledger.close()
  }

  @Test func replayGivesTheRecordAsItWasKept() async throws {
    let bench = try await Bench.new()
    let ballot = try Sample.ballot(1)
    let first = Sample.record(ballot, at: Sample.time, source: "kiosk one")
    let second = Sample.record(ballot, at: Self.later, source: "kiosk two")
    let outcomes = try await bench.append(.cast(first, isOpen: true), .cast(second, isOpen: true))
    #expect(outcomes == [.entered(sequence: 2, .cast(first)), .replayed(sequence: 2, .cast(first))])
    #expect(bench.cells.values.first?.values.reduce(0, +) == 4)  // one ballot, one vote, two undervotes
    await bench.ledger.close()
  }

  /// The newest version changed between the press and its repetition: the ballot as submitted is still the same.
  @Test func replayWhenTheNewestVersionHasChanged() async throws {
    let bench = try await Bench.new()
    let ballot = try Sample.ballot(1, version: 0)
    var record = Sample.record(ballot)
    record.countedVersion = 1
    var repeated = record
    repeated.countedVersion = 2
    let outcomes = try await bench.append(
      .cast(record, isOpen: true),
      .publish(try Sample.poll(title: Self.changedTitle), by: "admin", at: Sample.time),
      .cast(repeated, isOpen: true))
    #expect(outcomes.map(\.word) == ["entered 2", "entered 3", "replayed 2"])
    await bench.ledger.close()
  }

  struct CredentialRow: CustomStringConvertible, Sendable {
    var description: String
    var submissions: @Sendable () throws -> [Submission]
    var expected: [String]
  }

  static let credentialRows: [CredentialRow] = [
    CredentialRow(
      description: "one credential, two ballots",
      submissions: { [try Sample.cast(1, credential: 9), try Sample.cast(2, credential: 9)] },
      expected: ["entered 2", "alreadyRated"]),
    CredentialRow(
      description: "the id comes before the credential",
      submissions: {
        [try Sample.cast(1, credential: 9), try Sample.cast(1, credential: 9), try Sample.cast(1, credential: 8)]
      },
      expected: ["entered 2", "replayed 2", "conflict"]),
    CredentialRow(
      description: "a refused ballot's id stays free",
      submissions: {
        [
          try Sample.cast(1, credential: 9), try Sample.cast(2, credential: 9), try Sample.cast(2, credential: 8),
          try Sample.void(3),
        ]
      },
      expected: ["entered 2", "alreadyRated", "entered 3", "unknownBallot"]),
    CredentialRow(
      description: "a voided ballot's credential stays spent",
      submissions: { [try Sample.cast(1, credential: 9), try Sample.void(1), try Sample.cast(2, credential: 9)] },
      expected: ["entered 2", "entered 3", "alreadyRated"]),
    CredentialRow(
      description: "another poll, the same hash",
      submissions: {
        [
          try Sample.cast(1, credential: 9),
          .publish(try Sample.poll("other", onePerCredential: true), by: "admin", at: Sample.time),
          try Sample.cast(2, poll: "other", credential: 9),
        ]
      },
      expected: ["entered 2", "entered 3", "entered 4"]),
    CredentialRow(
      description: "a poll that does not ask for one",
      submissions: {
        [
          .publish(try Sample.poll("other"), by: "admin", at: Sample.time),
          try Sample.cast(1, poll: "other", credential: 9), try Sample.cast(2, poll: "other", credential: 9),
        ]
      },
      expected: ["entered 2", "entered 3", "entered 4"]),
  ]

  @Test(arguments: credentialRows, [true, false])
  func credentials(_ row: CredentialRow, inOneCall: Bool) async throws {
    let bench = try await Bench.new(poll: try Sample.poll(onePerCredential: true))
    var words: [String] = []
    if inOneCall {
      words = try await bench.ledger.append(try row.submissions()).map(\.word)
    } else {
      for submission in try row.submissions() { words += try await bench.append(submission).map(\.word) }
    }
    #expect(words == row.expected)
    #expect(try bench.verify().differences == [])
    await bench.ledger.close()
  }

  @Test func voidTakesTheBallotOutOfTheCells() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1, level: "HL"), try Sample.cast(2, level: "HL"), try Sample.void(1))
    let reopened = try await bench.reopened()
    let counts = try #require(reopened.state.cells[PollID("hai-chau-hai-long")])
    let key = CellKey(
      subject: .votes(question: "muc-do", choice: "HL"), unit: try UnitPath("hai-chau/mot-cua/quay-01"),
      channel: .kiosk, flags: [], day: Day(of: Sample.time))
    #expect(counts[key] == 1)
    #expect(reopened.state.cells == bench.cells)
    #expect(try reopened.verify().voided == 1)
    await reopened.ledger.close()
  }
}
