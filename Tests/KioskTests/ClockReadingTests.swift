import Polling
import Testing

@testable import Kiosk

@Suite struct ClockReadingTests {
  static let second: Int64 = 1_000
  static let hour: Int64 = 3_600_000
  static let day = 24 * hour

  /// The press before was at noon, say; what a press is marked with by how far each clock went since.
  static let cases: [(String, wall: Int64, steady: Int64, boot: String, TapMarks)] = [
    ("a moment later", 900, 900, "a", []),
    ("at once", 0, 0, "a", []),
    ("both clocks an hour on", hour, hour, "a", []),
    ("put right after weeks without a network", hour + 60 * second, hour, "a", []),
    ("slewed by NTP for a day", day + 43 * second, day, "a", []),
    ("set forward by two minutes", 121 * second, second, "a", .clockForward),
    ("set forward by three days", 3 * day, second, "a", .clockForward),
    ("set back by two hours", -2 * hour, second, "a", .clockBackward),
    ("set back by two minutes in mid-day", hour - 120 * second, hour, "a", .clockBackward),
    ("asleep for a night, told by the steady clock", 9 * hour, 9 * hour, "a", []),
    ("started anew", hour, -40 * second, "b", .clockUnknown),
    ("started anew with a clock that went back", -hour, -40 * second, "b", [.clockUnknown, .clockBackward]),
    ("started anew, and the kernel does not say", hour, -40 * second, "a", .clockUnknown),
    ("a wall clock at the end of time", .max - Samples.wall.milliseconds, second, "a", .clockForward),
    ("a wall clock at its beginning", -2 * Samples.wall.milliseconds, second, "a", [.clockBackward, .clockUnset]),
  ]

  @Test(arguments: cases)
  func marks(_ name: String, _ wall: Int64, _ steady: Int64, _ boot: String, _ expected: TapMarks) {
    let before = Samples.reading()
    let now = Samples.reading(Samples.wall.milliseconds + wall, steady: before.steady + steady, boot: boot)
    #expect(now.marks(after: before) == expected)
  }

  @Test func theFirstPressHasNothingToBeHeldAgainst() {
    #expect(Samples.reading().marks(after: nil) == .clockUnknown)
  }

  @Test func aDeadBatteryIsMarkedUntilTheClockIsSet() {
    let dead = Samples.reading(5_000)
    #expect(dead.marks(after: nil) == [.clockUnknown, .clockUnset])
    let still = Samples.reading(6_000, steady: 51_000)
    #expect(still.marks(after: dead) == .clockUnset)
    let set = Samples.reading(Samples.wall.milliseconds, steady: 52_000)
    #expect(set.marks(after: still) == .clockForward)
    #expect(Samples.reading(Samples.wall.milliseconds + 1_000, steady: 53_000).marks(after: set) == [])
  }

  @Test func readingsThatDoNotFitAnIntegerAreMarkedNotTrappedOn() {
    let extremes = [Int64.min, -1, 0, 1, .max]
    for first in extremes {
      for second in extremes {
        for steady in extremes {
          let before = Samples.reading(first, steady: steady)
          let now = Samples.reading(second, steady: 0)
          #expect(now.marks(after: before).contains(.clockUnset) == (second != .max))
          _ = now.floored(to: .day).marks(after: before.floored(to: .day))
        }
      }
    }
  }

  @Test func flooredReadingsStillShowAClockThatWasSetByMore() {
    let before = Samples.reading().floored(to: .hour)
    #expect(before.wall.milliseconds % Self.hour == 0)
    #expect(before.steady == 0)
    // What was floored away is no jump.
    #expect(Samples.reading(Samples.wall.milliseconds + 100, steady: 50_100).marks(after: before) == [])
    #expect(
      Samples.reading(Samples.wall.milliseconds - 2 * Self.hour, steady: 50_100).marks(after: before) == .clockBackward)
    #expect(
      Samples.reading(Samples.wall.milliseconds + 2 * Self.hour, steady: 50_100).marks(after: before) == .clockForward)
  }

  @Test func theDevicesOwnClocksGoOn() {
    let clock = DeviceClock()
    let (first, second) = (clock.read(), clock.read())
    #expect(!first.boot.isEmpty)
    #expect(second.marks(after: first) == [])
    #expect(second.elapsed(since: first) != nil)
  }
}
