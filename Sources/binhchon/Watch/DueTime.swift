internal import Polling

/// A time by which something is to be done, as people type it: `25/12`, `25/12/2026`, `25/12/2026 14:30`, or `+3` for in
/// three days. Without a clock time it is 17:00, the end of an office day.
enum DueTime {
  private static let usualHour: Int64 = 17

  /// - Parameter now: a day without a year is the next such day from then on.
  /// - Returns: milliseconds since 1970; nil: it is no such time.
  static func milliseconds(_ text: String, now: Int64) -> Int64? {
    let today = Day(of: Timestamp(milliseconds: now))
    let parts = text.split(separator: " ").map(String.init)
    guard let first = parts.first, parts.count <= 2 else { return nil }
    guard let day = day(first, today), let minutes = parts.count == 2 ? minutes(parts[1]) : usualHour * 60 else {
      return nil
    }
    return day.start.milliseconds + minutes * 60_000
  }

  private static func day(_ text: String, _ today: Day) -> Day? {
    if text.hasPrefix("+") {
      guard let days = Int(text.dropFirst()), (0...3_650).contains(days) else { return nil }
      return today.advanced(by: days)
    }
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard (2...3).contains(numbers.count), let day = numbers[0], let month = numbers[1] else { return nil }
    func on(_ year: Int) -> Day? { Day(iso: "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))") }
    if numbers.count == 3 {
      guard let year = numbers[2], (2_000...9_998).contains(year) else { return nil }
      return on(year)
    }
    let year = today.civil.year
    guard let thisYear = on(year) else { return on(year + 1) }
    return thisYear < today ? on(year + 1) : thisYear
  }

  private static func minutes(_ text: String) -> Int64? {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard numbers.count == 2, let hour = numbers[0], let minute = numbers[1], (0...23).contains(hour),
      (0...59).contains(minute)
    else { return nil }
    return hour * 60 + minute
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
