import Foundation
import Polling
import SQLite
import SeededRandom
import Testing

@testable import Ledger

/// scripts/recount, which shares no code with the verifier, makes the same bulletin of the same entries.
@Suite(.timeLimit(.minutes(2)))
struct IndependentRecountTests {
  static func recount(_ directory: String) throws -> (bulletin: String, problems: String, status: Int32) {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "\(root)/scripts/recount", directory]
    let (output, problems) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = problems
    try process.run()
    let bulletin = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let words = String(decoding: try problems.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (bulletin, words, process.terminationStatus)
  }

  /// Puts an entry into a ledger that is closed.
  private static func write(_ body: [UInt8], _ kind: EntryKind, _ sequence: UInt64, in directory: String) throws {
    let crc = body.withUnsafeBytes { Checksum.shared(sequence: sequence, kind: kind.rawValue, body: $0) }
    let digits = body.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let connection = try Connection(path: directory + "/ledger.db", access: .readWrite)
    try connection.execute("INSERT OR REPLACE INTO entry VALUES (\(sequence), \(kind.rawValue), X'\(digits)', \(crc))")
  }

  private static func question(
    _ id: String, _ kind: Question.Kind, _ codes: [String], _ condition: Condition? = nil
  ) -> Question {
    var question = Question(
      id: id, text: LocalizedText(vi: id, en: id), kind: kind, isOptional: true,
      choices: codes.map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) })
    question.askedIf = condition
    return question
  }

  /// Conditions of both kinds, and questions of all kinds.
  private static func poll() throws -> Poll {
    var poll = try Sample.poll("moi")
    poll.questions += [
      question(
        "chi-so", .indicator, ["0", "1", "2"],
        Condition(
          .any, [.init(question: "muc-do", choices: ["RKHL", "KHL"]), .init(question: "ly-do", choices: ["cho"])])),
      question(
        "nps", .scale, (0...10).map { "\($0)" },
        Condition(
          .all, [.init(question: "muc-do", choices: ["HL", "RHL"]), .init(question: "ly-do", choices: ["thai-do"])])),
      question("mot", .single, ["co", "khong"], Condition(question: "muc-do", choices: ["BT"])),
    ]
    return poll
  }

  private static func answers(_ random: inout SplitMix64) -> [Answer] {
    var answers: [Answer] = []
    for (id, codes, most) in [
      ("muc-do", Sample.levels, 1), ("ly-do", ["cho", "thai-do"], 2), ("chi-so", ["0", "1", "2"], 1),
      ("nps", ["0", "7", "10"], 1), ("mot", ["co", "khong"], 1),
    ] where Int.random(in: 0..<5, using: &random) > 0 {
      let count = Int.random(in: 0...most, using: &random)
      answers.append(Answer(question: id, choices: Array(codes.shuffled(using: &random).prefix(count))))
    }
    return answers
  }

  private static func counts(_ random: inout SplitMix64) throws -> [ActCounts] {
    func key(_ subject: CellKey.Subject) throws -> CellKey {
      CellKey(
        subject: subject, unit: try UnitPath("hai-chau/mot-cua/quay-0\(Int.random(in: 1...2, using: &random))"),
        channel: .paper, flags: [], day: Day(of: Sample.time))
    }
    return try ["moi", "moi", "hai-chau-hai-long"].prefix(Int.random(in: 1...3, using: &random)).map { poll in
      ActCounts(
        poll: try PollID(poll), version: 1,
        cells: [
          try key(.ballots): .random(in: 1...40, using: &random),
          try key(.votes(question: "muc-do", choice: "HL")): .random(in: 1...40, using: &random),
          try key(.undervotes(question: "muc-do")): .random(in: 1...40, using: &random),
        ])
    }
  }

  private static func act(
    _ number: UInt64, counts: [ActCounts] = [], reverses: UInt64? = nil
  ) -> Act {
    Act(
      register: Register(.paper, "moi/q3"), id: .init(high: 1, low: number), name: "sheet", body: [], counts: counts,
      reverses: reverses, by: "clerk/hai-chau/lan", at: Sample.time)
  }

  /// A ledger whose first poll was published by an early version of the program.
  private static func ledger(_ random: inout SplitMix64) async throws -> Bench {
    var old = try Sample.poll(onePerCredential: true)
    old.version = 1
    old.questions.removeLast()
    let first = try await Bench.new(poll: old)
    await first.ledger.close()
    try write(EntryTests.firstLayout(old), .publish, 1, in: first.directory.path)
    let bench = try Bench(first.directory)
    _ = try await bench.append(.publish(try poll(), by: "admin", at: Sample.time))

    var (acts, counting): (UInt64, [UInt64]) = (0, [])
    for number in 1...300 as ClosedRange<UInt64> {
      var ballot = try Sample.ballot(number, poll: number % 4 == 0 ? "hai-chau-hai-long" : "moi")
      if number % 4 != 0 { ballot.answers = answers(&random) }
      _ = try await bench.append(.cast(Sample.record(ballot), isOpen: true))
      if number % 9 == 0 { _ = try await bench.append(try Sample.void(.random(in: 1...number, using: &random))) }
      if number % 10 == 0 {
        let reverses = counting.isEmpty || Bool.random(using: &random) ? nil : counting.removeFirst()
        let counts = acts % 4 == 3 ? [] : try counts(&random)
        let act = act(acts + 1, counts: counts, reverses: reverses)
        guard case .entered = try await bench.append(.act(act, after: acts)).first else {
          Issue.record("act \(acts + 1) is not entered")
          continue
        }
        acts += 1
        if !counts.isEmpty { counting.append(acts) }
      }
    }
    #expect(acts == 30)
    await bench.ledger.close()
    return bench
  }

  @Test(arguments: 0..<3 as Range<UInt64>) func twoCountsAreOne(_ seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let bench = try await Self.ledger(&random)
    let report = try bench.verify()
    #expect(report.isClean, "\(report.differences)")
    let recount = try Self.recount(bench.directory.path)
    #expect(recount.status == 0, "\(recount.problems)")
    #expect(recount.bulletin.split(separator: "\n").map(String.init) == report.bulletin)
    let questions = Set(report.bulletin.map { $0.split(separator: "\t", omittingEmptySubsequences: false)[5] })
    #expect(questions == ["", "muc-do", "ly-do", "chi-so", "nps", "mot"])
    // It is not the same for any entries.
    try Self.write([], .void, report.revision + 1, in: bench.directory.path)
    #expect(try Self.recount(bench.directory.path).status == 1)
  }

  /// Neither takes it for a reversal: an act whose lists have no cells counts nothing.
  @Test func neitherReversesWhatCountsNothing() async throws {
    let bench = try await Bench.new()
    let empty = [ActCounts(poll: try PollID("hai-chau-hai-long"), version: 1, cells: [:])]
    #expect(
      try await bench.append(
        .act(Self.act(1, counts: empty), after: 0), .act(Self.act(2, reverses: 1), after: 1)
      ).map(\.word) == ["entered 2", "unknownAct"])
    await bench.ledger.close()
    var writer = ByteWriter()
    ActEntry(Self.act(2, reverses: 1), number: 2).encode(into: &writer)
    try Self.write(writer.bytes, .act, 3, in: bench.directory.path)
    #expect(try bench.verify().differences.contains { $0.contains("reverses act 1") })
    let recount = try Self.recount(bench.directory.path)
    #expect(recount.status == 1)
    #expect(recount.problems.contains("reverses act 1"))
  }
}
