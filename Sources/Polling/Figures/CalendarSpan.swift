/// What a calendar is divided into.
public enum CalendarSpan: Hashable, Sendable, CaseIterable {
  case day, week, month, quarter, year

  /// The first day of the span that the day lies in. Weeks begin on Monday.
  public func start(of day: Day) -> Day {
    let (year, month, _) = day.civil
    let first: Day? =
      switch self {
      case .day: day
      case .week: day.advanced(by: -day.weekday)
      case .month: Day(year: year, month: month, day: 1)
      case .quarter: Day(year: year, month: (month - 1) / 3 * 3 + 1, day: 1)
      case .year: Day(year: year, month: 1, day: 1)
      }
    // Before year 1 and after 9999 days stand alone.
    return first ?? day
  }

  func period(of day: Day) -> OpenPeriod {
    let start = start(of: day)
    // No span is longer than a year of 366 days, and none shorter than its first day.
    var end = start.advanced(by: 1)
    if self != .day {
      let (low, high) =
        switch self {
        case .day, .week: (7, 7)
        case .month: (28, 31)
        case .quarter: (90, 92)
        case .year: (365, 366)
        }
      end = (low...high).lazy.map { start.advanced(by: $0) }.first { self.start(of: $0) == $0 } ?? end
    }
    return OpenPeriod(start: start, end: end)
  }

  /// `2024-03-31`, `2024-W13` (ISO 8601), `2024-03`, `2024-Q1`, `2024`.
  public func name(of day: Day) -> String {
    let start = start(of: day)
    let text = start.description
    switch self {
    case .day: return text
    case .week:
      // A week is of the year that its Thursday is in.
      let thursday = start.advanced(by: 3)
      let first = CalendarSpan.year.start(of: thursday)
      let number = (Int(thursday.number) - Int(first.number)) / 7 + 1
      return "\(thursday.description.dropLast(6))-W\(number < 10 ? "0" : "")\(number)"
    case .month: return String(text.dropLast(3))
    case .quarter: return "\(text.dropLast(6))-Q\((start.civil.month - 1) / 3 + 1)"
    case .year: return String(text.dropLast(6))
    }
  }
}

extension Day {
  /// So many days later, or earlier; at the ends of what a day can be it stays.
  public func advanced(by days: Int) -> Day {
    Day(number: Int32(clamping: Int(number) + days))
  }
}
