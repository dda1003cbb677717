internal import SQLite

/// The tables of a ledger, and how an older one becomes a newer one. FORMAT.md describes them.
enum Schema {
  /// `PRAGMA application_id`: "BCld".
  static let application: Int64 = 0x4243_6C64

  /// `PRAGMA user_version` is how many of these a ledger has behind it. They are only ever added to.
  static let migrations: [String] = [
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
    CREATE TABLE entry (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, body BLOB NOT NULL, crc INTEGER NOT NULL)
      STRICT;
    CREATE TABLE definition (seq INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE ballot (ballot_id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID, STRICT;
    CREATE TABLE void (ballot_id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID, STRICT;
    CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE credential (poll INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (poll, hash))
      WITHOUT ROWID, STRICT;
    CREATE TABLE cell (
      poll INTEGER NOT NULL, day INTEGER NOT NULL, unit INTEGER NOT NULL, channel INTEGER NOT NULL,
      flags INTEGER NOT NULL, question INTEGER NOT NULL, choice INTEGER NOT NULL, count INTEGER NOT NULL,
      PRIMARY KEY (poll, day, unit, channel, flags, question, choice)) WITHOUT ROWID, STRICT;
    """,
    // Ballots and counts follow the entries in strides, no longer one by one.
    "INSERT INTO meta (key, value) SELECT 'settled', coalesce(max(seq), 0) FROM entry;",
    // No table changed: `definition` also lists entries of kinds 5 and 6, which older programs do not know.
    "",
    // What became of the presses of kiosks: no entry before named a spool. And polls are published in layout 2.
    """
    CREATE TABLE kiosk (
      kiosk INTEGER NOT NULL, spool BLOB NOT NULL, highest INTEGER NOT NULL, beyond INTEGER NOT NULL,
      beyond_from INTEGER NOT NULL, unnumbered INTEGER NOT NULL, renumbered INTEGER NOT NULL,
      PRIMARY KEY (kiosk, spool)) WITHOUT ROWID, STRICT;
    CREATE TABLE kiosk_gap (
      kiosk INTEGER NOT NULL, spool BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
      PRIMARY KEY (kiosk, spool, first)) WITHOUT ROWID, STRICT;
    CREATE TABLE kiosk_day (
      kiosk INTEGER NOT NULL, spool BLOB NOT NULL, day INTEGER NOT NULL, counted INTEGER NOT NULL,
      flagged INTEGER NOT NULL, late INTEGER NOT NULL, corrected INTEGER NOT NULL, duplicate INTEGER NOT NULL,
      rejected INTEGER NOT NULL, PRIMARY KEY (kiosk, spool, day)) WITHOUT ROWID, STRICT;
    CREATE TABLE kiosk_report (
      kiosk INTEGER NOT NULL, spool BLOB NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (kiosk, spool)) WITHOUT ROWID, STRICT;
    CREATE TABLE refusal (ballot_id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID, STRICT;
    CREATE TABLE correction (poll INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (poll, seq))
      WITHOUT ROWID, STRICT;
    """,
    // Registers and their acts: paper results, campaigns. `definition` also lists entries of kind 8, ballots may name a
    // procedure, and polls are published in layout 3.
    """
    CREATE TABLE act (
      kind INTEGER NOT NULL, register INTEGER NOT NULL, number INTEGER NOT NULL, act_id BLOB NOT NULL UNIQUE,
      seq INTEGER NOT NULL, PRIMARY KEY (kind, register, number)) WITHOUT ROWID, STRICT;
    CREATE TABLE reversal (reversed INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
    """,
    // Reports of kiosks are numbered.
    "ALTER TABLE kiosk_report ADD COLUMN number INTEGER NOT NULL DEFAULT 0;",
    // The urns of secret votes. No rows' numbers: those would tell what came when.
    """
    CREATE TABLE spent (register INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (register, hash))
      WITHOUT ROWID, STRICT;
    CREATE TABLE sealed (register INTEGER NOT NULL, ballot BLOB NOT NULL, PRIMARY KEY (register, ballot))
      WITHOUT ROWID, STRICT;
    """,
  ]

  /// From this one on, tables `ballot` and `cell` follow the entries in strides.
  static let firstInStrides: Int64 = 2
  /// From this one on, kiosks account for their presses.
  static let firstWithPresses: Int64 = 4
  static let firstWithActs: Int64 = 5
  static let firstWithUrns: Int64 = 7

  static var version: Int64 { Int64(migrations.count) }

  /// Makes the tables of an empty file.
  static func make(_ connection: Connection, epoch: String) throws(SQLiteError) {
    try connection.execute("BEGIN IMMEDIATE; PRAGMA application_id = \(application)")
    for migration in migrations { try connection.execute(migration) }
    let statement = try connection.prepare("INSERT INTO meta (key, value) VALUES ('epoch', ?)")
    try statement.bind(1, epoch)
    try statement.run()
    try connection.execute("PRAGMA user_version = \(version); COMMIT")
  }

  /// Throws unless the file is a ledger of this version or an older one. Returns its version.
  static func check(_ connection: Connection, path: String) throws(LedgerFileError) -> Int64 {
    let (application, found): (Int64?, Int64?)
    do {
      (application, found) = (
        try connection.integer("PRAGMA application_id"), try connection.integer("PRAGMA user_version")
      )
    } catch { throw LedgerFileError(error) }
    guard application == self.application, let found else {
      throw LedgerFileError(.damaged, "\(path) is no BinhChon ledger")
    }
    guard found <= version else {
      throw LedgerFileError(
        .newer, "\(path) was written by a newer BinhChon (format \(found), this one knows \(version)): use that one")
    }
    return found
  }

  /// Brings a ledger of an older version up to this one, in one transaction.
  static func migrate(_ connection: Connection, from found: Int64) throws(SQLiteError) {
    guard found < version else { return }
    try connection.execute("BEGIN IMMEDIATE")
    for migration in migrations.dropFirst(Int(max(0, found))) { try connection.execute(migration) }
    try connection.execute("PRAGMA user_version = \(version); COMMIT")
  }
}
