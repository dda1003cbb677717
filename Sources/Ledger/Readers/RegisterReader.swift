internal import SQLite

/// What can be asked of a ledger's registers.
public protocol RegisterReader: Sendable {
  /// The registers of a kind, by name, each with the number of its last act.
  func registers(_ kind: Register.Kind) async throws(LedgerFileError) -> [String: UInt64]

  /// The acts of a register, in order.
  ///
  /// - Parameters:
  ///   - after: only those with a higher number.
  ///   - limit: the first so many.
  func acts(of register: Register, after: UInt64, limit: Int) async throws(LedgerFileError) -> [EnteredAct]
}

extension SQLiteLedger: RegisterReader {
  public func registers(_ kind: Register.Kind) async throws(LedgerFileError) -> [String: UInt64] {
    try await readings.read { (connection) throws(SQLiteError) in
      let rows = try connection.prepare(
        "SELECT n.text, max(a.number) FROM act a JOIN name n ON n.id = a.register WHERE a.kind = ? GROUP BY a.register")
      try rows.bind(1, Int64(kind.rawValue))
      var registers: [String: UInt64] = [:]
      while try rows.step() { registers[rows.text(0) ?? ""] = UInt64(bitPattern: rows.integer(1)) }
      return registers
    }
  }

  public func acts(
    of register: Register, after: UInt64 = 0, limit: Int = .max
  ) async throws(LedgerFileError) -> [EnteredAct] {
    try await readings.read { (connection) throws(SQLiteError) in
      let rows = try connection.prepare(
        """
        SELECT e.seq, e.kind, e.body, e.crc FROM act a JOIN name n ON n.id = a.register JOIN entry e ON e.seq = a.seq
        WHERE a.kind = ? AND n.text = ? AND a.number > ? ORDER BY a.number LIMIT ?
        """)
      try rows.bind(1, Int64(register.kind.rawValue))
      try rows.bind(2, register.name)
      try rows.bind(3, Int64(clamping: after))
      try rows.bind(4, Int64(clamping: limit))
      var acts: [EnteredAct] = []
      while try rows.step() {
        let sequence = UInt64(bitPattern: rows.integer(0))
        let entry = try EntryTable.checked(rows, .act) { (body) throws(FormatError) in try ActEntry(body) }
        acts.append(EnteredAct(number: entry.number, sequence: sequence, act: entry.act))
      }
      return acts
    }
  }
}
