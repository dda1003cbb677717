/// Votes for the worst level as they come in, by counter and minute, for as long as a burst may last. Kept in memory: after a
/// restart it begins anew.
public struct BurstWindow: Sendable {
  private struct Place: Hashable {
    var poll: PollID
    var unit: UnitPath
  }

  /// Minutes since 1970.
  private struct Burst {
    var since: Int64
    /// The minute in which it was still on.
    var last: Int64
    /// The most votes within the window.
    var most: UInt64
  }

  /// More than a province has counters; beyond it none are added.
  private static let mostPlaces = 20_000
  /// Who was away sees it when they come back: minutes for which a burst is told after it is over.
  static let remembered: Int64 = 480

  private let thresholds: AlertThresholds
  /// Votes by minute.
  private var minutes: [Place: [Int64: UInt64]] = [:]
  private var bursts: [Place: Burst] = [:]
  private var cleanedAt: Int64 = .min

  public init(_ thresholds: AlertThresholds) {
    self.thresholds = thresholds
  }

  /// So many votes for the worst level have come.
  public mutating func add(_ votes: UInt64, poll: PollID, unit: UnitPath, at now: Timestamp) {
    let minute = now.milliseconds / 60_000
    if minute != cleanedAt { clean(minute) }
    let place = Place(poll: poll, unit: unit)
    guard votes > 0, minutes[place] != nil || minutes.count < Self.mostPlaces else { return }
    minutes[place, default: [:]][minute] = Self.sum(minutes[place]?[minute] ?? 0, votes)
    judge(place, minute)
  }

  /// The bursts that are on, or were lately.
  public mutating func alerts(at now: Timestamp) -> [Alert] {
    clean(now.milliseconds / 60_000)
    return bursts.map { place, burst in
      Alert(
        subject: .burst(place.poll, place.unit), since: Timestamp(milliseconds: burst.since * 60_000),
        count: burst.most, n: burst.most,
        words: LocalizedText(
          vi: "\(burst.most) phiếu mức thấp nhất trong \(thresholds.burstMinutes) phút",
          en: "\(burst.most) votes for the worst level within \(thresholds.burstMinutes) min"),
        coarseWords: LocalizedText(
          vi: "từ \(thresholds.burstVotes) phiếu mức thấp nhất trong \(thresholds.burstMinutes) phút",
          en: "\(thresholds.burstVotes) or more votes for the worst level within \(thresholds.burstMinutes) min"))
    }
  }

  /// A burst begins with so many votes, and goes on as long as there are half of them.
  private mutating func judge(_ place: Place, _ minute: Int64) {
    let votes = (minutes[place] ?? [:]).values.reduce(0, Self.sum)
    if var burst = bursts[place], isOn(burst, minute) {
      guard votes >= thresholds.burstVotes / 2 + thresholds.burstVotes % 2 else { return }
      burst.last = minute
      burst.most = max(burst.most, votes)
      bursts[place] = burst
    } else if votes >= thresholds.burstVotes {
      bursts[place] = Burst(since: minutes[place]?.keys.min() ?? minute, last: minute, most: votes)
    }
  }

  private func isOn(_ burst: Burst, _ minute: Int64) -> Bool { minute &- burst.last < thresholds.burstMinutes }

  /// Forgets what is older than the window. A clock that was put back forgets what lies ahead of it.
  private mutating func clean(_ minute: Int64) {
    cleanedAt = minute
    let (window, remembered) = (0..<thresholds.burstMinutes, 0..<Self.remembered)
    minutes = minutes.compactMapValues { votes in
      let votes = votes.filter { window.contains(minute &- $0.key) }
      return votes.isEmpty ? nil : votes
    }
    bursts = bursts.filter { remembered.contains(minute &- $0.value.last) }
  }

  private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}
