import CSQLite3

@testable import SQLite

/// Databases in memory, which are copied, filled and given room as disks are.
enum MemoryDisk {
  struct Failed: Error {
    var code: Int32
  }

  /// Small pages: a full disk is soon noticed.
  static func open() throws -> Connection {
    let connection = try Connection(path: ":memory:", access: .create)
    try connection.execute("PRAGMA page_size = 512")
    return connection
  }

  /// Makes `target` the same as `source`.
  static func copy(_ source: Connection, to target: Connection) throws {
    guard let backup = sqlite3_backup_init(target.handle, "main", source.handle, "main") else {
      throw Failed(code: sqlite3_errcode(target.handle))
    }
    let code = sqlite3_backup_step(backup, -1)
    sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE else { throw Failed(code: code) }
  }

  /// No page more than there are.
  static func fill(_ connection: Connection) throws {
    try connection.execute("PRAGMA max_page_count = 1")
  }

  static func makeRoom(_ connection: Connection) throws {
    try connection.execute("PRAGMA max_page_count = 1000000")
  }
}
