/// A period that a report is about: whole days, half-open. The last day belongs to it until midnight.
public struct ReportingPeriod: Hashable, Sendable {
  public let start: Day
  /// The first day that no longer belongs to it.
  public let end: Day

  /// Nil: it would be empty.
  public init?(start: Day, end: Day) {
    guard start < end else { return nil }
    self.start = start
    self.end = end
  }

  /// Quarter 1 to 4.
  public static func quarter(_ quarter: Int, of year: Int) -> ReportingPeriod? {
    (1...4).contains(quarter) ? months(quarter * 3 - 2, 3, of: year) : nil
  }

  /// The first or second half.
  public static func half(_ half: Int, of year: Int) -> ReportingPeriod? {
    (1...2).contains(half) ? months(half * 6 - 5, 6, of: year) : nil
  }

  /// The first nine months: reports are due then.
  public static func nineMonths(of year: Int) -> ReportingPeriod? { months(1, 9, of: year) }

  public static func month(_ month: Int, of year: Int) -> ReportingPeriod? {
    (1...12).contains(month) ? months(month, 1, of: year) : nil
  }

  public static func year(_ year: Int) -> ReportingPeriod? { months(1, 12, of: year) }

  public func contains(_ day: Day) -> Bool { start <= day && day < end }

  public func contains(_ instant: Timestamp) -> Bool { contains(Day(of: instant)) }

  private static func months(_ first: Int, _ count: Int, of year: Int) -> ReportingPeriod? {
    let next = first + count
    guard let start = Day(year: year, month: first, day: 1),
      let end = next > 12 ? Day(year: year + 1, month: 1, day: 1) : Day(year: year, month: next, day: 1)
    else { return nil }
    return ReportingPeriod(start: start, end: end)
  }
}

extension Day {
  /// `2025-07-01`, and no other form.
  public init?(iso text: String) {
    guard text.utf8.count == 10 else { return nil }
    let numbers = text.split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard numbers.count == 3, let day = Day(year: numbers[0], month: numbers[1], day: numbers[2]),
      day.description.utf8.elementsEqual(text.utf8)
    else { return nil }
    self = day
  }

  /// Proleptic Gregorian, years 1 to 9999. Nil: there is no such day (H. Hinnant, "chrono-Compatible Low-Level Date
  /// Algorithms", days_from_civil).
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    let shiftedYear = month > 2 ? year : year - 1
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear % 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(number: Int32(era * 146_097 + dayOfEra - 719_468))
    guard civil == (year, month, day) else { return nil }
  }
}
