internal import CSQLite3

/// The result codes that decide something outside the SQLite files of this room.
enum SQLiteCode {
  static let corrupt = SQLITE_CORRUPT
  static let notADatabase = SQLITE_NOTADB
  static let cannotOpen = SQLITE_CANTOPEN
  static let busy = SQLITE_BUSY
}
