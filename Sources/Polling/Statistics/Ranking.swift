/// Units in the order of a share, never without its n and interval.
public struct Ranking<Subject: Hashable & Sendable>: Sendable {
  public struct Row: Sendable {
    public let subject: Subject
    /// Nil: no data.
    public let proportion: Proportion?
    /// Equal shares have one rank, and the next one leaves as many out (1, 2, 2, 4). Nil: n is under the minimum.
    public let rank: Int?
    /// The ranks it may have by chance: from one more than those whose interval lies wholly above its own.
    public let possibleRanks: ClosedRange<Int>?
    public let interval: Interval?
  }

  /// Ranked ones first, best first, those of one rank in the order given; then the others, in the order given.
  public let rows: [Row]

  /// - Parameter minimumTotal: under so many answers nobody is ranked.
  public init(
    _ subjects: [(subject: Subject, proportion: Proportion?)], minimumTotal: UInt64,
    confidence: Confidence = .ninetyFive
  ) {
    var ranked: [(subject: Subject, proportion: Proportion, share: Rational, interval: Interval)] = []
    var others: [Row] = []
    for (subject, proportion) in subjects {
      if let proportion, proportion.total >= minimumTotal {
        ranked.append((subject, proportion, proportion.share, proportion.wilson(confidence)))
      } else {
        others.append(
          Row(
            subject: subject, proportion: proportion, rank: nil, possibleRanks: nil,
            interval: proportion?.wilson(confidence)))
      }
    }
    // The standard library's sort is stable.
    ranked.sort { $0.share > $1.share }
    rows =
      ranked.map { own in
        let better = ranked.count { $0.share > own.share }
        let surelyBetter = ranked.count { $0.interval.lower > own.interval.upper }
        let surelyWorse = ranked.count { $0.interval.upper < own.interval.lower }
        return Row(
          subject: own.subject, proportion: own.proportion, rank: better + 1,
          possibleRanks: surelyBetter + 1...max(surelyBetter + 1, ranked.count - surelyWorse), interval: own.interval)
      } + others
  }
}
