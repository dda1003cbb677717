internal import Polling
internal import SQLite

/// What the entries alone say: counts, ids, credentials and definitions, folded one entry after another.
/// Flat in memory but for the cells, the polls and the voided ids.
struct Recount {
  private(set) var cells: [PollID: [CellKey: Int64]] = [:]
  /// Of the settled entries: those that tables `ballot` and `cell` must have. Nil: those are all, so far.
  private(set) var settledCells: [PollID: [CellKey: Int64]]?
  private(set) var settledBallots = Fingerprint()
  private(set) var ballots: UInt64 = 0
  private(set) var credentials = Fingerprint()
  private(set) var voids: [BallotID: UInt64] = [:]
  /// Of the settled entries.
  private(set) var books = KioskBooks()
  private(set) var refusals = Fingerprint()
  private(set) var corrections = Fingerprint()
  private(set) var acts = ActRecount()
  private(set) var campaigns = CampaignRecount()
  private(set) var definitionSequences: [UInt64] = []
  private(set) var definitions = Definitions()
  private(set) var entries: UInt64 = 0
  private(set) var lastSequence: UInt64 = 0
  private(set) var differences = Differences()
  /// What was counted of polls as of the revisions that were asked for.
  private(set) var moments: [PollID: [UInt64: DailyCounts]] = [:]

  /// Revisions yet to come, the next one last.
  private var awaited: [(revision: UInt64, poll: PollID)]
  private let settledThrough: UInt64
  private var unsettledBallots = BallotSet()
  /// Far more than there are unless the ledger says something wrong of what is settled.
  private static let mostUnsettled = 1 << 20
  private var parts = CountedParts()
  /// Name and version of the last poll in which a credential came, as bytes, and whether it spends them.
  private var lastSpending: (poll: [UInt8], spends: Bool) = ([], false)
  /// The body of the entry that cast a ballot, for voids. Nil: there is none.
  private let castBody: (UInt64) throws(SQLiteError) -> [UInt8]?

  init(
    settledThrough: UInt64, moments: [PollID: Set<UInt64>] = [:],
    castBody: @escaping (UInt64) throws(SQLiteError) -> [UInt8]?
  ) {
    awaited = moments.flatMap { poll, revisions in revisions.map { ($0, poll) } }.sorted { $0.revision > $1.revision }
    self.settledThrough = settledThrough
    self.castBody = castBody
  }

  mutating func fold(
    sequence: UInt64, kind: Int64, body: UnsafeRawBufferPointer, checksum: Int64
  ) throws(SQLiteError) {
    entries += 1
    if sequence != lastSequence &+ 1 {
      differences.add("the entries go from \(lastSequence) to \(sequence)")
    }
    keepMoments(before: sequence)
    lastSequence = sequence
    if sequence > settledThrough, settledCells == nil {
      drain()
      settledCells = cells
    }
    guard let code = UInt8(exactly: kind), let kind = EntryKind(rawValue: code) else {
      return differences.add("entry \(sequence) is of an unknown kind (\(kind))")
    }
    if Int64(Checksum.shared(sequence: sequence, kind: code, body: body)) != checksum {
      differences.add("entry \(sequence) does not have its checksum: its bytes were changed")
    }
    do {
      switch kind {
      case .cast: try cast(sequence, body)
      case .publish, .close, .kioskCode, .kioskCertificate, .registry:
        // What was counted so far was counted under the definitions so far.
        drain()
        lastSpending = ([], false)
        definitionSequences.append(sequence)
        if let problem = try definitions.fold(sequence: sequence, kind: kind, body: body) {
          differences.add("entry \(sequence) \(problem)")
        }
      case .void: try void(sequence, body)
      case .refusedPress: try refusedPress(sequence, body)
      case .act: try act(sequence, body)
      }
    } catch let error as FormatError {
      differences.add("entry \(sequence), \(error)")
    } catch let error as SQLiteError {
      throw error
    } catch { differences.add("entry \(sequence), \(error)") }
  }

  /// No more entries come.
  mutating func finish() {
    drain()
    books.committed()
    if lastSequence < .max { keepMoments(before: lastSequence + 1) }
  }

  private mutating func keepMoments(before sequence: UInt64) {
    while let (revision, poll) = awaited.last, revision < sequence {
      drain()
      moments[poll, default: [:]][revision] = DailyCounts(counting: cells[poll] ?? [:])
      awaited.removeLast()
    }
  }

  private mutating func cast(_ sequence: UInt64, _ body: UnsafeRawBufferPointer) throws {
    let outline = try CastEntry.Outline(body)
    ballots += 1
    let isSettled = sequence <= settledThrough
    if isSettled {
      settledBallots.add(outline.tail.id.high, outline.tail.id.low, sequence)
    } else if unsettledBallots.count < Recount.mostUnsettled {
      // No index shows yet that they are different.
      let id = try BallotID(outline.tail)
      if let earlier = unsettledBallots.sequence(of: id) {
        differences.add("entry \(sequence) casts ballot \(id), which entry \(earlier) cast")
      } else {
        unsettledBallots.insert(id, sequence: sequence)
      }
    }
    if isSettled { try books.enter(body, outline) }
    let counted = UnsafeRawBufferPointer(rebasing: body[outline.counted])
    if let credential = outline.tail.credential, try spends(counted, outline.pollAndVersion, body) {
      credentials.add(
        UnsafeRawBufferPointer(rebasing: body[outline.poll]), UnsafeRawBufferPointer(rebasing: body[credential]))
    }
    // Looked into once per kind of ballot, not once per ballot.
    if parts.add(counted, 1) { try check(sequence, counted) }
    if parts.isFull { drain() }
  }

  private mutating func check(_ sequence: UInt64, _ part: UnsafeRawBufferPointer) throws {
    let counted = try CastEntry.Counted(part)
    if definitions[counted.poll]?.version(counted.version) == nil {
      differences.add("entry \(sequence) casts in poll \(counted.poll) version \(counted.version), which is unknown")
    } else if definitions[counted.poll]?.isClosed == true, !counted.flags.contains(.late) {
      differences.add("entry \(sequence) casts in poll \(counted.poll) after it was closed")
    }
  }

  private mutating func spends(
    _ part: UnsafeRawBufferPointer, _ poll: Range<Int>, _ body: UnsafeRawBufferPointer
  ) throws -> Bool {
    let name = body[poll]
    if lastSpending.poll.elementsEqual(name) { return lastSpending.spends }
    let counted = try CastEntry.Counted(part)
    let spends = definitions[counted.poll]?.version(counted.version)?.policy.onePerCredential == true
    lastSpending = (Array(name), spends)
    return spends
  }

  private mutating func void(_ sequence: UInt64, _ body: UnsafeRawBufferPointer) throws {
    let entry = try VoidEntry(body)
    guard voids[entry.ballot] == nil else {
      return differences.add("entry \(sequence) voids ballot \(entry.ballot) again")
    }
    voids[entry.ballot] = sequence
    let cast = entry.sequence < sequence ? try castBody(entry.sequence) : nil
    let isIt = try cast?.borrowed { body throws -> Bool in
      let outline = try CastEntry.Outline(body)
      guard outline.tail.id == (entry.ballot.high, entry.ballot.low) else { return false }
      _ = parts.add(UnsafeRawBufferPointer(rebasing: body[outline.counted]), -1)
      if parts.isFull { drain() }
      return true
    }
    if isIt != true {
      differences.add("entry \(sequence) voids ballot \(entry.ballot), which entry \(entry.sequence) did not cast")
    }
  }

  private mutating func refusedPress(_ sequence: UInt64, _ body: UnsafeRawBufferPointer) throws {
    let entry = try RefusedPressEntry(body)
    refusals.add(entry.id.high, entry.id.low, sequence)
    if entry.verdict == .afterSeal { corrections.add(Fingerprint.hash(entry.poll), sequence, 0) }
    if sequence <= settledThrough { books.enter(EnteredPress(entry)) }
  }

  private mutating func act(_ sequence: UInt64, _ body: UnsafeRawBufferPointer) throws {
    let entry = try ActEntry(body)
    let (changes, problems) = acts.fold(entry, sequence: sequence, definitions)
    for problem in problems { differences.add("entry \(sequence) \(problem)") }
    if let problem = campaigns.fold(EnteredAct(number: entry.number, sequence: sequence, act: entry.act)) {
      differences.add("entry \(sequence): \(problem)")
    }
    for (counts, sign) in changes {
      for (key, count) in counts.cells { cells[counts.poll, default: [:]][key, default: 0] &+= sign &* count }
    }
  }

  /// Turns counted parts into cells by the one rule of counting.
  private mutating func drain() {
    parts.drain { part, times in
      // Those that are no counted part, or name no poll, were told of when they came.
      guard let counted = try? CastEntry.Counted(part),
        let poll = definitions[counted.poll]?.version(counted.version)
      else { return }
      poll.forEachCount(of: counted.answers) { subject, count in
        let key = CellKey(
          subject: subject, unit: counted.unit, channel: counted.channel, flags: counted.flags, day: counted.day)
        if times != 0 { cells[counted.poll, default: [:]][key, default: 0] &+= count &* times }
      }
    }
  }
}
