internal import Polling
internal import SQLite

/// Tables `act` and `reversal`: where each act of each register is. Committed with their entries.
final class ActTables {
  private let selectID: Statement
  private let selectLast: Statement
  private let selectNumber: Statement
  private let insert: Statement
  private let selectReversal: Statement
  private let insertReversal: Statement

  init(_ connection: Connection) throws(SQLiteError) {
    selectID = try connection.prepare("SELECT seq FROM act WHERE act_id = ?")
    selectLast = try connection.prepare(
      "SELECT number FROM act WHERE kind = ? AND register = ? ORDER BY number DESC LIMIT 1")
    selectNumber = try connection.prepare("SELECT seq FROM act WHERE kind = ? AND register = ? AND number = ?")
    insert = try connection.prepare("INSERT INTO act (kind, register, number, act_id, seq) VALUES (?, ?, ?, ?, ?)")
    selectReversal = try connection.prepare("SELECT 1 FROM reversal WHERE reversed = ?")
    insertReversal = try connection.prepare("INSERT INTO reversal (reversed, seq) VALUES (?, ?)")
  }

  /// The sequence under which it was entered.
  func sequence(_ id: Act.ID) throws(SQLiteError) -> UInt64? {
    defer { selectID.reset() }
    return try id.borrowed { (bytes) throws(SQLiteError) in
      try selectID.bind(1, borrowing: bytes)
      return try selectID.step() ? UInt64(bitPattern: selectID.integer(0)) : nil
    }
  }

  /// The number of the register's last act; 0: it has none.
  ///
  /// - Parameter name: the number of its name.
  func last(_ kind: Register.Kind, name: Int64) throws(SQLiteError) -> UInt64 {
    defer { selectLast.reset() }
    try selectLast.bind(1, Int64(kind.rawValue))
    try selectLast.bind(2, name)
    return try selectLast.step() ? UInt64(bitPattern: selectLast.integer(0)) : 0
  }

  /// The sequence of the register's act with this number.
  func sequence(_ kind: Register.Kind, name: Int64, number: UInt64) throws(SQLiteError) -> UInt64? {
    defer { selectNumber.reset() }
    try selectNumber.bind(1, Int64(kind.rawValue))
    try selectNumber.bind(2, name)
    try selectNumber.bind(3, Int64(bitPattern: number))
    return try selectNumber.step() ? UInt64(bitPattern: selectNumber.integer(0)) : nil
  }

  func insert(_ act: Act, name: Int64, number: UInt64, sequence: UInt64) throws(SQLiteError) {
    try insert.bind(1, Int64(act.register.kind.rawValue))
    try insert.bind(2, name)
    try insert.bind(3, Int64(bitPattern: number))
    try insert.bind(5, Int64(bitPattern: sequence))
    try act.id.borrowed { (bytes) throws(SQLiteError) in
      try insert.bind(4, borrowing: bytes)
      try insert.run()
    }
  }

  /// - Parameter sequence: of the entry that may have been reversed.
  func isReversed(_ sequence: UInt64) throws(SQLiteError) -> Bool {
    defer { selectReversal.reset() }
    try selectReversal.bind(1, Int64(bitPattern: sequence))
    return try selectReversal.step()
  }

  func insertReversal(of reversed: UInt64, sequence: UInt64) throws(SQLiteError) {
    try insertReversal.bind(1, Int64(bitPattern: reversed))
    try insertReversal.bind(2, Int64(bitPattern: sequence))
    try insertReversal.run()
  }
}

extension ActTables {
  /// The register's act with this number, read without the writer's statements.
  static func act(_ connection: Connection, _ number: UInt64, of register: Register) throws(SQLiteError) -> Act {
    let rows = try connection.prepare(
      """
      SELECT e.seq, e.kind, e.body, e.crc FROM act a JOIN name n ON n.id = a.register JOIN entry e ON e.seq = a.seq
      WHERE a.kind = ? AND n.text = ? AND a.number = ?
      """)
    try rows.bind(1, Int64(register.kind.rawValue))
    try rows.bind(2, register.name)
    try rows.bind(3, Int64(bitPattern: number))
    guard try rows.step() else { throw .damaged("act \(number) of a register is not there") }
    return try EntryTable.checked(rows, .act) { (body) throws(FormatError) in try ActEntry(body).act }
  }
}

extension Act.ID {
  /// Its 16 bytes, most significant first.
  func borrowed<Result, Failure: Error>(
    _ use: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var words = (high.bigEndian, low.bigEndian)
    return try withUnsafeBytes(of: &words) { (bytes) throws(Failure) in try use(bytes) }
  }
}
