import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import Server
import Synchronization
import Testing

@testable import binhchon

/// Reports of an official, who sees of a poll with k = 5 what is published and nothing else. Its figures are few, so that many are
/// left out.
@Suite(.timeLimit(.minutes(2))) struct PublishedReportTests {
  private static let poll = "cong-bo"
  /// How often each level was chosen, by counter, from the worst to the best; and the marks of the dossier's time.
  private static let votes: [(unit: String, levels: [Int], marks: [Int])] = [
    ("hai-chau/thach-thang/quay-01", [1, 0, 6, 12, 20], [2, 9, 12]),
    ("hai-chau/thach-thang/quay-02", [0, 0, 7, 9, 8], [0, 0, 9]),
    ("hai-chau/binh-hien/quay-01", [0, 9, 5, 12, 10], [5, 7, 8]),
    ("hai-chau/hai-chau-1/quay-01", [0, 9, 5, 12, 10], [9, 7, 8]),
  ]

  private static func definition() throws -> Poll {
    var poll = try ExampleSurvey.poll()
    poll.id = try PollID(Self.poll)
    poll.units = poll.units.filter { unit in
      votes.contains { $0.unit == unit.path.rawValue || $0.unit.hasPrefix(unit.path.rawValue + "/") }
    }
    poll.policy = Policy(timePrecision: .minute, smallestGroup: 5)
    poll.questions = poll.questions.filter { ["hai-long", "1"].contains($0.id) }
    return poll
  }

  private static func inputs() async throws -> (official: ReportInput, auditor: ReportInput) {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "binhchon-published-\(UUID().uuidString)").path
    try SQLiteLedger.create(directory: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let now = Mutex(Timestamp(milliseconds: 1_751_250_000_000))
    let assembly = try await Assembly.open(
      Assembly.Options(
        dataDirectory: directory, trustDomain: "t", commitQueue: 64, hash: { SHA256.digest(of: $0) },
        now: { now.withLock { $0 } }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onDiskFailure: {})
    do {
      try await fill(assembly, at: now.withLock { $0 })
      now.withLock { $0.milliseconds += 86_400_000 }
      func input(_ role: String) async throws -> ReportInput {
        var input = try await ReportInput.fetch(
          poll, unit: "", .window(.total), InProcessService(transport: Example.caller(assembly, "\(role)/hai-chau/a")))
        input.epoch = "so-thu"
        return input
      }
      let inputs = (try await input("official"), try await input("auditor"))
      let period = try #require(ReportPeriod(argument: "2025-06"))
      let official = InProcessService(transport: Example.caller(assembly, "official/hai-chau/a"))
      await #expect(throws: RPCError.self) { try await ReportInput.fetch(poll, unit: "", period, official) }
      await assembly.close()
      return inputs
    } catch {
      await assembly.close()
      throw error
    }
  }

  private static func fill(_ assembly: Assembly, at now: Timestamp) async throws {
    var publish = Binhchon_V1_PublishPollRequest()
    publish.poll = Binhchon_V1_Poll(try definition())
    _ = try await Example.caller(assembly, "admin/hai-chau/a").call(PollMethods.publishPoll, publish)
    let clerk = Example.caller(assembly, "clerk/hai-chau/b")
    var number: UInt64 = 0
    for (unit, levels, marks) in votes {
      let answers = zip(["RKHL", "KHL", "BT", "HL", "RHL"], levels).flatMap { Array(repeating: $0, count: $1) }
      let times = zip(["0", "1", "2"], marks).flatMap { Array(repeating: $0, count: $1) }
      for (place, level) in answers.enumerated() {
        var cast = Binhchon_V1_CastBallotRequest()
        number += 1
        cast.ballot.ballotID = Data(BallotID(time: now, precision: .minute, random: (1, number)).bytes)
        cast.ballot.poll = poll
        cast.ballot.pollVersion = 1
        cast.ballot.unit = unit
        cast.ballot.channel = .counter
        cast.ballot.deviceTimeMs = now.milliseconds / 60_000 * 60_000
        cast.ballot.answers = [("hai-long", level)].map { Self.answer($0, $1) }
        if place < times.count { cast.ballot.answers.append(answer("1", times[place])) }
        _ = try await clerk.call(BallotMethods.castBallot, cast)
      }
    }
  }

  private static func answer(_ question: String, _ choice: String) -> Binhchon_V1_Answer {
    .with {
      $0.question = question
      $0.choices = [choice]
    }
  }

  private static func document(
    _ form: ReportForm, _ input: ReportInput
  ) throws -> (document: ReportDocument, record: ReportRecord) {
    let books = form == .ranking ? [] : [try Shipped.rulebook("nd-61-2018")]
    var builder = try ReportBuilder(input, rulebooks: books, minimum: 10)
    let document = try builder.document(form)
    return (document, ReportRecord(document, of: input, books))
  }

  @Test func whatIsLeftOutIsMarkedInEveryFormat() async throws {
    let (official, auditor) = try await Self.inputs()
    #expect(official.publication?.k == 5)
    #expect(auditor.publication == nil && auditor.total.ballots == 135 && !auditor.channels.isEmpty)
    for form in ReportForm.allCases {
      let (document, record) = try Self.document(form, official)
      let exact = try Self.document(form, auditor).document
      let hidden = document.figures.filter { $0.absence == .suppressed }
      #expect(!hidden.isEmpty, "\(form)")
      #expect(hidden.allSatisfy { $0.value == nil && $0.interval == nil && $0.possibleRanks == nil })
      // How many with a dossier is not told of a number that is.
      #expect(hidden.allSatisfy { $0.name == .bound || $0.n == nil })
      #expect(exact.figures.allSatisfy { $0.absence != .suppressed })
      // What is shown is what was counted.
      for figure in document.figures where figure.absence == nil && figure.name != .rank {
        let same = exact.figures.first {
          $0.name == figure.name && $0.unit == figure.unit && $0.item == figure.item
        }
        switch (figure.value, same?.value) {
        case (.count(let shown), .share(_, let count)): #expect(shown == count)
        default: #expect(figure.value == same?.value && figure.interval == same?.interval, "\(figure)")
        }
      }
      for language in Language.allCases {
        let mark = Shown.absence(.suppressed)(language)
        let text = ReportText.write(document, language)
        #expect(text.contains("\n\(mark): ") && text.contains(" \(mark)"))
        let page = ReportHTML.write(document, language)
        #expect(HTMLTests.fault(page) == nil)
        #expect(page.contains("<dt>\(mark)</dt>") && page.contains(">\(mark)"))
        #expect(!ReportText.write(exact, language).contains("\n\(mark): "))
      }
      #expect(record.csv.contains(",suppressed,5,\r\n"))
      #expect(try JSONLine.encode(record).contains("\"absent\":\"suppressed\""))
    }
  }

  @Test func spreadsheetsSayFromWhenOnDaysArePublished() async throws {
    var input = try await Self.inputs().official
    input.publication?.firstDay = "2025-03-01"
    let record = try Self.document(.summary, input).record
    let lines = record.csv.split(separator: "\r\n")
    #expect(lines.first?.hasSuffix(",k,published_from") == true)
    #expect(lines.count > 10 && lines.dropFirst().allSatisfy { $0.hasSuffix(",5,2025-03-01") })
  }

  @Test func asTheyArePrinted() async throws {
    let input = try await Self.inputs().official
    let summary = try Self.document(.summary, input).document
    try GoldenTests.compare(ReportText.write(summary, .vi), "cong-bo-tong-hop.vi.txt")
    try GoldenTests.compare(ReportText.write(summary, .en), "cong-bo-tong-hop.en.txt")
    let officers = try Self.document(.officers, input).document
    try GoldenTests.compare(ReportText.write(officers, .vi), "cong-bo-bieu-01.vi.txt")
    let (ranking, record) = try Self.document(.ranking, input)
    try GoldenTests.compare(ReportText.write(ranking, .en), "cong-bo-bieu-03.en.txt")
    try GoldenTests.compare(record.csv, "cong-bo-bieu-03.csv")
    try GoldenTests.compare(try JSONLine.encode(record) + "\n", "cong-bo-bieu-03.json")
  }
}
