/// How often each level of an ordinal question was chosen, from the worst to the best. Blanks are in none of them, and
/// so in no figure made of them.
public struct LevelCounts: Hashable, Sendable {
  public let counts: [UInt64]
  /// n.
  public let total: UInt64

  /// Nil: together more than 64 bits hold, which no count of ballots is.
  public init?(_ counts: [UInt64]) {
    var total: UInt64 = 0
    for count in counts {
      let (sum, overflow) = total.addingReportingOverflow(count)
      if overflow { return nil }
      total = sum
    }
    self.counts = counts
    self.total = total
  }

  /// Top-2-box: the share of the two best levels, of a question with two levels that of the better one. Nil: no data.
  public var topTwoBox: Proportion? { top(counts.count > 2 ? 2 : 1) }

  /// The share of the best `levels` levels. Nil: no data.
  public func top(_ levels: Int) -> Proportion? {
    Proportion(counts.suffix(max(0, levels)).reduce(0, +), of: total)
  }

  /// All answers' levels added up, where the worst level counts `lowest` and each better one 1 more. Nil: more than 64
  /// bits hold.
  public func sum(lowest: UInt64 = 1) -> UInt64? {
    var sum: UInt64 = 0
    for (level, count) in counts.enumerated() {
      let (weight, tooHigh) = lowest.addingReportingOverflow(UInt64(level))
      let (part, tooMuch) = count.multipliedReportingOverflow(by: weight)
      let (next, overflow) = sum.addingReportingOverflow(part)
      if tooHigh || tooMuch || overflow { return nil }
      sum = next
    }
    return sum
  }

  /// The mean level: from 1 to 5 for five levels, with `lowest` 0 from 0 to 2 for the indicators of NĐ 61/2018. Exact.
  /// Nil: no data.
  public func mean(lowest: UInt64 = 1) -> Rational? {
    sum(lowest: lowest).flatMap { Rational($0, over: total) }
  }
}
