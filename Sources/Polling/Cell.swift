/// Which count of a tally: the smallest thing that every figure is a sum of.
public struct CellKey: Hashable, Sendable {
  /// What is counted of a question's votes, or the ballots themselves.
  public enum Subject: Hashable, Sendable {
    case ballots
    case votes(question: String, choice: String)
    /// Votes allowed and not used.
    case undervotes(question: String)
  }

  public var subject: Subject
  public var unit: UnitPath
  public var channel: Channel
  public var flags: RecordFlags
  public var day: Day

  public init(subject: Subject, unit: UnitPath, channel: Channel, flags: RecordFlags, day: Day) {
    self.subject = subject
    self.unit = unit
    self.channel = channel
    self.flags = flags
    self.day = day
  }
}

extension Poll {
  /// What one ballot with these answers adds to, and how much: the one rule of counting. A question that is not in
  /// this version, or was not asked, counts for nothing.
  public func forEachCount<Failure: Error>(
    of answers: [Answer], _ count: (CellKey.Subject, Int64) throws(Failure) -> Void
  ) throws(Failure) {
    try count(.ballots, 1)
    for question in questions where question.isAsked(after: answers) {
      let choices = answers.first { $0.question == question.id }?.choices ?? []
      for choice in choices { try count(.votes(question: question.id, choice: choice), 1) }
      let unused = Int64(question.votesAllowed) - Int64(choices.count)
      if unused > 0 { try count(.undervotes(question: question.id), unused) }
    }
  }
}

extension CastVoteRecord {
  /// The cells this record adds to, and how much, under the version of the poll it is counted in. A recount is a fold
  /// of nothing but these.
  public func cells(in poll: Poll) -> [(key: CellKey, count: Int64)] {
    var cells: [(key: CellKey, count: Int64)] = []
    poll.forEachCount(of: ballot.answers) { subject, count in
      let key = CellKey(subject: subject, unit: ballot.unit, channel: ballot.channel, flags: flags, day: day)
      cells.append((key, count))
    }
    return cells
  }
}
