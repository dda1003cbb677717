import SeededRandom
import Testing

@testable import Polling

struct LevelCountsTests {
  @Test func topTwoAndMean() throws {
    let levels = try #require(LevelCounts([1, 2, 3, 4, 5]))
    let top = try #require(levels.topTwoBox)
    #expect((top.count, top.total) == (9, 15))
    #expect(levels.mean() == Rational(55, over: 15))
    #expect(levels.mean(lowest: 0) == Rational(40, over: 15))
    // Two levels: both of two would always be 100 %.
    #expect(LevelCounts([1, 3])?.topTwoBox?.count == 3)
    #expect(LevelCounts([1, 3, 4])?.topTwoBox?.count == 7)
  }

  @Test func noDataIsNotZero() throws {
    let empty = try #require(LevelCounts([0, 0, 0, 0, 0]))
    #expect(empty.topTwoBox == nil)
    #expect(empty.mean() == nil)
    #expect(LevelCounts([])?.topTwoBox == nil)
    // All worst is data, and is 0 %.
    let worst = try #require(LevelCounts([3, 0, 0, 0, 0]))
    #expect(worst.topTwoBox?.share == .zero)
    #expect(worst.mean() == Rational(1))
  }

  @Test func countsThatNobodyHas() {
    #expect(LevelCounts([.max, 1]) == nil)
    #expect(LevelCounts([.max])?.mean() == Rational(1))
    #expect(LevelCounts([0, .max])?.mean() == nil)
    #expect(LevelCounts([1])?.sum(lowest: .max) == .max && LevelCounts([0, 1])?.sum(lowest: .max) == nil)
  }
}

struct SharesTests {
  @Test func addUpTo100() {
    #expect(Shares.ofSum([1, 1, 1]) == [3_334, 3_333, 3_333])
    var random = SplitMix64(seed: 61)
    for _ in 0..<500 {
      let counts = (0..<Int.random(in: 1...11, using: &random)).map { _ in random.next() % 1_000 }
      guard let shares = Shares.ofSum(counts) else {
        #expect(counts.allSatisfy { $0 == 0 })
        continue
      }
      #expect(shares.reduce(0, +) == 10_000)
      // Nobody is further from the truth than one hundredth.
      let total = counts.reduce(0, +)
      for (count, share) in zip(counts, shares) {
        let exact = Double(count) / Double(total) * 10_000
        #expect(abs(Double(share) - exact) < 1)
      }
    }
  }

  /// OpenCPS takes the best level as 100 less the others, each rounded: halves that are rounded up are taken from the
  /// best, which may even fall below 0; and it divides by 0 where nobody has rated.
  @Test func theBestLevelIsNotWhatTheOthersLeave() {
    func portal(_ counts: [UInt64]) -> Double {
      let total = Double(counts.reduce(0, +))
      return 100 - counts.dropLast().reduce(0) { $0 + (Double($1) / total * 100).rounded() }
    }
    #expect(portal([1, 1, 198]) == 98)
    #expect(Shares.ofSum([1, 1, 198]) == [50, 50, 9_900])
    #expect(portal([101, 99, 0]) == -1)
    #expect(Shares.ofSum([101, 99, 0]) == [5_050, 4_950, 0])
    #expect(portal([0, 0, 0]).isNaN)
    #expect(Shares.ofSum([0, 0, 0]) == nil)
  }

  /// Seed facts: the shares that their numbers come to.
  @Test(
    arguments: [
      (314, 613, 512), (299, 613, 488), (12, 314, 38), (3, 299, 10), (20, 166, 120),
    ] as [(UInt64, UInt64, Int64)])
  func sharesOfTheSeeds(_ count: UInt64, _ total: UInt64, _ tenths: Int64) throws {
    let share = try #require(Proportion(count, of: total)).share
    #expect((share * Rational(100)).roundedHalfUp(places: 1) == tenths)
  }
}

struct NetPromoterScoreTests {
  @Test func scoreAndInterval() throws {
    let levels = try #require(LevelCounts([5, 1, 1, 1, 1, 3, 3, 10, 15, 20, 40]))
    let nps = try #require(NetPromoterScore(levels))
    #expect((nps.promoters, nps.passives, nps.detractors, nps.total) == (60, 25, 15, 100))
    #expect(nps.score == Rational(45, over: 100))
    // 103 answers with 60.75 and 15.75: 0.436893 ± 1.959964 × 0.0731963.
    let interval = nps.interval()
    #expect(abs(interval.lower - 0.2934310) < 1e-6)
    #expect(abs(interval.upper - 0.5803554) < 1e-6)
  }

  @Test func ends() throws {
    let best = try #require(LevelCounts([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]).flatMap { NetPromoterScore($0) })
    #expect(best.score == Rational(1))
    #expect(best.interval().upper == 1 && best.interval().lower < 1)
    let worst = try #require(LevelCounts([0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]).flatMap { NetPromoterScore($0) })
    #expect(worst.score == Rational(-1))
    #expect(worst.interval().lower == -1)
    #expect(NetPromoterScore(try known(LevelCounts(Array(repeating: 0, count: 11)))) == nil)
    #expect(NetPromoterScore(try known(LevelCounts([1, 2, 3, 4, 5]))) == nil)
  }
}
