public import Polling

/// The figures of one poll for one unit and channel at one revision. Watchers of the same share one object, so that
/// whoever encodes them can do so once and know the object again.
public final class PollFigures: Sendable {
  public let tally: Tally
  public let poll: PollID
  /// The newest version of the poll, whose questions the tally shows.
  public let pollVersion: UInt32
  public let isClosed: Bool
  /// The ledger that the tally's revision is of.
  public let epoch: String

  public init(tally: Tally, poll: PollID, pollVersion: UInt32, isClosed: Bool, epoch: String) {
    self.tally = tally
    self.poll = poll
    self.pollVersion = pollVersion
    self.isClosed = isClosed
    self.epoch = epoch
  }
}

/// What a watcher is told.
public enum WatchEvent: Sendable {
  /// The first figures.
  case snapshot(PollFigures)
  /// Newer ones: something changed, be it counts, the poll's definition or status, or the day.
  case update(PollFigures)
  /// Nothing the watcher sees has changed up to this position, whose revision is not below the last one it was given.
  case current(WatchPosition)
  /// Figures to replace what the watcher has from another ledger.
  case reset(PollFigures)
}

/// The state of a ledger that a watcher has seen.
public struct WatchPosition: Hashable, Sendable {
  public var epoch: String
  public var revision: UInt64

  public init(epoch: String, revision: UInt64) {
    self.epoch = epoch
    self.revision = revision
  }
}
