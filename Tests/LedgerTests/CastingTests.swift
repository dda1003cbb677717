import Polling
import SQLite
import SeededRandom
import Testing

@testable import Ledger

/// Whatever happens to a ballot happens to it in a batch as on the plain way, and leaves the same ledger.
@Suite(.timeLimit(.minutes(2)))
struct CastingTests {
  /// A call of several submissions; those that can go in a batch do so in one of the two ledgers.
  private enum Step {
    case casts([(record: CastVoteRecord, isOpen: Bool)])
    case others([Submission])
    case reopen
    case crash
  }

  private static let polls = ["hai-chau-hai-long", "mot-lan", "khong-co"]

  private static func cast(_ random: inout SplitMix64) throws -> (record: CastVoteRecord, isOpen: Bool) {
    let number = UInt64.random(in: 1...60, using: &random)
    var ballot = try Sample.ballot(
      number, poll: polls[Int(number % 20 == 0 ? 2 : number % 3 == 0 ? 1 : 0)],
      version: .random(in: 0...(number % 7 == 0 ? 3 : 1), using: &random),
      unit: "hai-chau/mot-cua/quay-0\(number % 2 + 1)",
      // Now and then another content under the same id.
      level: Sample.levels[Int.random(in: 0...9, using: &random) == 0 ? 0 : Int(number % 5)])
    // Several seconds, none of them in order.
    ballot.id = BallotID(
      time: Timestamp(milliseconds: Sample.time.milliseconds + Int64(number % 5) * 1_000), precision: .second,
      random: (0, number &* 0x9E37_79B9_7F4A_7C15))
    if number % 4 == 0 { ballot.answers.append(Answer(question: "ly-do", choices: ["cho"])) }
    if number % 9 == 0 { ballot.answers = [] }
    var record = Sample.record(
      ballot, at: Timestamp(milliseconds: Sample.time.milliseconds + Int64.random(in: 0...2, using: &random)))
    if ballot.pollVersion == 0 { record.countedVersion = .random(in: 1...2, using: &random) }
    record.flags = number % 8 == 0 ? .burst : []
    return (record, Int.random(in: 0...9, using: &random) != 0)
  }

  private static func step(_ random: inout SplitMix64) throws -> Step {
    switch Int.random(in: 0..<40, using: &random) {
    case 0..<25:
      return .casts(try (0..<Int.random(in: 1...12, using: &random)).map { _ in try cast(&random) })
    case 25..<30:
      // Plain casts, with and without a credential, beside the batches.
      let (record, isOpen) = try cast(&random)
      var rated = try cast(&random)
      rated.record.ballot.credential = [UInt8](repeating: .random(in: 0...20, using: &random), count: 32)
      return .others([.cast(record, isOpen: isOpen), .cast(rated.record, isOpen: rated.isOpen)])
    case 30..<34:
      let id = try cast(&random).record.ballot.id
      return .others([
        .void(id, within: try UnitPath("hai-chau"), reason: "bấm nhầm", by: "admin", at: Sample.time),
        .recall(try cast(&random).record.ballot),
      ])
    case 34..<37:
      var poll = try Sample.poll(
        polls[Int.random(in: 0...1, using: &random)], title: "\(Int.random(in: 0...1, using: &random))",
        onePerCredential: Bool.random(using: &random))
      if Bool.random(using: &random) {
        poll.questions[1].askedIf = Condition(question: "muc-do", choices: ["BT", "HL"])
      }
      return .others([.publish(poll, by: "admin", at: Sample.time)])
    case 37: return Int.random(in: 0...9, using: &random) == 0 ? .others([try Sample.close(polls[0])]) : .reopen
    case 38: return .crash
    default: return .reopen
    }
  }

  /// Submits the steps one after the other without waiting, so that they share commits.
  private static func run(_ steps: [Step], inBatches: Bool, _ options: SQLiteLedger.Options) async throws -> (
    words: [[String]], bench: Bench
  ) {
    var bench = try await Bench.new(options)
    _ = try await bench.append(
      .publish(try Sample.poll("mot-lan", onePerCredential: true), by: "admin", at: Sample.time))
    var words: [[String]] = []
    var waiting: [Task<[String], any Error>] = []
    func submit(_ ledger: SQLiteLedger, _ submissions: [Submission]) -> Task<[String], any Error> {
      let (answers, answer) = AsyncStream.makeStream(of: Result<[Outcome], LedgerError>.self)
      ledger.append(submissions) { answer.yield($0) }
      return Task {
        for await result in answers { return try result.get().map { "\($0)" } }
        return []
      }
    }
    for step in steps {
      switch step {
      case .casts(let casts) where inBatches:
        var batch = CastBatch()
        for (record, isOpen) in casts { batch.append(record, isOpen: isOpen) }
        let (answers, answer) = AsyncStream.makeStream(of: Result<CastOutcomes, LedgerError>.self)
        bench.ledger.append(batch) { answer.yield($0) }
        waiting.append(
          Task {
            for await result in answers {
              var words = casts.map { _ in "entered" }
              for (index, outcome) in try result.get().exceptions { words[index] = "\(outcome)" }
              return words
            }
            return []
          })
      case .casts(let casts):
        let task = submit(bench.ledger, casts.map { .cast($0.record, isOpen: $0.isOpen) })
        waiting.append(Task { try await task.value.map { $0.hasPrefix("entered") ? "entered" : $0 } })
      case .others(let submissions): waiting.append(submit(bench.ledger, submissions))
      case .reopen, .crash:
        for task in waiting { words.append(try await task.value) }
        waiting = []
        let before = try await bench.observedCells
        var directory = bench.directory
        if case .crash = step {
          // The files as they are while the writer lives: the newest ballots are not in the tables.
          directory = try TemporaryDirectory()
          for name in ["ledger.db", "ledger.db-wal"] where Files.exists("\(bench.directory.path)/\(name)") {
            try FileBytes.copy("\(bench.directory.path)/\(name)", to: "\(directory.path)/\(name)")
          }
        }
        await bench.ledger.close()
        let differences = try LedgerVerifier.run(directory: directory.path).differences
        try #require(differences.isEmpty, "\(differences.prefix(3))")
        bench = try Bench(directory, options)
        #expect(bench.state.cells == before)
      }
    }
    for task in waiting { words.append(try await task.value) }
    #expect(try bench.verify().differences == [])
    return (words, bench)
  }

  private static func entries(_ directory: TemporaryDirectory) throws -> [[UInt8]] {
    let connection = try Connection(path: directory.path + "/ledger.db", access: .readOnly)
    let statement = try connection.prepare("SELECT seq, kind, body, crc FROM entry ORDER BY seq")
    var entries: [[UInt8]] = []
    while try statement.step() {
      entries.append(
        Array("\(statement.integer(0)) \(statement.integer(1)) \(statement.integer(3)) ".utf8)
          + Array(statement.bytes(2)))
    }
    return entries
  }

  struct Pace: Sendable {
    var stride: UInt64
    var step: Int
    var recent: Int
  }

  /// From settling at once over settling in small steps to not settling at all.
  @Test(arguments: [
    Pace(stride: 3, step: 256, recent: 4), Pace(stride: 16, step: 1, recent: 20), Pace(stride: 40, step: 2, recent: 60),
    Pace(stride: 32_768, step: 256, recent: 262_144),
  ])
  func batchesAreLikeThePlainWay(pace: Pace) async throws {
    var random = SplitMix64()
    var options = SQLiteLedger.Options()
    options.settlingStride = pace.stride
    options.settlingStep = pace.step
    options.recentBallots = pace.recent
    var met: Set<String> = []
    for _ in 0..<6 {
      let steps = try (0..<120).map { _ in try Self.step(&random) }
      let plain = try await Self.run(steps, inBatches: false, options)
      let batches = try await Self.run(steps, inBatches: true, options)
      #expect(plain.words == batches.words)
      #expect(try Self.entries(plain.bench.directory) == Self.entries(batches.bench.directory))
      #expect(try await plain.bench.observedCells == batches.bench.observedCells)
      met.formUnion(batches.words.joined())
      await plain.bench.ledger.close()
      await batches.bench.ledger.close()
    }
    // Every way through is met.
    for word in ["entered", "replayed", "conflict", "voided", "unknownPoll"] {
      #expect(met.contains { $0.contains(word) }, "\(word)")
    }
  }
}
