/// The five windows of a live tally. Half-open intervals of days; weeks begin on Monday.
public enum Window: UInt8, Sendable, CaseIterable {
  case today = 1
  case yesterday = 2
  case thisWeek = 3
  case thisMonth = 4
  case total = 5

  public func contains(_ day: Day, today: Day) -> Bool {
    switch self {
    case .today: return day == today
    case .yesterday: return Int(day.number) == Int(today.number) - 1
    case .thisWeek:
      let monday = Int(today.number) - today.weekday
      return (monday..<monday + 7).contains(Int(day.number))
    case .thisMonth:
      let (a, b) = (day.civil, today.civil)
      return a.year == b.year && a.month == b.month
    case .total: return true
    }
  }
}

/// The running counts of one poll for one unit and all below it.
public struct Tally: Hashable, Sendable {
  public struct QuestionCount: Hashable, Sendable {
    public var question: String
    /// Choice codes in the poll's order.
    public var codes: [String]
    /// Votes, one count per code, zeros included.
    public var counts: [Int64]
    public var undervotes: Int64

    public init(question: String, codes: [String], counts: [Int64], undervotes: Int64) {
      self.question = question
      self.codes = codes
      self.counts = counts
      self.undervotes = undervotes
    }
  }

  public struct WindowCount: Hashable, Sendable {
    public var window: Window
    /// n: ballots counted.
    public var ballots: Int64
    /// Ballots kept and left out of every other figure here.
    public var flaggedBallots: Int64
    /// Of n, those that name their dossier.
    public var boundBallots: Int64
    /// Of n, paper that one person entered and nobody a second time.
    public var singleEntryBallots: Int64
    public var questions: [QuestionCount]
    public var channels: [Channel: Int64]

    public init(
      window: Window, ballots: Int64, flaggedBallots: Int64, boundBallots: Int64, singleEntryBallots: Int64 = 0,
      questions: [QuestionCount], channels: [Channel: Int64]
    ) {
      self.window = window
      self.ballots = ballots
      self.flaggedBallots = flaggedBallots
      self.boundBallots = boundBallots
      self.singleEntryBallots = singleEntryBallots
      self.questions = questions
      self.channels = channels
    }
  }

  public var unit: UnitPath
  public var channel: Channel?
  /// The ledger sequence these figures include.
  public var revision: UInt64
  public var today: Day
  public var windows: [WindowCount]

  public init(unit: UnitPath, channel: Channel?, revision: UInt64, today: Day, windows: [WindowCount]) {
    self.unit = unit
    self.channel = channel
    self.revision = revision
    self.today = today
    self.windows = windows
  }
}
