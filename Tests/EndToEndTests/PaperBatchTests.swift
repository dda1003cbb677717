import Foundation
import Testing

/// Paper results through the programs themselves: entered twice, resolved, accepted, taken back, recounted.
@Suite struct PaperBatchTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  /// All questionnaires of examples/paper.
  private static let questionnaires = 3_832

  /// A server, and people with names.
  private struct Site {
    var data: String
    var server: ServerProcess
    var people: [String: String] = [:]

    init(_ data: String) async throws {
      self.data = data
      server = try await ServerProcess.start(data)
      let authority = try Authority(of: data)
      for (role, name) in [
        ("clerk", "lan"), ("second-clerk", "mai"), ("coordinator", "hoa"), ("coordinator", "kim"), ("official", "an"),
      ] { people[name] = try authority.client(name, uri: "spiffe://binhchon.test/\(role)/hai-chau/\(name)") }
    }

    func run(_ name: String, _ arguments: [String]) async throws -> Finished {
      let identity = try #require(people[name])
      return try await EndToEndTests.run(
        Binaries.client,
        arguments + [
          "--server", server.address, "--identity", identity, "--poll", "hai-chau-hai-long", "--json",
        ])
    }

    /// Counted questionnaires, and how many of them came on paper.
    func total() async throws -> (ballots: Int, paper: Int) {
      func ballots(_ arguments: [String]) async throws -> Int {
        let tally = try await run("an", ["tally"] + arguments)
        let windows = try JSONDecoder().decode(Tally.self, from: Data(tally.output.utf8)).windows
        return try #require(windows.first { $0.window == "total" }).ballots
      }
      return (try await ballots([]), try await ballots(["--channel", "paper"]))
    }

    /// What both verifiers say of the ledger; they share no code.
    func recounts() async throws -> (ours: String, python: String) {
      let file = "\(data)/bulletin"
      let verified = try await EndToEndTests.run(Binaries.server, ["verify", data, "--bulletin", file])
      #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
      let python = try await EndToEndTests.run("/usr/bin/python3", ["\(root)/scripts/recount", data])
      #expect(python.status == 0, "\(python.errors)")
      return (try String(contentsOfFile: file, encoding: .utf8), python.output)
    }
  }

  private struct Tally: Decodable {
    struct Window: Decodable {
      var window: String
      var ballots: Int
    }
    var windows: [Window]
  }

  private struct Batch: Decodable {
    struct Difference: Decodable {
      var choice: String
      var first: Int
      var second: Int
    }
    var phase: String
    var differences: [Difference]
    var history: [Step]
  }
  private struct Step: Decodable {
    var event: String
    var by: String
  }

  private func batch(_ finished: Finished) throws -> Batch {
    let line = finished.output.split(separator: "\n").last { $0.contains("\"phase\"") }
    return try JSONDecoder().decode(Batch.self, from: Data(try #require(line, "\(finished.errors)").utf8))
  }

  private func write(_ text: String, _ path: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(.timeLimit(.minutes(3)))
  func twoClerksADifferenceAcceptanceAndReversal() async throws {
    let data = try await demoData()
    let site = try await Site(data.path)
    let original = "\(Self.root)/examples/paper/utf-8.csv"
    let manifest = try write(
      """
      unit: hai-chau
      from: 2025-07-01
      to: 2025-07-31
      questionnaires: \(Self.questionnaires)

      """, "\(data.path)/manifest.yaml")
    let slipped = try write(
      try String(contentsOfFile: original, encoding: .utf8).replacingOccurrences(of: ",612,", with: ",611,")
        .replacingOccurrences(of: ",84,", with: ",85,"), "\(data.path)/lan-hai.csv")
    func entering(_ file: String) -> [String] { ["import", file, "--batch", "t7", "--accept-warnings"] }

    // Nobody accepts warnings by not reading them.
    let unaccented = try write(
      try String(contentsOfFile: original, encoding: .utf8).replacingOccurrences(of: "Quầy 01", with: "Quay 01"),
      "\(data.path)/khong-dau.csv")
    let careless = try await site.run("lan", ["import", unaccented, "--batch", "t7", "--manifest", manifest])
    #expect(careless.status == 65 && careless.errors.contains("WARNINGS_NOT_ACCEPTED"), "\(careless.errors)")
    let first = try await site.run("lan", entering(original) + ["--manifest", manifest])
    #expect(first.status == 0, "\(first.errors)")
    #expect(try batch(first).phase == "awaiting-second")
    let again = try await site.run("lan", entering(original))
    #expect(again.status == 0 && again.errors.contains("lan"), "\(again.errors)")
    #expect(try batch(again).history.count == 3)
    let own = try await site.run("lan", entering(slipped))
    #expect(own.status == 77 && own.errors.contains("OTHER_PERSON_NEEDED"), "\(own.errors)")

    let second = try await site.run("mai", entering(slipped))
    #expect(second.status == 1, "\(second.errors)")
    #expect(try batch(second).phase == "entries-differ")
    #expect(
      try batch(second).differences.map { "\($0.choice) \($0.first) \($0.second)" }.sorted() == [
        "BT 84 85", "HL 612 611",
      ])
    let early = try await site.run("hoa", ["paper", "accept", "t7"])
    #expect(early.status == 65 && early.errors.contains("BATCH_STAGE"), "\(early.errors)")
    let resolved = try await site.run("hoa", ["paper", "resolve", "t7", "--keep", "1", "--why", "đối chiếu tờ gốc"])
    #expect(try batch(resolved).phase == "definitive")
    #expect(try await site.total() == (0, 0))

    let accepted = try await site.run("hoa", ["paper", "accept", "t7"])
    #expect(accepted.status == 0, "\(accepted.errors)")
    #expect(try await site.total() == (Self.questionnaires, Self.questionnaires))
    let counted = try await site.recounts()
    #expect(counted.ours == counted.python)

    #expect(try await site.run("hoa", ["paper", "reverse", "t7", "--why", "tờ của đơn vị khác"]).status == 0)
    let alone = try await site.run("hoa", ["paper", "reverse", "t7", "--confirm"])
    #expect(alone.status == 77 && alone.errors.contains("OTHER_PERSON_NEEDED"), "\(alone.errors)")
    #expect(try await site.total() == (Self.questionnaires, Self.questionnaires))
    #expect(try await site.run("kim", ["paper", "reverse", "t7", "--confirm"]).status == 0)
    #expect(try await site.total() == (0, 0))
    let reversed = try await site.recounts()
    #expect(reversed.ours == reversed.python && reversed.ours != counted.ours)

    let shown = try batch(try await site.run("an", ["paper", "show", "t7"]))
    #expect(shown.phase == "reversed")
    #expect(
      shown.history.map { "\($0.event) \($0.by)" } == [
        "manifest hai-chau/lan", "claim hai-chau/lan", "finalise hai-chau/lan", "claim hai-chau/mai",
        "finalise hai-chau/mai", "resolve hai-chau/hoa", "accept hai-chau/hoa", "propose-reversal hai-chau/hoa",
        "confirm-reversal hai-chau/kim",
      ])
    #expect(await site.server.stop() == 0)
  }
}
