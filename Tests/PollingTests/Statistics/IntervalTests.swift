import Testing

@testable import Polling

/// features: “Top-2-box + interval” and “Jeffreys”, to the five places given.
struct IntervalTests {
  static let wilson: [(UInt64, UInt64, Int64, Int64)] = [
    (430, 474, 87_768, 93_012), (23, 613, 2_513, 5_567), (45, 50, 78_640, 95_652), (0, 1, 0, 79_345),
    // Seed facts: 23/613 = 3.75 %, 2.51–5.57 %; 20/166, 7.94–17.88 %.
    (20, 166, 7_936, 17_877), (1, 1, 20_655, 100_000),
  ]

  @Test(arguments: wilson)
  func wilsonToFivePlaces(_ count: UInt64, _ total: UInt64, _ lower: Int64, _ upper: Int64) throws {
    let interval = try #require(Proportion(count, of: total)).wilson()
    let shown = try #require(interval.rounded(places: 5))
    #expect((shown.lower, shown.upper) == (lower, upper))
  }

  static let jeffreys: [(UInt64, UInt64, Int64, Int64)] = [
    (23, 613, 2_459, 5_480), (45, 50, 79_465, 96_081), (3, 4, 28_375, 97_153),
  ]

  @Test(arguments: jeffreys)
  func jeffreysToFivePlaces(_ count: UInt64, _ total: UInt64, _ lower: Int64, _ upper: Int64) throws {
    let interval = try #require(Proportion(count, of: total)).jeffreys()
    let shown = try #require(interval.rounded(places: 5))
    #expect((shown.lower, shown.upper) == (lower, upper))
  }

  /// Computed with 40 digits by other means: the hypergeometric series, and numerical integration where it is too slow.
  static let exact: [(UInt64, UInt64, Confidence, Double, Double)] = [
    (23, 613, .ninetyFive, 0.0245861558991375059, 0.0548024895974649618),
    (45, 50, .ninetyFive, 0.794645171976952267, 0.960805635605816208),
    (45, 50, .ninetyNine, 0.755303601093858025, 0.97309226204792849),
    (45, 50, .ninety, 0.813589162238676365, 0.95319243800728172),
    (3, 4, .ninetyFive, 0.283751679563412587, 0.971529104912853208),
    (1, 1, .ninetyFive, 0.146746316309575103, 1), (0, 1, .ninetyFive, 0, 0.853253683690424897),
    (0, 5, .ninetyFive, 0, 0.379377142299039398),
    (430, 474, .ninetyFive, 0.878569248538608398, 0.930825022651182282),
    (1, 1_000, .ninetyFive, 0.000107918804680979784, 0.00466445880879137313),
    (999, 1_000, .ninetyFive, 0.995335541191208627, 0.99989208119531902),
    (215, 250, .ninetyFive, 0.812937632474286801, 0.89878712825017196),
    (100_000, 1_000_000, .ninetyFive, 0.0994131685579505899, 0.100589146882237064),
    (9_604_234, 18_029_085, .ninetyFive, 0.532477480081433924, 0.532938086524820774),
  ]

  @Test(arguments: exact)
  func jeffreysToTenPlaces(
    _ count: UInt64, _ total: UInt64, _ confidence: Confidence, _ lower: Double, _ upper: Double
  ) throws {
    let interval = try #require(Proportion(count, of: total)).jeffreys(confidence)
    #expect(abs(interval.lower - lower) < 1e-10)
    #expect(abs(interval.upper - upper) < 1e-10)
  }

  /// The quantile is the inverse of the distribution, and the distribution its own mirror image.
  @Test(arguments: [0.5, 1, 1.5, 7, 15.5, 16.5, 1_000.5], [0.5, 2, 15.5, 40_000.5])
  func quantilesInvert(_ a: Double, _ b: Double) {
    let beta = BetaDistribution(a: a, b: b)
    for probability in [0.005, 0.025, 0.05, 0.4] {
      let x = beta.lowerQuantile(probability)
      #expect(abs(beta.cumulative(x) - probability) < 1e-11)
    }
    for x in [0.01, 0.3, 0.5, 0.99] {
      #expect(abs(beta.cumulative(x) + beta.mirrored.cumulative(1 - x) - 1) < 1e-12)
    }
    #expect(beta.cumulative(0) == 0 && beta.cumulative(1) == 1)
  }

  @Test func endsAreReached() throws {
    for total in [1, 2, 50, 1_000_000, 1 << 40] as [UInt64] {
      let (none, all) = (try #require(Proportion(0, of: total)), try known(Proportion(total, of: total)))
      #expect(none.wilson().lower == 0 && none.wilson().upper > 0)
      #expect(all.wilson().upper == 1 && all.wilson().lower < 1)
      #expect(none.jeffreys().lower == 0 && all.jeffreys().upper == 1)
    }
  }

  @Test func nothingHasNoShare() {
    #expect(Proportion(0, of: 0) == nil)
    #expect(Proportion(2, of: 1) == nil)
  }
}
