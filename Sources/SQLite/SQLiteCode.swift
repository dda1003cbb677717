internal import CSQLite3

/// The result codes that decide something outside this room.
package enum SQLiteCode {
  package static let corrupt = SQLITE_CORRUPT
  package static let notADatabase = SQLITE_NOTADB
  package static let cannotOpen = SQLITE_CANTOPEN
  package static let busy = SQLITE_BUSY
}
