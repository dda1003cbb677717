/// Somebody who watches a poll's figures, as the ``TallyCarrier`` knows them.
public protocol TallyWatcher: AnyObject, Sendable {
  /// Calls `body` once, on any thread, as soon as everything that was carried to the watcher has left: at once if it has.
  func whenReady(_ body: @escaping @Sendable () -> Void)
}

/// One event for all who are told it.
public struct WatchTelling: Sendable {
  public var event: WatchEvent
  public var watchers: [any TallyWatcher]

  public init(_ event: WatchEvent, to watchers: [any TallyWatcher]) {
    self.event = event
    self.watchers = watchers
  }
}

/// A watcher that has not taken yet what it was told; by positions.
public struct SlowWatcher: Hashable, Sendable {
  public var telling: Int
  public var watcher: Int

  public init(telling: Int, watcher: Int) {
    self.telling = telling
    self.watcher = watcher
  }
}

/// Carries events to watchers, many at a time, so that what they share is made once.
public protocol TallyCarrier: Sendable {
  /// Returns when every watcher has had the chance to take its event, without waiting for those who are slow: they are
  /// returned, and told nothing more before they are ready.
  func carry(_ tellings: [WatchTelling]) async -> [SlowWatcher]
}
