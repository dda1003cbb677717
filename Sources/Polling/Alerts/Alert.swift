/// Something that somebody should look at.
public struct Alert: Hashable, Sendable {
  public var subject: AlertSubject
  /// Nil: nobody can tell.
  public var since: Timestamp?
  /// Of n: satisfied answers, or votes for the worst level; 0 for kiosks.
  public var count: UInt64
  /// Answers, or missing numbers of presses.
  public var n: UInt64
  public var words: LocalizedText

  public init(subject: AlertSubject, since: Timestamp?, count: UInt64, n: UInt64, words: LocalizedText) {
    self.subject = subject
    self.since = since
    self.count = count
    self.n = n
    self.words = words
  }

  /// As it is told where counts of fewer than `smallestGroup` people are left out: that it stands, then, and not with which
  /// counts.
  public func shown(smallestGroup: UInt32) -> Alert {
    let rest = n - min(n, count)
    guard subject.kiosk == nil, [count, rest].contains(where: { (1..<UInt64(smallestGroup)).contains($0) }) else {
      return self
    }
    var shown = self
    (shown.count, shown.n) = (0, 0)
    shown.words =
      switch subject {
      case .index: LocalizedText(vi: "mức hài lòng dưới ngưỡng", en: "satisfaction under the threshold")
      case .drop: LocalizedText(vi: "mức hài lòng giảm bất thường", en: "satisfaction fell unusually")
      case .burst: LocalizedText(vi: "nhiều phiếu mức thấp nhất cùng lúc", en: "many votes for the worst level at once")
      case .silent, .gap: words
      }
    return shown
  }
}

/// When alerts are raised. Each rule lowers its alert only some way beyond where it raised it.
public struct AlertThresholds: Hashable, Sendable {
  /// Percent of satisfied answers over seven days, under which a counter is reported.
  public var index: UInt64
  /// Percent points over `index` from which it is not any more.
  public var indexMargin: UInt64
  /// n under which no share is judged.
  public var minimumAnswers: UInt64
  /// The same for one day.
  public var minimumOfDay: UInt64
  /// Votes for the worst level at one counter within `burstMinutes`; half of them, and the burst goes on.
  public var burstVotes: UInt64
  public var burstMinutes: Int64
  /// After so long without a message a kiosk is silent.
  public var silenceMinutes: Int64

  public init(
    index: UInt64 = 80, indexMargin: UInt64 = 2, minimumAnswers: UInt64 = 30, minimumOfDay: UInt64 = 10,
    burstVotes: UInt64 = 5, burstMinutes: Int64 = 15, silenceMinutes: Int64 = 60
  ) {
    self.index = index
    self.indexMargin = indexMargin
    self.minimumAnswers = minimumAnswers
    self.minimumOfDay = minimumOfDay
    self.burstVotes = burstVotes
    self.burstMinutes = burstMinutes
    self.silenceMinutes = silenceMinutes
  }
}
