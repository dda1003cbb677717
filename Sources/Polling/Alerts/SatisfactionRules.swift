extension Poll {
  /// The question whose answers stand for satisfaction: the first with levels that everybody is asked.
  public var satisfactionQuestion: Question? {
    questions.first { $0.kind == .ordinal && $0.askedIf == nil }
  }
}

/// Alerts about a counter's share of satisfied answers, from its counts of each day.
///
/// Every rule goes through the days from the oldest to today, so that the same days give the same alerts whoever asks, after a
/// restart too. Only today still moves: an alert that was raised today is not lowered today by what would not have raised it.
public struct SatisfactionRules: Sendable {
  /// One counter's answers by day.
  public typealias Days = [Day: LevelCounts]

  /// How far back the days are needed.
  public static let daysNeeded: Int = 42
  /// Over so many days the index is taken.
  static let indexDays: Int = 7
  /// Days that are judged against those before them.
  static let judgedDays: Int = 14

  /// Fewer answers that are not satisfied make no bad day: the limits are those of a normal distribution, which so few have
  /// not.
  static let fewestOthers: UInt64 = 3

  public var thresholds: AlertThresholds
  public var today: Day

  public init(_ thresholds: AlertThresholds, today: Day) {
    self.thresholds = thresholds
    self.today = today
  }

  /// The share of satisfied answers over seven days is under the threshold.
  ///
  /// - Parameter isStanding: it was raised when somebody looked before.
  public func index(_ days: Days, of poll: PollID, at unit: UnitPath, isStanding: Bool) -> Alert? {
    var since: Day?
    var newest: Proportion?
    for day in lastDays(Self.judgedDays) {
      if day == today, isStanding, since == nil { since = today }
      guard let share = satisfied(days, from: day.advanced(by: 1 - Self.indexDays), through: day) else {
        (since, newest) = (nil, nil)
        continue
      }
      guard share.total >= thresholds.minimumAnswers else { continue }
      newest = share
      if isUnder(share, thresholds.index) {
        since = since ?? day
      } else if !isUnder(share, thresholds.index + thresholds.indexMargin) {
        since = nil
      }
    }
    guard let since, let newest else { return nil }
    let (percent, limit) = (Self.percent(newest), thresholds.index)
    return Alert(
      subject: .index(poll, unit), since: since.start, count: newest.count, n: newest.total,
      words: LocalizedText(
        vi: "hài lòng \(percent) % trong 7 ngày (n = \(newest.total)), ngưỡng \(limit) %",
        en: "\(percent)% satisfied over 7 days (n = \(newest.total)), threshold \(limit)%"),
      coarseWords: LocalizedText(
        vi: "dưới \(limit) % hài lòng trong 7 ngày (n ≥ \(thresholds.minimumAnswers))",
        en: "under \(limit)% satisfied over 7 days (n ≥ \(thresholds.minimumAnswers))"))
  }

  /// The share of a day is under the lower control limit of the four weeks before the last fourteen days, or small falls
  /// have added up to what chance does not explain (``ControlChart``, ``CumulativeSum``).
  ///
  /// - Parameter isStanding: it was raised when somebody looked before.
  public func drop(_ days: Days, of poll: PollID, at unit: UnitPath, isStanding: Bool) -> Alert? {
    let start = today.advanced(by: 1 - Self.judgedDays)
    guard
      let before = satisfied(
        days, from: today.advanced(by: 1 - Self.daysNeeded), through: start.advanced(by: -1)),
      before.total >= thresholds.minimumAnswers,
      // Two more of each kind (A. Agresti, B. A. Coull, The American Statistician 52 (1998)): nothing can be measured against
      // 100 %, and little close to it.
      let baseline = Proportion(before.count &+ 2, of: before.total &+ 4),
      var sums = CumulativeSum(baseline: baseline)
    else { return nil }
    let chart = ControlChart(baseline: baseline, minimumTotal: thresholds.minimumOfDay)
    let nearby = ControlChart(baseline: baseline, width: 1, minimumTotal: thresholds.minimumOfDay)
    var since: Day?
    for day in lastDays(Self.judgedDays) {
      if day == today, isStanding, since == nil { since = today }
      guard let share = satisfied(days, from: day, through: day) else { continue }
      sums.add(share)
      let isLow = chart.point(share).verdict == .belowLimit && share.total - share.count >= Self.fewestOthers
      if isLow || sums.signal == .fall {
        since = since ?? day
      } else if since != nil, sums.fall <= sums.threshold / 2 {
        switch nearby.point(share).verdict {
        case .inControl, .aboveLimit:
          since = nil
          sums.reset()
        case .belowLimit, .tooFew, .noData: break
        }
      }
    }
    guard let since, let now = satisfied(days, from: since, through: today) else { return nil }
    let (percent, usual) = (Self.percent(now), Self.percent(before))
    return Alert(
      subject: .drop(poll, unit), since: since.start, count: now.count, n: now.total,
      words: LocalizedText(
        vi: "hài lòng giảm còn \(percent) % (n = \(now.total)), trước đó \(usual) %",
        en: "satisfied fell to \(percent)% (n = \(now.total)) from \(usual)%"),
      coarseWords: LocalizedText(
        vi: "mức hài lòng giảm quá giới hạn kiểm soát", en: "satisfaction fell below its control limit"))
  }

  private func lastDays(_ count: Int) -> [Day] { (0..<count).reversed().map { today.advanced(by: -$0) } }

  /// Nil: no answers.
  private func satisfied(_ days: Days, from: Day, through: Day) -> Proportion? {
    var (count, total): (UInt64, UInt64) = (0, 0)
    for (day, levels) in days where from <= day && day <= through {
      count &+= levels.topTwoBox?.count ?? 0
      total &+= levels.total
    }
    return Proportion(count, of: total)
  }

  /// Exactly, whatever the counts.
  private func isUnder(_ share: Proportion, _ percent: UInt64) -> Bool {
    let (left, right) = (share.count.multipliedFullWidth(by: 100), share.total.multipliedFullWidth(by: percent))
    return (left.high, left.low) < (right.high, right.low)
  }

  static func percent(_ share: Proportion) -> Int64 { share.share.roundedHalfUp(places: 2) ?? 0 }
}
