public import Polling

/// For a line in the log that strangers can cause: at most one a minute, with how often it was meant.
public struct RareLine: Sendable {
  static let milliseconds: Int64 = 60_000

  private var saidAt: Timestamp?
  private var unsaid = 0

  public init() {}

  /// Notes that it happened.
  ///
  /// - Returns: how often since the line before, if the line is to be written now.
  public mutating func note(at now: Timestamp) -> Int? {
    unsaid += 1
    guard isDue(at: now) else { return nil }
    defer { unsaid = 0 }
    saidAt = now
    return unsaid
  }

  /// Whether the next one would be written. Also when the clock went back.
  public func isDue(at now: Timestamp) -> Bool {
    guard let saidAt, now >= saidAt else { return true }
    let (elapsed, isAges) = now.milliseconds.subtractingReportingOverflow(saidAt.milliseconds)
    return isAges || elapsed >= Self.milliseconds
  }
}
