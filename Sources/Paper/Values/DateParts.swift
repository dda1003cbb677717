internal import Polling

/// The numbers of a written day or period, and what stands around each of them. What does not fit a known way of
/// writing as a whole is no date: one that was understood by half would be another one.
struct DateParts {
  struct Gap {
    /// Separators, without the spaces around them; one space if there is nothing else.
    var signs = ""
    var words = ""
  }

  private var numbers: [(value: Int, width: Int)] = []
  /// One before each number, and one behind the last.
  private var gaps = [Gap()]
  /// 0 for Monday.
  private var weekday: Int?
  private var hasPartOfDay = false

  private static let signs = "/-.,:~|"
  private static let quarters: Set = ["q", "quy", "quarter"]
  private static let months: Set = ["thang", "t", "month"]
  private static let years: Set = ["", "nam", "year"]
  private static let romans = ["i": 1, "ii": 2, "iii": 3, "iv": 4]

  /// - Parameter text: without marks and capitals; see `MatchKey`.
  init?(_ text: String) {
    var text = text[...]
    if text.hasPrefix("tu "), let until = text.firstRange(of: " den ") {
      text.replaceSubrange(until, with: "-")
      text = text.dropFirst(3)
    }
    var words: [Substring] = []
    for character in text {
      let isSign = Self.signs.contains(character) || character == " "
      // Digits and letters part from each other too: `q3`, `t7`.
      if let last = words.last?.last, !isSign, !(Self.signs + " ").contains(last), last.isNumber == character.isNumber {
        words[words.count - 1].append(character)
      } else {
        words.append(Substring(String(character)))
      }
    }
    let before = DayWords(words)
    (weekday, hasPartOfDay, words) = (before.weekday, before.hasPartOfDay, Array(before.rest))
    let hasQuarters = words.contains { Self.quarters.contains(String($0)) }
    for word in words {
      if let value = Int(word) ?? (hasQuarters ? Self.romans[String(word)] : nil) {
        // A day with its time, or two days, has six or seven.
        guard numbers.count < 7 else { return nil }
        numbers.append((value, word.count))
        gaps.append(Gap())
      } else {
        gaps[gaps.count - 1].add(word, isSign: Self.isSign(word))
      }
    }
    // Something is missing at an end: `25/12/2025 -`.
    guard let first = gaps.first, let last = gaps.last,
      !(first.signs + last.signs).contains(where: { "/-~|".contains($0) }),
      // It stands between a day and its time.
      gaps.enumerated().allSatisfy({ $0 == 3 || !$1.signs.contains("|") })
    else { return nil }
  }

  private init(numbers: ArraySlice<(value: Int, width: Int)>, gaps: ArraySlice<Gap>) {
    self.numbers = Array(numbers)
    self.gaps = Array(gaps)
  }

  static func isSign(_ word: Substring) -> Bool {
    word == " " || word.count == 1 && signs.contains(word)
  }

  var reading: PeriodReading {
    let reading = weekday.map { check($0, written) } ?? written
    guard hasPartOfDay, let period = reading.period else { return reading }
    // No month has a morning, and behind a word a number is no workbook's day.
    if case .serial = reading { return .notADate }
    return period.isOneDay ? reading : .notADate
  }

  private var written: PeriodReading {
    guard numbers.count == 1 || gaps.last?.words == "" || numbers.count > 3 else { return .notADate }
    switch numbers.count {
    case 1: return one
    case 2: return two.map { .period($0) } ?? yearless
    case 3: return several.map { .period($0) } ?? day
    case 4, 6: return span ?? dayAndTime
    case 5, 7: return dayAndTime
    default: return .notADate
    }
  }

  /// `2025`, `năm 2025`, and the number of a day in a workbook.
  private var one: PeriodReading {
    let (value, width) = numbers[0]
    guard gaps[1].words.isEmpty else { return .notADate }
    if width == 5, gaps[0].words.isEmpty, (36_526...73_050).contains(value),
      let period = PeriodReading(serial: String(value), startsIn1904: false).period
    {
      return .serial(period)
    }
    guard gaps[0].words == "nam" || gaps[0].words.isEmpty && width == 4, (2000...2199).contains(value) else {
      return .notADate
    }
    return Period(year: value, month: 1, months: 12).map { .period($0) } ?? .notADate
  }

  /// A day and the weekday before it; of two days, before the first one.
  private func check(_ weekday: Int, _ reading: PeriodReading) -> PeriodReading {
    switch reading {
    case .period(let period), .dayFirst(let period), .shortYear(let period), .eitherWay(let period):
      guard period.isOneDay || numbers.count == 6 else { return .notADate }
      let isRight = period.first.weekday == weekday
      guard case .eitherWay = reading, period.isOneDay else { return isRight ? reading : .otherWeekday(period.first) }
      let (year, month, day) = period.first.civil
      let isRightTurned = Day.written(year: year, month: day, day: month)?.weekday == weekday
      if isRight { return isRightTurned ? reading : .dayFirst(period) }
      return isRightTurned ? .monthFirst : .otherWeekday(period.first)
    case .yearless(var day):
      day.weekday = weekday
      return .yearless(day)
    case .serial: return .notADate
    case .monthFirst, .otherWeekday, .notADate: return reading
    }
  }

  /// `22/9`, `ngày 22 tháng 9`, `sáng 13-10`; `1-3` alone may be months.
  private var yearless: PeriodReading {
    let (a, b) = (numbers[0].value, numbers[1].value)
    let isSpoken = gaps[1].words == "thang"
    let isNamed = hasPartOfDay || weekday != nil || gaps[0].words == "ngay"
    guard ["", "ngay"].contains(gaps[0].words), numbers.allSatisfy({ $0.width <= 2 }),
      isSpoken || gaps[1].words.isEmpty && (gaps[1].signs == "/" || isNamed && gaps[1].signs == "-")
    else { return .notADate }
    // A year that has every day.
    guard Day.written(year: 2000, month: b, day: a) != nil else {
      return isSpoken || Day.written(year: 2000, month: a, day: b) == nil ? .notADate : .monthFirst
    }
    return .yearless(YearlessDay(day: a, month: b, isEitherWay: a <= 12 && a != b && !isSpoken))
  }

  /// A month, a quarter, or the first months of a year.
  private var two: Period? {
    let (a, b) = (numbers[0].value, numbers[1].value)
    let (before, between) = (gaps[0].words, gaps[1].words)
    if Self.years.contains(before), a >= 1900 {
      if Self.quarters.contains(between) { return Self.quarters(b, b, of: a) }
      return Self.months.contains(between) || before.isEmpty && between.isEmpty ? Period(year: a, month: b) : nil
    }
    guard b >= 1900 else { return nil }
    // "9 tháng 2025" is nine months, "9 tháng năm 2025" may also be the ninth of May.
    if before.isEmpty, between == "thang" || between == "thang dau nam" { return Self.months(1, a, of: b) }
    guard Self.years.contains(between) else { return nil }
    if Self.quarters.contains(before) { return Self.quarters(a, a, of: b) }
    return before.isEmpty || Self.months.contains(before) ? Period(year: b, month: a) : nil
  }

  /// `tháng 1-3/2025`, `quý I, II/2025`.
  private var several: Period? {
    let (a, b, year) = (numbers[0].value, numbers[1].value, numbers[2].value)
    let (name, sign) = (gaps[0].words, gaps[1].signs)
    guard year >= 1900, Self.years.contains(gaps[2].words), sign != gaps[2].signs || !gaps[2].words.isEmpty,
      ["-", "~"].contains(sign) && a < b || sign == "," && a == b - 1
    else { return nil }
    if Self.months.contains(name), gaps[1].words.isEmpty || Self.months.contains(gaps[1].words) {
      return Self.months(a, b, of: year)
    }
    if Self.quarters.contains(name), gaps[1].words.isEmpty || Self.quarters.contains(gaps[1].words) {
      return Self.quarters(a, b, of: year)
    }
    return nil
  }

  private static func months(_ first: Int, _ last: Int, of year: Int) -> Period? {
    guard (1...12).contains(first), (first...12).contains(last) else { return nil }
    return Period(year: year, month: first, months: last - first + 1)
  }

  private static func quarters(_ first: Int, _ last: Int, of year: Int) -> Period? {
    guard (1...4).contains(first), (first...4).contains(last) else { return nil }
    return Period(year: year, month: first * 3 - 2, months: (last - first + 1) * 3)
  }

  private var day: PeriodReading {
    let (words, signs) = (gaps.prefix(3).map(\.words), gaps[1...2].map(\.signs))
    let isEven = signs[0] == signs[1] && ["/", "-", ".", " "].contains(signs[0])
    let (a, b, c) = (numbers[0].value, numbers[1].value, numbers[2].value)
    if a >= 1900 {
      guard words == ["", "", ""] && isEven || words == ["nam", "thang", "ngay"] else { return .notADate }
      return Day.written(year: a, month: b, day: c).map { .period(Period($0)) } ?? .notADate
    }
    let isSpoken = Self.months.contains(words[1])
    guard ["", "ngay"].contains(words[0]), Self.years.contains(words[2]),
      isSpoken || words[1].isEmpty && (words[2].isEmpty ? isEven : ["/", "."].contains(signs[0]))
    else { return .notADate }
    let isShort = c < 100 && numbers[2].width == 2
    let year = isShort ? c + 2000 : c
    guard let day = Day.written(year: year, month: b, day: a) else {
      return Day.written(year: year, month: a, day: b) == nil ? .notADate : .monthFirst
    }
    if isShort { return .shortYear(Period(day)) }
    if a > 12 || isSpoken { return .dayFirst(Period(day)) }
    return a == b ? .period(Period(day)) : .eitherWay(Period(day))
  }

  /// `25/12/2025 08:30`, `25/12/2025 | 08:30`, `2025-12-25T08:30:00.000Z`: the time is left out.
  private var dayAndTime: PeriodReading {
    guard numbers.count > 4, ["", "t"].contains(gaps[3].words), ["", " ", ",", "|"].contains(gaps[3].signs),
      gaps[4].signs == ":",
      gaps[4...].dropLast().allSatisfy({ $0.words.isEmpty && [":", "."].contains($0.signs) }),
      ["", "z"].contains(gaps[gaps.count - 1].words), numbers[3].value < 24, numbers[4].value < 60
    else { return .notADate }
    return DateParts(numbers: numbers[..<3], gaps: gaps[..<3] + [Gap()]).reading
  }

  /// `1/10/2025 - 31/12/2025`, `1/2025 - 3/2025`. Nil: there is no sign for it in the middle.
  private var span: PeriodReading? {
    let middle = numbers.count / 2
    guard ["-", "~"].contains(gaps[middle].signs) else { return nil }
    let first = DateParts(numbers: numbers[..<middle], gaps: gaps[..<middle] + [Gap()]).reading
    let last = DateParts(
      numbers: numbers[middle...], gaps: [Gap(words: gaps[middle].words)] + gaps[(middle + 1)...]
    ).reading
    guard let from = first.period, let to = last.period, from.isOneDay == to.isOneDay, from.first <= to.first,
      from.last <= to.last
    else { return .notADate }
    let period = Period(first: from.first, last: to.last)
    switch (first, last) {
    case (.shortYear, _), (_, .shortYear): return .shortYear(period)
    // One that can be read only with the day first tells how the other is meant.
    case (.dayFirst, _), (_, .dayFirst): return .dayFirst(period)
    case (.eitherWay, _), (_, .eitherWay): return .eitherWay(period)
    default: return .period(period)
    }
  }
}

extension DateParts.Gap {
  fileprivate mutating func add(_ word: Substring, isSign: Bool) {
    if !isSign {
      words += (words.isEmpty ? "" : " ") + word
    } else if signs.isEmpty || signs == " " {
      signs = String(word)
    } else if word != " " {
      signs += word
    }
  }
}
