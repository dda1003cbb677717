import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import Testing

@testable import Server

/// What those are told of batches of paper who may not see counts; and how much of them one answer tells.
@Suite(.timeLimit(.minutes(2))) struct PaperDisclosureTests {
  typealias Paper = PaperServiceTests

  /// Everything that there is to tell, or what is left of it.
  private static func batch(counts: Bool) -> Binhchon_V1_PaperBatch {
    var batch = Binhchon_V1_PaperBatch()
    (batch.poll, batch.batch, batch.phase, batch.kept) = ("p", "t8", .accepted, 1)
    (batch.differenceCount, batch.acceptance) = (2, 9)
    batch.manifest.pollVersion = 1
    (batch.manifest.unit, batch.manifest.singleEntry) = ("a/b", true)
    (batch.manifest.firstDay, batch.manifest.lastDay) = ("2025-08-01", "2025-08-31")
    var entry = Binhchon_V1_PaperEntry()
    (entry.number, entry.by, entry.warnings, entry.final) = (1, "a/lan", ["W341"], true)
    var file = Binhchon_V1_PaperFile()
    (file.name, file.chunks, file.whole) = ("t8.csv", 3, true)
    // Of a file of a few counts its hash tells them to whoever tries.
    if counts { (entry.rows, file.rows, file.hash, batch.manifest.files) = (7, 7, Data([1]), [Data([1])]) }
    entry.files = [file]
    batch.entries = [entry]
    var step = Binhchon_V1_PaperStep()
    (step.act, step.event, step.by, step.atMs) = (9, "accept", "a/hoa", 5)
    if counts { step.why = "12 tờ, không phải 11" }
    batch.history = [step]
    batch.audit.seed = "20261122"
    batch.audit.notMatching = 1
    guard counts else { return batch }
    batch.manifest.questionnaires = 12
    batch.manifest.controls = [.with { $0.count = 3 }]
    batch.differences = [.with { ($0.first, $0.second) = (1, 2) }]
    batch.manifestDifferences = [.with { ($0.manifest, $0.entered) = (12, 11) }]
    batch.corrections = [.with { $0.count.count = 4 }]
    (batch.audit.drawn, batch.audit.population) = ([2, 1], 3)
    (batch.audit.mostSheets, batch.audit.mostQuestionnaires) = (2, 5)
    batch.audit.records = [.with { $0.sheet = 2 }]
    batch.audit.shares = [.with { ($0.answers, $0.top) = (12, 9) }]
    return batch
  }

  @Test func whatIsLeftTellsNoCounts() {
    var batch = Self.batch(counts: true)
    batch.hideCounts()
    #expect(batch == Self.batch(counts: false))
  }

  /// By role and k: who works on paper, or may read the ledger, sees its counts.
  @Test(arguments: [1, 5] as [UInt32]) func whoSeesCounts(_ k: UInt32) async throws {
    try await ServiceTests.withAssembly(k: k) { assembly in
      let callers = Paper.Callers(assembly)
      try await Paper.entered(callers, second: 9)
      var request = Binhchon_V1_ListPaperBatchesRequest()
      request.poll = Paper.poll
      for role in ["clerk", "second-clerk", "coordinator", "auditor", "admin", "official", "screener"] {
        let sees = k == 1 || !["official", "screener"].contains(role)
        let caller = ServiceTests.caller(assembly, "\(role)/hai-chau/n")
        let batch = try await Paper.batch(caller)
        #expect((batch.manifest.questionnaires == 15) == sees, "\(role)")
        #expect((batch.manifest.questionnaires == 0) == !sees, "\(role)")
        #expect(batch.differences.isEmpty == !sees, "\(role)")
        #expect(batch.entries.map(\.rows) == (sees ? [3, 3] : [0, 0]), "\(role)")
        let listed = try await caller.call(PaperMethods.listPaperBatches, request).batches
        #expect(listed.map { $0.entries.map(\.rows) } == [batch.entries.map(\.rows)], "\(role)")
        #expect(listed.map(\.manifest.questionnaires) == [batch.manifest.questionnaires], "\(role)")
      }
    }
  }

  /// Batches of many files with long names: an answer ends before it outgrows a frame, and the next one goes on.
  @Test func aListOfLargeBatchesFitsItsFrames() async throws {
    let batches = 40
    try await ServiceTests.withAssembly { assembly, directory in
      await assembly.close()
      let (ledger, _) = try SQLiteLedger.open(directory: directory) { _ in }
      for number in 0..<batches {
        for outcome in try await ledger.append(try Self.largeBatch("b\(100 + number)")) {
          guard case .entered = outcome else {
            Issue.record("\(outcome)")
            return
          }
        }
      }
      await ledger.close()
      let again = try await Assembly.open(
        Assembly.Options(
          dataDirectory: directory, trustDomain: "t", commitQueue: 64,
          hash: { Array(($0 + [UInt8](repeating: 0, count: 32)).prefix(32)) }, now: { BallotIntakeTests.now }),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onDiskFailure: {})
      let caller = ServiceTests.caller(again, "auditor/hai-chau/thu")
      var request = Binhchon_V1_ListPaperBatchesRequest()
      request.poll = Paper.poll
      var seen: [String] = []
      var answers: [Int] = []
      repeat {
        let response = try await caller.call(PaperMethods.listPaperBatches, request)
        answers.append(try (response.serializedBytes() as [UInt8]).count)
        seen += response.batches.map(\.batch)
        request.after = response.next
      } while !request.after.isEmpty && answers.count < batches
      await again.close()
      #expect(seen == (0..<batches).map { "b\(100 + $0)" })
      #expect(answers.count == 2 && answers.allSatisfy { $0 < 2 << 20 }, "\(answers)")
    }
  }

  /// One entry of as many files as there may be, each with the longest name, of one row.
  private static func largeBatch(_ code: String) throws -> [Submission] {
    let register = Register.paper(try PollID(Paper.poll), try PaperBatchCode(code))
    let day = DaySpan(first: Day(number: 20_301), last: Day(number: 20_331))
    let unit = try UnitPath(Paper.quay)
    var events: [PaperEvent] = [
      .putManifest(PaperManifest(pollVersion: 1, unit: unit, period: day, questionnaires: 100), why: ""),
      .claim(.first),
    ]
    for file in 0..<PaperManifest.mostFiles {
      let row = PaperRow(
        number: 1, label: "T", unit: unit, period: day,
        content: .questionnaire([Answer(question: "hai-long", choices: ["HL"])]))
      events.append(
        .rows(
          PaperChunk(
            entry: .first, file: [UInt8](repeating: UInt8(file), count: 32),
            fileName: String(repeating: "t", count: PaperEntryState.longestFileName), number: 1,
            isLast: true, rows: try PaperRows([row]))))
    }
    return events.enumerated().map { number, event in
      .act(
        Act(
          register: register, id: Act.ID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)),
          name: event.word.rawValue, body: event.body,
          by: "clerk/hai-chau/mot-cua/lan", at: BallotIntakeTests.now),
        after: UInt64(number))
    }
  }
}
