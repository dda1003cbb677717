/// A CUSUM: adds up how far each period's share falls short of, or exceeds, a baseline, and so finds a small lasting change
/// that no single period shows (E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954); tabular form after
/// D. C. Montgomery, Introduction to Statistical Quality Control, 9.1, with k = ½ and h = 5 standard deviations: without a
/// change a false alarm in 465 periods, each side alone in 930).
public struct CumulativeSum: Hashable, Sendable {
  public enum Signal: Hashable, Sendable {
    case fall
    case rise
  }

  public let baseline: Proportion
  /// The slack k: half the change worth finding.
  public let slack: Double
  /// The decision interval h.
  public let threshold: Double
  /// In standard deviations, from 0.
  public private(set) var fall = 0.0
  public private(set) var rise = 0.0
  /// All answers since the beginning or the last reset: shown with it.
  public private(set) var total: UInt64 = 0

  /// Nil: the baseline is 0 % or 100 %, against which nothing can be measured.
  public init?(baseline: Proportion, slack: Double = 0.5, threshold: Double = 5) {
    guard baseline.count > 0, baseline.count < baseline.total else { return nil }
    self.baseline = baseline
    self.slack = slack
    self.threshold = threshold
  }

  /// Takes the next period; nil, no data, changes nothing. An alarm stands until ``reset()``.
  ///
  /// - Returns: what the sums say after it.
  @discardableResult
  public mutating func add(_ period: Proportion?) -> Signal? {
    if let period {
      let (n, p) = (Double(period.total), baseline.share.approximate)
      let deviate = (Double(period.count) - n * p) / (n * p * (1 - p)).squareRoot()
      fall = max(0, fall - deviate - slack)
      rise = max(0, rise + deviate - slack)
      let (sum, overflow) = total.addingReportingOverflow(period.total)
      total = overflow ? .max : sum
    }
    return signal
  }

  public var signal: Signal? {
    if fall > threshold { return .fall }
    return rise > threshold ? .rise : nil
  }

  /// After somebody has looked: begins anew.
  public mutating func reset() {
    (fall, rise, total) = (0, 0, 0)
  }
}
