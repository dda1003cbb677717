import CSQLite3
import Testing

/// What a kiosk's spool says of its presses.
func spoolCounts(_ spool: String) throws -> (taken: Int64, counted: Int64) {
  var handle: OpaquePointer?
  try #require(sqlite3_open(spool + "/spool.db", &handle) == SQLITE_OK)
  defer { sqlite3_close_v2(handle) }
  var statement: OpaquePointer?
  try #require(sqlite3_prepare_v2(handle, "SELECT presses, counted FROM spool", -1, &statement, nil) == SQLITE_OK)
  defer { sqlite3_finalize(statement) }
  try #require(sqlite3_step(statement) == SQLITE_ROW)
  return (sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1))
}
