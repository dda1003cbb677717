import Polling
import Tallies

@testable import Ledger
@testable import SQLite

/// The ledger's own writer over a disk in memory, a commit per call, and with faults.
///
/// `@unchecked Sendable`: a week is one task, and nobody else has its ledger.
final class WeekLedger: Ledger, @unchecked Sendable {
  /// What befalls the next call.
  enum Fault {
    case none
    /// The process dies before or after the commit.
    case diesBefore, diesAfter
  }

  /// What is on the disk, whatever befalls the process.
  private(set) var disk: Connection
  /// What a planted fault has really put there.
  private let synced: Connection?
  private let plant: Plant?
  private let options: SQLiteLedger.Options
  private(set) var store: LedgerStore?
  var fault = Fault.none
  /// Called after each commit.
  var onCommit: (Commit) async -> Void = { _ in }
  private var commits = 0
  /// Since it was asked last.
  private var isNews = false

  init(_ disk: Connection, synced: Connection?, _ options: SQLiteLedger.Options, plant: Plant?) {
    self.disk = disk
    self.synced = plant == .answersBeforeDurable ? synced : nil
    self.plant = plant
    self.options = options
  }

  static func template() throws -> Connection {
    let connection = try MemoryDisk.open()
    try Schema.make(connection, epoch: "e0")
    return connection
  }

  var isUp: Bool { store != nil }

  /// Whether there are new entries since this was asked last.
  var hasEntered: Bool {
    defer { isNews = false }
    return isNews
  }

  func open() throws -> LedgerState {
    let store = try LedgerStore(disk, options)
    self.store = store
    fault = .none
    return try LedgerState(disk, store)
  }

  /// As by SIGKILL: what is in memory is gone.
  func crash() throws {
    store = nil
    if let synced { try MemoryDisk.copy(synced, to: disk) }
  }

  func append(_ submissions: [Submission]) async throws(LedgerError) -> [Outcome] {
    guard let store else { throw .outcomeUnknown }
    let fault = self.fault
    self.fault = .none
    if fault == .diesBefore {
      self.store = nil
      throw .outcomeUnknown
    }
    let answered: (replies: [Reply], commit: Commit?)
    do throws(SQLiteError) {
      answered = try Batch.commit([.submissions(spoiled(submissions)) { _ in }], to: store)
    } catch {
      if error.isDiskFull, !store.connection.isInTransaction { throw .diskFull }
      self.store = nil
      throw .outcomeUnknown
    }
    guard case .submissions(var outcomes, _)? = answered.replies.first else { throw .outcomeUnknown }
    if let commit = answered.commit {
      isNews = true
      await onCommit(commit)
    }
    do {
      try spoil(&outcomes, store)
    } catch { throw .outcomeUnknown }
    if fault == .diesAfter {
      self.store = nil
      throw .outcomeUnknown
    }
    return outcomes
  }

  private func spoiled(_ submissions: [Submission]) -> [Submission] {
    guard plant == .takesLateReports else { return submissions }
    return submissions.map { submission in
      if case .reportKiosk(let report, _) = submission { .reportKiosk(report) } else { submission }
    }
  }

  private func spoil(_ outcomes: inout [Outcome], _ store: LedgerStore) throws {
    commits += 1
    if let synced, commits % 4 == 1 { try MemoryDisk.copy(disk, to: synced) }
    for (index, outcome) in outcomes.enumerated() {
      switch (plant, outcome) {
      case (.entersEveryCopy, .replayed(let sequence, .cast)):
        isNews = true
        let record = try store.entries.record(sequence)
        var writer = ByteWriter()
        _ = CastEntry.encode(record, into: &writer)
        let bytes = writer.bytes
        try store.transaction { (knowledge, _) throws(SQLiteError) in
          knowledge.lastSequence += 1
          try bytes.borrowed { (body) throws(SQLiteError) in
            try store.entries.insert(knowledge.lastSequence, .cast, body)
          }
        }
      case (.hidesGaps, .entered(let sequence, .kioskReported(let mark, _))):
        outcomes[index] = .entered(sequence: sequence, .kioskReported(SpoolMark(highest: mark.highest)))
      default: continue
      }
    }
  }

  func append(
    _ submissions: [Submission], _ answer: @escaping @Sendable (Result<[Outcome], LedgerError>) -> Void
  ) {
    // Messages of kiosks do not come this way.
    answer(.failure(.closed))
  }

  func append(_ batch: CastBatch, _ answer: @escaping @Sendable (Result<CastOutcomes, LedgerError>) -> Void) {
    answer(.failure(.closed))
  }

  var acknowledgedRevision: UInt64 { store?.knowledge.lastSequence ?? 0 }
}
