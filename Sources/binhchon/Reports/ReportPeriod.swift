internal import Polling
internal import Schema

/// When a report is about, as on the command line: days with both ends, or a window as the server sees it when it is asked.
enum ReportTime: Sendable, Equatable {
  case days(ReportPeriod)
  case window(Binhchon_V1_Window)

  init?(argument: String) {
    if case .window(let window)? = PeriodWord(argument: argument)?.period {
      self = .window(window)
    } else if let period = ReportPeriod(argument: argument) {
      self = .days(period)
    } else {
      return nil
    }
  }
}

/// The days that a report is about, and those before it that it is held against.
struct ReportPeriod: Sendable, Equatable {
  let days: ReportingPeriod
  /// As many months before, where it is of whole months; else as many days.
  let before: ReportingPeriod
  /// How its course is divided.
  let span: CalendarSpan

  init?(_ days: ReportingPeriod) {
    let length = Int(days.end.number) - Int(days.start.number)
    let months = Self.wholeMonths(days)
    let start = months.flatMap { Self.months($0, before: days.start) } ?? days.start.advanced(by: -length)
    guard let before = ReportingPeriod(start: start, end: days.start) else { return nil }
    self.days = days
    self.before = before
    span = length > 92 ? .month : length > 14 ? .week : .day
  }

  /// As on the command line. Nil: no period, or one without a beginning or an end.
  init?(argument: String) {
    guard case .days(let range)? = PeriodWord(argument: argument)?.period, let start = Day(iso: range.from),
      let end = Day(iso: range.to), let days = ReportingPeriod(start: start, end: end)
    else { return nil }
    self.init(days)
  }

  /// How many; nil: it begins or ends within one.
  private static func wholeMonths(_ days: ReportingPeriod) -> Int? {
    let (start, end) = (days.start.civil, days.end.civil)
    guard start.day == 1, end.day == 1 else { return nil }
    return (end.year - start.year) * 12 + end.month - start.month
  }

  private static func months(_ count: Int, before day: Day) -> Day? {
    let (year, month, _) = day.civil
    let number = year * 12 + month - 1 - count
    return Day(year: number / 12, month: number % 12 + 1, day: 1)
  }
}

extension ReportingPeriod {
  /// Both days that are named belong to it.
  var text: Text {
    let (first, last) = (LocalTime.spoken(day: start.description), end.advanced(by: -1).description)
    return Text(verbatim: "\(first) – \(LocalTime.spoken(day: last))")
  }

  var message: Binhchon_V1_DayRange {
    var range = Binhchon_V1_DayRange()
    range.from = start.description
    range.to = end.description
    return range
  }
}
