internal import Polling

/// A unit with all below it, and a channel or all of them.
struct WatchedPart: Hashable {
  var unit: UnitPath
  var channel: Channel?

  func contains(_ unit: UnitPath, _ channel: Channel) -> Bool {
    self.unit.contains(unit) && (self.channel ?? channel) == channel
  }
}

/// The watchers of one poll, by what they watch. Lives inside its poll's actor; time is passed in.
struct WatchHub {
  struct ID: Hashable, Sendable {
    fileprivate var number: UInt64
    fileprivate var part: WatchedPart
  }

  enum Answer {
    case tell(WatcherStateMachine.Kind, WatchedPart)
    /// Nothing to tell before this instant, unless there is news.
    case wait(due: Duration)
    case end
  }

  struct Telling {
    var kind: WatcherStateMachine.Kind
    var part: WatchedPart
    var continuation: Continuation
  }

  typealias Continuation = CheckedContinuation<WatchEvent?, Never>

  private struct Watcher {
    var machine: WatcherStateMachine
    /// Whoever asked and waits.
    var continuation: Continuation?
  }

  private struct Group {
    var watchers: [UInt64: Watcher] = [:]
    /// The newest figures somebody was told.
    var figures: PollFigures?

    mutating func updateEach(_ update: (inout Watcher) -> Void) {
      var index = watchers.values.startIndex
      while index != watchers.values.endIndex {
        update(&watchers.values[index])
        watchers.values.formIndex(after: &index)
      }
    }
  }

  private struct Source: Hashable {
    var unit: UnitPath
    var channel: Channel
  }

  /// The least time between two sweeps over all watchers.
  private static let pace: Duration = .milliseconds(10)

  /// The day that the watchers know of.
  private(set) var today: Day
  private(set) var earliestSweep: Duration = .zero
  private var lastNumber: UInt64 = 0
  private var groups: [WatchedPart: Group] = [:]
  /// What changed since the watchers' machines were last told of it.
  private var changedSources: Set<Source> = []
  private var isChangedEverywhere = false

  init(today: Day) {
    self.today = today
  }

  var isEmpty: Bool { groups.isEmpty }
  var count: Int { groups.values.reduce(0) { $0 + $1.watchers.count } }

  mutating func add(_ machine: WatcherStateMachine, to part: WatchedPart) -> ID {
    lastNumber += 1
    groups[part, default: Group()].watchers[lastNumber] = Watcher(machine: machine)
    return ID(number: lastNumber, part: part)
  }

  mutating func changed(_ delta: [CellKey: Int64]) {
    guard !isEmpty else { return }
    for key in delta.keys { changedSources.insert(Source(unit: key.unit, channel: key.channel)) }
  }

  mutating func changedEverywhere() {
    guard !isEmpty else { return }
    isChangedEverywhere = true
  }

  /// A watcher wants the next event.
  mutating func ask(_ id: ID, at now: Duration, today: Day) -> Answer {
    spreadNews(today)
    guard var watcher = groups[id.part]?.watchers[id.number] else { return .end }
    // One consumer at a time: one that still waits is let go.
    watcher.continuation.take()?.resume(returning: nil)
    watcher.machine.ask()
    let kind = watcher.machine.tell(at: now)
    groups[id.part]?.watchers[id.number] = watcher
    if let kind { return .tell(kind, id.part) }
    guard let due = watcher.machine.due else { return .end }
    return .wait(due: due)
  }

  /// Keeps what `ask` made wait.
  mutating func wait(_ id: ID, _ continuation: Continuation) {
    guard groups[id.part]?.watchers[id.number] != nil else { return continuation.resume(returning: nil) }
    groups[id.part]?.watchers[id.number]?.continuation = continuation
  }

  /// Whom to tell what, now that their time has come, and the instant of the next telling.
  mutating func sweep(at now: Duration, today: Day) -> (tellings: [Telling], next: Duration?) {
    spreadNews(today)
    earliestSweep = now + WatchHub.pace
    var tellings: [Telling] = []
    var next: Duration?
    for part in Array(groups.keys) {
      groups[part]?.updateEach { watcher in
        if let kind = watcher.machine.tell(at: now) {
          guard let continuation = watcher.continuation.take() else { return }
          tellings.append(Telling(kind: kind, part: part, continuation: continuation))
        } else if let due = watcher.machine.due {
          next = min(next ?? due, due)
        }
      }
    }
    return (tellings, next)
  }

  mutating func end(_ id: ID) {
    guard let watcher = groups[id.part]?.watchers.removeValue(forKey: id.number) else { return }
    if groups[id.part]?.watchers.isEmpty == true { groups[id.part] = nil }
    watcher.continuation?.resume(returning: nil)
  }

  mutating func endAll() {
    let ended = groups
    groups = [:]
    for group in ended.values {
      for watcher in group.watchers.values { watcher.continuation?.resume(returning: nil) }
    }
  }

  /// The figures that watchers of a part share.
  func figures(_ part: WatchedPart) -> PollFigures? {
    groups[part]?.figures
  }

  mutating func share(_ figures: PollFigures, _ part: WatchedPart) {
    groups[part]?.figures = figures
  }

  /// Lets the watchers' machines know of what changed since the last time: done when somebody looks, not per commit.
  private mutating func spreadNews(_ today: Day) {
    if today != self.today {
      self.today = today
      isChangedEverywhere = true
    }
    guard isChangedEverywhere || !changedSources.isEmpty else { return }
    for part in Array(groups.keys)
    where isChangedEverywhere || changedSources.contains(where: { part.contains($0.unit, $0.channel) }) {
      groups[part]?.updateEach { $0.machine.changed() }
    }
    isChangedEverywhere = false
    changedSources.removeAll(keepingCapacity: true)
  }
}
