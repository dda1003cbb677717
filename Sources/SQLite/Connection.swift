internal import CSQLite3

/// One SQLite connection. For one thread at a time; closed with the last reference to it and its statements.
package final class Connection {
  package enum Access {
    /// Makes the file; there must be none.
    case create
    case readWrite
    /// Never writes the file or its journal, not even when it is the last to close.
    case readOnly
    /// A file that nobody writes and that has no journal: no locks, nothing beside it.
    case immutable
  }

  /// Milliseconds to wait for another connection's lock.
  package static let patience: Int32 = 5_000

  /// SQLite counts the bytes it allocates under one lock for all threads, and nobody asks for them. It can be told only
  /// before anything else of it is used in the process; if it is too late it goes on counting.
  private static let withoutStatistics = bc_sqlite_no_memory_statistics()

  package let handle: OpaquePointer
  /// Where SQLite tells after each commit how many pages the journal has.
  private let journal: UnsafeMutablePointer<Int>

  package init(path: String, access: Access, vfs: String? = nil) throws(SQLiteError) {
    _ = Connection.withoutStatistics
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    var name = path
    switch access {
    case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    case .readWrite: flags |= SQLITE_OPEN_READWRITE
    case .readOnly: flags |= SQLITE_OPEN_READONLY
    case .immutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      name = "file:" + Connection.escaped(path) + "?immutable=1"
    }
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(name, &handle, flags, vfs)
    guard code == SQLITE_OK, let handle else {
      let error = SQLiteError(
        code: code, systemError: handle.map { sqlite3_system_errno($0) } ?? 0,
        message: String(cString: sqlite3_errstr(code)), operation: "opening \(path)")
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    journal = .allocate(capacity: 1)
    journal.initialize(to: 0)
    if access == .readOnly { try check(bc_sqlite_no_checkpoint_on_close(handle), "opening \(path)") }
    try check(sqlite3_busy_timeout(handle, Connection.patience), "opening \(path)")
    // The journal must be the only way to the file, and a schema may run nothing.
    try execute("PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY")
  }

  deinit {
    sqlite3_close_v2(handle)
    journal.deallocate()
  }

  /// Whether a transaction is open. SQLite ends one by itself on some errors: ask after every error.
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Rows changed by the last statement.
  package var changes: Int64 { sqlite3_changes64(handle) }

  package func execute(_ sql: String) throws(SQLiteError) {
    try check(sqlite3_exec(handle, sql, nil, nil, nil), sql)
  }

  package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    try Statement(self, sql)
  }

  /// The first column of the first row; nil: no row.
  package func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.integer(0) : nil
  }

  package func text(_ sql: String) throws(SQLiteError) -> String? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Bytes of a page.
  package var pageSize: Int64 {
    get throws(SQLiteError) {
      guard let size = try integer("PRAGMA page_size"), size > 0 else { throw .damaged("a database without pages") }
      return size
    }
  }

  package func check(_ code: Int32, _ operation: String) throws(SQLiteError) {
    if code != SQLITE_OK { throw error(code, operation) }
  }

  package func error(_ code: Int32, _ operation: String) -> SQLiteError {
    SQLiteError(
      code: code,
      systemError: code & 0xFF == SQLITE_IOERR || code & 0xFF == SQLITE_CANTOPEN
        ? sqlite3_system_errno(handle) : 0,
      message: String(cString: sqlite3_errmsg(handle)), operation: operation)
  }

  // MARK: - The journal

  /// Pages in the journal after the last commit.
  package var journalPages: Int { journal.pointee }

  /// Counts the journal's pages from now on, in place of SQLite's own checkpoints.
  package func watchJournal() {
    sqlite3_wal_hook(
      handle,
      { count, _, _, pages in
        count?.assumingMemoryBound(to: Int.self).pointee = Int(pages)
        return SQLITE_OK
      }, journal)
  }

  package func journalWasBegunAnew() {
    journal.pointee = 0
  }

  /// Closing will not copy the journal into the file.
  package func leaveJournal() {
    _ = bc_sqlite_no_checkpoint_on_close(handle)
  }

  /// A path in a URI: everything but plain characters as %XX.
  private static func escaped(_ path: String) -> String {
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.~".utf8
    var escaped = ""
    for byte in path.utf8 {
      if plain.contains(byte) {
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        escaped += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return escaped
  }
}
