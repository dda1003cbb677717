import Foundation
import Polling
import Testing

@testable import binhchon

/// Reports of the seeded example as they are printed. With BINHCHON_GOLDEN=write the files are written anew: read the
/// difference before it is committed.
@Suite struct GoldenTests {
  static func document(
    _ form: ReportForm, _ period: String, rulebooks: [String] = []
  ) async throws -> (document: ReportDocument, record: ReportRecord) {
    let input = try #require(try await Example.shared().inputs[period])
    let books = try rulebooks.map { try Shipped.rulebook($0) }
    var builder = try ReportBuilder(
      input, rulebooks: books, scores: period == "2025-Q1" ? try Shipped.scores() : nil)
    let document = try builder.document(form)
    return (document, ReportRecord(document, of: input, books))
  }

  static func compare(_ text: String, _ name: String) throws {
    let path = Shipped.path("Tests/ReportTests/Golden/\(name)")
    if ProcessInfo.processInfo.environment["BINHCHON_GOLDEN"] == "write" {
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text, "\(name) differs")
  }

  @Test func theSummaryInBothLanguages() async throws {
    let (document, _) = try await Self.document(
      .summary, "2025-Q2", rulebooks: ["nd-118-2025"])
    try Self.compare(ReportText.write(document, .vi), "tong-hop.vi.txt")
    try Self.compare(ReportText.write(document, .en), "tong-hop.en.txt")
  }

  @Test func scoresAndGrades() async throws {
    let (document, _) = try await Self.document(.offices, "2025-Q1", rulebooks: ["nd-61-2018"])
    try Self.compare(ReportText.write(document, .vi), "bieu-02.vi.txt")
  }

  @Test func theRankingForPrograms() async throws {
    let (document, record) = try await Self.document(.ranking, "2025-Q1")
    try Self.compare(record.csv, "bieu-03.csv")
    try Self.compare(try JSONLine.encode(record) + "\n", "bieu-03.json")
    try Self.compare(ReportText.write(document, .en), "bieu-03.en.txt")
  }

  @Test func theSameRevisionGivesTheSameBytes() async throws {
    let first = try await Self.document(.summary, "2025-Q1").document
    // Another server over another ledger of the same seed.
    let second = try await Example.with { assembly, _ in
      var input = try await ReportInput.fetch(
        "mot-cua", unit: "", try #require(ReportPeriod(argument: "2025-Q1")),
        InProcessService(transport: Example.caller(assembly, "auditor/hai-chau/a")))
      input.epoch = "so-thu"
      var builder = try ReportBuilder(input)
      return try builder.document(.summary)
    }
    #expect(ReportHTML.write(first, .vi) == ReportHTML.write(second, .vi))
    #expect(first.figures == second.figures)
  }
}
