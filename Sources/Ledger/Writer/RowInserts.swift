internal import SQLite

/// One INSERT, prepared for several numbers of rows: many rows with one statement are cheaper than each with its own.
///
/// OR FAIL: a conflict, which is damage, ends the whole transaction. The default would undo the one statement, and for
/// that SQLite copies every page a statement of several rows is about to change.
final class RowInserts {
  /// The most rows of one statement.
  static let most = 32
  private static let sizes = [most, 8, 1]

  private let statements: [(rows: Int, statement: Statement)]

  /// - Parameters:
  ///   - table: and its columns.
  ///   - row: the values of one row.
  ///   - tail: what follows the last row.
  init(_ connection: Connection, table: String, row: String, tail: String = "") throws(SQLiteError) {
    var statements: [(Int, Statement)] = []
    for rows in RowInserts.sizes {
      let values = repeatElement(row, count: rows).joined(separator: ", ")
      statements.append((rows, try connection.prepare("INSERT OR FAIL INTO \(table) VALUES \(values) \(tail)")))
    }
    self.statements = statements
  }

  /// Inserts `count` rows.
  ///
  /// - Parameter bind: binds the parameters of a row, from the given one on.
  func insert(
    _ count: Int, bind: (_ statement: Statement, _ row: Int, _ parameter: inout Int32) throws(SQLiteError) -> Void
  ) throws(SQLiteError) {
    var next = 0
    for (rows, statement) in statements {
      while count - next >= rows {
        var parameter: Int32 = 1
        for row in next..<next + rows { try bind(statement, row, &parameter) }
        try statement.run()
        next += rows
      }
    }
  }
}
