internal import SQLite

/// What a ledger says of itself, by key.
enum Meta {
  static func set(_ key: String, _ value: String, _ connection: Connection) throws(SQLiteError) {
    let statement = try connection.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
    try statement.bind(1, key)
    try statement.bind(2, value)
    try statement.run()
  }

  private static func value(_ key: String, _ connection: Connection) throws(SQLiteError) -> String? {
    let statement = try connection.prepare("SELECT value FROM meta WHERE key = ?")
    try statement.bind(1, key)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Throws unless the ledger has this fingerprint or none.
  ///
  /// - Returns: whether it has one.
  @discardableResult
  static func check(
    secretFingerprint: String, _ connection: Connection, path: String
  ) throws(LedgerFileError) -> Bool {
    let known: String?
    do { known = try value("secret", connection) } catch { throw LedgerFileError(error) }
    guard known == nil || known == secretFingerprint else {
      throw LedgerFileError(
        .wrongSecret,
        "the dossiers of \(path) were hashed with another pepper: with this one every dossier could be rated again; "
          + "put back the pepper that belongs to this ledger")
    }
    return known != nil
  }

  /// Keeps the fingerprint with the first opening, and holds later ones against it.
  static func keep(secretFingerprint: String, _ connection: Connection, path: String) throws(LedgerFileError) {
    guard try !check(secretFingerprint: secretFingerprint, connection, path: path) else { return }
    do { try set("secret", secretFingerprint, connection) } catch { throw LedgerFileError(error) }
  }
}
