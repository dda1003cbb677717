/// The net promoter score of a question from 0 to 10: the share of 9 and 10 less that of 0 to 6.
public struct NetPromoterScore: Hashable, Sendable {
  public let promoters: UInt64
  public let passives: UInt64
  public let detractors: UInt64
  /// n.
  public let total: UInt64

  /// - Parameter levels: the eleven levels from 0 to 10. Nil: no data, or not eleven levels.
  public init?(_ levels: LevelCounts) {
    guard levels.counts.count == 11, levels.total > 0 else { return nil }
    detractors = levels.counts[0...6].reduce(0, +)
    passives = levels.counts[7...8].reduce(0, +)
    promoters = levels.counts[9...10].reduce(0, +)
    total = levels.total
  }

  /// From −1 to 1; shown times 100, without a percent sign. Exact.
  public var score: Rational {
    (Rational(promoters, over: total) ?? .zero) - (Rational(detractors, over: total) ?? .zero)
  }

  /// The adjusted Wald interval with three more answers, ¾ at each end and 1½ between (B. Rocks, "Interval estimation for
  /// the 'Net Promoter Score'", The American Statistician 70 (2016)), within −1 and 1.
  public func interval(_ confidence: Confidence = .ninetyFive) -> Interval {
    let n = Double(total) + 3
    let (up, down) = ((Double(promoters) + 0.75) / n, (Double(detractors) + 0.75) / n)
    let centre = up - down
    let margin = confidence.z * ((up + down - centre * centre) / n).squareRoot()
    return Interval(lower: max(-1, centre - margin), upper: min(1, centre + margin))
  }
}
