import Foundation
import Polling
import RPC
import Schema
import Testing

@testable import Server
@testable import binhchon

/// Exports over a real ledger: whole, cut at every response, and of a secret poll.
@Suite(.timeLimit(.minutes(3))) struct ExportTests {
  private struct Line: Decodable {
    struct Answer: Decodable {
      var question: String
      var choices: [String]
    }
    var sequence: UInt64?
    var unit: String?
    var day: String?
    var answers: [Answer]?
    var flags: [String]?
    var counted: Bool?
    var voided: Bool?
    var complete: Bool?
    var records: UInt64?
    var revision: UInt64?
  }

  private static let console = Console(
    language: .en, json: false, verbosity: -1, style: .plain, errorStyle: .plain,
    outputIsTerminal: false, errorIsTerminal: false)

  private static func temporary() -> String {
    FileManager.default.temporaryDirectory.appending(path: "binhchon-export-\(UUID().uuidString)").path
  }

  private static func export(
    _ service: some PollingService, unit: String = "", from cursor: String = "", to path: String,
    _ format: ExportCommand.Format = .jsonl
  ) async throws {
    let file = try ExportFile(path, isContinued: !cursor.isEmpty)
    _ = try await Export(poll: "mot-cua", unit: unit, format: format).run(from: cursor, into: file, service, console)
  }

  private static func lines(_ path: String) throws -> [Line] {
    let decoder = JSONDecoder()
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try decoder.decode(Line.self, from: Data($0.utf8))
    }
  }

  /// The export counted by itself is the recount.
  @Test func theRecordsAddUpToTheRecount() async throws {
    let path = Self.temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let lines = try await Example.with { assembly, _ in
      let service = InProcessService(transport: Example.caller(assembly, "auditor/hai-chau/a"))
      try await Self.export(service, to: path)
      return try Self.lines(path)
    }
    let bulletin = try await Example.shared().bulletin
    let records = lines.dropLast()
    #expect(lines.last?.complete == true && lines.last?.records == 5_000 && lines.last?.revision == 5_002)
    #expect(records.count == 5_000 && records.compactMap(\.sequence) == Array(3...5_002))
    func sum(_ question: String, _ choice: String) -> UInt64 {
      UInt64(
        records.count { line in
          line.counted == true
            && (line.answers ?? []).contains { $0.question == question && $0.choices.contains(choice) }
        })
    }
    for (question, choice) in [("hai-long", "RHL"), ("hai-long", "KHL"), ("ly-do", "PHI"), ("7", "2"), ("1", "0")] {
      let expected = bulletin.sum(question, choice, unit: "hai-chau", days: "2000-01-01"..<"2100-01-01")
      #expect(sum(question, choice) == expected && expected > 0)
    }
  }

  @Test func cutAfterEveryResponseItIsTheSameFile() async throws {
    let (whole, pieces) = (Self.temporary(), Self.temporary())
    defer { for path in [whole, pieces] { try? FileManager.default.removeItem(atPath: path) } }
    try await Example.with { assembly, _ in
      let auditor = Example.caller(assembly, "auditor/hai-chau/a")
      try await Self.export(InProcessService(transport: auditor), to: whole)
      var cursor = ""
      var calls = 0
      var isComplete = false
      while !isComplete, calls < 20 {
        calls += 1
        let service = InProcessService(transport: auditor, mostResponses: 1)
        do {
          try await Self.export(service, from: cursor, to: pieces)
        } catch let refusal as binhchon.Refusal {
          #expect(refusal.code == StatusCode.unavailable.rawValue)
        }
        (cursor, isComplete) = (service.lastResponse.cursor, service.lastResponse.complete)
        // What is counted meanwhile is in no part of it.
        try await Self.cast(assembly)
      }
      #expect(isComplete && calls > 2)
    }
    let (first, second) = (
      try String(contentsOfFile: whole, encoding: .utf8), try String(contentsOfFile: pieces, encoding: .utf8)
    )
    #expect(first == second)
  }

  /// - Returns: the ballot's id.
  @discardableResult
  private static func cast(_ assembly: Assembly, _ poll: String = "mot-cua") async throws -> Data {
    var request = Binhchon_V1_CastBallotRequest()
    let id = BallotID(
      time: Timestamp(milliseconds: 1_751_300_000_000), precision: .day,
      random: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
    request.ballot.ballotID = Data(id.bytes)
    (request.ballot.poll, request.ballot.unit) = (poll, "hai-chau/thach-thang/quay-01")
    request.ballot.channel = .counter
    var answer = Binhchon_V1_Answer()
    (answer.question, answer.choices) = ("hai-long", [["HL", "RHL", "BT", "KHL"].randomElement() ?? "HL"])
    request.ballot.answers = [answer]
    _ = try await Example.caller(assembly, "clerk/hai-chau/c").call(BallotMethods.castBallot, request)
    return Data(id.bytes)
  }

  @Test func whatIsVoidedSaysSo() async throws {
    let path = Self.temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await Example.with { assembly, _ in
      var void = Binhchon_V1_VoidBallotRequest()
      (void.ballotID, void.reason) = (try await Self.cast(assembly), "thử")
      _ = try await Example.caller(assembly, "admin/hai-chau/a").call(BallotMethods.voidBallot, void)
      try await Self.export(InProcessService(transport: Example.caller(assembly, "auditor/hai-chau/a")), to: path)
    }
    let lines = try Self.lines(path)
    #expect(lines.last?.records == 5_001 && lines.last?.revision == 5_004)
    #expect(lines.filter { $0.voided == true }.map(\.sequence) == [5_003])
    #expect(lines.first { $0.voided == true }?.counted == false)
  }

  /// Where times are coarse, nothing tells an order: no sequence, and the records of a response stand by what they say.
  @Test func aSecretPollTellsNoOrder() async throws {
    let path = Self.temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await Example.with { assembly, _ in
      var poll = try ExampleSurvey.poll()
      poll.id = try PollID("kin")
      poll.policy.timePrecision = .day
      poll.policy.anonymity = .anonymous
      var publish = Binhchon_V1_PublishPollRequest()
      publish.poll = poll.message(isClosed: false, at: Timestamp(milliseconds: 1_751_300_000_000))
      _ = try await Example.caller(assembly, "admin/hai-chau/a").call(PollMethods.publishPoll, publish)
      for _ in 0..<40 { try await Self.cast(assembly, "kin") }
      let service = InProcessService(transport: Example.caller(assembly, "auditor/hai-chau/a"))
      let file = try ExportFile(path, isContinued: false)
      _ = try await Export(poll: "kin", unit: "", format: .jsonl).run(from: "", into: file, service, Self.console)
    }
    let lines = try Self.lines(path).dropLast()
    let choices = lines.compactMap { $0.answers?.first?.choices.first }
    #expect(choices.count == 40 && lines.allSatisfy { $0.sequence == nil })
    #expect(choices == choices.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) } || Set(choices).count == 1)
  }

  @Test func aUnitsPartAndCSV() async throws {
    let path = Self.temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rows = try await Example.with { assembly, _ in
      let service = InProcessService(transport: Example.caller(assembly, "auditor/hai-chau/a"))
      try await Self.export(service, unit: "hai-chau/thach-thang", to: path, .csv)
      return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n")
    }
    let bulletin = try await Example.shared().bulletin
    let all = bulletin.sum(
      "", "", unit: "hai-chau/thach-thang", days: "2000-01-01"..<"2100-01-01", where: { _ in true })
    #expect(UInt64(rows.count) == all + 1)
    #expect(rows.dropFirst().allSatisfy { $0.contains(",hai-chau/thach-thang/quay-0") })
    #expect(!rows.joined().contains("can-bo") && rows.joined().contains(",clerk,"))
  }

  @Test func whoMayNotAndWhatIsNoCursor() async throws {
    try await Example.with { assembly, _ in
      func code(
        _ identity: String, _ change: (inout Binhchon_V1_ExportRecordsRequest) -> Void = { _ in }
      ) async -> Code? {
        var request = Binhchon_V1_ExportRecordsRequest()
        request.poll = "mot-cua"
        change(&request)
        do {
          for try await _ in try await Example.caller(assembly, identity).call(ExportMethods.exportRecords, request) {}
          return nil
        } catch let error as RPCError {
          return error.code
        } catch {
          Issue.record("\(error)")
          return nil
        }
      }
      for role in Role.allCases where role != .auditor {
        #expect(await code("\(role.rawValue)/hai-chau/x") == .permissionDenied)
      }
      // Who is refused is left no empty file that the next try would stumble over.
      let path = Self.temporary()
      let official = InProcessService(transport: Example.caller(assembly, "official/hai-chau/o"))
      await #expect(throws: RPCError.self) { try await Self.export(official, to: path) }
      #expect(!FileManager.default.fileExists(atPath: path))
      #expect(await code("auditor/hai-chau/thach-thang/a") == nil)
      #expect(await code("auditor/hai-chau/thach-thang/a") { $0.unit = "hai-chau" } == .permissionDenied)
      #expect(await code("auditor/hai-chau/a") { $0.poll = "nothing" } == .notFound)
      for cursor in [
        "x", "::::", "a:1:2:3", "\(assembly.epoch):9999999:0:0", "\(assembly.epoch):5:6:0", "other:5:1:0",
        String(repeating: "9", count: 5_000),
      ] {
        #expect(await code("auditor/hai-chau/a") { $0.cursor = cursor } == .invalidArgument, "\(cursor.prefix(30))")
      }
    }
  }
}
