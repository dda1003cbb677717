internal import CSQLite3
internal import SQLite

/// When the writer copies its journal (the WAL) into the ledger, and when the journal is too long to go on.
///
/// Only the writer's connection does so, between batches: with SQLite before 3.51.3 two connections that checkpoint
/// or write at once can damage the file. A checkpoint that is held up by a reader or finds the disk full is tried
/// again later and is not the business of any vote. One that fails otherwise ends the writer: what its sync said of
/// the ledger's pages can never be asked again.
struct Journal {
  private let connection: Connection
  private let checkpointPages: Int
  private let limitPages: Int64
  /// Pages in the journal at which the next checkpoint is tried.
  private var nextCheckpoint: Int
  /// Whether the journal may hold what was taken out of an urn.
  private var holdsErased = false

  /// - Parameter pageSize: of the ledger, in bytes.
  init(_ connection: Connection, pageSize: Int64, _ options: SQLiteLedger.Options) {
    self.connection = connection
    checkpointPages = options.checkpointPages
    limitPages = max(1, options.journalLimit / pageSize)
    nextCheckpoint = options.checkpointPages
    connection.watchJournal()
  }

  /// False: readers keep the journal from being emptied, and it is too long to add to.
  mutating func hasRoom() throws(SQLiteError) -> Bool {
    guard connection.journalPages >= limitPages else { return true }
    return try checkpoint(.restart)
  }

  /// After a commit.
  ///
  /// - Parameter hasErased: it emptied an urn, or a server before this one may have done so and been killed.
  mutating func tidy(hasErased: Bool) throws(SQLiteError) {
    // What was in an urn may outlive it in no copy of a page. A reader in the way: after the next commit.
    if hasErased { holdsErased = true }
    if holdsErased, try checkpoint(.truncate) {
      holdsErased = false
      nextCheckpoint = checkpointPages
      return
    }
    guard connection.journalPages >= nextCheckpoint else {
      // The journal was begun anew since.
      if connection.journalPages < nextCheckpoint - checkpointPages { nextCheckpoint = checkpointPages }
      return
    }
    // Readers may let the copying end and yet keep the journal from being begun anew: do not try after every commit.
    nextCheckpoint = connection.journalPages + checkpointPages
    _ = try checkpoint(.passive)
  }

  private enum Mode {
    /// As far as readers allow.
    case passive
    /// And so that the next commit begins the journal anew.
    case restart
    /// And so that nothing of it is left in its file.
    case truncate
  }

  /// False: a reader or a full disk was in the way.
  private func checkpoint(_ mode: Mode) throws(SQLiteError) -> Bool {
    var (pages, copied): (Int32, Int32) = (0, 0)
    // Nobody waits for readers while votes wait.
    sqlite3_busy_timeout(connection.handle, 0)
    defer { sqlite3_busy_timeout(connection.handle, Connection.patience) }
    let how =
      switch mode {
      case .passive: SQLITE_CHECKPOINT_PASSIVE
      case .restart: SQLITE_CHECKPOINT_RESTART
      case .truncate: SQLITE_CHECKPOINT_TRUNCATE
      }
    let code = sqlite3_wal_checkpoint_v2(connection.handle, nil, how, &pages, &copied)
    switch code {
    case SQLITE_OK:
      if mode != .passive { connection.journalWasBegunAnew() }
      return copied == pages
    case SQLITE_BUSY: return false
    default:
      let error = connection.error(code, "copying the journal into the ledger")
      if error.isDiskFull || error.primaryCode == SQLITE_BUSY { return false }
      throw error
    }
  }
}
