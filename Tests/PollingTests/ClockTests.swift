import Polling
import Testing

/// What a wrong clock on a kiosk does to the day a ballot is counted on, to its standing to the closing, and to the day
/// its press is accounted for.
struct ClockTests {
  private static let hour: Int64 = 3_600_000
  private static let day: Int64 = 24 * hour

  /// 2026-11-20 in Hải Châu, hours and minutes from its midnight.
  private static func at(_ hours: Int64, _ minutes: Int64 = 0) -> Timestamp {
    Timestamp(milliseconds: 1_795_107_600_000 + hours * hour + minutes * 60_000)
  }

  struct Row: CustomStringConvertible, Sendable {
    var description: String
    /// As the device wrote it.
    var pressed: Timestamp?
    /// Device clock minus ours, when it was sent.
    var skew: Int64
    var received: Timestamp
    var counted: String
    var flags: RecordFlags = []
    var standing: ClosingRule.Standing
    var accounted: String
  }

  /// The poll closes at midnight after the 20th, and is sealed a day later.
  static let rows = [
    Row(
      description: "right, online", pressed: at(9), skew: 0, received: at(9), counted: "2026-11-20",
      standing: .inTime, accounted: "2026-11-20"),
    Row(
      description: "2 h slow, online, sent after midnight by our clock", pressed: at(22, 30), skew: -2 * hour,
      received: at(24, 30), counted: "2026-11-21", standing: .sealed, accounted: "2026-11-20"),
    Row(
      description: "2 h slow, pressed an hour before midnight, brought in the morning", pressed: at(21),
      skew: -2 * hour,
      received: at(32), counted: "2026-11-20", standing: .late, accounted: "2026-11-20"),
    Row(
      description: "2 h slow, in the small hours of the 20th: its own day is the one before", pressed: at(-1),
      skew: -2 * hour, received: at(1), counted: "2026-11-20", standing: .inTime, accounted: "2026-11-19"),
    Row(
      description: "3 days fast, online", pressed: at(3 * 24 + 9), skew: 3 * day, received: at(9),
      counted: "2026-11-20", standing: .inTime, accounted: "2026-11-23"),
    Row(
      description: "3 days fast, offline over the closing", pressed: at(3 * 24 + 23), skew: 3 * day,
      received: at(40), counted: "2026-11-20", standing: .late, accounted: "2026-11-23"),
    Row(
      description: "3 days fast, pressed after the closing", pressed: at(4 * 24 + 1), skew: 3 * day,
      received: at(26), counted: "2026-11-21", standing: .sealed, accounted: "2026-11-24"),
    Row(
      description: "3 days fast, and nobody measured it", pressed: at(3 * 24 + 9), skew: 0, received: at(9),
      counted: "2026-11-20", flags: .clock, standing: .inTime, accounted: "2026-11-23"),
    Row(
      description: "jumped 6 h ahead at noon, pressed before, sent after: corrected too far, in bounds",
      pressed: at(11),
      skew: 6 * hour, received: at(13), counted: "2026-11-20", standing: .inTime, accounted: "2026-11-20"),
    Row(
      description: "the same, brought after the closing", pressed: at(23), skew: 6 * hour, received: at(25),
      counted: "2026-11-20", standing: .late, accounted: "2026-11-20"),
    Row(
      description: "jumped 6 h back at noon, pressed before, sent after: corrected into the future", pressed: at(11),
      skew: -6 * hour, received: at(13), counted: "2026-11-20", flags: .clock, standing: .inTime,
      accounted: "2026-11-20"),
    Row(
      description: "the same, brought after the closing: nobody can say", pressed: at(23), skew: -6 * hour,
      received: at(25), counted: "2026-11-21", flags: .clock, standing: .sealed, accounted: "2026-11-20"),
    Row(
      description: "battery dead, online: 1970, and the skew makes up for it",
      pressed: Timestamp(milliseconds: 60_000), skew: 60_000 - at(9).milliseconds, received: at(9),
      counted: "2026-11-20", standing: .inTime, accounted: "1970-01-01"),
    Row(
      description: "battery dead, restarted and set since: 1970, and nobody can say",
      pressed: Timestamp(milliseconds: 60_000), skew: 0, received: at(9), counted: "2026-11-20", flags: .clock,
      standing: .inTime, accounted: "1970-01-01"),
    Row(
      description: "the same, brought after the closing", pressed: Timestamp(milliseconds: 60_000), skew: 0,
      received: at(25), counted: "2026-11-21", flags: .clock, standing: .sealed, accounted: "1970-01-01"),
    Row(
      description: "no clock", pressed: nil, skew: 0, received: at(9), counted: "2026-11-20", standing: .inTime,
      accounted: "1970-01-01"),
    Row(
      description: "no clock, after the closing", pressed: nil, skew: 0, received: at(25), counted: "2026-11-21",
      standing: .sealed, accounted: "1970-01-01"),
    Row(
      description: "2099 is a year, 2100 is none", pressed: Timestamp(milliseconds: 4_102_444_800_000), skew: 0,
      received: at(9), counted: "2026-11-20", flags: .clock, standing: .inTime, accounted: "1970-01-01"),
    Row(
      description: "eight days offline", pressed: at(9 - 8 * 24), skew: 0, received: at(9), counted: "2026-11-20",
      flags: .clock, standing: .inTime, accounted: "2026-11-12"),
    Row(
      description: "the end of all times", pressed: Timestamp(milliseconds: .max), skew: .min, received: at(9),
      counted: "2026-11-20", flags: .clock, standing: .inTime, accounted: "1970-01-01"),
  ]

  @Test(arguments: rows)
  func row(_ row: Row) {
    let (counted, flags) = BucketRule.day(
      deviceTime: row.pressed, receivedTime: row.received, skewMilliseconds: row.skew)
    #expect(counted.description == row.counted)
    #expect(flags == row.flags)
    let made = BucketRule.made(deviceTime: row.pressed, receivedTime: row.received, skewMilliseconds: row.skew)
    #expect((made == nil) == (row.pressed == nil || flags == .clock))
    let standing = ClosingRule.standing(
      made: made, received: row.received, opensAt: nil, closesAt: Self.at(24), closedByHandAt: nil, lateFor: Self.day)
    #expect(standing == row.standing)
    #expect(PressDay.day(of: row.pressed).description == row.accounted)
  }

  /// It is the same for every precision, for it is no finer than the coarsest.
  @Test(arguments: TimePrecision.allCases)
  func pressDaysAreCoarse(_ precision: TimePrecision) {
    for hours in stride(from: -50 as Int64, to: 50, by: 1) {
      let time = Self.at(hours, 59)
      #expect(PressDay.day(of: time.floored(to: precision)) == PressDay.day(of: time))
    }
  }

  @Test func pressDaysAreFew() {
    #expect(PressDay.range.lowerBound.description == "2020-01-01")
    #expect(PressDay.range.upperBound.description == "2099-12-31")
    #expect(PressDay.unset.description == "1970-01-01")
    for end in [PressDay.range.lowerBound, PressDay.range.upperBound] { #expect(PressDay.day(of: end.start) == end) }
    #expect(PressDay.day(of: Day(number: PressDay.range.upperBound.number + 1).start) == PressDay.unset)
    #expect(PressDay.day(of: Day(number: PressDay.range.lowerBound.number - 1).start) == PressDay.unset)
    #expect(PressDay.day(of: Timestamp(milliseconds: .min)) == PressDay.unset)
  }
}
