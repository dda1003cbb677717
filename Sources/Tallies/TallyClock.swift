public import Polling

/// The clocks of tallies: one that never steps, for intervals, and the wall's, which only says what day it is.
public struct TallyClock: Sendable {
  /// Time since some fixed instant.
  public var elapsed: @Sendable () -> Duration
  public var wall: @Sendable () -> Timestamp
  /// Returns when `elapsed` reaches the instant, or early when the task is cancelled.
  public var sleep: @Sendable (_ until: Duration) async -> Void

  public init(
    elapsed: @escaping @Sendable () -> Duration, wall: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (_ until: Duration) async -> Void
  ) {
    self.elapsed = elapsed
    self.wall = wall
    self.sleep = sleep
  }

  /// - Parameter wall: Unix milliseconds by the server's clock.
  public static func system(wall: @escaping @Sendable () -> Timestamp) -> TallyClock {
    let start = ContinuousClock.now
    return TallyClock(
      elapsed: { ContinuousClock.now - start },
      wall: wall,
      sleep: { until in
        // The only error is cancellation, which is a return here.
        try? await Task.sleep(until: start + until, clock: .continuous)
      })
  }
}

extension Duration {
  /// For up to 292 years.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
  }
}
