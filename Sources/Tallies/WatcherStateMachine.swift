/// Decides when one watcher is told something, and what kind of thing. It holds no figures: they are taken at the
/// moment of telling, so that a slow watcher gets fewer and newer ones and never a queue.
///
/// Instants are durations since a fixed one, of a clock that never steps.
struct WatcherStateMachine {
  enum Kind: Equatable {
    case snapshot, update, current, reset
  }

  private enum State: Equatable {
    /// Nothing was told yet: `Kind` is owed as soon as somebody asks.
    case beginning(Kind)
    /// Told everything at `told`.
    case current(told: Duration)
    /// Told something at `told`, and there is news since.
    case behind(told: Duration)
  }

  /// The least time between two tellings.
  let interval: Duration
  /// After so long without news the watcher is told that it is current.
  let heartbeat: Duration
  private var state: State
  private(set) var isAsking = false

  init(first: Kind, interval: Duration, heartbeat: Duration) {
    state = .beginning(first)
    self.interval = interval
    self.heartbeat = heartbeat
  }

  /// What the watcher sees has changed.
  mutating func changed() {
    switch state {
    case .beginning(.current): state = .beginning(.update)
    case .beginning, .behind: break
    case .current(let told): state = .behind(told: told)
    }
  }

  /// The watcher is ready for the next telling.
  mutating func ask() {
    isAsking = true
  }

  /// The instant of the next telling if nothing else happens; nil: the watcher does not ask.
  var due: Duration? {
    guard isAsking else { return nil }
    switch state {
    case .beginning: return .zero
    case .behind(let told): return told + interval
    case .current(let told): return told + max(heartbeat, interval)
    }
  }

  /// What to tell the watcher now, if it is time. The answer ends its asking.
  mutating func tell(at now: Duration) -> Kind? {
    guard let due, due <= now else { return nil }
    let kind: Kind
    switch state {
    case .beginning(let first): kind = first
    case .behind: kind = .update
    case .current: kind = .current
    }
    state = .current(told: now)
    isAsking = false
    return kind
  }
}
