import Polling
import Synchronization
import Testing

@testable import Tallies

/// Clocks that stand still until a test moves them.
final class ManualClock: Sendable {
  private struct State {
    var elapsed: Duration = .zero
    var wall: Int64
    var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, Never>)] = [:]
    var cancelled: Set<Int> = []
    var last = 0
  }

  private let state: Mutex<State>

  /// 2020-10-14 09:00 in Hải Châu.
  init(wall: Int64 = 1_602_640_800_000) {
    state = Mutex(State(wall: wall))
  }

  var clock: TallyClock {
    TallyClock(
      elapsed: { self.state.withLock { $0.elapsed } },
      wall: { Timestamp(milliseconds: self.state.withLock { $0.wall }) },
      sleep: { await self.sleep(until: $0) })
  }

  /// Both clocks go on, and whoever slept until then wakes.
  func advance(_ duration: Duration) {
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
  func setWall(_ milliseconds: Int64) {
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
  func hasSleeper(until instant: Duration) async {
    while !state.withLock({ $0.sleepers.values.contains { $0.until == instant } }) { await Task.yield() }
  }
}

enum Sample {
  static let unit = "hai-chau/quay-01"

  static func poll(_ id: String = "poll", version: UInt32 = 1) throws -> Poll {
    Poll(
      id: try PollID(id), version: version, title: LocalizedText(vi: "Thăm dò", en: ""),
      unit: try UnitPath("hai-chau"),
      units: [Unit(path: try UnitPath(unit), name: LocalizedText(vi: "Quầy 1", en: ""))],
      questions: [
        Question(
          id: "muc-do", text: LocalizedText(vi: "Mức độ", en: ""), kind: .ordinal,
          choices: ["KHL", "HL"].map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) })
      ])
  }

  static func delta(
    _ count: Int64 = 1, unit: String = unit, channel: Channel = .kiosk, day: Int32 = 18_549
  ) throws -> [CellKey: Int64] {
    [
      CellKey(subject: .ballots, unit: try UnitPath(unit), channel: channel, flags: [], day: Day(number: day)): count,
      CellKey(
        subject: .votes(question: "muc-do", choice: "HL"), unit: try UnitPath(unit), channel: channel, flags: [],
        day: Day(number: day)): count,
    ]
  }

  static func tally(
    _ clock: ManualClock, revision: UInt64 = 10, ballots: Int64 = 100, carrier: FakeCarrier = FakeCarrier()
  ) throws -> PollTally {
    PollTally(
      poll: try poll(), isClosed: false, cells: try delta(ballots), revision: revision, epoch: "epoch",
      clock: clock.clock, carrier: carrier)
  }
}

extension WatchEvent {
  /// kind, revision, n of today and in total.
  var words: String {
    func words(_ kind: String, _ figures: PollFigures) -> String {
      let windows = figures.tally.windows
      let closed = figures.isClosed ? " closed" : ""
      return "\(kind) \(figures.tally.revision): \(windows[0].ballots) \(windows[4].ballots)\(closed)"
    }
    return switch self {
    case .snapshot(let figures): words("snapshot", figures)
    case .update(let figures): words("update", figures)
    case .reset(let figures): words("reset", figures)
    case .current(let position): "current \(position.revision)"
    }
  }

  var figures: PollFigures? {
    switch self {
    case .snapshot(let figures), .update(let figures), .reset(let figures): figures
    case .current: nil
    }
  }
}
