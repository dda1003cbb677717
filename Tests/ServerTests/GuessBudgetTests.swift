import Polling
import Testing

@testable import Server

/// How many guesses there are, by the time that is passed in.
struct GuessBudgetTests {
  private static let start: Int64 = 1_700_000_000_000

  /// How many may be taken at once, at most so many.
  private static func taken(_ budget: inout GuessBudget, at milliseconds: Int64) -> Int {
    (0..<200).prefix { _ in budget.take(at: Timestamp(milliseconds: milliseconds)) }.count
  }

  /// After all are spent: so many milliseconds later there are so many.
  static let refills: [(after: Int64, guesses: Int)] = [
    (0, 0), (1, 0), (99, 0), (100, 1), (199, 1), (200, 2), (9_899, 98), (9_900, 99), (9_999, 99), (10_000, 100),
    (10_001, 100), (1_000_000_000, 100), (.max - start, 100),
    // A clock that was set back counts from there.
    (-1, 0), (-1_000_000, 0), (.min &- start, 0),
  ]

  @Test(arguments: refills) func guessesComeBackWithTime(after: Int64, guesses: Int) {
    var budget = GuessBudget()
    #expect(Self.taken(&budget, at: Self.start) == 100)
    #expect(Self.taken(&budget, at: Self.start &+ after) == guesses)
    // And none at the same time, whatever it is.
    #expect(Self.taken(&budget, at: Self.start &+ after) == 0)
  }

  /// In steps, each so many milliseconds after the one before.
  static let steps: [(waits: [Int64], guesses: [Int])] = [
    ([100, 100, 100], [1, 1, 1]), ([50, 50, 50, 50], [0, 1, 0, 1]), ([99, 1, 99, 1], [0, 1, 0, 1]),
    ([-1_000_000, 99, 1], [0, 0, 1]), ([10_000, 500], [100, 5]),
  ]

  @Test(arguments: steps) func stepByStep(waits: [Int64], guesses: [Int]) {
    var budget = GuessBudget()
    #expect(Self.taken(&budget, at: Self.start) == 100)
    var now = Self.start
    for (wait, expected) in zip(waits, guesses) {
      now += wait
      #expect(Self.taken(&budget, at: now) == expected, "after \(wait)")
    }
  }

  /// Right ones are given back, and never make more than the most.
  @Test(arguments: [(0, 0, 100), (1, 1, 100), (100, 1, 1), (100, 40, 40), (3, 1_000, 100), (0, 1, 100)])
  func whatIsGivenBack(taken: Int, back: Int, left: Int) {
    var budget = GuessBudget()
    for _ in 0..<taken { _ = budget.take(at: Timestamp(milliseconds: Self.start)) }
    for _ in 0..<back { budget.giveBack() }
    #expect(Self.taken(&budget, at: Self.start) == left)
  }
}
