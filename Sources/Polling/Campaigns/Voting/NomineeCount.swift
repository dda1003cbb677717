/// The running count of a vote on nominees.
///
/// Invariant, per ballot and in all (NIST SP 1500-100): votes + overvotes + undervotes = votes allowed.
public struct NomineeCount: Hashable, Sendable {
  /// Most nominees of one vote: more stand on no sheet.
  public static let mostNominees = 1_000

  /// What one nominee got.
  public struct Support: Hashable, Sendable {
    /// Ballots with a valid mark for it.
    public internal(set) var votes: UInt64 = 0
    /// The sum of its levels; of methods without levels the same as ``votes``.
    public internal(set) var points: UInt64 = 0
  }

  public let vote: NomineeVote
  public let nominees: [RecordID<Nomination>]
  public private(set) var ballots: UInt64 = 0
  public private(set) var votes: UInt64 = 0
  public private(set) var overvotes: UInt64 = 0
  public private(set) var undervotes: UInt64 = 0
  public private(set) var support: [RecordID<Nomination>: Support] = [:]

  /// Nil: no nominee, one there twice, more than ``mostNominees``, or a vote that breaks a rule.
  public init?(_ vote: NomineeVote, nominees: [RecordID<Nomination>]) {
    guard !nominees.isEmpty, nominees.count <= Self.mostNominees, Set(nominees).count == nominees.count,
      vote.breaches().isEmpty
    else { return nil }
    self.vote = vote
    self.nominees = nominees
    for nominee in nominees { support[nominee] = Support() }
  }

  /// Of one ballot.
  public var votesAllowed: UInt64 {
    switch vote.method {
    case .approval, .scale, .jury: UInt64(nominees.count)
    case .choose(let most): min(UInt64(most), UInt64(nominees.count))
    }
  }

  /// What makes it no ballot of this vote; nil: it may be counted.
  public func problem(with ballot: NomineeBallot) -> Violation? {
    // Two marks per nominee are an overvote; more than that stand on no sheet.
    guard ballot.marks.count <= 2 * nominees.count else { return Violation("marks", "are too many") }
    for (index, mark) in ballot.marks.enumerated() {
      if support[mark.nominee] == nil { return Violation("marks[\(index)].nominee", "is not voted on") }
      let levels = vote.levels ?? 1
      if !(1...max(1, levels)).contains(mark.level) {
        return Violation("marks[\(index)].level", "must be 1 to \(levels)")
      }
    }
    let isLevelled = vote.levels != nil
    if !isLevelled, Set(ballot.marks.map(\.nominee)).count != ballot.marks.count {
      return Violation("marks", "name one nominee twice")
    }
    return nil
  }

  /// Counts one ballot.
  ///
  /// - Throws: ``CampaignRefusal`` `INVALID_FIELD`: it is no ballot of this vote; nothing is counted.
  public mutating func add(_ ballot: NomineeBallot) throws(CampaignRefusal) {
    guard problem(with: ballot) == nil else { throw CampaignRefusal(.invalidField) }
    var over: UInt64 = 0
    var valid: [NomineeBallot.Mark] = []
    if vote.levels == nil {
      // Beyond what is allowed nobody can tell which ones were meant: none counts.
      if UInt64(ballot.marks.count) > votesAllowed { over = votesAllowed } else { valid = ballot.marks }
    } else {
      // Of one nominee two levels are an overvote; one level twice is that level.
      for marks in Dictionary(grouping: Set(ballot.marks), by: \.nominee).values {
        if marks.count == 1 { valid += marks } else { over += 1 }
      }
    }
    for mark in valid {
      support[mark.nominee, default: Support()].votes += 1
      support[mark.nominee, default: Support()].points += UInt64(mark.level)
    }
    ballots += 1
    votes += UInt64(valid.count)
    overvotes += over
    undervotes += votesAllowed - UInt64(valid.count) - over
  }
}
