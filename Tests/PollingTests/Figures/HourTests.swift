import Polling
import Testing

@Suite struct HourTests {
  /// 2023-11-15 in Hải Châu.
  private static let day = Day(number: 19_676)

  private static func time(_ hour: Int64, _ minute: Int64 = 0) -> Timestamp {
    Timestamp(milliseconds: day.start.milliseconds + (hour * 60 + minute) * 60_000)
  }

  @Test(
    arguments: [
      // Received at 10:30; by the device's clock, which is so many minutes fast; by the poll's precision.
      (nil, 0, TimePrecision.second, 10),
      (time(7, 59), 0, .second, 7),
      (time(8), 0, .second, 8),
      (time(8, 20), 30, .minute, 7),
      (time(0), 0, .hour, 0),
      // Of another day, and the day was decided by the time it came.
      (time(-300), 0, .second, 10),
      (time(12), 0, .second, 10),
      (time(0), 0, .day, nil), (nil, 0, .day, nil),
    ] as [(Timestamp?, Int64, TimePrecision, Int?)])
  func theHourIsThatInWhichItWasMade(
    _ device: Timestamp?, _ skew: Int64, _ precision: TimePrecision, _ hour: Int?
  ) {
    let received = Self.time(10, 30)
    let (day, _) = BucketRule.day(deviceTime: device, receivedTime: received, skewMilliseconds: skew * 60_000)
    #expect(day == Self.day)
    #expect(
      HourCounts.hour(
        on: day, deviceTime: device, receivedTime: received, skewMilliseconds: skew * 60_000, precision: precision)
        == hour)
  }

  /// Pressed at five to midnight, by a clock that is believed, and received the next morning.
  @Test func anotherDaysHourIsOfThatDay() {
    let pressed = Self.time(23, 55)
    #expect(
      HourCounts.hour(
        on: Self.day, deviceTime: pressed, receivedTime: Self.time(32), skewMilliseconds: 0, precision: .second) == 23)
    #expect(
      HourCounts.hour(
        on: Self.day.advanced(by: 1), deviceTime: pressed, receivedTime: Self.time(32), skewMilliseconds: 0,
        precision: .second) == nil)
  }

  @Test func hoursAddUpByUnitAndChannel() throws {
    let (first, second) = (try UnitPath("a/b/quay-01"), try UnitPath("a/b/quay-02"))
    var counts = HourCounts()
    counts.add(3, on: Self.day, hour: 8, unit: first, channel: .kiosk)
    counts.add(-1, on: Self.day, hour: 8, unit: first, channel: .kiosk)
    counts.add(5, on: Self.day, hour: nil, unit: first, channel: .paper)
    counts.add(7, on: Self.day.advanced(by: -1), hour: 8, unit: first, channel: .kiosk)
    var other = HourCounts()
    other.add(4, on: Self.day, hour: 23, unit: second, channel: .kiosk)
    other.add(1, on: Self.day, hour: 8, unit: first, channel: .kiosk)
    counts.fold(other)
    func shown(_ unit: String, _ channels: Set<Channel>? = nil, on day: Day = Self.day) throws -> [Int64] {
      let (hours, unknown) = counts.counts(on: day, unit: try UnitPath(unit), channels: channels)
      #expect(hours.count == HourCounts.perDay)
      return [hours[8], hours[23], hours.reduce(0, +), unknown]
    }
    #expect(try shown("a") == [3, 4, 7, 5])
    #expect(try shown("a/b/quay-01") == [3, 0, 3, 5])
    #expect(try shown("a", [.kiosk]) == [3, 4, 7, 0])
    #expect(try shown("a", on: Self.day.advanced(by: -1)) == [7, 0, 7, 0])
    counts.forget(before: Self.day)
    #expect(try shown("a", on: Self.day.advanced(by: -1)) == [0, 0, 0, 0])
    #expect(try shown("a") == [3, 4, 7, 5])
  }
}
