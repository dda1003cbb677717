public import Polling

/// What a kiosk's clocks said at one moment.
///
/// A wall clock alone cannot tell that it was set; held against a steady one between two presses it can.
public struct ClockReading: Sendable, Equatable {
  /// What the device believes the time to be.
  public var wall: Timestamp
  /// Milliseconds since the device started, sleep included; nobody can set it.
  public var steady: Int64
  /// Another value after every start of the device.
  public var boot: String
  /// How far below the truth both times may be, in milliseconds, a day at most: more than 0 where they were floored.
  var coarseness: Int64 = 0

  public init(wall: Timestamp, steady: Int64, boot: String) {
    self.wall = wall
    self.steady = steady
    self.boot = boot
  }

  /// Setting a clock by less than this is nothing to tell of: so much it drifts in weeks without a network, until the
  /// network puts it right in one step.
  static let tolerance: Int64 = 60_000
  /// One in so many: what a cheap crystal drifts by and NTP slews by (500 ppm) together.
  static let drift: Int64 = 1_000
  /// 2020-01-01T00:00:00Z: no kiosk of ours was built before. A clock without a battery starts at 1970.
  static let earliest = Timestamp(milliseconds: 1_577_836_800_000)

  /// What the clocks say of a press now, if the press before it was at `previous`; nil: it is the first.
  func marks(after previous: ClockReading?) -> TapMarks {
    var marks: TapMarks = wall < Self.earliest ? .clockUnset : []
    guard let previous else { return marks.union(.clockUnknown) }
    let walked = Self.difference(wall.milliseconds, previous.wall.milliseconds)
    let slack = Self.tolerance + coarseness + previous.coarseness
    guard let elapsed = elapsed(since: previous) else {
      // Nobody knows how long the device was off; but time does not go back.
      return marks.union(walked < -slack ? [.clockUnknown, .clockBackward] : .clockUnknown)
    }
    let jump = Self.difference(walked, elapsed)
    let allowed = slack + elapsed / Self.drift
    if jump > allowed { marks.insert(.clockForward) }
    if jump < -allowed { marks.insert(.clockBackward) }
    return marks
  }

  /// Milliseconds by the steady clock; nil: the device was started anew in between.
  func elapsed(since previous: ClockReading) -> Int64? {
    let elapsed = Self.difference(steady, previous.steady)
    return boot == previous.boot && elapsed >= 0 ? elapsed : nil
  }

  /// No finer than a poll allows times to be kept.
  func floored(to precision: TimePrecision) -> ClockReading {
    var reading = self
    reading.wall = wall.floored(to: precision)
    reading.steady = max(0, steady - steady % precision.milliseconds)
    reading.coarseness = precision.milliseconds
    return reading
  }

  /// A clock may say anything: no difference of two overflows.
  private static func difference(_ left: Int64, _ right: Int64) -> Int64 {
    let (difference, overflow) = left.subtractingReportingOverflow(right)
    // Halved, so that what is added to or taken from it does not overflow either.
    let bound = Int64.max / 4
    return overflow ? (left < right ? -bound : bound) : min(bound, max(-bound, difference))
  }
}
