internal import SQLite

extension Batch {
  /// Who voted and what was voted, each into its own half of the urn, in this commit.
  ///
  /// - Parameter after: the number of the register's last act that whoever let it in knew of.
  func drop(_ ballot: SealedBallot, after: UInt64) throws(SQLiteError) -> Outcome {
    guard let register = knowledge.names[ballot.register.name] else { return .refused(.unknownAct) }
    let last = try store.acts.last(ballot.register.kind, name: register)
    guard last == after else { return .refused(.staleAct(last: last)) }
    let hasVoted = try store.urns.hasSpent(ballot.spending, register)
    let isThere = try store.urns.hasSealed(ballot.sealed, register)
    switch (hasVoted, isThere) {
    case (true, true): return .replayed(sequence: knowledge.lastSequence, .dropped)
    case (true, false): return .refused(.alreadyRated)
    // Somebody else's ballot, cast once more.
    case (false, true): return .refused(.conflict)
    case (false, false):
      try store.urns.insert(ballot, register)
      return .entered(sequence: knowledge.lastSequence, .dropped)
    }
  }

  /// Enters the act that closes a vote, and empties its urn in the same commit.
  ///
  /// - Parameter holding: how many ballots the act tells of.
  mutating func closeVote(_ act: Act, after: UInt64, holding: Int) throws(SQLiteError) -> Outcome {
    if try store.acts.sequence(act.id) != nil { return try enter(act, after: after) }
    let register = knowledge.names[act.register.name]
    if let register {
      let held = try store.urns.counts(register)
      // More came since it was read: decide again.
      guard held.spent == holding, held.sealed == holding else { return .refused(.staleAct(last: after)) }
    }
    let outcome = try enter(act, after: after)
    if case .entered = outcome, let register { try store.urns.empty(register) }
    return outcome
  }
}
