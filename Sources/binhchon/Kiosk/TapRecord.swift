internal import Kiosk
import Synchronization

/// What became of the taps of one run, gathered from whichever task hears it.
final class TapRecord: Sendable {
  private struct State {
    var summary = CastSummary()
    var failure: (any Error)?
    var last = DeliveryState()
    var isHeldUp = false
  }
  private let state = Mutex(State())

  var summary: CastSummary { state.withLock { $0.summary } }

  func add(_ outcome: CastOutcome) {
    state.withLock { $0.summary.add(outcome) }
  }

  func addUnconfirmed(_ count: Int) {
    state.withLock { $0.summary.addUnconfirmed(count) }
  }

  /// The server cannot take a tap of this run yet.
  func holdUp() {
    state.withLock { $0.isHeldUp = true }
  }

  /// The server took a tap of this run; true: that is news.
  func goOn() -> Bool {
    state.withLock { state in
      defer { state.isHeldUp = false }
      return state.isHeldUp
    }
  }

  /// What is news in this, for the log.
  func news(_ delivery: DeliveryState) -> News {
    state.withLock { state in
      defer { state.last = delivery }
      return News(
        hasLostServer: delivery.isTrouble && !state.last.isTrouble,
        level: delivery.level == state.last.level ? nil : delivery.level)
    }
  }

  struct News {
    /// The server did take what came, and does not now.
    var hasLostServer: Bool
    /// Of the spool; nil: as before.
    var level: SpoolStatus.Level?
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
