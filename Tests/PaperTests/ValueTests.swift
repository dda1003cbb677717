import Polling
import Testing

@testable import Paper

@Suite struct WholeNumberTests {
  static let table: [(String, WholeNumber.Reading)] = [
    ("0", .value(0)), ("1927", .value(1927)), ("1.927", .value(1927)), ("1,927", .likely(1927)),
    ("1 927", .value(1927)), ("1\u{A0}927", .value(1927)), ("1\u{202F}927", .value(1927)), (" 12 ", .value(12)),
    ("1.234.567", .value(1_234_567)), ("1,234,567", .value(1_234_567)), ("1.000", .value(1000)),
    ("1927,0", .value(1927)), ("1927.0", .value(1927)), ("1.927,00", .value(1927)), ("1,927.00", .value(1927)),
    ("007", .value(7)), ("+5", .value(5)), ("-0", .value(0)), ("1,5", .notWhole), ("1.5", .notWhole),
    ("1.92", .notWhole), ("0.927", .notWhole), ("1.927,5", .notWhole), ("12.34.567", .notANumber),
    ("1.2345", .notWhole), ("1234.567", .notANumber), ("1.927.", .notANumber), (".5", .notWhole), ("-3", .negative),
    ("\u{2212}3", .negative), ("(3)", .negative), ("1e3", .notANumber), ("1O", .notANumber), ("12%", .notANumber),
    ("", .notANumber), ("-", .notANumber), ("１２", .notANumber), ("100000001", .tooLarge),
    ("99999999999999999999999999999999999", .tooLarge), ("1.927 phiếu", .notANumber), ("1.234,567", .notWhole),
  ]

  @Test(arguments: table)
  func reads(_ text: String, _ reading: WholeNumber.Reading) {
    #expect(WholeNumber.read(text) == reading)
  }

  @Test(
    arguments: [
      ("1927", .value(1927)), ("1.927E3", .value(1927)), ("1.927", .notWhole), ("-3", .negative), ("1E300", .tooLarge),
      ("nan", .notANumber), ("inf", .notANumber), ("x", .notANumber), ("12.0", .value(12)),
    ] as [(String, WholeNumber.Reading)])
  func readsStored(_ text: String, _ reading: WholeNumber.Reading) {
    #expect(WholeNumber.read(stored: text) == reading)
  }

  @Test(
    arguments: [
      ("1.927", "1,9270", .notWhole), ("19.27", "19,27", .notWhole), ("0.5", "0,5", .notWhole),
      ("123.456", "123,4560", .notWhole), ("1.000", "1", .value(1)), ("1.927E3", "1927", .value(1927)),
      ("5", "5", .value(5)), ("1.5E-7", "1,5E-7", .notANumber), ("-3", "-3", .negative), ("x", "x", .notANumber),
    ] as [(String, String, WholeNumber.Reading)])
  func storedNumbersAsText(_ stored: String, _ text: String, _ reading: WholeNumber.Reading) {
    #expect(WholeNumber.text(stored: stored) == text)
    #expect(WholeNumber.read(text) == reading)
  }
}

@Suite struct PeriodTests {
  static let table: [(String, String)] = [
    ("25/12/2025", "day 2025-12-25"), ("5/4/2025", "either 2025-04-05"), ("05-04-2025", "either 2025-04-05"),
    ("5.5.2025", "period 2025-05-05"), ("2025-04-05", "period 2025-04-05"), ("2025/04/05", "period 2025-04-05"),
    ("2025-04-05T00:00:00", "period 2025-04-05"), ("25/12/2025 08:30", "day 2025-12-25"),
    ("25/12/25", "short 2025-12-25"), ("04/25/2025", "month first"), ("31/02/2025", "no"),
    ("29/02/2024", "day 2024-02-29"),
    ("29/02/2025", "no"), ("ngày 5 tháng 4 năm 2025", "day 2025-04-05"), ("Thứ Hai, 7/4/2025", "day 2025-04-07"),
    ("tháng 7/2025", "period 2025-07-01…2025-07-31"), ("7/2025", "period 2025-07-01…2025-07-31"),
    ("T7/2025", "period 2025-07-01…2025-07-31"), ("2025-07", "period 2025-07-01…2025-07-31"),
    ("12/2025", "period 2025-12-01…2025-12-31"), ("13/2025", "no"), ("Quý III/2025", "period 2025-07-01…2025-09-30"),
    ("Q4/2025", "period 2025-10-01…2025-12-31"), ("quý 4 năm 2025", "period 2025-10-01…2025-12-31"),
    ("Q5/2025", "no"), ("2025", "period 2025-01-01…2025-12-31"), ("Năm 2025", "period 2025-01-01…2025-12-31"),
    ("45853", "serial 2025-07-15"), ("hôm nay", "no"), ("", "no"), ("1/1", "yearless 1/1"), ("0/0/0", "no"),
    ("99999999999999999999/1/2025", "no"), ("12/9223372036854775807", "no"),
    ("Q4/9223372036854775807", "no"), ("9223372036854775807", "no"), ("1/9223372036854775807/2025", "no"),
    ("1/1/99999", "no"), ("15 July 2025", "no"),
    // From one to another.
    ("15/10/2025 - 31/12/2025", "day 2025-10-15…2025-12-31"),
    ("01/10/2025-31/12/2025", "day 2025-10-01…2025-12-31"),
    ("01-10-2025 - 31-12-2025", "day 2025-10-01…2025-12-31"),
    ("1/2/2025 – 3/4/2025", "either 2025-02-01…2025-04-03"), ("1/2/2025 - 13/4/2025", "day 2025-02-01…2025-04-13"),
    ("1/2/2025 - 4/4/2025", "either 2025-02-01…2025-04-04"), ("4/4/2025 - 5/5/2025", "period 2025-04-04…2025-05-05"),
    ("từ ngày 1/10/2025 đến ngày 31/12/2025", "day 2025-10-01…2025-12-31"), ("đến 31/12/2025", "no"),
    ("từ 31/12/2025", "no"), ("31/12/2025 -", "no"), ("- 31/12/2025", "no"), ("31/12/2025 - 15/10/2025", "no"),
    ("15/10/25-31/12/25", "short 2025-10-15…2025-12-31"), ("15/10-31/12/2025", "no"), ("1-15/10/2025", "no"),
    ("1/10/2025 - 12/2025", "no"), ("04/25/2025 - 05/25/2025", "no"), ("2024-2025", "no"), ("Năm 2024-2025", "no"),
    ("15/10/2025 31/12/2025", "no"), ("15/10/2025, 31/12/2025", "no"), ("15/10/2025 và 31/12/2025", "no"),
    ("Tháng 1-3/2025", "period 2025-01-01…2025-03-31"), ("T1-T3/2025", "period 2025-01-01…2025-03-31"),
    ("tháng 10 - tháng 12 năm 2025", "period 2025-10-01…2025-12-31"),
    ("1/2025 - 3/2025", "period 2025-01-01…2025-03-31"),
    ("từ tháng 1 đến tháng 3/2025", "period 2025-01-01…2025-03-31"),
    ("2025-01 ~ 2025-03", "period 2025-01-01…2025-03-31"),
    ("tháng 1, 2/2025", "period 2025-01-01…2025-02-28"), ("tháng 1, 3/2025", "no"), ("tháng 1, 2, 3/2025", "no"),
    ("tháng 3-1/2025", "no"), ("tháng 1-13/2025", "no"), ("tháng 1/3/2025", "no"), ("tháng 1-3-2025", "no"),
    ("1-3/2025", "no"), ("1-3 năm 2025", "no"), ("13/4 năm 2025", "day 2025-04-13"), ("1, 3/2025", "no"),
    ("1/3-2025", "no"),
    ("Quý I, II/2025", "period 2025-01-01…2025-06-30"), ("Q1-Q2/2025", "period 2025-01-01…2025-06-30"),
    ("Quý II - IV năm 2025", "period 2025-04-01…2025-12-31"),
    ("Quý I/2025 - Quý II/2025", "period 2025-01-01…2025-06-30"),
    ("Quý I, III/2025", "no"), ("Quý I và II/2025", "no"), ("Quý I & II/2025", "no"), ("Q1/Q2/2025", "no"),
    ("Q3-5/2025", "no"),
    ("Q4/2024, 2025", "no"), ("Q1 2/2025", "no"), ("15/7/2025 (Q3)", "no"),
    ("năm 2025, quý III", "period 2025-07-01…2025-09-30"),
    ("2025-Q3", "period 2025-07-01…2025-09-30"), ("Q.3-2025", "period 2025-07-01…2025-09-30"),
    ("9 tháng 2025", "period 2025-01-01…2025-09-30"), ("9 tháng đầu năm 2025", "period 2025-01-01…2025-09-30"),
    ("12 tháng/2025", "period 2025-01-01…2025-12-31"), ("13 tháng 2025", "no"), ("0 tháng 2025", "no"),
    // Nine months, or the ninth of May.
    ("9 tháng năm 2025", "no"), ("9T/2025", "no"), ("tháng 9 năm 2025", "period 2025-09-01…2025-09-30"),
    ("9 tháng 5 năm 2025", "day 2025-05-09"), ("ngày 9 tháng 5/2025", "day 2025-05-09"),
    ("năm 2025 tháng 5 ngày 9", "period 2025-05-09"), ("T.7/2025", "period 2025-07-01…2025-07-31"),
    ("Thứ Hai - 14/7/2025", "day 2025-07-14"), ("Thứ 2, 14/7/2025", "day 2025-07-14"),
    ("2025-07-14T08:30:00.000Z", "period 2025-07-14"), ("14/7/2025, 08:30:15", "day 2025-07-14"),
    ("14/7/2025" + String(repeating: " ", count: 1_000) + "- 31/12/2025", "no"), ("14/7/2025 8", "no"),
    ("14/7/2025 25:00", "no"),
    // Before the day: its weekday, which must be right, and a part of it.
    ("Thứ Hai 10/11/2026", "is a Thứ Ba, Tuesday"), ("Thứ Ba 10/11/2026", "day 2026-11-10"),
    ("Chủ nhật, 13/7/2025", "day 2025-07-13"), ("CN 13/7/2025", "day 2025-07-13"),
    ("chủ nhật 14/7/2025", "is a Thứ Hai, Monday"), ("Thứ Hai ngày 14 tháng 7 năm 2025", "day 2025-07-14"),
    ("T2 14/7/2025", "day 2025-07-14"), ("T3, 14/7/2025", "is a Thứ Hai, Monday"),
    // "T" is a weekday before a day, and a month before all else.
    ("T2 - 14/7/2025", "day 2025-07-14"), ("T2-14/7/2025", "day 2025-07-14"), ("T2 14/7", "yearless 14/7 on 0"),
    ("T2, 14/7", "yearless 14/7 on 0"), ("T2 - 14/7", "yearless 14/7 on 0"), ("Sáng T2, 14/7/2025", "day 2025-07-14"),
    ("T2, ngày 14 tháng 7 năm 2025", "day 2025-07-14"), ("T2 07/14/2025", "month first"),
    ("T2 2025-07-14", "period 2025-07-14"), ("T2 14/7/2025 - 18/7/2025", "day 2025-07-14…2025-07-18"),
    ("T5 2025 - T7 2025", "period 2025-05-01…2025-07-31"), ("T5 2025-T7 2025", "period 2025-05-01…2025-07-31"),
    ("Từ T5 năm 2025 đến T7 năm 2025", "period 2025-05-01…2025-07-31"),
    ("T5/2025 - T7/2025", "period 2025-05-01…2025-07-31"), ("T5 2025", "period 2025-05-01…2025-05-31"),
    ("T7 - 9/2025", "period 2025-07-01…2025-09-30"), ("T7 - T9/2025", "period 2025-07-01…2025-09-30"),
    ("T2, 3/2025", "period 2025-02-01…2025-03-31"), ("T2, T3, T4/2025", "no"), ("T1 14/7", "no"), ("T2 - 14", "no"),
    ("T2/2025", "period 2025-02-01…2025-02-28"), ("thứ 8, 14/7/2025", "no"), ("Thứ 14/7/2025", "is a Thứ Hai, Monday"),
    ("Monday 14/7/2025", "day 2025-07-14"), ("Thu 17/07/2025", "day 2025-07-17"),
    ("Thu 3/4/2025", "day 2025-04-03"), ("Fri 14/7/2025", "is a Thứ Hai, Monday"),
    // Only the month first makes it right: the fourth of July is a Friday, the seventh of April is a Monday.
    ("Thứ Sáu 7/4/2025", "month first"), ("Thứ Hai 14/7/25", "short 2025-07-14"),
    ("Thứ Hai 14/7/2025 - 18/7/2025", "day 2025-07-14…2025-07-18"),
    ("Thứ Ba 14/7/2025 - 18/7/2025", "is a Thứ Hai, Monday"), ("Thứ Hai tháng 7/2025", "no"), ("Thứ Hai", "no"),
    ("Sáng 13-10-2025", "day 2025-10-13"), ("Chiều 13-10-2025", "day 2025-10-13"),
    ("buổi chiều, ngày 9/11/2023", "either 2023-11-09"), ("Sáng thứ Hai, 13/10/2025", "day 2025-10-13"),
    ("Thứ Hai, sáng 13/10/2025", "day 2025-10-13"), ("sáng chiều 13/10/2025", "no"), ("Sáng", "no"),
    ("09/11/2023 | 18:36", "either 2023-11-09"), ("13/11/2023|18:36", "day 2023-11-13"),
    // No month has a part of the day.
    ("Sáng 10/2025", "no"), ("Sáng 2025", "no"), ("Chiều tháng 7/2025", "no"), ("Sáng Quý III/2025", "no"),
    ("Sáng 1/7/2025 - 18/7/2025", "no"), ("Sáng T1-T3/2025", "no"), ("Sáng 45853", "no"), ("Thứ Hai 45853", "no"),
    ("buổi sáng 14/7/25", "short 2025-07-14"), ("Thứ Hai, sáng 15/7/2025", "is a Thứ Ba, Tuesday"),
    ("13|11|2023", "no"), ("11|2023", "no"), ("13/11/2023 |", "no"), ("13/11 | 2023", "no"),
    // Without its year.
    ("22/9", "yearless 22/9"), ("ngày 22 tháng 9", "yearless 22/9"), ("22 tháng 9", "yearless 22/9"),
    ("Sáng 13-10", "yearless 13/10"), ("ngày 13-10", "yearless 13/10"), ("3/4", "yearless 3/4 or month first"),
    ("Thứ Hai 22/9", "yearless 22/9 on 0"), ("29/2", "yearless 29/2"), ("30/2", "no"), ("9/22", "month first"),
    // A month and two digits of its year.
    ("9/25", "month first"), ("12/25", "month first"),
    ("1-3", "no"), ("22.9", "no"), ("22/09/", "no"), ("/22/9", "no"), ("0/5", "no"), ("022/9", "no"),
  ]

  @Test(arguments: table)
  func reads(_ text: String, _ expected: String) {
    #expect(Self.shown(PeriodReading(text)) == expected)
  }

  static func shown(_ reading: PeriodReading) -> String {
    func days(_ period: Period) -> String {
      period.isOneDay ? "\(period.first)" : "\(period.first)…\(period.last)"
    }
    return switch reading {
    case .period(let period): "period " + days(period)
    case .dayFirst(let period): "day " + days(period)
    case .shortYear(let period): "short " + days(period)
    case .eitherWay(let period): "either " + days(period)
    case .serial(let period): "serial " + days(period)
    case .yearless(let day):
      "yearless \(day.day)/\(day.month)\(day.isEitherWay ? " or month first" : "")"
        + (day.weekday.map { " on \($0)" } ?? "")
    case .monthFirst: "month first"
    case .otherWeekday(let day): "is a \(DayWords.shown[day.weekday])"
    case .notADate: "no"
    }
  }

  static let days = Period(
    first: Day.written(year: 2024, month: 9, day: 23) ?? Day(number: 0),
    last: Day.written(year: 2026, month: 3, day: 31) ?? Day(number: 0))

  @Test(
    arguments: [
      (22, 9, nil, [2025]), (23, 9, nil, [2024, 2025]), (31, 3, nil, [2025, 2026]), (1, 4, nil, [2025]),
      (29, 2, nil, []),
    ] as [(Int, Int, Int?, [Int])])
  func yearsOfADay(_ day: Int, _ month: Int, _ weekday: Int?, _ years: [Int]) {
    let written = YearlessDay(day: day, month: month, isEitherWay: false, weekday: weekday)
    #expect(written.days(in: Self.days).map(\.civil.year) == years)
  }

  @Test func yearsOfRows() throws {
    // The poll is of 2025, the batch of two years or of one month.
    func found(_ day: String, _ period: Period? = nil) throws -> [String] {
      var options = PaperCheck.Options()
      options.period = period
      let checked = try check(CatalogueTests.rows("Quầy 01,\(day),HL,5"), options: options)
      return checked.report.findings.values.flatMap(\.first).map { "\($0.code.rawValue) \($0.detail)" }
    }
    #expect(try found("22/9") == ["W314 2025-09-22"])
    #expect(try found("23/9", Self.days) == ["E225 2024? 2025?"])
    // A Monday in 2024, a Tuesday in 2025.
    #expect(try found("Thứ Ba 23/9", Self.days) == ["W314 2025-09-23"])
    #expect(try found("Thứ Sáu 23/9", Self.days) == ["E225 2024-09-23 – 2026-03-31"])
    #expect(try found("Thứ Ba 22/9") == ["E224 2025-09-22: Thứ Hai, Monday"])
    let july = Period(year: 2025, month: 7)
    #expect(try found("22/9", july) == ["E225 2025-07-01 – 2025-07-31"])
    #expect(try found("14/7", july) == ["W314 2025-07-14"])
    #expect(try found("Thứ Hai 10/11/2025").isEmpty)
    #expect(try found("Thứ Hai 11/11/2025") == ["E224 2025-11-11: Thứ Ba, Tuesday"])
  }

  @Test func serials() {
    #expect(Self.shown(PeriodReading(serial: "45853", startsIn1904: false)) == "period 2025-07-15")
    #expect(Self.shown(PeriodReading(serial: "45853.75", startsIn1904: false)) == "period 2025-07-15")
    #expect(Self.shown(PeriodReading(serial: "44391", startsIn1904: true)) == "period 2025-07-15")
    #expect(
      Self.shown(PeriodReading(serial: "45839", startsIn1904: false, isMonth: true))
        == "period 2025-07-01…2025-07-31")
    for text in ["0", "-1", "1e9", "nan", "x", "1"] {
      #expect(PeriodReading(serial: text, startsIn1904: false) == .notADate)
    }
  }
}
