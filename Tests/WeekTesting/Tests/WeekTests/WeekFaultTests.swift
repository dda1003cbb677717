import FaultRun
import SeededRandom
import Testing

/// Exactly once over any network, disk and clock (P5).
@Suite struct WeekFaultTests {
  private static let workers = 2

  @Test func everyPressOfAWeekIsEnteredOnceAndEveryDayAddsUp() async throws {
    // Another seed is for `scripts/faults P5`: a change is told whether it broke something, not that ten thousand more weeks
    // were tried.
    let run = FaultRun("P5", cases: 10_000, seed: 956_224_264_037_783_056)
    let outcomes = try await withThrowingTaskGroup(of: Week.Outcome.self) { group in
      for first in run.cases.prefix(Self.workers) {
        group.addTask {
          let shop = try Workshop()
          var sum = Week.Outcome()
          for number in stride(from: first, to: run.cases.upperBound, by: Self.workers) where sum.failure == nil {
            do {
              let week = try await Week(run.random(number), isTold: run.cases.count == 1, shop: shop).run()
              sum.presses += week.presses
              sum.messages += week.messages
              sum.weeks += 1
              sum.restores += week.restores
              if let failure = week.failure { sum.failure = "\(failure): \(run.replay(number))" }
            } catch {
              sum.failure = "\(error): \(run.replay(number))"
            }
          }
          return sum
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for failure in outcomes.compactMap(\.failure) { Issue.record("\(failure)") }
    print(
      """
      \(outcomes.reduce(0) { $0 + $1.weeks }) weeks of \(WeekPlan.kiosks) kiosks, \(outcomes.reduce(0) { $0 + $1.presses }) presses, \
      \(outcomes.reduce(0) { $0 + $1.messages }) messages, \(outcomes.reduce(0) { $0 + $1.restores }) restores
      """)
  }

  /// The controls: what the oracle would not see, the weeks would not be worth.
  @Test(arguments: Plant.allCases)
  func aPlantedFaultIsFound(_ plant: Plant) async throws {
    let shop = try Workshop()
    var findings: [String] = []
    var weeks = 0
    for seed in 0..<40 as Range<UInt64> where findings.count < 3 {
      weeks += 1
      if let failure = try await Week(SplitMix64(seed: seed), plant: plant, shop: shop).run().failure {
        findings.append(failure)
      }
    }
    print("\(plant): found in \(findings.count) of \(weeks) weeks, as: \(findings.first ?? "")")
    #expect(findings.count == 3)
  }
}
