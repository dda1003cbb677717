/// Whether shares differ or move by more than chance: a standard normal deviate, positive where the later share is higher.
public struct TrendTest: Hashable, Sendable {
  public let z: Double
  /// How many answers it rests on: shown with it.
  public let total: UInt64

  /// The probability of a deviate at least as far from 0 without any difference.
  public var twoSidedP: Double { RealMath.complementaryError(abs(z) / 2.0.squareRoot()) }

  /// Two shares, with the variance of both taken together. Nil: both are 0 % or both 100 %, so nothing can be said.
  public init?(from earlier: Proportion, to later: Proportion) {
    self.init(periods: [earlier, later])
  }

  /// A steady rise or fall over periods of equal distance: the test of Cochran and Armitage (P. Armitage, "Tests for
  /// linear trends in proportions and frequencies", Biometrics 11 (1955)). A period without data is nil and keeps its
  /// place. Nil: fewer than two periods have data, or all shares are 0 % or all 100 %.
  public init?(periods: [Proportion?]) {
    let known = periods.enumerated().compactMap { place, period in
      period.map { (time: Double(place), count: Double($0.count), total: Double($0.total), exact: $0) }
    }
    guard known.count >= 2 else { return nil }
    let n = known.reduce(0) { $0 + $1.total }
    let share = known.reduce(0) { $0 + $1.count } / n
    let centre = known.reduce(0) { $0 + $1.time * $1.total } / n
    let rise = known.reduce(0) { $0 + ($1.time - centre) * ($1.count - share * $1.total) }
    let spread = known.reduce(0) { $0 + $1.total * ($1.time - centre) * ($1.time - centre) }
    let variance = share * (1 - share) * spread
    guard variance > 0, let total = LevelCounts(known.map(\.exact.total))?.total else { return nil }
    z = rise / variance.squareRoot()
    self.total = total
  }
}
