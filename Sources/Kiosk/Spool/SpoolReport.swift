public import Polling

/// What a kiosk states of its spool, for the server to hold against what it has (binhchon.v1.KioskReport).
public struct SpoolReport: Sendable, Equatable {
  public struct DayCount: Sendable, Equatable {
    /// The one that the device's clock showed.
    public var day: Day
    public var presses: UInt64
    /// Of these: without a final answer.
    public var pending: UInt64
  }

  /// Names the spool, 16 bytes.
  public var spool: [UInt8]
  /// Greater than those of all reports of this spool before.
  public var number: UInt64
  /// Ever taken and accounted for by days: the sum of all days' presses.
  public var presses: UInt64
  /// The number of the last press.
  public var highestSequence: UInt64
  public var pending: UInt64
  public var held: UInt64
  public var capacity: UInt64
  /// A spool that could not be read lies beside this one.
  public var hasSetAside: Bool
  /// All with something pending, and the latest ones.
  public var days: [DayCount]
}
