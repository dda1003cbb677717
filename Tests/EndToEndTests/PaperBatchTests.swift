import Foundation
import Testing

/// Paper results through the programs themselves: entered twice, resolved, accepted, taken back, recounted.
@Suite struct PaperBatchTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  /// All questionnaires of examples/paper.
  private static let questionnaires = 3_832
  /// Of their first sheet.
  private static let quay = "hai-chau/mot-cua/quay-01"

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
        ("auditor", "thu"),
      ] { people[name] = try authority.client(name, uri: "spiffe://binhchon.test/\(role)/hai-chau/\(name)") }
    }

    func run(_ name: String, _ arguments: [String]) async throws -> Finished {
      let identity = try #require(people[name])
      return try await EndToEndTests.run(
        Binaries.client,
        arguments + [
          "--server", server.address, "--identity", identity, "--poll", "hai-chau-hai-long", "--json",
        ], environment: ["XDG_CONFIG_HOME": "\(data)/config"])
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
    // Both say once how an office's columns are read.
    let saved = try await site.run("lan", ["import", original, "--dry-run", "--save-map", "phuong-a"])
    #expect(saved.status == 0 && saved.errors.contains("phuong-a.yaml"), "\(saved.errors)")
    let first = try await site.run("lan", entering(original) + ["--manifest", manifest])
    #expect(first.status == 0, "\(first.errors)")
    #expect(try batch(first).phase == "awaiting-second")
    let again = try await site.run("lan", entering(original))
    #expect(again.status == 0 && again.errors.contains("lan"), "\(again.errors)")
    #expect(try batch(again).history.count == 3)
    let own = try await site.run("lan", entering(slipped))
    #expect(own.status == 77 && own.errors.contains("OTHER_PERSON_NEEDED"), "\(own.errors)")

    let second = try await site.run("mai", entering(slipped) + ["--map", "phuong-a"])
    #expect(second.status == 1, "\(second.errors)")
    #expect(try batch(second).phase == "entries-differ")
    #expect(
      try batch(second).differences.map { "\($0.choice) \($0.first) \($0.second)" }.sorted() == [
        "BT 84 85", "HL 612 611",
      ])
    let early = try await site.run("hoa", ["paper", "accept", "t7"])
    #expect(early.status == 65 && early.errors.contains("BATCH_STAGE"), "\(early.errors)")
    func correcting(_ choice: String, _ value: Int) -> [String] {
      [
        "paper", "resolve", "t7", "--cell", "\(Self.quay) 2025-07-14 hai-long \(choice)", "--value", "\(value)",
        "--why",
        "đối chiếu tờ gốc",
      ]
    }
    #expect(try batch(try await site.run("hoa", correcting("HL", 612))).phase == "entries-differ")
    let agreed = try await site.run("hoa", correcting("RHL", 1))
    #expect(agreed.status == 65 && agreed.errors.contains("BATCH_CONTENT"), "\(agreed.errors)")
    #expect(try batch(try await site.run("hoa", correcting("BT", 84))).phase == "definitive")
    #expect(try await site.total() == (0, 0))

    let accepted = try await site.run("hoa", ["paper", "accept", "t7"])
    #expect(accepted.status == 0, "\(accepted.errors)")
    #expect(try await site.total() == (Self.questionnaires, Self.questionnaires))
    let counted = try await site.recounts()
    #expect(counted.ours == counted.python)

    // Where a number comes from: file, row, who entered, corrected and accepted it.
    let figure = try await site.run("thu", ["paper", "show", "t7", "--figure", "\(Self.quay),hai-long,HL"])
    let typed = figure.output.split(separator: "\n").map(String.init)
    #expect(typed.count == 2, "\(figure.output)\(figure.errors)")
    for said in ["\"count\":612", "\"by\":\"hai-chau/lan\"", "\"accepted_by\":\"hai-chau/hoa\"", "đối chiếu tờ gốc"] {
      #expect(typed.first?.contains(said) == true, "\(said) in \(figure.output)")
    }
    for said in ["\"row\":3", "\"count\":612", "\"file\":\"utf-8.csv\"", "\"sha256\":\""] {
      #expect(typed.last?.contains(said) == true, "\(said) in \(figure.output)")
    }
    let rows = try await site.run("thu", ["paper", "rows", "t7", "--entry", "2"])
    #expect(rows.output.contains("\"count\":611") && rows.output.contains("lan-hai.csv"), "\(rows.errors)")
    let curious = try await site.run("mai", ["paper", "rows", "t7"])
    #expect(curious.status == 77, "\(curious.errors)")

    // An auditor draws a sheet, and finds it as it was entered.
    let drawn = try await site.run("thu", ["paper", "audit", "t7", "--sheets", "1", "--seed", "20237331128159211123"])
    let sheet = try #require(drawn.output.firstMatch(of: /"drawn":\[(\d+)\]/)?.1, "\(drawn.output)\(drawn.errors)")
    #expect(drawn.output.contains("\"number\":\(sheet),\"rows\":["), "\(drawn.output)")
    let recorded = try await site.run("thu", ["paper", "audit", "t7", "--record", "\(sheet)=match"])
    #expect(recorded.output.contains("\"match\":true"), "\(recorded.output)\(recorded.errors)")
    #expect(try await site.total() == (Self.questionnaires, Self.questionnaires))

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
        "finalise hai-chau/mai", "resolve hai-chau/hoa", "resolve hai-chau/hoa", "accept hai-chau/hoa",
        "audit-draw hai-chau/thu", "audit-record hai-chau/thu", "propose-reversal hai-chau/hoa",
        "confirm-reversal hai-chau/kim",
      ])
    #expect(await site.server.stop() == 0)
  }
}
