internal import SQLite

/// The tables of a spool.
enum SpoolFormat {
  /// `PRAGMA application_id`: "BCsp".
  static let application: Int64 = 0x4243_7370
  /// `PRAGMA user_version`.
  static let version: Int64 = 5

  /// `spool`: one row. `id` names this spool: sequences of another one are others. `presses` is the number of the last
  /// tap. The clocks are those of the last press. `rejected` also counts taps that are here no more; `held` counts
  /// repetitions that version 2 kept from the server and that are here no more. `unaccounted` presses are in no `day`;
  /// `unnumbered` ones have ballots without their number. Before the taps `forward_at` and `backward_at` the clock was
  /// another: with these it was set. No report before the last start was numbered `reports` or higher.
  ///
  /// `tap.state`: 0 open, 1 pending, 2 settled. `verdict`: 1 counted, 2 flagged, 3 duplicate, 4 rejected, 5 late,
  /// 6 corrected. `day`: under which the tap is accounted for; NULL: under none. `ledger_revision`: a backup of that
  /// ledger which reaches so far holds the tap's entry; NULL: not said; 0: not said, and answered before the last start.
  /// `answered_day`: by the server's clock.
  private static let tables = """
    CREATE TABLE spool (
      one INTEGER PRIMARY KEY CHECK (one = 1), id BLOB NOT NULL, presses INTEGER NOT NULL,
      counted INTEGER NOT NULL, flagged INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL,
      wall_ms INTEGER, steady_ms INTEGER, coarseness_ms INTEGER, boot TEXT) STRICT;
    CREATE TABLE tap (
      sequence INTEGER PRIMARY KEY, ballot_id BLOB NOT NULL, ballot BLOB NOT NULL, marks INTEGER NOT NULL,
      since_previous_ms INTEGER, state INTEGER NOT NULL, verdict INTEGER, reason TEXT, ledger_epoch TEXT) STRICT;
    CREATE INDEX pending ON tap (sequence) WHERE state = 1;
    CREATE INDEX kept ON tap (sequence) WHERE state = 2 AND verdict <> 4;
    """

  /// From version 1: repetitions were pending taps with a mark (1) that the sender left out, and what a server was not
  /// ready for was rejected.
  private static let sinceVersion2 = """
    ALTER TABLE spool ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX held ON tap (sequence) WHERE state = 3;
    CREATE INDEX rejected ON tap (sequence) WHERE state = 2 AND verdict = 4;
    UPDATE tap SET state = 3 WHERE state < 2 AND marks & 1 <> 0;
    UPDATE tap SET state = 1, verdict = NULL, reason = NULL
      WHERE state = 2 AND verdict = 4 AND reason IN ('UNKNOWN_POLL', 'UNKNOWN_UNIT', 'POLL_NOT_OPEN');
    UPDATE spool SET held = (SELECT count(*) FROM tap WHERE state = 3),
      rejected = (SELECT count(*) FROM tap WHERE state = 2 AND verdict = 4);
    PRAGMA user_version = 2;
    """

  /// From version 2: repetitions were held, and nothing was kept by days. What was answered is in no day: the server was
  /// not told whose press it was.
  private static let sinceVersion3 = """
    ALTER TABLE spool ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE spool ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE spool ADD COLUMN unaccounted INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE spool ADD COLUMN unnumbered INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE spool ADD COLUMN forward_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE spool ADD COLUMN backward_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tap ADD COLUMN day INTEGER;
    ALTER TABLE tap ADD COLUMN recent INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE day (
      day INTEGER PRIMARY KEY, presses INTEGER NOT NULL, pending INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
    UPDATE spool SET held = held - (SELECT count(*) FROM tap WHERE state = 3), unaccounted = presses,
      unnumbered = presses;
    UPDATE tap SET state = 1 WHERE state = 3;
    DROP INDEX held;
    CREATE INDEX open ON tap (sequence) WHERE state = 0;
    PRAGMA user_version = 3;
    """

  /// From version 3: whatever was answered was kept until there were too many of them.
  private static let sinceVersion4 = """
    ALTER TABLE tap ADD COLUMN ledger_revision INTEGER;
    ALTER TABLE tap ADD COLUMN answered_day INTEGER;
    PRAGMA user_version = 4;
    """

  /// From version 4: reports had no numbers.
  private static let sinceVersion5 = """
    ALTER TABLE spool ADD COLUMN reports INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 5;
    """

  /// As SQL writes bytes.
  static func digits(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Makes the tables of an empty file.
  static func make(_ connection: Connection, id: [UInt8]) throws(SQLiteError) {
    try connection.execute("PRAGMA synchronous = FULL; BEGIN IMMEDIATE; PRAGMA application_id = \(application)")
    try connection.execute(tables + sinceVersion2 + sinceVersion3 + sinceVersion4 + sinceVersion5)
    try connection.execute(
      """
      INSERT INTO spool (one, id, presses, counted, flagged, duplicate, rejected) VALUES (1, X'\(digits(id))', 0, 0, 0, 0, 0);
      COMMIT
      """)
  }

  /// Makes a whole spool of an older version one of this version, in one transaction.
  static func upgrade(_ connection: Connection) throws(SQLiteError) {
    let found = try connection.integer("PRAGMA user_version") ?? 0
    guard found < version else { return }
    do throws(SQLiteError) {
      try connection.execute("BEGIN IMMEDIATE")
      if found < 2 { try connection.execute(sinceVersion2) }
      if found < 3 {
        try connection.execute(sinceVersion3)
        try DayAccounts.account(connection, where: "state < 2")
      }
      if found < 4 { try connection.execute(sinceVersion4) }
      try connection.execute(sinceVersion5)
      try connection.execute("COMMIT")
    } catch {
      if connection.isInTransaction { try connection.execute("ROLLBACK") }
      throw error
    }
  }

  /// Throws unless this is a whole spool of this version or an older one.
  static func check(_ connection: Connection, path: String) throws(SpoolError) {
    do {
      let application = try connection.integer("PRAGMA application_id")
      let found = try connection.integer("PRAGMA user_version") ?? 0
      guard application == self.application else { throw SpoolError(.damaged, "\(path) is no spool") }
      guard found <= version else {
        throw SpoolError(
          .newer, "\(path) was written by a newer BinhChon (format \(found), this one knows \(version)): use that one")
      }
      let verdict = try connection.text("PRAGMA quick_check(1)")
      guard verdict == "ok" else { throw SpoolError(.damaged, "\(path): \(verdict ?? "no answer")") }
    } catch let error as SQLiteError {
      throw SpoolError(error)
    } catch let error as SpoolError {
      throw error
    } catch {
      throw SpoolError(.io, "\(error)")
    }
  }
}
