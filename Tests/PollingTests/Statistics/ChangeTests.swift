import Testing

@testable import Polling

struct TrendTestTests {
  private static func proportion(_ count: UInt64, _ total: UInt64) throws -> Proportion {
    try #require(Proportion(count, of: total))
  }

  /// features: 20/166 against 38/613 gives z = 2.55.
  @Test func twoShares() throws {
    let test = try #require(TrendTest(from: Self.proportion(38, 613), to: Self.proportion(20, 166)))
    #expect((test.z * 100).rounded() == 255)
    #expect(abs(test.twoSidedP - 0.010875) < 1e-5)
    #expect(test.total == 779)
    let back = try #require(TrendTest(from: Self.proportion(20, 166), to: Self.proportion(38, 613)))
    #expect(back.z == -test.z)
  }

  /// An example by hand: 10, 20, 30 of 100 each. T = Σ (t − 1)(x − n p̄) = 20, variance p̄(1 − p̄) Σ n (t − 1)² =
  /// 0.2 × 0.8 × 200 = 32, so z = 20/√32.
  @Test func steadyRise() throws {
    let periods = try [10, 20, 30].map { try Self.proportion($0, 100) }
    let test = try #require(TrendTest(periods: periods))
    #expect(abs(test.z - 20 / 32.0.squareRoot()) < 1e-12)
    // A period without data keeps its place: the same shares further apart rise less steeply, with the same z here.
    let gap = try #require(TrendTest(periods: [periods[0], nil, periods[1], nil, periods[2]]))
    #expect(abs(gap.z - test.z) < 1e-12)
    // Left out at the wrong end it would not be symmetric.
    let uneven = try #require(TrendTest(periods: [periods[0], nil, periods[1], periods[2]]))
    #expect(abs(uneven.z - test.z) > 0.01)
  }

  @Test func nothingToSay() throws {
    let (none, all) = (try Self.proportion(0, 9), try Self.proportion(9, 9))
    #expect(TrendTest(from: none, to: none) == nil)
    #expect(TrendTest(from: all, to: all) == nil)
    #expect(TrendTest(periods: [none, nil]) == nil)
    #expect(TrendTest(periods: []) == nil)
    #expect(TrendTest(from: none, to: all)?.z ?? 0 > 4)
  }
}

struct ControlChartTests {
  @Test func limitsFollowN() throws {
    let chart = ControlChart(baseline: try #require(Proportion(900, of: 1_000)))
    let large = chart.point(Proportion(80, of: 100))
    // 0.9 ± 3 × √(0.09/100)
    let limits = try #require(large.limits)
    #expect(abs(limits.lower - 0.81) < 1e-12 && abs(limits.upper - 0.99) < 1e-12)
    #expect(large.verdict == .belowLimit)
    #expect(large.total == 100)
    #expect(large.share == Rational(4, over: 5))
    // The same share of 20 answers may be chance.
    #expect(chart.point(Proportion(16, of: 20)).verdict == .inControl)
    #expect(chart.point(Proportion(100, of: 100)).verdict == .aboveLimit)
  }

  @Test func noDataAndTooFew() throws {
    let chart = ControlChart(baseline: try #require(Proportion(900, of: 1_000)), minimumTotal: 5)
    let nothing = chart.point(nil)
    #expect(nothing.verdict == .noData && nothing.share == nil && nothing.limits == nil && nothing.total == 0)
    #expect(chart.point(Proportion(0, of: 4)).verdict == .tooFew)
    #expect(chart.point(Proportion(0, of: 5)).verdict == .belowLimit)
  }
}

struct CumulativeSumTests {
  /// A small lasting fall, from 90 % to 87 %, of 100 answers a period: every deviate is −1 and inside the chart's limits,
  /// and half of each remains after the slack.
  @Test func findsWhatNoSinglePeriodShows() throws {
    let baseline = try #require(Proportion(900, of: 1_000))
    let chart = ControlChart(baseline: baseline)
    var sum = try #require(CumulativeSum(baseline: baseline))
    let period = try #require(Proportion(87, of: 100))
    for _ in 1...9 {
      #expect(chart.point(period).verdict == .inControl)
      #expect(sum.add(period) == nil)
    }
    #expect(abs(sum.fall - 4.5) < 1e-9)
    sum.add(period)
    #expect(sum.add(period) == .fall)
    #expect(sum.rise == 0)
    #expect(sum.total == 1_100)
    // Nothing new, nothing changed: it stands until somebody has looked.
    #expect(sum.add(nil) == .fall)
    sum.reset()
    #expect(sum.signal == nil && sum.total == 0)
  }

  @Test func risesToo() throws {
    var sum = try #require(CumulativeSum(baseline: try known(Proportion(500, of: 1_000))))
    #expect(sum.add(try known(Proportion(100, of: 100))) == .rise)
  }

  @Test func staysQuietAtTheBaseline() throws {
    var sum = try #require(CumulativeSum(baseline: try known(Proportion(900, of: 1_000))))
    for count: UInt64 in [90, 91, 89, 90, 92, 88, 90] { #expect(sum.add(Proportion(count, of: 100)) == nil) }
    #expect(CumulativeSum(baseline: try known(Proportion(0, of: 10))) == nil)
    #expect(CumulativeSum(baseline: try known(Proportion(10, of: 10))) == nil)
  }
}

struct RankingTests {
  @Test func sharedRanksAndMinimum() throws {
    let ranking = Ranking(
      [
        ("a", Proportion(80, of: 100)), ("b", Proportion(4, of: 4)), ("c", Proportion(45, of: 50)),
        ("d", Proportion(90, of: 100)), ("e", nil), ("f", Proportion(40, of: 50)), ("g", Proportion(1, of: 100)),
      ], minimumTotal: 30)
    #expect(ranking.rows.map(\.subject) == ["c", "d", "a", "f", "g", "b", "e"])
    #expect(ranking.rows.map(\.rank) == [1, 1, 3, 3, 5, nil, nil])
    #expect(ranking.rows.prefix(6).allSatisfy { $0.interval != nil })
    #expect(ranking.rows.last?.interval == nil)
    // Chance cannot tell the first four apart, but it can tell the last.
    #expect(ranking.rows.map(\.possibleRanks) == [1...4, 1...4, 1...4, 1...4, 5...5, nil, nil])
  }

  @Test func nobody() {
    #expect(Ranking<String>([], minimumTotal: 1).rows.isEmpty)
  }
}
