internal import CSQLite3

/// A prepared statement. Columns count from 0, parameters from 1, as in SQLite.
package final class Statement {
  private let connection: Connection
  private let handle: OpaquePointer
  private let sql: String

  package init(_ connection: Connection, _ sql: String) throws(SQLiteError) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(
      connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else { throw connection.error(code, sql) }
    self.connection = connection
    self.handle = handle
    self.sql = sql
  }

  deinit {
    sqlite3_finalize(handle)
  }

  package func bind(_ index: Int32, _ value: Int64) throws(SQLiteError) {
    try connection.check(sqlite3_bind_int64(handle, index, value), sql)
  }

  package func bind(_ index: Int32, _ text: String) throws(SQLiteError) {
    try connection.check(
      sqlite3_bind_text(handle, index, text, Int32(clamping: text.utf8.count), bc_sqlite_transient()), sql)
  }

  /// The statement keeps a copy.
  package func bind(_ index: Int32, copying bytes: [UInt8]) throws(SQLiteError) {
    // No bytes are a blob of none, not NULL, which is what SQLite makes of no address.
    let code =
      bytes.isEmpty
      ? sqlite3_bind_zeroblob(handle, index, 0)
      : sqlite3_bind_blob64(handle, index, bytes, UInt64(bytes.count), bc_sqlite_transient())
    try connection.check(code, sql)
  }

  /// Without a copy: the bytes must stay where they are until the statement is reset.
  package func bind(_ index: Int32, borrowing bytes: UnsafeRawBufferPointer) throws(SQLiteError) {
    let code = sqlite3_bind_blob64(
      handle, index, bytes.baseAddress, UInt64(bytes.count), bc_sqlite_static())
    try connection.check(code, sql)
  }

  /// True: there is a row.
  package func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let error = connection.error(code, sql)
      sqlite3_reset(handle)
      throw error
    }
  }

  /// Executes a statement that gives no rows, and makes it ready for the next time.
  package func run() throws(SQLiteError) {
    while try step() {}
    reset()
  }

  /// Whatever `sqlite3_reset` returns was already thrown by `step`.
  package func reset() {
    sqlite3_reset(handle)
  }

  package func integer(_ column: Int32) -> Int64 {
    sqlite3_column_int64(handle, column)
  }

  /// Nil: NULL, or bytes that are no UTF-8.
  package func text(_ column: Int32) -> String? {
    guard let pointer = sqlite3_column_text(handle, column) else { return nil }
    let bytes = UnsafeBufferPointer(start: pointer, count: Int(sqlite3_column_bytes(handle, column)))
    return String(validating: bytes, as: UTF8.self)
  }

  /// Valid until the next step or reset.
  package func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    let pointer = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(start: pointer, count: Int(sqlite3_column_bytes(handle, column)))
  }
}
