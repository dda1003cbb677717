internal import Ledger
internal import Polling

/// Batches of paper as their registers fold, and the one place where acts are entered in them. What is held here is no more
/// than what the ledger says; of batches that nobody works on no more is held than which files they count.
actor PaperDesk {
  struct Standing: RegisterFold {
    var batch = PaperBatch()
    /// Of the last act that is in it.
    var number: UInt64 = 0
    /// Acts but rows, with their numbers.
    fileprivate var ids: [Act.ID: UInt64] = [:]

    /// - Parameter definition: a version of its poll.
    fileprivate mutating func fold(_ entered: EnteredAct, _ definition: (UInt32) -> Poll?) throws(LedgerFileError) {
      var version = batch.manifest?.pollVersion
      if entered.act.name == PaperEvent.Word.manifest.rawValue,
        case .putManifest(let new, _) = try PaperEvent(entered.act)
      {
        version = new.pollVersion
      }
      guard let version, let poll = definition(version) else {
        throw LedgerFileError(
          .damaged, "act \(entered.number) of \(entered.act.register.name) is of no version of its poll")
      }
      try batch.fold(entered, poll: poll)
      number = entered.number
      if entered.act.name != PaperEvent.Word.rows.rawValue { ids[entered.act.id] = entered.number }
    }
  }

  struct Entered {
    var batch: PaperBatch
    var sequence: UInt64
    var isReplayed: Bool
  }

  /// An act that somebody wants to enter. `id`: nil for rows, which are known by their place.
  struct Intent {
    var event: PaperEvent
    var id: Act.ID?
    var person: PaperPerson
    var by: String
    /// What whoever enters it may see.
    var scope: UnitPath
    var at: Timestamp
    /// Whether figures of the poll no longer change.
    var isSealed: Bool
    /// Whether the poll, as it is now, lets one person enter a batch.
    var allowsSingleEntry: Bool
  }

  /// How often somebody else may be quicker.
  private static let tries = 16
  /// Acts that are read at once: a chunk of rows may be of megabytes.
  private static let page = 4

  private let ledger: any Ledger
  private let reader: any RegisterReader
  private let poll: @Sendable (PollID, UInt32) -> Poll?
  private var folds = RegisterFolds<Standing>()
  private var counted = CountedFiles()

  /// - Parameter poll: a version of a poll.
  init(ledger: any Ledger, reader: any RegisterReader, poll: @escaping @Sendable (PollID, UInt32) -> Poll?) {
    self.ledger = ledger
    self.reader = reader
    self.poll = poll
  }

  /// A batch as the ledger has it now; an empty one if nothing was said of it.
  func standing(_ poll: PollID, _ code: PaperBatchCode) async throws -> Standing {
    let register = Register.paper(poll, code)
    let standing = try await read(poll, register)
    folds.hold(standing, of: register)
    return standing
  }

  private func read(_ poll: PollID, _ register: Register) async throws -> Standing {
    try await (folds[register] ?? Standing()).caughtUp(with: register, reader, page: Self.page) {
      [definition = self.poll] in try $0.fold($1) { definition(poll, $0) }
    }
  }

  /// Enters an act, if the batch's rules allow it.
  ///
  /// - Throws: ``Refusal``.
  func enter(_ intent: Intent, _ id: PollID, _ code: PaperBatchCode) async throws -> Entered {
    let register = Register.paper(id, code)
    for _ in 0..<Self.tries {
      let standing = try await standing(id, code)
      let actID = try intent.id ?? Self.id(intent.event, register, standing.batch)
      var act = Act(
        register: register, id: actID, name: intent.event.word.rawValue, body: intent.event.body, by: intent.by,
        at: intent.at)
      if Self.isEntered(intent.event, actID, standing) { return try await replay(act, standing) }
      if intent.isSealed, intent.event.leadsToFigures { throw Refusal.batchSealed }
      guard let definition = definition(id, intent.event, standing.batch) else {
        throw Refusal.unknownPoll(id.rawValue)
      }
      var next = standing.batch
      if intent.event == .accept {
        let counts = next.counts(in: definition)
        if !counts.isEmpty { act.counts = [ActCounts(poll: id, version: definition.version, cells: counts)] }
      }
      if intent.event == .confirmReversal { act.reverses = next.acceptance }
      do {
        try next.take(intent.event, by: intent.person, at: intent.at, number: standing.number + 1, poll: definition)
      } catch {
        throw Refusal(error)
      }
      // A batch that was begun keeps it: what was taken once is not judged by another policy.
      if case .putManifest(let new, _) = intent.event, new.isSingleEntry, !intent.allowsSingleEntry,
        standing.batch.manifest?.isSingleEntry != true || standing.batch.entry(.first) == nil
      {
        throw Refusal.twoEntriesNeeded
      }
      // Old clients had no words for it; acts of theirs that were entered are replayed above.
      if case .discard(_, nil) = intent.event { throw Refusal(PaperRefusal.reasonNeeded) }
      let known = ledger.acknowledgedRevision
      if let files = intent.event.filesCountedOnce(in: next) {
        try await refuse(files, of: intent, ifCountedIn: id, but: code)
      }
      let submission = Submission.act(
        act, after: standing.number, countsKnown: intent.event == .accept ? known : nil)
      switch try await ledger.outcome(of: submission) {
      case .entered(let sequence, .act(let entered)):
        var new = Standing(batch: next, number: entered.number, ids: standing.ids)
        if intent.event.word != .rows { new.ids[actID] = entered.number }
        folds.hold(new, of: register)
        return Entered(batch: next, sequence: sequence, isReplayed: false)
      case .replayed(let sequence, .act):
        return Entered(batch: try await self.standing(id, code).batch, sequence: sequence, isReplayed: true)
      case .refused(.staleAct): continue
      case .refused(.conflict): throw Refusal.actConflict
      case .refused(let refusal): throw Refusal(refusal)
      case .entered, .replayed: throw Refusal.ourFault("the ledger answered an act with something else")
      }
    }
    throw Refusal(code: .aborted, reason: .staleAct, message: "others were quicker, again and again: look again")
  }

  /// Sheets are counted once: no file is in two batches that are counted. What else is counted after this looked is for
  /// the ledger to see.
  private func refuse(
    _ files: Set<[UInt8]>, of intent: Intent, ifCountedIn poll: PollID, but code: PaperBatchCode
  ) async throws {
    let registers: [String: UInt64]
    do { registers = try await reader.registers(.paper) } catch {
      throw Refusal.ourFault("the batches cannot be read: \(error)")
    }
    for (name, last) in registers {
      guard let other = Register.paper(named: name), other.poll == poll, other.batch != code else { continue }
      let batch = try await look(into: name, other.poll, other.batch, through: last)
      guard !batch.files.isDisjoint(with: files) else { continue }
      let isSeen = batch.unit.map(intent.scope.contains) ?? false
      // A hash that somebody tries must not tell of batches elsewhere.
      if isSeen || intent.event == .accept { throw Refusal.fileCounted(isSeen ? other.batch : nil) }
    }
  }

  /// What a batch counts, with its acts up to `last`.
  private func look(
    into name: String, _ poll: PollID, _ code: PaperBatchCode, through last: UInt64
  ) async throws -> CountedFiles.Batch {
    var known = counted[name] ?? CountedFiles.Batch(number: 0)
    var isChanged = false
    // Rows count nothing before they are accepted: they need not be taken apart for this.
    while known.number < last, !isChanged {
      let acts: [EnteredAct]
      do { acts = try await reader.acts(of: .paper(poll, code), after: known.number, limit: Self.page) } catch {
        throw Refusal.ourFault("the batches cannot be read: \(error)")
      }
      guard let end = acts.last else { break }
      isChanged = !known.files.isEmpty || acts.contains { $0.act.name == PaperEvent.Word.accept.rawValue }
      if !isChanged { known.number = end.number }
    }
    if isChanged {
      let standing = try await read(poll, .paper(poll, code))
      let files = standing.batch.isCounted ? standing.batch.files : []
      known = CountedFiles.Batch(number: standing.number, unit: standing.batch.manifest?.unit, files: files)
    }
    counted.note(name, known)
    return known
  }

  /// Rows of one chunk of an entry.
  struct Rows {
    var chunk: PaperChunk
    /// Those of it that are wanted.
    var wanted: [PaperRow]
    /// Which entered it.
    var act: UInt64
    var at: Timestamp
  }

  /// Acts that are looked through at most before whoever asks gets an answer.
  private static let mostSearched = 64

  /// The next rows of an entry that are wanted.
  ///
  /// - Parameters:
  ///   - claim: the number of the act that claimed the entry: its rows follow, until something ends it.
  ///   - after: the number of an act: rows behind it.
  /// - Returns: the first chunk that has such rows, with nothing but them (nil: none in so many acts), and where to go on (0: there
  ///   are no more).
  func rows(
    _ id: PollID, _ code: PaperBatchCode, claim: UInt64, after: UInt64, isWanted: @Sendable (PaperRow) -> Bool
  ) async throws -> (rows: Rows?, next: UInt64) {
    let register = Register.paper(id, code)
    var last = max(claim, after)
    // Behind any number that an act can have there is none.
    guard last < Int64.max else { return (nil, 0) }
    for _ in 0..<Self.mostSearched {
      let entered: EnteredAct?
      do { entered = try await reader.acts(of: register, after: last, limit: 1).first } catch {
        throw Refusal.ourFault("the batch cannot be read: \(error)")
      }
      guard let entered else { return (nil, 0) }
      last = entered.number
      let event: PaperEvent
      do { event = try PaperEvent(entered.act) } catch { throw Refusal.ourFault("\(error)") }
      switch event {
      case .rows(let chunk):
        let wanted = chunk.rows.filter(isWanted)
        if !wanted.isEmpty {
          return (Rows(chunk: chunk, wanted: wanted, act: entered.number, at: entered.act.at), entered.number)
        }
      // A manifest may change while an entry is entered.
      case .putManifest: continue
      default: return (nil, 0)
      }
    }
    return (nil, last)
  }

  private func definition(_ id: PollID, _ event: PaperEvent, _ batch: PaperBatch) -> Poll? {
    if case .putManifest(let new, _) = event { return poll(id, new.pollVersion) }
    // Whoever begins without a manifest is told so, whatever the version.
    return poll(id, batch.manifest?.pollVersion ?? 0)
  }

  /// Whether its id was used.
  private static func isEntered(_ event: PaperEvent, _ id: Act.ID, _ standing: Standing) -> Bool {
    guard case .rows(let chunk) = event else { return standing.ids[id] != nil }
    let file = standing.batch.entry(chunk.entry)?.files.first { $0.hash == chunk.file }
    return chunk.number > 0 && chunk.number <= file?.chunks ?? 0
  }

  private func replay(_ act: Act, _ standing: Standing) async throws -> Entered {
    var act = act
    // What it counts follows from what came before it: nobody says it a second time.
    if let number = standing.ids[act.id] {
      do {
        let earlier = try await reader.acts(of: act.register, after: number - 1, limit: 1).first
        (act.counts, act.reverses) = (earlier?.act.counts ?? [], earlier?.act.reverses)
      } catch {
        throw Refusal.ourFault("the batch cannot be read: \(error)")
      }
    }
    switch try await ledger.outcome(of: .act(act, after: standing.number)) {
    case .replayed(let sequence, .act):
      return Entered(batch: standing.batch, sequence: sequence, isReplayed: true)
    case .refused(.conflict): throw Refusal.actConflict
    case .refused(let refusal): throw Refusal(refusal)
    case .entered, .replayed: throw Refusal.ourFault("the ledger answered an act with something else")
    }
  }

  /// The id of a chunk: the same file, sent again to the same claim, has the same.
  private static func id(_ event: PaperEvent, _ register: Register, _ batch: PaperBatch) throws(Refusal) -> Act.ID {
    guard case .rows(let chunk) = event else { throw .invalid([Violation("act_id", "must be 16 bytes")]) }
    var text = Array("BinhChon paper rows\0\(register.name)\0".utf8)
    for number in [UInt64(chunk.entry.rawValue), batch.entry(chunk.entry)?.claim ?? 0, UInt64(chunk.number)] {
      withUnsafeBytes(of: number.bigEndian) { text.append(contentsOf: $0) }
    }
    let digest = SHA256.digest(of: text + chunk.file)
    func word(_ range: Range<Int>) -> UInt64 { digest[range].reduce(0) { $0 << 8 | UInt64($1) } }
    return Act.ID(high: word(0..<8), low: word(8..<16))
  }
}
