internal import Kiosk
import Synchronization

/// What became of the taps of one run, gathered from whichever task hears it.
final class TapRecord: Sendable {
  private struct State {
    var summary = CastSummary()
    var failure: (any Error)?
    /// Nothing more can be taken.
    var isOver = false
    var last = DeliveryState()
    var isHeldUp = false
  }
  private let state = Mutex(State())
  /// Ends when nothing more can be taken.
  private let end: AsyncStream<Never>
  private let signal: AsyncStream<Never>.Continuation

  init() {
    (end, signal) = AsyncStream.makeStream()
  }

  var summary: CastSummary { state.withLock { $0.summary } }

  func add(_ outcome: CastOutcome) {
    state.withLock { $0.summary.add(outcome) }
  }

  func addUnconfirmed(_ count: Int) {
    state.withLock { $0.summary.addUnconfirmed(count) }
  }

  /// The server cannot take a tap of this run yet, or refused one as it may refuse all.
  func holdUp() {
    state.withLock { $0.isHeldUp = true }
  }

  /// The server answered a tap of this run for good; true: that is news.
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

  /// The spool failed: nothing more can be taken, whatever else went wrong.
  func fail(_ error: any Error) {
    state.withLock { ($0.failure, $0.isOver) = (error, true) }
    signal.finish()
  }

  /// Does it until it ends, the task is cancelled or the spool fails.
  ///
  /// - Throws: what it throws, or how the spool failed.
  func untilFailure(_ work: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask(operation: work)
      group.addTask { [end] in
        for await _ in end {}
      }
      // Whichever comes first; the other one is cancelled.
      defer { group.cancelAll() }
      try await group.next()
    }
    if state.withLock({ $0.isOver }) { try throwFailure() }
  }

  func throwFailure() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
