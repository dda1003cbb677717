public import Polling

/// A press that is refused for good: in no figure, and never to be cast.
public struct RefusedPress: Sendable, Equatable {
  /// The numbers are those of FORMAT.md.
  public enum Verdict: UInt8, Sendable, CaseIterable {
    /// Its credential had rated already.
    case duplicate = 1
    /// It breaks a rule.
    case rejected = 2
    /// It arrived after the seal: on the correction list, where the whole ballot is kept.
    case afterSeal = 3
  }

  /// Which client brought it (``CastVoteRecord/source``).
  public var kiosk: String
  public var spool: SpoolID
  /// Of one that is not on the correction list only id, poll, unit, the day of its time and its number are kept; the
  /// number of none where the poll's times are coarse.
  public var ballot: Ballot
  public var verdict: Verdict
  /// A name of the closed enumeration of reasons, `ALREADY_RATED`.
  public var reason: String
  /// Floored to the poll's time precision.
  public var receivedTime: Timestamp

  public init(
    kiosk: String, spool: SpoolID, ballot: Ballot, verdict: Verdict, reason: String, receivedTime: Timestamp
  ) {
    self.kiosk = kiosk
    self.spool = spool
    self.ballot = ballot
    self.verdict = verdict
    self.reason = reason
    self.receivedTime = receivedTime
  }
}

/// A press on the correction list.
public struct Correction: Sendable, Equatable {
  /// Of the entry that put it there.
  public var sequence: UInt64
  public var press: RefusedPress

  public init(sequence: UInt64, press: RefusedPress) {
    self.sequence = sequence
    self.press = press
  }
}
