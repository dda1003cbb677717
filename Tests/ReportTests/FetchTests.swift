import Polling
import Schema
import Testing

@testable import binhchon

/// Several answers of a server make one report only if they are of one revision, and whole.
@Suite struct FetchTests {
  private static func fetch(
    _ alter: @escaping @Sendable (Int, inout Binhchon_V1_GetFiguresResponse) -> Void
  ) async throws -> ReportInput {
    try await Example.with { assembly, _ in
      try await ReportInput.fetch(
        "mot-cua", unit: "hai-chau/thach-thang", try #require(ReportPeriod(argument: "2025-Q1")),
        InProcessService(transport: Example.caller(assembly, "auditor/hai-chau/a"), alter: alter))
    }
  }

  @Test func whatChangesInBetweenIsAskedAgain() async throws {
    // A ballot came between the second and the third of five answers.
    let input = try await Self.fetch { number, figures in
      if number > 2 {
        figures.revision += 1
        figures.total.ballots += 1
      }
    }
    #expect(input.revision == 5_003)
    #expect(input.total.ballots == input.channels.map(\.ballots).reduce(0, +) + 1)
    #expect(input.places.map(\.path) == ["hai-chau/thach-thang/quay-01", "hai-chau/thach-thang/quay-02"])
  }

  /// A ward that was merged into another one is part of it, in a report as of a later day; what was before stays as it was.
  @Test func aReportRollsUpToSuccessors() async throws {
    try await Example.with { assembly, _ in
      let service = InProcessService(transport: Example.caller(assembly, "auditor/hai-chau/a"))
      let period = try #require(ReportPeriod(argument: "2025-Q1"))
      var registry = try await service.getRegistry()
      for place in registry.units.indices where registry.units[place].code.hasPrefix("thach-thang") {
        registry.units[place].placements[0].to = "2025-06-01"
        if registry.units[place].kind == .ward {
          registry.units[place].successions = [.with { ($0.successor, $0.kind) = ("hai-chau-1", .merged) }]
        }
      }
      var publish = Binhchon_V1_PublishRegistryRequest()
      publish.registry = registry
      _ = try await Example.caller(assembly, "admin/hai-chau/a").call(UnitMethods.publishRegistry, publish)
      let before = try await ReportInput.fetch("mot-cua", unit: "", period, service)
      let later: Day = try #require(Day(iso: "2025-06-30"))
      let after = try await ReportInput.fetch("mot-cua", unit: "", rollUpTo: later, period, service)
      func n(_ path: String, _ input: ReportInput) -> UInt64? { input.places.first { $0.path == path }?.row?.ballots }
      let merged = try #require(n("hai-chau/thach-thang", before))
      #expect(merged > 0)
      #expect(n("hai-chau/hai-chau-1", after) == n("hai-chau/hai-chau-1", before).map { $0 + merged })
      #expect(n("hai-chau/thach-thang", after) == nil)
      #expect(after.places.count == before.places.count - 1)
      #expect(after.total == before.total)
      var builder = try ReportBuilder(after)
      let text = ReportText.write(try builder.document(.ranking), .en)
      #expect(text.contains("Units as of") && text.contains("successors") && !text.contains("no more"))
      #expect(text.contains("Hải Châu I Ward") && !text.contains("Thạch Thang"))
    }
  }

  @Test func whatNeverStandsStillIsNoReport() async throws {
    let error = await #expect(throws: ClientError.self) {
      try await Self.fetch { number, figures in figures.revision += UInt64(number) }
    }
    #expect(error?.status == .tryAgain)
  }

  /// A share of what is left of suppressed counts would be a wrong one.
  @Test func whatIsLeftOutInPartIsNoReport() async throws {
    let error = await #expect(throws: ClientError.self) {
      try await Self.fetch { number, figures in if number == 4 { figures.k = 5 } }
    }
    #expect(error?.status == .notPermitted && error?.reason == "NOT_PUBLISHED")
  }
}
