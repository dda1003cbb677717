internal import Polling

/// One group commit in the making: decides the outcome of each submission, in order, each seeing the ones before it.
struct Batch {
  let store: LedgerStore
  var knowledge: LedgerStore.Knowledge
  private let firstSequence: UInt64
  private var delta = CellDelta()
  private var polls: [PublishedPoll] = []

  /// Commits the calls as one transaction. The commit is nil when nothing was entered.
  static func commit(
    _ calls: [Call], to store: LedgerStore
  ) throws(SQLiteError) -> (answers: [Reply], commit: Commit?) {
    try store.transaction { (knowledge) throws(SQLiteError) in
      var batch = Batch(store: store, knowledge: knowledge)
      var answers: [Reply] = []
      answers.reserveCapacity(calls.count)
      for call in calls {
        switch call {
        case .submissions(let submissions, let answer):
          var outcomes: [Outcome] = []
          outcomes.reserveCapacity(submissions.count)
          for submission in submissions { outcomes.append(try batch.enter(submission)) }
          answers.append(.submissions(outcomes, answer))
        case .casts(let casts, let answer):
          answers.append(.casts(try batch.enter(casts), count: casts.count, answer))
        }
      }
      try store.add(batch.delta)
      knowledge = batch.knowledge
      return (answers, batch.commit)
    }
  }

  private init(store: LedgerStore, knowledge: LedgerStore.Knowledge) {
    self.store = store
    self.knowledge = knowledge
    firstSequence = knowledge.lastSequence
  }

  private var commit: Commit? {
    guard knowledge.lastSequence > firstSequence else { return nil }
    return Commit(revision: knowledge.lastSequence, cells: delta.cells, polls: polls)
  }

  private mutating func enter(_ submission: Submission) throws(SQLiteError) -> Outcome {
    switch submission {
    case .cast(let record, let isOpen): try cast(record, isOpen: isOpen)
    case .publish(let poll, let by, let at): try publish(poll, by: by, at: at)
    case .close(let id, let reason, let by, let at): try close(id, reason: reason, by: by, at: at)
    case .void(let id, let scope, let reason, let by, let at):
      try void(id, within: scope, reason: reason, by: by, at: at)
    case .recall(let ballot): try earlier(ballot) ?? .refused(.unknownBallot)
    case .openKioskCode(let code, let by, let at): try openKioskCode(code, by: by, at: at)
    case .findKioskCode(let hash, let key, let at):
      knowledge.definitions.kiosks.find(hash, keyFingerprint: key, at: at)
    case .enrolKiosk(let certificate, let codeHash, let at):
      try enrolKiosk(certificate, codeHash: codeHash, at: at)
    case .renewKiosk(let certificate, let by, let at): try renewKiosk(certificate, by: by, at: at)
    }
  }

  private mutating func enter(_ casts: CastBatch) throws(SQLiteError) -> CastOutcomes {
    var outcomes = CastOutcomes()
    for (index, ballot) in casts.ballots.enumerated() {
      let outcome: Outcome
      if let record = try? Array(casts.bytes[ballot.body]).borrowed({ try CastEntry.decode($0) }) {
        outcome = try cast(record, isOpen: ballot.isOpen)
      } else {
        outcome = .refused(.unknownPoll)
      }
      if case .entered = outcome { continue }
      outcomes.exceptions.append((index, outcome))
    }
    return outcomes
  }

  // MARK: - Ballots

  /// The id decides first: what was counted once is answered the same for ever, whatever became of its poll.
  private mutating func cast(_ record: CastVoteRecord, isOpen: Bool) throws(SQLiteError) -> Outcome {
    let ballot = record.ballot
    let defined = knowledge.definitions[ballot.poll]
    guard let defined, let poll = defined.version(record.countedVersion), isOpen, !defined.isClosed else {
      if let earlier = try earlier(ballot) { return earlier }
      return .refused(defined?.version(record.countedVersion) == nil ? .unknownPoll : .pollClosed)
    }
    guard try store.insert(ballot.id, sequence: knowledge.lastSequence + 1) else {
      guard let earlier = try earlier(ballot) else { throw .damaged("an id is in the index and is not") }
      return earlier
    }
    if poll.policy.onePerCredential, let credential = ballot.credential {
      guard try store.spend(credential, poll: try store.number(poll.id.rawValue, &knowledge)) else {
        try store.remove(ballot.id)
        return .refused(.alreadyRated)
      }
    }
    let sequence = try store.append(.cast, to: &knowledge) { CastEntry.encode(record, into: &$0) }
    try count(record, in: poll, sign: 1)
    return .entered(sequence: sequence, .cast(record))
  }

  /// What became of the id, if it was ever cast.
  private func earlier(_ ballot: Ballot) throws(SQLiteError) -> Outcome? {
    guard let sequence = try store.castSequence(ballot.id) else { return nil }
    if try store.voidSequence(ballot.id) != nil { return .refused(.voided) }
    let kept = try store.record(sequence)
    // Same content: the entry as it would be had this ballot come then, byte for byte. No digest is kept for this: it
    // would cost 16 bytes per ballot for ever to save one look at an entry in the rare case of a repetition.
    var repeated = kept
    repeated.ballot = ballot
    return store.isSame(repeated, kept) ? .replayed(sequence: sequence, .cast(kept)) : .refused(.conflict)
  }

  /// A voided ballot's credential stays spent: who voids one does not hand out a second vote.
  private mutating func void(
    _ id: BallotID, within scope: UnitPath, reason: String, by: String, at: Timestamp
  ) throws(SQLiteError) -> Outcome {
    guard let castSequence = try store.castSequence(id) else { return .refused(.unknownBallot) }
    let record = try store.record(castSequence)
    guard scope.contains(record.ballot.unit) else { return .refused(.unknownBallot) }
    if let earlier = try store.voidSequence(id) { return .replayed(sequence: earlier, .voided(id)) }
    guard let poll = knowledge.definitions[record.ballot.poll]?.version(record.countedVersion) else {
      throw .damaged("entry \(castSequence) names an unknown poll")
    }
    let entry = VoidEntry(ballot: id, sequence: castSequence, reason: reason, by: by, at: at)
    let sequence = try store.append(.void, to: &knowledge) { entry.encode(into: &$0) }
    try store.insertVoid(id, sequence: sequence)
    try count(record, in: poll, sign: -1)
    return .entered(sequence: sequence, .voided(id))
  }

  private mutating func count(_ record: CastVoteRecord, in poll: Poll, sign: Int64) throws(SQLiteError) {
    try delta.add(record, in: poll, sign: sign) { (name) throws(SQLiteError) in
      try store.number(name, &knowledge)
    }
  }

  // MARK: - Polls

  private mutating func publish(_ poll: Poll, by: String, at: Timestamp) throws(SQLiteError) -> Outcome {
    if let known = knowledge.definitions[poll.id], let newest = known.versions.last, let first = known.sequences.last {
      if PublishEntry.isSame(newest, poll) {
        return .replayed(sequence: first, .poll(PublishedPoll(poll: newest, isClosed: known.isClosed)))
      }
      if known.isClosed { return .refused(.pollClosed) }
    }
    var version = poll
    version.version = UInt32(clamping: (knowledge.definitions[poll.id]?.versions.count ?? 0) + 1)
    let entry = PublishEntry(poll: version, by: by, at: at)
    let sequence = try store.append(.publish, to: &knowledge) { entry.encode(into: &$0) }
    try store.insertDefinition(sequence)
    if let problem = knowledge.definitions.publish(version, sequence: sequence) { throw .damaged(problem) }
    return entered(sequence, PublishedPoll(poll: version, isClosed: false))
  }

  private mutating func close(
    _ id: PollID, reason: String, by: String, at: Timestamp
  ) throws(SQLiteError) -> Outcome {
    guard let known = knowledge.definitions[id], let newest = known.versions.last else {
      return .refused(.unknownPoll)
    }
    let closed = PublishedPoll(poll: newest, isClosed: true)
    if let earlier = known.closedBy { return .replayed(sequence: earlier, .poll(closed)) }
    let entry = CloseEntry(poll: id, reason: reason, by: by, at: at)
    let sequence = try store.append(.close, to: &knowledge) { entry.encode(into: &$0) }
    try store.insertDefinition(sequence)
    if let problem = knowledge.definitions.close(id, sequence: sequence) { throw .damaged(problem) }
    return entered(sequence, closed)
  }

  private mutating func entered(_ sequence: UInt64, _ poll: PublishedPoll) -> Outcome {
    polls.append(poll)
    return .entered(sequence: sequence, .poll(poll))
  }
}
