/// Decides when one watcher is told something, and what kind of thing. It holds no figures: they are taken at the
/// moment of telling, so that a slow watcher gets fewer and newer ones and never a queue.
///
/// Instants are nanoseconds since a fixed one, of a clock that never steps: not `Duration`, for thousands of watchers are
/// looked through every few milliseconds. `news` is the number of changes, so far, in
/// what the watcher sees.
struct WatcherStateMachine {
  enum Kind: Hashable {
    case snapshot, update, current, reset
  }

  private enum State: Equatable {
    /// Nothing was told yet: `Kind` is owed, if nothing has happened since `news`.
    case beginning(Kind, news: UInt64)
    /// Told everything up to `news` at `told`.
    case told(at: Int64, news: UInt64)
  }

  /// The least time between two tellings.
  let interval: Int64
  /// After so long without news the watcher is told that it is current.
  let heartbeat: Int64
  private var state: State
  /// Whether the watcher has taken what it was told last.
  private(set) var isReady = true

  init(first: Kind, news: UInt64, interval: Int64, heartbeat: Int64) {
    state = .beginning(first, news: news)
    self.interval = interval
    self.heartbeat = heartbeat
  }

  /// The watcher has taken what it was told.
  mutating func taken() {
    isReady = true
  }

  /// The instant of the next telling if nothing else happens; nil: the watcher is not ready.
  func due(news: UInt64) -> Int64? {
    guard isReady else { return nil }
    switch state {
    case .beginning: return 0
    case .told(let at, news): return at &+ max(heartbeat, interval)
    case .told(let at, _): return at &+ interval
    }
  }

  /// The instant of the next telling if there were news; nil: the watcher is not ready.
  var dueWithNews: Int64? {
    guard isReady else { return nil }
    switch state {
    case .beginning: return 0
    case .told(let at, _): return at &+ interval
    }
  }

  /// What to tell the watcher now, if it is time; it is not ready then until it has taken it.
  mutating func tell(at now: Int64, news: UInt64) -> Kind? {
    guard let due = due(news: news), due <= now else { return nil }
    let kind: Kind
    switch state {
    case .beginning(.current, let seen): kind = seen == news ? .current : .update
    case .beginning(let first, _): kind = first
    case .told(_, let seen): kind = seen == news ? .current : .update
    }
    state = .told(at: now, news: news)
    isReady = false
    return kind
  }
}
