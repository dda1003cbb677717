import Synchronization

/// What became of the taps of one run, gathered from whichever task hears it.
final class TapRecord: Sendable {
  private struct State {
    var summary = CastSummary()
    var failure: (any Error)?
    var isReachable = true
  }
  private let state = Mutex(State())

  var summary: CastSummary { state.withLock { $0.summary } }

  func add(_ outcome: CastOutcome) {
    state.withLock { $0.summary.add(outcome) }
  }

  /// Whether this is the first news that the server does not answer.
  func isNewlyUnreachable(_ delivery: DeliveryState) -> Bool {
    state.withLock { state in
      defer { state.isReachable = delivery.isReachable }
      return state.isReachable && !delivery.isReachable
    }
  }

  /// Does it, and keeps the first failure for `throwFailure`.
  func attempt(_ work: () throws -> Void) {
    do {
      try work()
    } catch {
      state.withLock { $0.failure = $0.failure ?? error }
    }
  }

  func throwFailure() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
