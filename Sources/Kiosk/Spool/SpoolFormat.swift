internal import SQLite

/// The tables of a spool.
enum SpoolFormat {
  /// `PRAGMA application_id`: "BCsp".
  static let application: Int64 = 0x4243_7370
  /// `PRAGMA user_version`.
  static let version: Int64 = 1

  /// `spool`: one row. `id` names this spool: sequences of another one are others. `presses` is the number of the last
  /// tap. The clocks are those of the last press.
  ///
  /// `tap.state`: 0 open, 1 pending, 2 settled. `verdict`: 1 counted, 2 flagged, 3 duplicate, 4 rejected.
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

  /// Makes the tables of an empty file.
  static func make(_ connection: Connection, id: [UInt8]) throws(SQLiteError) {
    try connection.execute("PRAGMA synchronous = FULL; BEGIN IMMEDIATE; PRAGMA application_id = \(application)")
    try connection.execute(tables)
    let digits = id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    try connection.execute(
      """
      INSERT INTO spool (one, id, presses, counted, flagged, duplicate, rejected) VALUES (1, X'\(digits)', 0, 0, 0, 0, 0);
      PRAGMA user_version = \(version); COMMIT
      """)
  }

  /// Throws unless this is a whole spool of this version.
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
