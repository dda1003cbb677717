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
    ("25/12/2025", "period 2025-12-25"), ("5/4/2025", "either 2025-04-05"), ("05-04-2025", "either 2025-04-05"),
    ("5.5.2025", "period 2025-05-05"), ("2025-04-05", "period 2025-04-05"), ("2025/04/05", "period 2025-04-05"),
    ("2025-04-05T00:00:00", "period 2025-04-05"), ("25/12/2025 08:30", "period 2025-12-25"),
    ("25/12/25", "short 2025-12-25"), ("04/25/2025", "month first"), ("31/02/2025", "no"),
    ("29/02/2024", "period 2024-02-29"),
    ("29/02/2025", "no"), ("ngày 5 tháng 4 năm 2025", "period 2025-04-05"), ("Thứ Hai, 7/4/2025", "either 2025-04-07"),
    ("tháng 7/2025", "period 2025-07-01…2025-07-31"), ("7/2025", "period 2025-07-01…2025-07-31"),
    ("T7/2025", "period 2025-07-01…2025-07-31"), ("2025-07", "period 2025-07-01…2025-07-31"),
    ("12/2025", "period 2025-12-01…2025-12-31"), ("13/2025", "no"), ("Quý III/2025", "period 2025-07-01…2025-09-30"),
    ("Q4/2025", "period 2025-10-01…2025-12-31"), ("quý 4 năm 2025", "period 2025-10-01…2025-12-31"),
    ("Q5/2025", "no"), ("2025", "period 2025-01-01…2025-12-31"), ("Năm 2025", "period 2025-01-01…2025-12-31"),
    ("45853", "serial 2025-07-15"), ("hôm nay", "no"), ("", "no"), ("1/1", "no"), ("0/0/0", "no"),
    ("99999999999999999999/1/2025", "no"), ("12/9223372036854775807", "no"),
    ("Q4/9223372036854775807", "no"), ("9223372036854775807", "no"), ("1/9223372036854775807/2025", "no"),
    ("1/1/99999", "no"), ("15 July 2025", "no"),
    // From one to another.
    ("15/10/2025 - 31/12/2025", "period 2025-10-15…2025-12-31"),
    ("01/10/2025-31/12/2025", "period 2025-10-01…2025-12-31"),
    ("01-10-2025 - 31-12-2025", "period 2025-10-01…2025-12-31"),
    ("1/2/2025 – 3/4/2025", "either 2025-02-01…2025-04-03"),
    ("từ ngày 1/10/2025 đến ngày 31/12/2025", "period 2025-10-01…2025-12-31"), ("đến 31/12/2025", "no"),
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
    ("1-3/2025", "no"), ("1-3 năm 2025", "no"), ("13/4 năm 2025", "period 2025-04-13"), ("1, 3/2025", "no"),
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
    ("9 tháng 5 năm 2025", "period 2025-05-09"), ("ngày 9 tháng 5/2025", "period 2025-05-09"),
    ("năm 2025 tháng 5 ngày 9", "period 2025-05-09"), ("T.7/2025", "period 2025-07-01…2025-07-31"),
    ("Thứ Hai - 14/7/2025", "period 2025-07-14"), ("Thứ 2, 14/7/2025", "period 2025-07-14"),
    ("2025-07-14T08:30:00.000Z", "period 2025-07-14"), ("14/7/2025, 08:30:15", "period 2025-07-14"),
    ("14/7/2025" + String(repeating: " ", count: 1_000) + "- 31/12/2025", "no"), ("14/7/2025 8", "no"),
    ("14/7/2025 25:00", "no"),
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
    case .shortYear(let period): "short " + days(period)
    case .eitherWay(let period): "either " + days(period)
    case .serial(let period): "serial " + days(period)
    case .monthFirst: "month first"
    case .notADate: "no"
    }
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
