internal import CSQLite3

/// A prepared statement. Columns count from 0, parameters from 1, as in SQLite.
final class Statement {
  private let connection: Connection
  private let handle: OpaquePointer
  private let sql: String

  init(_ connection: Connection, _ sql: String) throws(SQLiteError) {
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

  func bind(_ index: Int32, _ value: Int64) throws(SQLiteError) {
    try connection.check(sqlite3_bind_int64(handle, index, value), sql)
  }

  func bind(_ index: Int32, _ text: String) throws(SQLiteError) {
    try connection.check(
      sqlite3_bind_text(handle, index, text, Int32(clamping: text.utf8.count), bc_sqlite_transient()), sql)
  }

  /// Without a copy: the bytes must stay where they are until the statement is reset.
  func bind(_ index: Int32, borrowing bytes: UnsafeRawBufferPointer) throws(SQLiteError) {
    let code = sqlite3_bind_blob64(
      handle, index, bytes.baseAddress, UInt64(bytes.count), bc_sqlite_static())
    try connection.check(code, sql)
  }

  /// True: there is a row.
  func step() throws(SQLiteError) -> Bool {
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
  func run() throws(SQLiteError) {
    while try step() {}
    reset()
  }

  /// Whatever `sqlite3_reset` returns was already thrown by `step`.
  func reset() {
    sqlite3_reset(handle)
  }

  func integer(_ column: Int32) -> Int64 {
    sqlite3_column_int64(handle, column)
  }

  /// Nil: NULL, or bytes that are no UTF-8.
  func text(_ column: Int32) -> String? {
    guard let pointer = sqlite3_column_text(handle, column) else { return nil }
    let bytes = UnsafeBufferPointer(start: pointer, count: Int(sqlite3_column_bytes(handle, column)))
    return String(validating: bytes, as: UTF8.self)
  }

  /// Valid until the next step or reset.
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    let pointer = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(start: pointer, count: Int(sqlite3_column_bytes(handle, column)))
  }
}
