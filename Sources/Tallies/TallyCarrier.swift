/// Somebody who watches a poll's figures, as the ``TallyCarrier`` knows them.
public protocol TallyWatcher: AnyObject, Sendable {
  /// Whether everything that was carried to the watcher has left: who is not ready is told nothing, and then the newest.
  var isReady: Bool { get }

  /// Calls `body` once, on any thread, as soon as the watcher is ready: at once if it is.
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

/// Carries events to watchers, many at a time, so that what they share is made once.
public protocol TallyCarrier: Sendable {
  /// Returns when every watcher could take its event, without waiting for those who are slow.
  func carry(_ tellings: [WatchTelling]) async
}
