internal import Polling
internal import SQLite

/// One group commit in the making: decides the outcome of each submission, in order, each seeing the ones before it.
struct Batch {
  let store: LedgerStore
  var knowledge: LedgerStore.Knowledge
  var unsettled: Unsettled
  private let firstSequence: UInt64
  private var polls: [PublishedPoll] = []
  private var registry: UnitRegistry?
  /// For encoding one body after another.
  private var writer = ByteWriter()

  /// Commits the calls as one transaction. The commit is nil when nothing was entered.
  static func commit(
    _ calls: [Call], to store: LedgerStore
  ) throws(SQLiteError) -> (replies: [Reply], commit: Commit?) {
    try store.transaction { (knowledge, unsettled) throws(SQLiteError) in
      var batch = Batch(store, knowledge, &unsettled)
      defer { swap(&batch.unsettled, &unsettled) }
      var replies: [Reply] = []
      replies.reserveCapacity(calls.count)
      for call in calls { replies.append(try batch.enter(call)) }
      knowledge = batch.knowledge
      return (replies, batch.commit)
    }
  }

  private init(_ store: LedgerStore, _ knowledge: LedgerStore.Knowledge, _ unsettled: inout Unsettled) {
    self.store = store
    self.knowledge = knowledge
    firstSequence = knowledge.lastSequence
    self.unsettled = Unsettled(settledThrough: 0, stride: 0)
    swap(&self.unsettled, &unsettled)
  }

  private var commit: Commit? {
    guard knowledge.lastSequence > firstSequence else { return nil }
    return Commit(
      revision: knowledge.lastSequence, cells: unsettled.counts.ofTransaction, polls: polls, registry: registry)
  }

  private mutating func enter(_ call: Call) throws(SQLiteError) -> Reply {
    switch call {
    case .submissions(let submissions, let answer):
      var outcomes: [Outcome] = []
      outcomes.reserveCapacity(submissions.count)
      for submission in submissions { outcomes.append(try enter(submission)) }
      return .submissions(outcomes, answer)
    case .casts(let batch, let answer): return .casts(try cast(batch), count: batch.count, answer)
    }
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
    case .refusePress(let press): try refuse(press)
    case .reportKiosk(let report, let number): try keep(report, number: number)
    case .publishRegistry(let registry, let by, let at): try publish(registry, by: by, at: at)
    case .act(let act, let after, let known): try enter(act, after: after, countsKnown: known)
    case .drop(let ballot, let after): try drop(ballot, after: after)
    case .closeVote(let act, let after, let holding): try closeVote(act, after: after, holding: holding)
    }
  }

  // MARK: - Ballots

  private enum Admission {
    case new(CellCounts.Part)
    /// Its id was cast before.
    case known
    /// It cannot be cast now; what is to be said if it never was.
    case notNow(Outcome.Refusal)
  }

  /// The id decides first: what was counted once is answered the same for ever, whatever became of its poll.
  ///
  /// - Parameters:
  ///   - counted: the counted part of its body.
  ///   - settled: the store's.
  private mutating func admit(
    _ id: BallotID, _ counted: UnsafeRawBufferPointer, isOpen: Bool, _ settled: SettledTables
  ) throws(SQLiteError) -> Admission {
    // Bytes that are no counted part name no poll.
    guard
      let part = unsettled.counts.knownPart(counted) ?? (try? unsettled.counts.part(counted, knowledge.definitions))
    else { return .notNow(.unknownPoll) }
    guard isOpen, !part.isClosed else { return .notNow(.pollClosed) }
    return try settled.castSequence(id, &unsettled, isCast: true) == nil ? .new(part) : .known
  }

  private mutating func cast(_ record: CastVoteRecord, isOpen: Bool) throws(SQLiteError) -> Outcome {
    let ballot = record.ballot
    writer.removeAll()
    let counted = CastEntry.encode(record, into: &writer)
    let body = writer.bytes
    let admission = try body.borrowed { (body) throws(SQLiteError) in
      try admit(ballot.id, UnsafeRawBufferPointer(rebasing: body[counted]), isOpen: isOpen, store.settled)
    }
    switch admission {
    case .new(let part):
      if let refused = try refusal(of: record) { return refused }
      if part.spendsCredentials, let credential = ballot.credential {
        let poll = try store.number(ballot.poll.rawValue, &knowledge)
        guard try store.spend(credential, poll: poll) else { return .refused(.alreadyRated) }
      }
      let sequence = try append(.cast, body)
      unsettled.add(ballot.id, sequence: sequence)
      unsettled.counts.count(part)
      if let press = EnteredPress(record) { unsettled.books.enter(press) }
      return .entered(sequence: sequence, .cast(record))
    case .notNow(let reason):
      if let earlier = try earlier(ballot) { return earlier }
      return try refusal(of: record) ?? .refused(reason)
    case .known: return try outcome(admission, ballot)
    }
  }

  private mutating func cast(_ batch: CastBatch) throws(SQLiteError) -> CastOutcomes {
    var outcomes = CastOutcomes()
    let settled = store.settled
    try batch.bytes.borrowed { (bytes) throws(SQLiteError) in
      var group = EntryTable.Group()
      for (index, ballot) in batch.ballots.enumerated() {
        let body = UnsafeRawBufferPointer(rebasing: bytes[ballot.body])
        let admission = try admit(
          ballot.id, UnsafeRawBufferPointer(rebasing: bytes[ballot.counted]), isOpen: ballot.isOpen, settled)
        switch admission {
        case .new(let part):
          knowledge.lastSequence += 1
          group.append(knowledge.lastSequence, body)
          if group.isFull { try store.entries.insert(&group) }
          unsettled.add(ballot.id, sequence: knowledge.lastSequence)
          unsettled.counts.count(part)
        case .known, .notNow:
          // What became of it may be in the group.
          try store.entries.insert(&group)
          let outcome = try (try? CastEntry.decode(body)).map { (record) throws(SQLiteError) in
            try self.outcome(admission, record.ballot)
          }
          outcomes.exceptions.append((index, outcome ?? .refused(.unknownPoll)))
        }
      }
      try store.entries.insert(&group)
    }
    return outcomes
  }

  /// Of a ballot that is not cast now.
  private mutating func outcome(_ admission: Admission, _ ballot: Ballot) throws(SQLiteError) -> Outcome {
    if let earlier = try earlier(ballot) { return earlier }
    guard case .notNow(let refusal) = admission else { throw .damaged("an id is known and is not") }
    return .refused(refusal)
  }

  /// What became of the id, if it was ever cast.
  private mutating func earlier(_ ballot: Ballot) throws(SQLiteError) -> Outcome? {
    guard let sequence = try store.settled.castSequence(ballot.id, &unsettled) else { return nil }
    if try store.voidSequence(ballot.id) != nil { return .refused(.voided) }
    let kept = try store.entries.record(sequence)
    // Same content: the entry as it would be had this ballot come then, byte for byte. No digest is kept for this: it
    // would cost 16 bytes per ballot for ever to save one look at an entry in the rare case of a repetition.
    var repeated = kept
    repeated.ballot = ballot
    return encoded(repeated).bytes == encoded(kept).bytes
      ? .replayed(sequence: sequence, .cast(kept)) : .refused(.conflict)
  }

  /// A voided ballot's credential stays spent: who voids one does not hand out a second vote.
  private mutating func void(
    _ id: BallotID, within scope: UnitPath, reason: String, by: String, at: Timestamp
  ) throws(SQLiteError) -> Outcome {
    guard let castSequence = try store.settled.castSequence(id, &unsettled) else { return .refused(.unknownBallot) }
    let record = try store.entries.record(castSequence)
    guard scope.contains(record.ballot.unit) else { return .refused(.unknownBallot) }
    if let earlier = try store.voidSequence(id) { return .replayed(sequence: earlier, .voided(id)) }
    let (body, counted) = encoded(record)
    let known = body.borrowed { body in
      try? unsettled.counts.part(UnsafeRawBufferPointer(rebasing: body[counted]), knowledge.definitions)
    }
    guard let part = known else { throw .damaged("entry \(castSequence) names an unknown poll") }
    let entry = VoidEntry(ballot: id, sequence: castSequence, reason: reason, by: by, at: at)
    let sequence = try append(.void) { entry.encode(into: &$0) }
    try store.insertVoid(id, sequence: sequence)
    unsettled.counts.count(part, sign: -1)
    return .entered(sequence: sequence, .voided(id))
  }

  // MARK: - Polls

  private mutating func publish(_ poll: Poll, by: String, at: Timestamp) throws(SQLiteError) -> Outcome {
    if let known = knowledge.definitions[poll.id], let newest = known.versions.last, let first = known.sequences.last {
      if newest.definition == poll.definition {
        return .replayed(sequence: first, .poll(PublishedPoll(poll: newest, closedAt: known.closing?.at)))
      }
      if known.isClosed { return .refused(.pollClosed) }
      if newest.policy.anonymity != poll.policy.anonymity { return .refused(.anonymityFixed) }
    }
    var version = poll
    version.version = UInt32(clamping: (knowledge.definitions[poll.id]?.versions.count ?? 0) + 1)
    let entry = PublishEntry(poll: version, by: by, at: at)
    let sequence = try append(.publish) { entry.encode(into: &$0) }
    try store.insertDefinition(sequence)
    if let problem = knowledge.definitions.publish(version, sequence: sequence) { throw .damaged(problem) }
    return entered(sequence, PublishedPoll(poll: version))
  }

  private mutating func close(
    _ id: PollID, reason: String, by: String, at: Timestamp
  ) throws(SQLiteError) -> Outcome {
    guard let known = knowledge.definitions[id], let newest = known.versions.last else {
      return .refused(.unknownPoll)
    }
    if let earlier = known.closing {
      return .replayed(sequence: earlier.sequence, .poll(PublishedPoll(poll: newest, closedAt: earlier.at)))
    }
    let entry = CloseEntry(poll: id, reason: reason, by: by, at: at)
    let sequence = try append(.close) { entry.encode(into: &$0) }
    try store.insertDefinition(sequence)
    if let problem = knowledge.definitions.close(id, at: at, sequence: sequence) { throw .damaged(problem) }
    return entered(sequence, PublishedPoll(poll: newest, closedAt: at))
  }

  private mutating func entered(_ sequence: UInt64, _ poll: PublishedPoll) -> Outcome {
    polls.append(poll)
    unsettled.counts.forgetParts()
    return .entered(sequence: sequence, .poll(poll))
  }

  private mutating func publish(_ registry: UnitRegistry, by: String, at: Timestamp) throws(SQLiteError) -> Outcome {
    if let known = knowledge.definitions.registry, RegistryEntry.isSame(known.value, registry) {
      return .replayed(sequence: known.sequence, .registry(known.value))
    }
    var version = registry
    version.version = (knowledge.definitions.registry?.value.version ?? 0) &+ 1
    let entry = RegistryEntry(registry: version, by: by, at: at)
    let sequence = try append(.registry) { entry.encode(into: &$0) }
    try store.insertDefinition(sequence)
    if let problem = knowledge.definitions.publish(version, sequence: sequence) { throw .damaged(problem) }
    self.registry = version
    return .entered(sequence: sequence, .registry(version))
  }

  // MARK: - Entries

  /// Appends an entry and returns its sequence.
  mutating func append(
    _ kind: EntryKind, _ encode: (inout ByteWriter) -> Void
  ) throws(SQLiteError) -> UInt64 {
    writer.removeAll()
    encode(&writer)
    return try append(kind, writer.bytes)
  }

  /// Appends an entry and returns its sequence.
  private mutating func append(_ kind: EntryKind, _ body: [UInt8]) throws(SQLiteError) -> UInt64 {
    let sequence = knowledge.lastSequence + 1
    try body.borrowed { (body) throws(SQLiteError) in try store.entries.insert(sequence, kind, body) }
    knowledge.lastSequence = sequence
    return sequence
  }

  /// The body of the entry, and where its counted part lies.
  private mutating func encoded(_ record: CastVoteRecord) -> (bytes: [UInt8], counted: Range<Int>) {
    writer.removeAll()
    let counted = CastEntry.encode(record, into: &writer)
    return (writer.bytes, counted)
  }
}
