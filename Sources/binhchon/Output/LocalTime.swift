internal import Polling

/// Times of Asia/Ho_Chi_Minh, as people and programs read them.
enum LocalTime {
  /// `2025-11-22T10:00:00+07:00`.
  static func iso(milliseconds: Int64) -> String {
    let day = Day(of: Timestamp(milliseconds: milliseconds))
    return "\(day)T\(clock(milliseconds))+07:00"
  }

  /// `22/11/2025 10:00:00`.
  static func spoken(milliseconds: Int64) -> String {
    let (year, month, day) = Day(of: Timestamp(milliseconds: milliseconds)).civil
    return "\(two(day))/\(two(month))/\(year) \(clock(milliseconds))"
  }

  /// `22/11/2025`, of a day as programs write it, `2025-11-22`; any other text as it is.
  static func spoken(day: String) -> String {
    let parts = day.split(separator: "-")
    return parts.count == 3 ? parts.reversed().joined(separator: "/") : day
  }

  /// `22/11 10:00:00`, where lines are narrow and the year goes without saying.
  static func short(milliseconds: Int64) -> String {
    let (_, month, day) = Day(of: Timestamp(milliseconds: milliseconds)).civil
    return "\(two(day))/\(two(month)) \(clock(milliseconds))"
  }

  private static func clock(_ milliseconds: Int64) -> String {
    let (local, overflow) = milliseconds.addingReportingOverflow(7 * 3_600_000)
    let seconds = ((overflow ? 0 : local) % 86_400_000 + 86_400_000) % 86_400_000 / 1_000
    return "\(two(Int(seconds / 3_600))):\(two(Int(seconds / 60 % 60))):\(two(Int(seconds % 60)))"
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
