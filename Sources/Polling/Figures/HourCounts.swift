/// How many ballots were counted in each hour of a day, by unit and channel: for a picture of the day. Tallies know days only.
public struct HourCounts: Hashable, Sendable {
  /// A day of Asia/Ho_Chi_Minh has 24 of them, always.
  public static let perDay = 24

  private struct Place: Hashable, Sendable {
    var day: Day
    var unit: UnitPath
    var channel: Channel
  }

  /// One number for each hour, and a last one for what nobody knows the hour of.
  private var counts: [Place: [Int64]] = [:]

  public init() {}

  /// The hour of the day that a ballot is counted on in which it was made (``BucketRule``), or else received.
  ///
  /// - Returns: 0 to 23. Nil: it came on another day, or the poll keeps no times of day.
  public static func hour(
    on day: Day, deviceTime: Timestamp?, receivedTime: Timestamp, skewMilliseconds: Int64, precision: TimePrecision
  ) -> Int? {
    guard precision != .day else { return nil }
    let made = BucketRule.made(
      deviceTime: deviceTime, receivedTime: receivedTime, skewMilliseconds: skewMilliseconds)
    let time = made ?? receivedTime
    guard Day(of: time) == day else { return nil }
    return min(perDay - 1, max(0, Int((time.milliseconds - day.start.milliseconds) / 3_600_000)))
  }

  /// Adds so many ballots.
  ///
  /// - Parameters:
  ///   - times: negative for ballots that were voided.
  ///   - hour: nil: nobody knows.
  public mutating func add(_ times: Int64, on day: Day, hour: Int?, unit: UnitPath, channel: Channel) {
    let hour = hour.flatMap { (0..<Self.perDay).contains($0) ? $0 : nil } ?? Self.perDay
    counts[
      Place(day: day, unit: unit, channel: channel), default: [Int64](repeating: 0, count: Self.perDay + 1)
    ][hour] &+= times
  }

  /// Adds everything that others of the same poll count.
  public mutating func fold(_ other: HourCounts) {
    for (place, added) in other.counts {
      guard let known = counts[place] else {
        counts[place] = added
        continue
      }
      counts[place] = zip(known, added).map { $0 &+ $1 }
    }
  }

  /// Days before this one are needed no more.
  public mutating func forget(before day: Day) {
    counts = counts.filter { $0.key.day >= day }
  }

  /// What was counted on a day for a unit and all below it.
  ///
  /// - Parameter channels: nil: all of them.
  /// - Returns: ``perDay`` counts, and what nobody knows the hour of.
  public func counts(on day: Day, unit: UnitPath, channels: Set<Channel>?) -> (hours: [Int64], unknown: Int64) {
    var sums = [Int64](repeating: 0, count: Self.perDay + 1)
    for (place, counted) in counts
    where place.day == day && unit.contains(place.unit) && channels?.contains(place.channel) ?? true {
      for (hour, count) in counted.enumerated() { sums[hour] &+= count }
    }
    let unknown = sums.removeLast()
    return (sums, unknown)
  }
}
