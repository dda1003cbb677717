import Polling
import Synchronization
public import Tallies

/// Clocks that stand still until a test moves them.
public final class ManualClock: Sendable {
  private struct State {
    var elapsed: Duration = .zero
    var wall: Int64
    var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, Never>)] = [:]
    var cancelled: Set<Int> = []
    var last = 0
  }

  private let state: Mutex<State>

  /// 2020-10-14 09:00 in Hải Châu.
  public init(wall: Int64 = 1_602_640_800_000) {
    state = Mutex(State(wall: wall))
  }

  public var clock: TallyClock {
    TallyClock(
      elapsed: { self.state.withLock { $0.elapsed } },
      wall: { Timestamp(milliseconds: self.state.withLock { $0.wall }) },
      sleep: { await self.sleep(until: $0) })
  }

  /// Both clocks go on, and whoever slept until then wakes.
  public func advance(_ duration: Duration) {
    let awake = state.withLock { state in
      state.elapsed += duration
      state.wall += Int64(duration / .milliseconds(1))
      let elapsed = state.elapsed
      let awake = state.sleepers.filter { $0.value.until <= elapsed }
      for id in awake.keys { state.sleepers[id] = nil }
      return awake.values.map(\.continuation)
    }
    for continuation in awake { continuation.resume() }
  }

  /// The wall's clock alone is put.
  public func setWall(_ milliseconds: Int64) {
    state.withLock { $0.wall = milliseconds }
  }

  private func sleep(until: Duration) async {
    let id = state.withLock { state in
      state.last += 1
      return state.last
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.elapsed >= until || state.cancelled.remove(id) != nil { return true }
          state.sleepers[id] = (until, continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        let sleeper = state.sleepers.removeValue(forKey: id)
        if sleeper == nil { state.cancelled.insert(id) }
        return sleeper
      }
      sleeper?.continuation.resume()
    }
  }

  /// Returns when somebody sleeps until exactly this instant: the point at which moving the clock has an effect.
  public func hasSleeper(until instant: Duration) async {
    while !state.withLock({ $0.sleepers.values.contains { $0.until == instant } }) { await Task.yield() }
  }
}
