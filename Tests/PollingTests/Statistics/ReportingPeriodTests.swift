import Testing

@testable import Polling

struct ReportingPeriodTests {
  /// features: half-open intervals. The portal keeps what is at or before the last day, 00:00, and loses that day.
  @Test func theLastDayOfAQuarterBelongsToIt() throws {
    let quarter = try #require(ReportingPeriod.quarter(1, of: 2024))
    // 2024-03-31T10:00:00+07:00
    #expect(quarter.contains(Timestamp(milliseconds: 1_711_854_000_000)))
    // 2024-03-31T23:59:59.999+07:00 and one millisecond on.
    #expect(quarter.contains(Timestamp(milliseconds: 1_711_904_399_999)))
    #expect(!quarter.contains(Timestamp(milliseconds: 1_711_904_400_000)))
    #expect(try known(ReportingPeriod.quarter(2, of: 2024)).contains(Timestamp(milliseconds: 1_711_904_400_000)))
    // 2024-01-01T00:00:00+07:00 and one millisecond before.
    #expect(quarter.contains(Timestamp(milliseconds: 1_704_042_000_000)))
    #expect(!quarter.contains(Timestamp(milliseconds: 1_704_041_999_999)))
  }

  @Test func days() throws {
    func text(_ period: ReportingPeriod?) throws -> String {
      let period = try #require(period)
      return "\(period.start) \(period.end)"
    }
    #expect(try text(.quarter(4, of: 2025)) == "2025-10-01 2026-01-01")
    #expect(try text(.half(1, of: 2025)) == "2025-01-01 2025-07-01")
    #expect(try text(.half(2, of: 2025)) == "2025-07-01 2026-01-01")
    #expect(try text(.nineMonths(of: 2025)) == "2025-01-01 2025-10-01")
    #expect(try text(.month(2, of: 2024)) == "2024-02-01 2024-03-01")
    #expect(try text(.year(2024)) == "2024-01-01 2025-01-01")
    for (quarter, half, month, year) in [(0, 0, 0, 0), (5, 3, 13, 10_000), (-1, -1, .max, .min)] {
      #expect(ReportingPeriod.quarter(quarter, of: 2025) == nil)
      #expect(ReportingPeriod.half(half, of: 2025) == nil)
      #expect(ReportingPeriod.month(month, of: 2025) == nil)
      #expect(ReportingPeriod.year(year) == nil)
    }
    let day = try #require(Day(year: 2025, month: 1, day: 1))
    #expect(ReportingPeriod(start: day, end: day) == nil)
  }

  /// Quarters, halves and the year hold every day once: any slice sums to its parent.
  @Test func slicesMakeTheYear() throws {
    let year = try #require(ReportingPeriod.year(2024))
    let quarters = (1...4).compactMap { ReportingPeriod.quarter($0, of: 2024) }
    let halves = (1...2).compactMap { ReportingPeriod.half($0, of: 2024) }
    let months = (1...12).compactMap { ReportingPeriod.month($0, of: 2024) }
    for number in year.start.number - 2..<year.end.number + 2 {
      let day = Day(number: number)
      let inYear = year.contains(day) ? 1 : 0
      #expect(quarters.count { $0.contains(day) } == inYear)
      #expect(halves.count { $0.contains(day) } == inYear)
      #expect(months.count { $0.contains(day) } == inYear)
    }
    #expect(year.end.number - year.start.number == 366)
  }

  @Test func civilDays() {
    let ranges: [ClosedRange<Int32>] = [-719_162 ... -719_000, 10_000...25_000]
    let wrong = ranges.joined().filter { number in
      let day = Day(number: number)
      let (year, month, dayOfMonth) = day.civil
      return Day(year: year, month: month, day: dayOfMonth) != day
    }
    #expect(wrong.isEmpty)
    #expect(Day(year: 1970, month: 1, day: 1)?.number == 0)
    #expect(Day(year: 2023, month: 2, day: 29) == nil)
    #expect(Day(year: 2024, month: 2, day: 30) == nil)
    #expect(Day(year: 2024, month: 4, day: 31) == nil)
    #expect(Day(year: 0, month: 1, day: 1) == nil)
    #expect(Day(year: .max, month: .min, day: 0) == nil)
  }
}
