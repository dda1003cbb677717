/// The day under which the presses of a kiosk are accounted for: the one that the device's clock showed, as it was.
///
/// Kiosk and server both know it, whatever the clock was, and it is as coarse as the coarsest time that a poll keeps. It
/// is not the day that the ballot is counted on (``BucketRule``).
public enum PressDay {
  /// For a clock that shows a date at which no kiosk of ours can have been used, or none: 1970-01-01.
  public static let unset = Day(number: 0)
  /// 2020-01-01 through 2099-12-31.
  public static let range = Day(number: 18_262)...Day(number: 47_481)

  /// - Parameter deviceTime: as the device wrote it into the ballot; nil: it wrote none.
  public static func day(of deviceTime: Timestamp?) -> Day {
    guard let day = deviceTime.map({ Day(of: $0) }), range.contains(day) else { return unset }
    return day
  }
}

/// What became of the presses of a kiosk on one day (``PressDay``), as far as the server has heard of them. Every press is
/// in one column, for ever: one that is voided later was counted all the same.
public struct PressCounts: Hashable, Sendable {
  /// In published figures, in time.
  public var counted: UInt64
  /// Kept and left out of published figures, in time or late.
  public var flagged: UInt64
  /// In published figures, though they arrived after the closing.
  public var late: UInt64
  /// On the correction list: they arrived after the seal.
  public var corrected: UInt64
  /// Refused: the credential had rated already.
  public var duplicate: UInt64
  /// Refused for another reason.
  public var rejected: UInt64

  public init(
    counted: UInt64 = 0, flagged: UInt64 = 0, late: UInt64 = 0, corrected: UInt64 = 0, duplicate: UInt64 = 0,
    rejected: UInt64 = 0
  ) {
    self.counted = counted
    self.flagged = flagged
    self.late = late
    self.corrected = corrected
    self.duplicate = duplicate
    self.rejected = rejected
  }

  /// One press that was cast.
  public init(cast flags: RecordFlags) {
    self.init()
    if !flags.isCounted {
      flagged = 1
    } else if flags.contains(.late) {
      late = 1
    } else {
      counted = 1
    }
  }

  public var total: UInt64 { counted &+ flagged &+ late &+ corrected &+ duplicate &+ rejected }

  /// Wrapping: the numbers may come from a damaged file, which is for the recount to tell.
  public mutating func add(_ others: PressCounts) {
    counted &+= others.counted
    flagged &+= others.flagged
    late &+= others.late
    corrected &+= others.corrected
    duplicate &+= others.duplicate
    rejected &+= others.rejected
  }
}
