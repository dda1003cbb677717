public import Polling

/// The days that a count is of: one, a month, a quarter, a year, or from one to another. Both ends belong to it.
public struct Period: Hashable, Sendable {
  public var first: Day
  public var last: Day

  public init(first: Day, last: Day) {
    self.first = first
    self.last = last
  }

  public init(_ day: Day) {
    self.init(first: day, last: day)
  }

  /// - Parameter month: 1…12, with the two behind it in a quarter and so on.
  init?(year: Int, month: Int, months: Int = 1) {
    guard (1900...2199).contains(year), (1...12).contains(month) else { return nil }
    let next = month + months > 12 ? (year + 1, month + months - 12) : (year, month + months)
    guard let first = Day.written(year: year, month: month, day: 1),
      let behind = Day.written(year: next.0, month: next.1, day: 1)
    else { return nil }
    self.init(first: first, last: Day(number: behind.number - 1))
  }

  public var isOneDay: Bool { first == last }
}

extension Day {
  /// Nil for a day that the calendar does not have, and outside of 1900…2199: a slip of the pen.
  static func written(year: Int, month: Int, day: Int) -> Day? {
    (1900...2199).contains(year) ? Day(year: year, month: month, day: day) : nil
  }
}

/// Days and periods as people write them: the day first.
enum PeriodReading: Hashable, Sendable {
  case period(Period)
  /// `25/12/2025`: only the day can stand first.
  case dayFirst(Period)
  /// `25/12/25`: the century was left out.
  case shortYear(Period)
  /// `03/04/2025`: the third of April here, and the fourth of March elsewhere.
  case eitherWay(Period)
  /// `45853`: the day's number in a workbook.
  case serial(Period)
  /// `22/9`: the year was left out.
  case yearless(YearlessDay)
  /// `04/25/2025`: only the month can stand first.
  case monthFirst
  /// `Thứ Hai 10/11/2026`: that day is a Tuesday.
  case otherWeekday(Day)
  case notADate

  var period: Period? {
    switch self {
    case .period(let period), .dayFirst(let period), .shortYear(let period), .eitherWay(let period),
      .serial(let period):
      period
    case .yearless, .monthFirst, .otherWeekday, .notADate: nil
    }
  }

  init(_ text: String) {
    // Longer ones would be compared by their beginning.
    self = text.utf8.count > 200 ? .notADate : DateParts(MatchKey(text).bare)?.reading ?? .notADate
  }

  /// - Parameter startsIn1904: days are counted from 1904-01-01 instead of 1899-12-30.
  init(serial text: String, startsIn1904: Bool, isMonth: Bool = false) {
    guard let number = Double(text), number >= 1, number < 200_000,
      let epoch = startsIn1904 ? Day.written(year: 1904, month: 1, day: 1) : Day(number: -25_569)
    else {
      self = .notADate
      return
    }
    // Before March 1900 workbooks count a day that never was; nobody was asked then.
    let day = Day(number: epoch.number + Int32(number))
    let civil = day.civil
    guard (2000...2199).contains(civil.year) else {
      self = .notADate
      return
    }
    self = .period(isMonth ? Period(year: civil.year, month: civil.month) ?? Period(day) : Period(day))
  }
}
