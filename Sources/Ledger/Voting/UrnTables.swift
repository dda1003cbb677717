internal import SQLite

/// Tables `spent` and `sealed`: the urns of votes that are open. Each is ordered by what it holds, and its rows have no
/// numbers.
final class UrnTables {
  private let insertSpent: Statement
  private let insertSealed: Statement
  private let selectSpent: Statement
  private let selectSealed: Statement
  private let count: Statement
  private let deleteSpent: Statement
  private let deleteSealed: Statement
  /// Whether anything may have been taken out since this was last set to false. At first: whether there was a vote.
  var hasErased: Bool

  init(_ connection: Connection) throws(SQLiteError) {
    insertSpent = try connection.prepare("INSERT INTO spent (register, hash) VALUES (?, ?)")
    insertSealed = try connection.prepare("INSERT INTO sealed (register, ballot) VALUES (?, ?)")
    selectSpent = try connection.prepare("SELECT 1 FROM spent WHERE register = ? AND hash = ?")
    selectSealed = try connection.prepare("SELECT 1 FROM sealed WHERE register = ? AND ballot = ?")
    count = try connection.prepare(
      """
      SELECT (SELECT count(*) FROM spent WHERE register = ?1), (SELECT count(*) FROM sealed WHERE register = ?1)
      """)
    deleteSpent = try connection.prepare("DELETE FROM spent WHERE register = ?")
    deleteSealed = try connection.prepare("DELETE FROM sealed WHERE register = ?")
    hasErased =
      try connection.integer("SELECT 1 FROM act WHERE kind = \(Register.Kind.vote.rawValue) LIMIT 1") != nil
  }

  func hasSpent(_ hash: [UInt8], _ register: Int64) throws(SQLiteError) -> Bool {
    try has(selectSpent, hash, register)
  }

  func hasSealed(_ ballot: [UInt8], _ register: Int64) throws(SQLiteError) -> Bool {
    try has(selectSealed, ballot, register)
  }

  private func has(_ select: Statement, _ bytes: [UInt8], _ register: Int64) throws(SQLiteError) -> Bool {
    defer { select.reset() }
    try select.bind(1, register)
    try select.bind(2, copying: bytes)
    return try select.step()
  }

  func insert(_ ballot: SealedBallot, _ register: Int64) throws(SQLiteError) {
    for (insert, bytes) in [(insertSpent, ballot.spending), (insertSealed, ballot.sealed)] {
      try insert.bind(1, register)
      try insert.bind(2, copying: bytes)
      try insert.run()
    }
  }

  /// How many voted, and how many ballots there are.
  func counts(_ register: Int64) throws(SQLiteError) -> (spent: Int64, sealed: Int64) {
    defer { count.reset() }
    try count.bind(1, register)
    guard try count.step() else { return (0, 0) }
    return (count.integer(0), count.integer(1))
  }

  func empty(_ register: Int64) throws(SQLiteError) {
    for delete in [deleteSpent, deleteSealed] {
      try delete.bind(1, register)
      try delete.run()
    }
    hasErased = true
  }
}

extension SQLiteLedger: UrnReader {
  public func urn(of register: Register) async throws(LedgerFileError) -> Urn {
    try await readings.read { (connection) throws(SQLiteError) in
      func all(_ sql: String) throws(SQLiteError) -> [[UInt8]] {
        let rows = try connection.prepare(sql)
        try rows.bind(1, register.name)
        var found: [[UInt8]] = []
        while try rows.step() { found.append(Array(rows.bytes(0))) }
        return found
      }
      return Urn(
        spent: try all(
          "SELECT s.hash FROM spent s JOIN name n ON n.id = s.register WHERE n.text = ? ORDER BY s.hash"),
        sealed: try all(
          "SELECT s.ballot FROM sealed s JOIN name n ON n.id = s.register WHERE n.text = ? ORDER BY s.ballot"))
    }
  }
}
