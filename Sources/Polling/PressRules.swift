/// What a kiosk says of a press beside the ballot itself.
public struct PressMark: Hashable, Sendable {
  /// What held against a clock that nobody can set the device's clock shows.
  public struct Clock: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// It was set forward since the press before.
    public static let forward = Clock(rawValue: 1 << 0)
    /// … or back.
    public static let backward = Clock(rawValue: 1 << 1)
    /// There is nothing to hold it against: the first press after a start.
    public static let unknown = Clock(rawValue: 1 << 2)
    /// It was never set.
    public static let unset = Clock(rawValue: 1 << 3)
  }

  /// The press's number in its spool, from 1. Nil where times are so coarse that a number would tell the order.
  public var sequence: UInt64?
  /// By a clock that nobody can set. Nil: unknown, or finer than the poll allows.
  public var sincePreviousMilliseconds: Int64?
  /// Presses within the time of the poll's burst rule, this one included; 0: not counted.
  public var recent: UInt32
  /// Pressed while the kiosk still thanked for the press before.
  public var isRepeated: Bool
  public var clock: Clock

  public init(
    sequence: UInt64? = nil, sincePreviousMilliseconds: Int64? = nil, recent: UInt32 = 0, isRepeated: Bool = false,
    clock: Clock = []
  ) {
    self.sequence = sequence
    self.sincePreviousMilliseconds = sincePreviousMilliseconds
    self.recent = recent
    self.isRepeated = isRepeated
    self.clock = clock
  }
}

/// The rules that flag a press. Flagged, never dropped: whether published figures have it is ``RecordFlags/isCounted``.
public enum PressRules {
  /// - Parameters:
  ///   - cooldown: milliseconds; a press that follows another one sooner is flagged. 0: none is but repeated ones.
  ///   - burst: the most presses within the time that `recent` counts in; those beyond it are flagged. Nil: none is.
  public static func flags(_ mark: PressMark, cooldown: Int64, burst: UInt32?) -> RecordFlags {
    var flags: RecordFlags = []
    let isTooSoon = cooldown > 0 && mark.sincePreviousMilliseconds.map { $0 < cooldown } == true
    if mark.isRepeated || isTooSoon { flags.insert(.cooldown) }
    if let burst, mark.recent > burst { flags.insert(.burst) }
    // A clock that nothing could be held against may well be right.
    if !mark.clock.isDisjoint(with: [.forward, .backward, .unset]) { flags.insert(.clock) }
    return flags
  }
}
