/// An instant: milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// The last instant that a clock of this precision shows, at or before this one. The clock is that of
  /// Asia/Ho_Chi_Minh, which matters for days only: they begin at 17:00 UTC.
  public func floored(to precision: TimePrecision) -> Timestamp {
    let step = precision.milliseconds
    // Offsetting the remainder, not the instant: nothing can overflow but the last subtraction.
    let remainder = (milliseconds % step + Day.utcOffset % step) % step
    let down = remainder < 0 ? remainder + step : remainder
    // Only instants within a step of Int64.min could overflow; they stay as they are.
    let (floored, overflow) = milliseconds.subtractingReportingOverflow(down)
    return overflow ? self : Timestamp(milliseconds: floored)
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}

/// How fine the times are that a poll keeps: anything finer could tell who voted.
public enum TimePrecision: UInt8, Sendable, CaseIterable {
  case second = 1
  case minute = 2
  case hour = 3
  case day = 4

  public var milliseconds: Int64 {
    switch self {
    case .second: 1_000
    case .minute: 60_000
    case .hour: 3_600_000
    case .day: 86_400_000
    }
  }

  /// Whether numbers that count up tell more of the time than this does.
  public var hidesOrder: Bool {
    switch self {
    case .second, .minute: false
    case .hour, .day: true
    }
  }

  /// A difference of clocks in whole steps, rounded toward zero: a coarse time can be corrected by nothing finer.
  public func wholeSteps(of milliseconds: Int64) -> Int64 {
    milliseconds - milliseconds % self.milliseconds
  }
}

/// A calendar day of Asia/Ho_Chi_Minh, which has been UTC+7 without summer time since 1975.
public struct Day: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Milliseconds that local time is ahead of UTC.
  static let utcOffset: Int64 = 7 * 3_600_000

  /// Days since 1970-01-01.
  public var number: Int32

  public init(number: Int32) {
    self.number = number
  }

  /// The day on which an instant falls; instants beyond the range of `Int32` days are clamped to its ends.
  public init(of instant: Timestamp) {
    let (local, overflow) = instant.milliseconds.addingReportingOverflow(Day.utcOffset)
    let milliseconds = overflow ? Int64.max : local
    let days = milliseconds / 86_400_000 - (milliseconds % 86_400_000 < 0 ? 1 : 0)
    number = Int32(clamping: days)
  }

  /// The instant at which the day begins.
  public var start: Timestamp {
    Timestamp(milliseconds: Int64(number) * 86_400_000 - Day.utcOffset)
  }

  /// Year, month 1…12 and day 1…31 (proleptic Gregorian; H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  public var civil: (year: Int, month: Int, day: Int) {
    let z = Int(number) + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  /// 0 for Monday … 6 for Sunday.
  public var weekday: Int {
    // 1970-01-01 was a Thursday.
    let remainder = (Int(number) + 3) % 7
    return remainder < 0 ? remainder + 7 : remainder
  }

  /// `yyyy-mm-dd`.
  public var description: String {
    let (year, month, day) = civil
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  public static func < (left: Day, right: Day) -> Bool { left.number < right.number }
}
