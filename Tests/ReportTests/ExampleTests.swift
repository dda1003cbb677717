import Polling
import Server
import Testing

@testable import binhchon

@Suite struct ExampleTests {
  /// The programs' example and the files are one.
  @Test func theFilesAreTheSame() throws {
    let file = try PollFile.read(try Shipped.text("examples/mot-cua.yaml"), file: "mot-cua.yaml")
    let example = try ExampleSurvey.poll()
    #expect(file.questions == example.questions)
    #expect(file.title == example.title && file.id == example.id && file.policy == example.policy)
    let registry = try RegistryFile.read(try Shipped.text("examples/mot-cua/don-vi.yaml"), file: "don-vi.yaml")
    let own = try ExampleUnits.registry()
    #expect(registry.units == own.units && registry.procedures == own.procedures)
    #expect(own.faults().isEmpty && own.units.count == 40 && example.units.count == 40)
  }

  @Test func ratingsKeepTheRulesAndTheirSeed() throws {
    var poll = try ExampleSurvey.poll()
    poll.version = 1
    let lastDay = try #require(Day(iso: "2025-06-30"))
    func records(_ seed: UInt64) throws -> [CastVoteRecord] {
      var ratings = ExampleRatings(of: poll, seed: seed, lastDay: lastDay) { SHA256.digest(of: $0) }
      return try ratings.records()
    }
    let first = try records(1)
    #expect(first.count == 5_000 && Set(first.map(\.ballot.id)).count == 5_000)
    #expect(first.allSatisfy { poll.violations(in: $0.ballot).isEmpty })
    #expect(first.allSatisfy { $0.day <= lastDay && $0.day > lastDay.advanced(by: -400) })
    #expect(first.map(\.day) == first.map(\.day).sorted())
    #expect(try records(1) == first)
    #expect(try records(2) != first)
  }
}
