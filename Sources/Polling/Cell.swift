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

extension CastVoteRecord {
  /// The cells this record adds to, and how much, under the version of the poll it was cast in. A recount is a fold
  /// of nothing but these.
  public func cells(in poll: Poll) -> [(key: CellKey, count: Int64)] {
    func key(_ subject: CellKey.Subject) -> CellKey {
      CellKey(subject: subject, unit: ballot.unit, channel: ballot.channel, flags: flags, day: day)
    }
    var cells: [(key: CellKey, count: Int64)] = [(key(.ballots), 1)]
    for question in poll.questions {
      let choices = ballot.answers.first { $0.question == question.id }?.choices ?? []
      for choice in choices { cells.append((key(.votes(question: question.id, choice: choice)), 1)) }
      let unused = Int64(question.votesAllowed) - Int64(choices.count)
      if unused > 0 { cells.append((key(.undervotes(question: question.id)), unused)) }
    }
    return cells
  }
}
