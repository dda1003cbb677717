public import NIOCore

/// The instant until which a call's answer is wanted, on the monotonic clock of this machine: a step of the wall clock
/// does not move it.
public struct Deadline: Hashable, Sendable, Comparable {
  /// On NIO's clock, the one that event loops schedule by.
  public let instant: NIODeadline

  public init(_ instant: NIODeadline) {
    self.instant = instant
  }

  /// Longer timeouts are no deadline at all: a peer writes 2^63 − 1 ns to say "none".
  private static let longestTimeout: Int64 = 366 * 86_400 * 1_000_000_000

  /// The deadline `nanoseconds` after `now`, which may lie before it; nil when that is more than a year away.
  public static func after(nanoseconds: Int64, now: NIODeadline = .now()) -> Deadline? {
    guard nanoseconds <= longestTimeout else { return nil }
    return Deadline(now + .nanoseconds(max(nanoseconds, -longestTimeout)))
  }

  /// The deadline `timeout` after `now`; nil when that is more than a year away.
  public static func after(_ timeout: Duration, now: NIODeadline = .now()) -> Deadline? {
    after(nanoseconds: timeout.saturatingNanoseconds, now: now)
  }

  /// Nanoseconds left at `now`; negative when it has passed.
  public func nanosecondsLeft(at now: NIODeadline = .now()) -> Int64 {
    (instant - now).nanoseconds
  }

  public func hasPassed(at now: NIODeadline = .now()) -> Bool { instant <= now }

  public static func < (left: Deadline, right: Deadline) -> Bool { left.instant < right.instant }
}

extension Duration {
  /// In whole nanoseconds, the nearest that fits.
  var saturatingNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    guard tooLarge || overflow else { return sum }
    return seconds < 0 ? .min : .max
  }

  var timeAmount: TimeAmount { .nanoseconds(saturatingNanoseconds) }
}
