public import Polling

/// What a kiosk says of itself and of one of its spools.
public struct KioskReport: Sendable, Equatable {
  /// Presses of one day (``PressDay``).
  public struct DayPresses: Sendable, Equatable {
    public var day: Day
    public var presses: UInt64
    /// Of these: without a final answer.
    public var pending: UInt64

    public init(day: Day, presses: UInt64, pending: UInt64) {
      self.day = day
      self.presses = presses
      self.pending = pending
    }
  }

  /// The most days that are kept of a report: the newest ones.
  public static let mostDays = 400
  /// The most spools of one kiosk whose reports are kept: those that reported last.
  public static let mostSpools = 16

  /// Which client it is (``CastVoteRecord/source``).
  public var kiosk: String
  /// Where it stands.
  public var unit: UnitPath
  public var spool: SpoolID
  /// Ever taken into this spool.
  public var presses: UInt64
  /// The number of the last press.
  public var highestSequence: UInt64
  /// Without a final answer.
  public var pending: UInt64
  /// Of presses that no server is told of.
  public var held: UInt64
  /// How many may be pending.
  public var capacity: UInt64
  /// Of the kiosk's program.
  public var version: String
  /// Device clock minus ours; nil: it did not say.
  public var skewMilliseconds: Int64?
  /// A spool that could not be read lies beside this one.
  public var hasSetAsideSpool: Bool
  public var days: [DayPresses]
  /// When it came, by our clock.
  public var at: Timestamp

  public init(
    kiosk: String, unit: UnitPath, spool: SpoolID, presses: UInt64, highestSequence: UInt64, pending: UInt64,
    held: UInt64, capacity: UInt64, version: String, skewMilliseconds: Int64?, hasSetAsideSpool: Bool,
    days: [DayPresses], at: Timestamp
  ) {
    self.kiosk = kiosk
    self.unit = unit
    self.spool = spool
    self.presses = presses
    self.highestSequence = highestSequence
    self.pending = pending
    self.held = held
    self.capacity = capacity
    self.version = version
    self.skewMilliseconds = skewMilliseconds
    self.hasSetAsideSpool = hasSetAsideSpool
    self.days = days
    self.at = at
  }
}
