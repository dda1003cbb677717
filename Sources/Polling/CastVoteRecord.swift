/// Why a record is looked at twice. Flagged, never dropped.
public struct RecordFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The device's clock was out of bounds, so the time of arrival decided the day. Counted.
  public static let clock = RecordFlags(rawValue: 1 << 0)
  /// Pressed within the cooldown after another press. Left out of published figures.
  public static let cooldown = RecordFlags(rawValue: 1 << 1)
  /// Part of a burst. Left out of published figures.
  public static let burst = RecordFlags(rawValue: 1 << 2)
  /// Made before the poll closed, arrived after it and before its seal (``ClosingRule``). Counted.
  public static let late = RecordFlags(rawValue: 1 << 3)
  /// Names the dossier it is about. Counted, as are those that name none, and told apart from them.
  public static let bound = RecordFlags(rawValue: 1 << 4)
  /// Paper results that one person entered and nobody a second time. Counted.
  public static let singleEntry = RecordFlags(rawValue: 1 << 5)

  /// Whether published figures contain a record with these flags.
  public var isCounted: Bool { isDisjoint(with: [.cooldown, .burst]) }
}

/// What we keep and count of a ballot: the ballot as submitted, and what the server added when it arrived.
public struct CastVoteRecord: Hashable, Sendable {
  public var ballot: Ballot
  /// The version of the poll it was checked against and is counted in: the ballot's own, or the newest when it
  /// arrived if the ballot names none. Not part of what makes two ballots equal: the newest may have changed since.
  public var countedVersion: UInt32
  /// Floored to the poll's time precision.
  public var receivedTime: Timestamp
  /// Device clock minus ours when the ballot was sent, if known, in whole steps of the poll's time precision.
  public var skewMilliseconds: Int64?
  /// The day it is counted on.
  public var day: Day
  public var flags: RecordFlags
  /// Which client brought it: role, unit path and name of its certificate. Not part of what makes two ballots equal.
  public var source: String
  /// The spool of the kiosk it was pressed at, which accounts for all its presses. Nil: it came some other way. Not part of
  /// what makes two ballots equal.
  public var spool: SpoolID?

  /// - Parameter countedVersion: nil: the version that the ballot names.
  public init(
    ballot: Ballot, countedVersion: UInt32? = nil, receivedTime: Timestamp, skewMilliseconds: Int64?, day: Day,
    flags: RecordFlags, source: String, spool: SpoolID? = nil
  ) {
    self.ballot = ballot
    self.countedVersion = countedVersion ?? ballot.pollVersion
    self.receivedTime = receivedTime
    self.skewMilliseconds = skewMilliseconds
    self.day = day
    self.flags = flags
    self.source = source
    self.spool = spool
  }
}

/// The one rule that decides the day a ballot is counted on: the device's time, corrected by the measured skew, when
/// it lies within [received − 7 days, received + 5 minutes]; else the time it was received, and a flag.
public enum BucketRule {
  public static let oldest: Int64 = -7 * 86_400_000
  public static let newest: Int64 = 5 * 60_000

  /// - Parameter skewMilliseconds: device clock minus server clock; 0 if unknown.
  public static func day(
    deviceTime: Timestamp?, receivedTime: Timestamp, skewMilliseconds: Int64
  ) -> (day: Day, flags: RecordFlags) {
    guard let deviceTime else { return (Day(of: receivedTime), []) }
    guard
      let made = made(deviceTime: deviceTime, receivedTime: receivedTime, skewMilliseconds: skewMilliseconds)
    else { return (Day(of: receivedTime), .clock) }
    return (Day(of: made), [])
  }

  /// When the ballot was made: the device's time, corrected, if it decides the day. Nil: nobody can say.
  public static func made(
    deviceTime: Timestamp?, receivedTime: Timestamp, skewMilliseconds: Int64
  ) -> Timestamp? {
    guard let deviceTime else { return nil }
    let (corrected, overflowed) = deviceTime.milliseconds.subtractingReportingOverflow(skewMilliseconds)
    let (difference, tooFar) = corrected.subtractingReportingOverflow(receivedTime.milliseconds)
    guard !overflowed, !tooFar, (oldest...newest).contains(difference) else { return nil }
    return Timestamp(milliseconds: corrected)
  }
}
