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
  /// The same without a count of people. Nil: there is none in it.
  public var coarseWords: LocalizedText?

  public init(
    subject: AlertSubject, since: Timestamp?, count: UInt64, n: UInt64, words: LocalizedText,
    coarseWords: LocalizedText? = nil
  ) {
    self.subject = subject
    self.since = since
    self.count = count
    self.n = n
    self.words = words
    self.coarseWords = coarseWords
  }

  /// As it is told to those who are shown published figures only (``SuppressionRule``): that it stands, and not with which
  /// counts, for from two of these, a minute apart, somebody could tell how one person rated.
  public var withoutCounts: Alert {
    guard let coarseWords else { return self }
    return Alert(subject: subject, since: since, count: 0, n: 0, words: coarseWords)
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
