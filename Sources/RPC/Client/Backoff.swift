/// How long to wait after the n-th failure in a row: exponential growth, full jitter.
///
/// Full jitter (a uniform draw from zero to the bound) spreads a thousand kiosks that lost the same server at the same
/// moment evenly over the interval; a fixed delay would bring them all back together.
public struct Backoff: Sendable, Equatable {
  /// The bound of the first wait.
  public var base: Duration
  /// Growth of the bound per failure; less than 1 counts as 1.
  public var factor: Double
  /// The bound never grows beyond this.
  public var maximum: Duration

  public init(base: Duration = .milliseconds(100), factor: Double = 1.8, maximum: Duration = .seconds(30)) {
    self.base = base
    self.factor = factor
    self.maximum = maximum
  }

  /// The longest wait after `failures` failures in a row; 1 is the first.
  func bound(failures: Int) -> Duration {
    var bound = base
    var step = 1
    // Ends early: the bound meets the maximum after a few dozen steps, or never grows at all.
    while step < failures, bound < maximum, factor > 1, bound > .zero {
      bound = bound * factor
      step += 1
    }
    return max(.zero, min(bound, maximum))
  }

  /// The wait itself.
  ///
  /// - Parameter random: a number in 0..<1, drawn by the caller.
  func delay(failures: Int, random: Double) -> Duration {
    bound(failures: failures) * min(max(random, 0), 1)
  }
}
