internal import Polling

/// Words that stand before a date, without marks and capitals: a weekday, a part of the day.
struct DayWords {
  /// 0 for Monday, as ``Day/weekday``.
  private(set) var weekday: Int?
  private(set) var hasPartOfDay = false
  /// What stands behind them.
  private(set) var rest: ArraySlice<Substring>

  private static let partsOfDay: Set<Substring> = ["sang", "trua", "chieu", "toi", "dem"]
  private static let numbers: [Substring: Int] = ["hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7]
  private static let names: [Substring: Int] = [
    "cn": 6, "monday": 0, "mon": 0, "tuesday": 1, "tue": 1, "wednesday": 2, "wed": 2, "thursday": 3, "thu": 3,
    "friday": 4, "fri": 4, "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
  ]
  /// In every language at once.
  static let shown = [
    "Thứ Hai, Monday", "Thứ Ba, Tuesday", "Thứ Tư, Wednesday", "Thứ Năm, Thursday", "Thứ Sáu, Friday",
    "Thứ Bảy, Saturday", "Chủ nhật, Sunday",
  ]

  /// - Parameter words: each with its separators, one by one.
  init(_ words: [Substring]) {
    rest = words[...]
    takePartOfDay()
    takeWeekday()
    takePartOfDay()
  }

  private mutating func takePartOfDay() {
    let named = rest.first == "buoi" ? rest.dropFirst().drop { $0 == " " } : rest
    guard !hasPartOfDay, let word = named.first, Self.partsOfDay.contains(word) else { return }
    hasPartOfDay = true
    rest = named.dropFirst().drop(while: DateParts.isSign)
  }

  private mutating func takeWeekday() {
    guard let word = rest.first else { return }
    let behind = rest.dropFirst().drop { $0 == " " }
    let next = behind.first ?? ""
    let left = behind.dropFirst()
    switch word {
    case "chu" where next == "nhat": take(6, left)
    // "Thu 5/7/2025" is English.
    case "thu" where left.first != "/" && left.first != ".":
      if let number = Self.number(next) { take(number - 2, left) } else { take(3, behind) }
    // "T2 14/7/2025"; before what is no day, a month.
    case "t" where [" ", ",", "-"].contains(left.first) && Self.mayBeDay(left):
      if let number = Self.number(next) { take(number - 2, left) }
    default: if let weekday = Self.names[word] { take(weekday, rest.dropFirst()) }
    }
  }

  private mutating func take(_ weekday: Int, _ left: ArraySlice<Substring>) {
    self.weekday = weekday
    rest = left.drop(while: DateParts.isSign)
  }

  /// A day and its month, with the year on either side or none; another "t" says that the first one was a month too.
  private static func mayBeDay(_ words: ArraySlice<Substring>) -> Bool {
    let numbers = words.compactMap { Int($0) }
    guard numbers.count >= 2, !words.contains("t") else { return false }
    if numbers.count == 2 { return numbers[0] <= 31 && numbers[1] <= 12 }
    return numbers[1] <= 31 && min(numbers[0], numbers[2]) <= 31
  }

  private static func number(_ word: Substring) -> Int? {
    let number = numbers[word] ?? (word.count == 1 ? Int(word) : nil)
    return number.flatMap { (2...7).contains($0) ? $0 : nil }
  }
}

/// A day of a year that nobody wrote: `22/9`.
struct YearlessDay: Hashable {
  var day: Int
  var month: Int
  /// It could be read with the month first as well.
  var isEitherWay: Bool
  var weekday: Int?

  /// The days it can be, of those from one to another.
  func days(in period: Period) -> [Day] {
    let (first, last) = (max(1900, period.first.civil.year), min(2199, period.last.civil.year))
    guard first <= last else { return [] }
    return (first...last).compactMap { year in
      Day.written(year: year, month: month, day: day).flatMap { period.first <= $0 && $0 <= period.last ? $0 : nil }
    }
  }
}
