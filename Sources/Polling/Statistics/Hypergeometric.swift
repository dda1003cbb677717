/// Samples drawn without replacement from a finite whole.
public enum Hypergeometric {
  /// So many of the whole are of a kind at most, given how many of a sample are: the largest K for which a sample has `found`
  /// or fewer of them with a probability of `risk` or more. The exact one-sided bound by inverting the test (T. Wright,
  /// "Exact Confidence Bounds when Sampling from Small Finite Universes", Springer 1991).
  ///
  /// - Parameters:
  ///   - sample: `population` at most.
  ///   - found: `sample` at most.
  ///   - risk: 1 minus the confidence.
  public static func upperBound(population: UInt64, sample: UInt64, found: UInt64, risk: Double) -> UInt64 {
    guard sample <= population, found <= sample else { return population }
    var (low, high) = (found, population - (sample - found))
    while low < high {
      let middle = low + (high - low + 1) / 2
      // Rounding must not make the bound smaller than it is.
      if cumulative(found, population: population, marked: middle, sample: sample) >= risk - 1e-9 {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return low
  }

  /// The probability that a sample has `found` or fewer of the `marked`.
  static func cumulative(_ found: UInt64, population: UInt64, marked: UInt64, sample: UInt64) -> Double {
    let (most, rest) = (min(found, marked, sample), population - marked)
    let least = sample > rest ? sample - rest : 0
    guard least <= most else { return 0 }
    let whole = logChoose(population, sample)
    let sum = (least...most).reduce(0.0) { sum, count in
      sum + RealMath.exponential(logChoose(marked, count) + logChoose(rest, sample - count) - whole)
    }
    return min(1, sum)
  }

  private static func logChoose(_ whole: UInt64, _ part: UInt64) -> Double {
    RealMath.logGamma(Double(whole) + 1) - RealMath.logGamma(Double(part) + 1)
      - RealMath.logGamma(Double(whole - part) + 1)
  }
}
