import Polling
import Synchronization
import Testing

@testable import Tallies

/// A watcher that takes what it is told at once, or when the test says so.
final class FakeWatcher: TallyWatcher {
  private struct State {
    var isQuick: Bool
    var held: WatchEvent?
    var whenReady: [@Sendable () -> Void] = []
  }

  private let state: Mutex<State>
  private let events: AsyncStream<WatchEvent>.Continuation

  init(isQuick: Bool, _ events: AsyncStream<WatchEvent>.Continuation) {
    state = Mutex(State(isQuick: isQuick))
    self.events = events
  }

  /// Whether the watcher has taken it.
  func tell(_ event: WatchEvent) -> Bool {
    let (isQuick, wasHolding) = state.withLock { state in
      let wasHolding = state.held != nil
      if !state.isQuick { state.held = event }
      return (state.isQuick, wasHolding)
    }
    #expect(!wasHolding, "told before it has taken the last")
    if isQuick { events.yield(event) }
    return isQuick
  }

  /// A slow watcher takes what it was told, if anything.
  func take() {
    let (event, whenReady) = state.withLock { state in
      defer { state.whenReady = [] }
      return (state.held.take(), state.whenReady)
    }
    if let event { events.yield(event) }
    for body in whenReady { body() }
  }

  var isHolding: Bool { state.withLock { $0.held != nil } }

  func whenReady(_ body: @escaping @Sendable () -> Void) {
    let isReady = state.withLock { state in
      if state.held != nil { state.whenReady.append(body) }
      return state.held == nil
    }
    if isReady { body() }
  }
}

/// Carries to `FakeWatcher`s, and remembers in what rounds.
final class FakeCarrier: TallyCarrier {
  private let carried = Mutex<[[WatchTelling]]>([])
  private let meanwhile: @Sendable (_ round: Int) async -> Void

  /// - Parameter meanwhile: what happens while a round is under way, before anybody has taken anything.
  init(meanwhile: @escaping @Sendable (_ round: Int) async -> Void = { _ in }) {
    self.meanwhile = meanwhile
  }

  var rounds: [[WatchTelling]] { carried.withLock { $0 } }

  func carry(_ tellings: [WatchTelling]) async -> [SlowWatcher] {
    let round = carried.withLock { rounds in
      rounds.append(tellings)
      return rounds.count
    }
    await meanwhile(round)
    var slow: [SlowWatcher] = []
    for (index, telling) in tellings.enumerated() {
      for (position, watcher) in telling.watchers.enumerated()
      where (watcher as? FakeWatcher)?.tell(telling.event) != true {
        slow.append(SlowWatcher(telling: index, watcher: position))
      }
    }
    return slow
  }
}

/// A watch under way: what its watcher takes, in order; nil when it has ended.
struct Watching {
  let watcher: FakeWatcher
  let task: Task<Void, Never>
  private var events: AsyncStream<WatchEvent>.Iterator

  init(
    _ tally: PollTally, unit: String = "hai-chau", channel: Channel? = nil, interval: Duration = .seconds(1),
    since: WatchPosition? = nil, isQuick: Bool = true
  ) throws {
    let (stream, continuation) = AsyncStream<WatchEvent>.makeStream()
    let watcher = FakeWatcher(isQuick: isQuick, continuation)
    self.watcher = watcher
    events = stream.makeAsyncIterator()
    let unit = try UnitPath(unit)
    task = Task {
      await tally.watch(watcher, unit: unit, channel: channel, interval: interval, since: since)
      continuation.finish()
    }
  }

  mutating func next() async -> WatchEvent? { await events.next() }

  /// A slow watcher's next event, taken as soon as it is told.
  mutating func takeNext() async -> WatchEvent? {
    await until { watcher.isHolding }
    watcher.take()
    return await next()
  }
}

func until(_ condition: () async -> Bool) async {
  while !(await condition()) { await Task.yield() }
}
