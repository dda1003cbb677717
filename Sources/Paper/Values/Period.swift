public import Polling

/// The days that a count is of: one, a month, a quarter, a year. Both ends belong to it.
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
  /// `25/12/25`: the century was left out.
  case shortYear(Period)
  /// `03/04/2025`: the third of April here, and the fourth of March elsewhere.
  case eitherWay(Period)
  /// `45853`: the day's number in a workbook.
  case serial(Period)
  /// `04/25/2025`: only the month can stand first.
  case monthFirst
  case notADate

  var period: Period? {
    switch self {
    case .period(let period), .shortYear(let period), .eitherWay(let period), .serial(let period): period
    case .monthFirst, .notADate: nil
    }
  }

  init(_ text: String) {
    self = Self.read(MatchKey(text).bare)
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

  private static func read(_ text: String) -> PeriodReading {
    var words: [String] = []
    var word = ""
    for character in text {
      // Digits and letters part from each other too: `q3`, `t7`.
      let isBreak = "/-., :~".contains(character)
      if isBreak || word.last.map({ $0.isNumber != character.isNumber }) ?? false {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if !isBreak { word.append(character) }
    }
    if !word.isEmpty { words.append(word) }
    // "ngày 25 tháng 12 năm 2025", "Thứ Hai, 25/12/2025" and times of day behind it.
    if words.first == "thu", words.count > 2 { words.removeFirst(2) }
    let names = words.filter { Int($0) == nil }
    let numbers = words.compactMap { Int($0) }
    if words.count == 1, words[0].count == 5, let serial = numbers.first, (36_526...73_050).contains(serial),
      let period = PeriodReading(serial: words[0], startsIn1904: false).period
    {
      return .serial(period)
    }
    if let quarter = quarter(names, words), let year = numbers.last, year >= 1900 {
      return Period(year: year, month: quarter * 3 - 2, months: 3).map { .period($0) } ?? .notADate
    }
    let known: Set = ["ngay", "thang", "nam", "t", "z", "month", "year"]
    guard names.allSatisfy(known.contains) else { return .notADate }
    switch numbers.count {
    case 1 where names == ["nam"] || names.isEmpty && words[0].count == 4:
      guard (2000...2199).contains(numbers[0]) else { return .notADate }
      return Period(year: numbers[0], month: 1, months: 12).map { .period($0) } ?? .notADate
    case 2:
      let (month, year) = numbers[0] > 31 ? (numbers[1], numbers[0]) : (numbers[0], numbers[1])
      guard year >= 1900, (1...12).contains(month) else { return .notADate }
      return Period(year: year, month: month).map { .period($0) } ?? .notADate
    case 3...:
      return day(numbers, words)
    default: return .notADate
    }
  }

  private static func day(_ numbers: [Int], _ words: [String]) -> PeriodReading {
    if numbers[0] >= 1900 {
      return Day.written(year: numbers[0], month: numbers[1], day: numbers[2]).map { .period(Period($0)) } ?? .notADate
    }
    var year = numbers[2]
    let isShort = year < 100 && words.last(where: { Int($0) == year })?.count == 2
    if isShort { year += 2000 }
    guard let day = Day.written(year: year, month: numbers[1], day: numbers[0]) else {
      return Day.written(year: year, month: numbers[0], day: numbers[1]) == nil ? .notADate : .monthFirst
    }
    let isSpoken = words.contains("thang")
    if isShort { return .shortYear(Period(day)) }
    return numbers[0] <= 12 && numbers[0] != numbers[1] && !isSpoken ? .eitherWay(Period(day)) : .period(Period(day))
  }

  /// `q3`, `quý 3`, `quý III`.
  private static func quarter(_ names: [String], _ words: [String]) -> Int? {
    guard let place = words.firstIndex(where: { ["q", "quy", "quarter"].contains($0) }), place + 1 < words.count
    else { return nil }
    let number = ["i": 1, "ii": 2, "iii": 3, "iv": 4][words[place + 1]] ?? Int(words[place + 1])
    return number.flatMap { (1...4).contains($0) ? $0 : nil }
  }
}
