import Foundation
import Testing

/// The shipped survey, 40 units and 5,000 made-up ratings, by the commands of its office and of its auditor.
@Suite struct SurveyCommandTests {
  @Test(.timeLimit(.minutes(2)))
  func aSurveyIsDefinedReportedAndExported() async throws {
    let data = try TemporaryDirectory()
    let made = try await run(Binaries.server, ["init", data.path, "--example", "--until", "2025-06-30"])
    try #require(made.status == 0, "\(made.errors)")
    let server = try await ServerProcess.start(data.path)
    let root = URL(fileURLWithPath: #filePath).appending(path: "../../..").standardized.path
    func call(_ role: String, _ words: [String]) async throws -> Finished {
      try await run(
        Binaries.client,
        words + ["--server", server.address, "--identity", "\(data.path)/certs/\(role)", "--lang", "en"])
    }

    // A definition goes out, is valid, is the same; another wording is told from another question.
    let definition = try await call("admin", ["polls", "export", "mot-cua"])
    func file(_ text: String) throws -> String {
      let path = "\(data.path)/poll.yaml"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return path
    }
    let same = try await call("admin", ["polls", "diff", try file(definition.output)])
    #expect(same.status == 0 && same.output == "the same\n", "\(same)")
    let wording = definition.output.replacing("Khảo sát mức độ", with: "Khảo sát về mức độ")
    let reworded = try await call("admin", ["polls", "diff", try file(wording)])
    #expect(reworded.status == 1 && reworded.output.hasPrefix("a wording fix"), "\(reworded)")
    let published = try await call("admin", ["polls", "publish", try file(wording)])
    #expect(published.status == 0, "\(published)")
    let units = try await call(
      "admin", ["units", "import", "\(root)/examples/mot-cua/don-vi.yaml", "--dry-run"])
    #expect(units.output.hasPrefix("40 units, 3 procedures: nothing new"), "\(units)")

    // Every figure of a report is what the auditor counts in the records.
    let records = "\(data.path)/records.jsonl"
    let exported = try await call("auditor", ["export", "--poll", "mot-cua", "-o", records])
    #expect(exported.status == 0, "\(exported)")
    let lines = try String(contentsOfFile: records, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 5_001)
    #expect(try #require(lines.last).contains(#""complete":true"#))
    struct Record: Decodable {
      var channel: String
      var counted: Bool
      var day: String
    }
    var channels: [String: Int] = [:]
    for line in lines.dropLast() {
      let record = try JSONDecoder().decode(Record.self, from: Data(line.utf8))
      if record.counted, ("2025-01-01"..."2025-03-31").contains(record.day) {
        channels[record.channel, default: 0] += 1
      }
    }
    let report = ["report", "--poll", "mot-cua", "--period", "2025-Q1"]
    let csv = "\(data.path)/report.csv"
    let table = try await call("auditor", report + ["--format", "csv", "--bom", "-o", csv])
    #expect(table.status == 0, "\(table)")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: csv))
    #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
    let shown = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(whereSeparator: \.isNewline).compactMap {
      let cells = $0.split(separator: ",", omittingEmptySubsequences: false)
      return cells[6] == "channel" ? (String(cells[8]), Int(cells[10])) : nil
    }
    #expect(Dictionary(uniqueKeysWithValues: shown) == channels.mapValues(Optional.some))

    let scoring = [
      "--rulebook", "\(root)/rulebooks/nd-61-2018.yaml", "--scores", "\(root)/examples/mot-cua/tu-cham.yaml",
    ]
    for form in ["01", "02", "03"] {
      for format in ["text", "csv", "json", "html"] {
        let made = try await call("auditor", report + scoring + ["--form", form, "--format", format])
        #expect(made.status == 0 && made.output.contains("hai-chau"), "\(form) \(format): \(made)")
      }
    }
    // Of a poll with k over 1 an official sees the published windows, and is told so.
    let refused = try await call("official", report)
    #expect(refused.status != 0 && refused.errors.contains("NOT_PUBLISHED"), "\(refused)")
    #expect(await server.stop() == 0)
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.output.contains("verify: ok"), "\(verified.output)")
  }
}
