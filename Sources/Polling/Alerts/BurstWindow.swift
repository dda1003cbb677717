/// Votes for the worst level as they come in, by counter and minute, for as long as a burst may last. Kept in memory: after a
/// restart it begins anew.
public struct BurstWindow: Sendable {
  private struct Place: Hashable {
    var poll: PollID
    var unit: UnitPath
  }

  /// More than a province has counters; beyond it none are added.
  private static let mostPlaces = 20_000

  private var thresholds: AlertThresholds
  /// Votes by minute since 1970.
  private var minutes: [Place: [Int64: UInt64]] = [:]
  /// Since which minute.
  private var standing: [Place: Int64] = [:]
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
    let (sum, overflow) = (minutes[place]?[minute] ?? 0).addingReportingOverflow(votes)
    minutes[place, default: [:]][minute] = overflow ? .max : sum
  }

  /// The bursts that stand.
  public mutating func alerts(at now: Timestamp) -> [Alert] {
    clean(now.milliseconds / 60_000)
    var alerts: [Alert] = []
    for (place, votes) in minutes {
      let sum = votes.values.reduce(0 as UInt64) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
      let needed =
        standing[place] == nil ? thresholds.burstVotes : thresholds.burstVotes / 2 + thresholds.burstVotes % 2
      guard sum >= needed, let first = votes.keys.min() else {
        standing[place] = nil
        continue
      }
      let since = standing[place] ?? first
      standing[place] = since
      alerts.append(
        Alert(
          subject: .burst(place.poll, place.unit), since: Timestamp(milliseconds: since * 60_000), count: sum, n: sum,
          words: LocalizedText(
            vi: "\(sum) phiếu mức thấp nhất trong \(thresholds.burstMinutes) phút",
            en: "\(sum) votes for the worst level within \(thresholds.burstMinutes) min")))
    }
    return alerts
  }

  /// Forgets what is older than the window. A clock that was put back forgets what lies ahead of it.
  private mutating func clean(_ minute: Int64) {
    cleanedAt = minute
    let (oldest, overflow) = minute.subtractingReportingOverflow(thresholds.burstMinutes - 1)
    let kept = (overflow ? .min : oldest)...max(minute, overflow ? .min : oldest)
    minutes = minutes.compactMapValues { votes in
      let votes = votes.filter { kept.contains($0.key) }
      return votes.isEmpty ? nil : votes
    }
    standing = standing.filter { minutes[$0.key] != nil }
  }
}
