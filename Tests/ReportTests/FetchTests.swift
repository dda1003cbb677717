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
