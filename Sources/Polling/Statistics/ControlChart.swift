/// A p-chart: the shares of one unit over periods of unequal n, against the limits that chance sets around a baseline
/// (W. A. Shewhart; D. C. Montgomery, Introduction to Statistical Quality Control, 7.2).
public struct ControlChart: Sendable {
  public struct Point: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
      case noData
      /// n is under the minimum: shown, not judged.
      case tooFew
      case inControl
      case belowLimit
      case aboveLimit
    }

    /// n; 0: no data.
    public let total: UInt64
    public let share: Rational?
    public let limits: Interval?
    public let verdict: Verdict
  }

  public let baseline: Proportion
  /// How many standard deviations the limits lie from the baseline.
  public let width: Double
  public let minimumTotal: UInt64

  public init(baseline: Proportion, width: Double = 3, minimumTotal: UInt64 = 5) {
    self.baseline = baseline
    self.width = width
    self.minimumTotal = minimumTotal
  }

  /// - Parameter period: nil: no data.
  public func point(_ period: Proportion?) -> Point {
    guard let period else { return Point(total: 0, share: nil, limits: nil, verdict: .noData) }
    let centre = baseline.share.approximate
    let margin = width * (centre * (1 - centre) / Double(period.total)).squareRoot()
    let limits = Interval(lower: max(0, centre - margin), upper: min(1, centre + margin))
    let share = period.share.approximate
    let verdict: Point.Verdict =
      if period.total < minimumTotal {
        .tooFew
      } else if share < limits.lower {
        .belowLimit
      } else if share > limits.upper {
        .aboveLimit
      } else {
        .inControl
      }
    return Point(total: period.total, share: period.share, limits: limits, verdict: verdict)
  }
}
