/// So many of so many. There is none of nothing: no data is not 0 %.
public struct Proportion: Hashable, Sendable {
  public let count: UInt64
  public let total: UInt64

  /// Nil: nothing was counted, or more of it than there was.
  public init?(_ count: UInt64, of total: UInt64) {
    guard total > 0, count <= total else { return nil }
    self.count = count
    self.total = total
  }

  public var share: Rational { Rational(count, over: total) ?? .zero }

  /// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
  public func wilson(_ confidence: Confidence = .ninetyFive) -> Interval {
    let (n, z) = (Double(total), confidence.z)
    let (p, q) = (Double(count) / n, Double(total - count) / n)
    let centre = p + z * z / (2 * n)
    let margin = z * (p * q / n + z * z / (4 * n * n)).squareRoot()
    let shrink = 1 + z * z / n
    // At the ends the formula gives 0 and 1 but for rounding.
    return Interval(
      lower: count == 0 ? 0 : max(0, (centre - margin) / shrink),
      upper: count == total ? 1 : min(1, (centre + margin) / shrink))
  }

  /// Equal tails of Beta(k + ½, n − k + ½), the posterior of Jeffreys' prior; 0 and 1 at the ends (L. D. Brown,
  /// T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16 (2001)).
  public func jeffreys(_ confidence: Confidence = .ninetyFive) -> Interval {
    let beta = BetaDistribution(a: Double(count) + 0.5, b: Double(total - count) + 0.5)
    return Interval(
      lower: count == 0 ? 0 : beta.lowerQuantile(confidence.tail),
      upper: count == total ? 1 : 1 - beta.mirrored.lowerQuantile(confidence.tail))
  }
}
