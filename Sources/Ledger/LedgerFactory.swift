internal import SQLite

/// Makes and opens the files of a ledger for its writer.
enum LedgerFactory {
  /// A ledger open for writing. Dropping it closes the file first and lets go of the lock then.
  struct Opened {
    var store: LedgerStore
    var lock: LedgerLock
    var state: LedgerState
  }

  static func create(_ directory: LedgerDirectory, vfs: String?) throws(LedgerFileError) {
    try Files.makeDirectory(directory.path)
    // Held throughout: two cannot make one at once.
    let lock = try LedgerLock(directory)
    guard !Files.exists(directory.ledger) else {
      throw LedgerFileError(.exists, "there is a ledger in \(directory.path) already")
    }
    try directory.removeUnfinished()
    do {
      let connection = try Connection(path: directory.unfinished, access: .create, vfs: vfs)
      // With smaller ones many votes at once cost more, for each page is written by itself; larger ones save nothing.
      try connection.execute("PRAGMA page_size = 8192; PRAGMA synchronous = FULL")
      try Schema.make(connection, epoch: newEpoch())
    } catch {
      // The first error is the one to tell.
      try? directory.removeUnfinished()
      throw LedgerFileError(error)
    }
    try Files.finish(directory.unfinished, as: directory.ledger, in: [Files.parent(of: directory.path)])
    withExtendedLifetime(lock) {}
  }

  static func open(
    _ directory: LedgerDirectory, _ options: SQLiteLedger.Options
  ) throws(LedgerFileError) -> Opened {
    guard Files.exists(directory.ledger) else {
      throw LedgerFileError(.missing, "there is no ledger in \(directory.path): make one with init")
    }
    let lock = try LedgerLock(directory)
    do {
      let connection = try Connection(path: directory.ledger, access: .readWrite, vfs: options.vfs)
      let found = try Schema.check(connection, path: directory.ledger)
      // An acknowledged entry is one that a sync has returned for. The journal stays allocated: writing over is
      // several times faster than growing; but after a long reader let it grow far, it may shrink again. Only the newest
      // pages are written to, and SQLite looks through its whole cache at the end of nearly every transaction that
      // splits one, so a larger cache than this costs more than it saves. What is taken out of an urn is overwritten.
      try connection.execute(
        """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
        PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;
        PRAGMA secure_delete = ON
        """)
      // The journal is there now. SQLite syncs its name too, but goes on when that fails.
      try Files.sync(directory.path)
      if let limit = options.pageLimit { try connection.execute("PRAGMA max_page_count = \(limit)") }
      try Schema.migrate(connection, from: found)
      if let fingerprint = options.secretFingerprint {
        try Meta.keep(secretFingerprint: fingerprint, connection, path: directory.ledger)
      }
      let store = try LedgerStore(connection, options)
      return Opened(store: store, lock: lock, state: try LedgerState(connection, store))
    } catch let error as SQLiteError {
      throw LedgerFileError(error)
    } catch let error as LedgerFileError {
      throw error
    } catch { throw LedgerFileError(.io, "\(error)") }
  }

  /// 128 random bits in hexadecimal.
  static func newEpoch() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(UInt32.random(in: .min ... .max, using: &generator), radix: 16)
      return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }.joined()
  }
}
