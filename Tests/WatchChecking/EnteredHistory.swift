public import Schema

/// What was entered in one ledger, as whoever entered it remembers it, and what a watcher must be shown of it. Counts anew
/// from the first entry on, in the plainest way: nothing of ledger, cells and tallies is asked.
public struct EnteredHistory: Sendable {
  public struct Ballot: Sendable {
    public var unit: String
    public var channel: Binhchon_V1_Channel
    /// Days since 1970-01-01.
    public var day: Int32
    /// Choices by question, of those that the ballot's version of the poll has.
    public var choices: [String: String]
    /// Questions of that version that it leaves out.
    public var unanswered: Set<String>
    public var isFlagged: Bool
    public var isBound: Bool

    public init(
      unit: String, channel: Binhchon_V1_Channel, day: Int32, choices: [String: String], unanswered: Set<String> = [],
      isFlagged: Bool = false, isBound: Bool = false
    ) {
      self.unit = unit
      self.channel = channel
      self.day = day
      self.choices = choices
      self.unanswered = unanswered
      self.isFlagged = isFlagged
      self.isBound = isBound
    }
  }

  /// A question, and its choices in order.
  public typealias Question = (id: String, choices: [String])

  public enum Entry: Sendable {
    case ballot(Ballot)
    /// Takes the ballot with this sequence out of the count.
    case void(UInt64)
    case version(UInt32, [Question])
    case closed
    /// Of something else than the poll that is watched.
    case other
  }

  /// By sequence, from 1.
  public private(set) var entries: [UInt64: Entry] = [:]

  public init() {}

  public mutating func enter(_ entry: Entry, at sequence: UInt64) {
    entries[sequence] = entry
  }

  public var revision: UInt64 { entries.keys.max() ?? 0 }

  /// What a backup of it with this last entry has.
  public func prefix(through revision: UInt64) -> EnteredHistory {
    var prefix = self
    prefix.entries = entries.filter { $0.key <= revision }
    return prefix
  }

  /// What is wrong with figures that somebody was shown; nil: nothing.
  public func fault(in tally: Binhchon_V1_Tally) -> String? {
    guard tally.revision <= revision else {
      return "revision \(tally.revision) is ahead of the ledger, which has \(revision)"
    }
    guard let today = Self.day(tally.today) else { return "no day: \(tally.today)" }
    for sequence in 0..<tally.revision where entries[sequence + 1] == nil {
      return "entry \(sequence + 1) is not known: the history was not recorded"
    }
    let (version, isClosed, questions, ballots) = fold(through: tally.revision)
    if tally.pollVersion != version { return "version \(tally.pollVersion), not \(version)" }
    if (tally.status == .closed) != isClosed { return "status \(tally.status)" }
    let shown = ballots.filter { ballot in
      (ballot.unit == tally.unit || ballot.unit.hasPrefix(tally.unit + "/"))
        && (tally.channel == .unspecified || ballot.channel == tally.channel)
    }
    let windows: [Binhchon_V1_Window] = [.today, .yesterday, .thisWeek, .thisMonth, .total]
    guard tally.windows.map(\.window) == windows else { return "windows \(tally.windows.map(\.window))" }
    for count in tally.windows {
      let expected = Self.count(count.window, shown.filter { Self.isIn(count.window, $0.day, today) }, questions)
      if count != expected {
        return "\(count.window) at revision \(tally.revision): n \(count.ballots), not \(expected.ballots); shown "
          + "\(Self.words(count)), counted \(Self.words(expected))"
      }
    }
    return nil
  }

  private func fold(
    through revision: UInt64
  ) -> (version: UInt32, isClosed: Bool, questions: [Question], ballots: [Ballot]) {
    var version: UInt32 = 0
    var isClosed = false
    var questions: [Question] = []
    var ballots: [UInt64: Ballot] = [:]
    for sequence in entries.keys.sorted() where sequence <= revision {
      switch entries[sequence] {
      case .ballot(let ballot): ballots[sequence] = ballot
      case .void(let other): ballots[other] = nil
      case .version(let number, let itsQuestions): (version, questions) = (number, itsQuestions)
      case .closed: isClosed = true
      case .other, nil: break
      }
    }
    return (version, isClosed, questions, Array(ballots.values))
  }

  private static func count(
    _ window: Binhchon_V1_Window, _ ballots: [Ballot], _ questions: [Question]
  ) -> Binhchon_V1_WindowCount {
    let counted = ballots.filter { !$0.isFlagged }
    var count = Binhchon_V1_WindowCount()
    count.window = window
    count.ballots = UInt64(counted.count)
    count.flaggedBallots = UInt64(ballots.count - counted.count)
    count.boundBallots = UInt64(counted.filter(\.isBound).count)
    count.questions = questions.map { question in
      var message = Binhchon_V1_QuestionCount()
      message.question = question.id
      message.choices = question.choices.map { choice in
        var message = Binhchon_V1_ChoiceCount()
        message.choice = choice
        message.count = UInt64(counted.filter { $0.choices[question.id] == choice }.count)
        return message
      }
      message.undervotes = UInt64(counted.filter { $0.unanswered.contains(question.id) }.count)
      return message
    }
    let channels = Dictionary(grouping: counted, by: \.channel).sorted { $0.key.rawValue < $1.key.rawValue }
    count.channels = channels.map { channel, ballots in
      var message = Binhchon_V1_ChannelCount()
      message.channel = channel
      message.ballots = UInt64(ballots.count)
      return message
    }
    return count
  }

  private static func isIn(_ window: Binhchon_V1_Window, _ day: Int32, _ today: Int32) -> Bool {
    switch window {
    case .today: return day == today
    case .yesterday: return day == today - 1
    case .thisWeek:
      // Day 4 of the epoch was a Monday.
      return week(day) == week(today)
    case .thisMonth: return month(day) == month(today)
    default: return true
    }
  }

  private static func week(_ day: Int32) -> Int { (Int(day) - 4 + 7_000_000) / 7 }

  /// Months since 1970, by counting them: for days after 1970-01-01.
  private static func month(_ day: Int32) -> Int {
    var (left, month) = (Int(day), 0)
    while true {
      let length = length(ofMonth: month)
      if left < length { return month }
      left -= length
      month += 1
    }
  }

  private static func length(ofMonth month: Int) -> Int {
    let year = 1970 + month / 12
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month % 12]
  }

  /// The day since 1970-01-01 of `yyyy-mm-dd`.
  public static func day(_ text: String) -> Int32? {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1970...2100).contains(parts[0]), (1...12).contains(parts[1]) else { return nil }
    let months = (parts[0] - 1970) * 12 + parts[1] - 1
    return Int32((0..<months).reduce(0) { $0 + length(ofMonth: $1) } + parts[2] - 1)
  }

  private static func words(_ count: Binhchon_V1_WindowCount) -> String {
    let questions = count.questions.map { question in
      question.choices.map { "\($0.choice) \($0.count)" }.joined(separator: " ") + " left out \(question.undervotes)"
    }
    return "[\(questions.joined(separator: "; ")); flagged \(count.flaggedBallots), bound \(count.boundBallots)]"
  }
}
