/// How sure an interval is.
public enum Confidence: Sendable, CaseIterable {
  case ninety
  case ninetyFive
  case ninetyNine

  /// The probability left out on each side.
  public var tail: Double {
    switch self {
    case .ninety: 0.05
    case .ninetyFive: 0.025
    case .ninetyNine: 0.005
    }
  }

  /// The normal quantile of 1 − `tail`.
  public var z: Double {
    switch self {
    case .ninety: 1.6448536269514722
    case .ninetyFive: 1.959963984540054
    case .ninetyNine: 2.5758293035489004
    }
  }
}

/// What a figure may be by chance: an estimate, for which no exact value exists.
public struct Interval: Hashable, Sendable {
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// Both ends in units of 10 to the power of −`places`, each rounded half up (away from 0).
  public func rounded(places: Int) -> (lower: Int64, upper: Int64)? {
    let scale = (0..<max(0, places)).reduce(1.0) { scale, _ in scale * 10 }
    let ends = [lower, upper].map { ($0 * scale).rounded(.toNearestOrAwayFromZero) }
    guard let low = Int64(exactly: ends[0]), let high = Int64(exactly: ends[1]) else { return nil }
    return (low, high)
  }
}
