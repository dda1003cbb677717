/// How long to wait before trying again: doubling, bounded, spread.
struct RetryPace: Sendable, Equatable {
  private(set) var attempt = 0

  /// - Parameters:
  ///   - jitter: 0..<1; waits lie between half and all of the full delay.
  ///   - asked: what the server asked for; never less than that.
  mutating func next(jitter: Double, asked: Duration? = nil) -> Duration {
    let full = Duration.milliseconds(100 << min(attempt, 6))
    attempt = min(attempt + 1, 6)
    return max(asked ?? .zero, min(.seconds(5), full) * (0.5 + jitter / 2))
  }

  mutating func reset() {
    attempt = 0
  }
}
