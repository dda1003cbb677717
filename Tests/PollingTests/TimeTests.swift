import Testing

@testable import Polling

struct TimeTests {
  struct Date: Sendable, CustomStringConvertible {
    var number: Int32
    var text: String
    /// 0 for Monday.
    var weekday: Int
    var description: String { text }
  }

  // From `date -u -d @$((86400*N)) +'%F %u'`, and proleptic ones from Python's datetime.
  static let dates = [
    Date(number: 0, text: "1970-01-01", weekday: 3),
    Date(number: -1, text: "1969-12-31", weekday: 2),
    Date(number: -365, text: "1969-01-01", weekday: 2),
    Date(number: 58, text: "1970-02-28", weekday: 5),
    Date(number: 59, text: "1970-03-01", weekday: 6),
    Date(number: 789, text: "1972-02-29", weekday: 1),
    Date(number: 790, text: "1972-03-01", weekday: 2),
    Date(number: 11_015, text: "2000-02-28", weekday: 0),
    Date(number: 11_016, text: "2000-02-29", weekday: 1),
    Date(number: 11_017, text: "2000-03-01", weekday: 2),
    Date(number: -25_508, text: "1900-03-01", weekday: 3),
    Date(number: -25_509, text: "1900-02-28", weekday: 2),
    Date(number: 47_540, text: "2100-02-28", weekday: 6),
    Date(number: 47_541, text: "2100-03-01", weekday: 0),
    Date(number: 18_549, text: "2020-10-14", weekday: 2),
    Date(number: 18_321, text: "2020-02-29", weekday: 5),
    Date(number: -719_162, text: "0001-01-01", weekday: 0),
    Date(number: 2_932_896, text: "9999-12-31", weekday: 4),
  ]

  @Test(arguments: dates)
  func civil(_ date: Date) {
    let day = Day(number: date.number)
    #expect(day.description == date.text)
    #expect(day.weekday == date.weekday)
  }

  /// A day after the other: months and years turn where they should, weekdays go round.
  @Test func everyDayOfEightCenturies() {
    var previous = Day(number: -150_000)
    for number in Int32(-149_999)...150_000 {
      let day = Day(number: number)
      let (a, b) = (previous.civil, day.civil)
      let isLeap = (a.year % 4 == 0 && a.year % 100 != 0) || a.year % 400 == 0
      let length = a.month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(a.month) ? 30 : 31
      let expected =
        a.day < length ? (a.year, a.month, a.day + 1) : a.month < 12 ? (a.year, a.month + 1, 1) : (a.year + 1, 1, 1)
      guard b == expected, day.weekday == (previous.weekday + 1) % 7 else {
        Issue.record("\(previous) is followed by \(day)")
        return
      }
      previous = day
    }
  }

  /// Local midnight is 17:00 UTC.
  static let instantRows: [(Int64, String)] = [
    (1_602_694_799_999, "2020-10-14"), (1_602_694_800_000, "2020-10-15"), (1_602_608_400_000, "2020-10-14"),
    (1_602_608_399_999, "2020-10-13"), (0, "1970-01-01"), (-25_200_000, "1970-01-01"), (-25_200_001, "1969-12-31"),
  ]

  @Test(arguments: instantRows)
  func dayOfAnInstant(_ milliseconds: Int64, _ text: String) {
    let day = Day(of: Timestamp(milliseconds: milliseconds))
    #expect(day.description == text)
    #expect(day.start.milliseconds <= milliseconds)
    #expect(Day(number: day.number + 1).start.milliseconds > milliseconds)
  }

  @Test(arguments: [Int64.min, .min + 1, .max - 1, .max])
  func extremeInstants(_ milliseconds: Int64) {
    let instant = Timestamp(milliseconds: milliseconds)
    #expect(Day(of: instant).number == (milliseconds < 0 ? Int32.min : .max))
    for precision in TimePrecision.allCases {
      #expect(instant.floored(to: precision) <= instant)
    }
    for day in [Day(number: .min), Day(number: .max)] {
      #expect(day.start.milliseconds != 0)
      #expect((0...6).contains(day.weekday))
      #expect((1...12).contains(day.civil.month))
    }
  }

  static let floorRows: [(TimePrecision, Int64, Int64)] = [
    (TimePrecision.second, 1_602_640_812_345, 1_602_640_812_000),
    (.minute, 1_602_640_812_345, 1_602_640_800_000), (.hour, 1_602_642_599_999, 1_602_640_800_000),
    (.second, -1, -1_000), (.minute, -1, -60_000), (.hour, -3_600_000, -3_600_000), (.hour, -1, -3_600_000),
    // Days are local ones: 2020-10-14 begins at 2020-10-13T17:00:00Z.
    (.day, 1_602_640_812_345, 1_602_608_400_000), (.day, 1_602_608_400_000, 1_602_608_400_000),
    (.day, 1_602_608_399_999, 1_602_522_000_000), (.day, 0, -25_200_000), (.day, -25_200_001, -111_600_000),
  ]

  @Test(arguments: floorRows)
  func floors(_ precision: TimePrecision, _ instant: Int64, _ floored: Int64) {
    let result = Timestamp(milliseconds: instant).floored(to: precision)
    #expect(result.milliseconds == floored)
    #expect(result.floored(to: precision) == result)
    // Flooring never moves a ballot to another day.
    #expect(Day(of: result) == Day(of: Timestamp(milliseconds: instant)))
  }

  static let skewRows: [(TimePrecision, Int64, Int64)] = [
    (TimePrecision.second, 1_999, 1_000), (.second, -1_999, -1_000), (.hour, 180_000, 0),
    (.hour, -180_000, 0), (.hour, 3_600_000, 3_600_000), (.day, .max, 9_223_372_036_828_800_000),
    (.minute, .min, -9_223_372_036_854_720_000),
  ]

  @Test(arguments: skewRows)
  func wholeSteps(_ precision: TimePrecision, _ skew: Int64, _ steps: Int64) {
    #expect(precision.wholeSteps(of: skew) == steps)
  }
}

struct BucketRuleTests {
  static let received: Int64 = 1_602_640_800_000  // 2020-10-14 09:00 local
  static let week: Int64 = 7 * 86_400_000

  static let edgeRows: [(Int64, Int64, String, Bool)] = [
    // device minus received, skew, day, flagged
    (0, 0, "2020-10-14", false), (-9 * 3_600_000, 0, "2020-10-14", false),
    (-9 * 3_600_000 - 1, 0, "2020-10-13", false), (-week, 0, "2020-10-07", false), (-week - 1, 0, "2020-10-14", true),
    (300_000, 0, "2020-10-14", false), (300_001, 0, "2020-10-14", true), (week, 0, "2020-10-14", true),
    // A clock that is a day ahead, and known to be: what it says is put right.
    (86_400_000, 86_400_000, "2020-10-14", false), (0, 86_400_000, "2020-10-13", false),
    (-week, 86_400_000, "2020-10-14", true), (86_400_000 - 600_000, 86_400_000, "2020-10-14", false),
  ]

  @Test(arguments: edgeRows)
  func edges(_ difference: Int64, _ skew: Int64, _ day: String, _ flagged: Bool) {
    let (bucket, flags) = BucketRule.day(
      deviceTime: Timestamp(milliseconds: Self.received + difference),
      receivedTime: Timestamp(milliseconds: Self.received), skewMilliseconds: skew)
    #expect(bucket.description == day)
    #expect(flags == (flagged ? .clock : []))
    #expect(flags.isCounted)
  }

  @Test func noClock() {
    let (day, flags) = BucketRule.day(
      deviceTime: nil, receivedTime: Timestamp(milliseconds: Self.received), skewMilliseconds: .min)
    #expect(day.description == "2020-10-14")
    #expect(flags == [])
  }

  @Test(arguments: [Int64.min, 0, .max], [Int64.min, 0, .max])
  func extremeClocks(_ device: Int64, _ skew: Int64) {
    let (day, flags) = BucketRule.day(
      deviceTime: Timestamp(milliseconds: device), receivedTime: Timestamp(milliseconds: Self.received),
      skewMilliseconds: skew)
    #expect(day.description == "2020-10-14")
    #expect(flags == .clock)
  }

  @Test func whichFlagsAreCounted() {
    #expect(RecordFlags().isCounted)
    #expect(RecordFlags.clock.isCounted)
    #expect(!RecordFlags.cooldown.isCounted)
    #expect(!RecordFlags.burst.isCounted)
    #expect(!RecordFlags([.clock, .burst]).isCounted)
  }
}
