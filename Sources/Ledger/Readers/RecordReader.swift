public import Polling
internal import SQLite

/// Some cast vote records of one poll, in the order of the ledger.
public struct RecordPage: Sendable {
  public struct Row: Sendable {
    public var sequence: UInt64
    public var record: CastVoteRecord
    /// By an entry that is no later than the page's end.
    public var isVoided: Bool
  }

  public var rows: [Row] = []
  /// The sequence of the last entry that was looked at.
  public var reached: UInt64
}

/// What can be read of a ledger's ballots, one by one.
public protocol RecordReader: Sendable {
  /// The sequence of the last entry. Everything acknowledged before the call is within it.
  func lastSequence() async throws(LedgerFileError) -> UInt64

  /// - Parameters:
  ///   - after: entries with a higher sequence.
  ///   - through: none with a higher one; what was voided later counts as not voided.
  ///   - limit: of the first so many entries, whatever they are.
  func records(poll: PollID, after: UInt64, through: UInt64, limit: Int) async throws(LedgerFileError) -> RecordPage
}

extension SQLiteLedger: RecordReader {
  public func lastSequence() async throws(LedgerFileError) -> UInt64 {
    try await readings.read { (connection) throws(SQLiteError) in
      UInt64(bitPattern: try connection.integer("SELECT max(seq) FROM entry") ?? 0)
    }
  }

  public func records(
    poll: PollID, after: UInt64, through: UInt64, limit: Int
  ) async throws(LedgerFileError) -> RecordPage {
    try await readings.read { (connection) throws(SQLiteError) in
      let entries = try connection.prepare(
        "SELECT seq, kind, body, crc FROM entry WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?")
      try entries.bind(1, Int64(clamping: after))
      try entries.bind(2, Int64(clamping: through))
      try entries.bind(3, Int64(clamping: limit))
      let void = try connection.prepare("SELECT seq FROM void WHERE ballot_id = ?")
      var page = RecordPage(reached: after)
      while try entries.step() {
        page.reached = UInt64(bitPattern: entries.integer(0))
        guard entries.integer(1) == Int64(EntryKind.cast.rawValue) else { continue }
        let record = try EntryTable.checked(entries, .cast) { (body) throws(FormatError) -> CastVoteRecord? in
          let outline = try CastEntry.Outline(body)
          return body[outline.poll].elementsEqual(poll.rawValue.utf8) ? try CastEntry.decode(body) : nil
        }
        guard let record else { continue }
        defer { void.reset() }
        let isVoided = try record.ballot.id.borrowed { (bytes) throws(SQLiteError) in
          try void.bind(1, borrowing: bytes)
          return try void.step() && UInt64(bitPattern: void.integer(0)) <= through
        }
        page.rows.append(RecordPage.Row(sequence: page.reached, record: record, isVoided: isVoided))
      }
      return page
    }
  }
}
