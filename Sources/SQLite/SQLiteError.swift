internal import CSQLite3
internal import Glibc

/// What SQLite said, for the log and for the decision that follows.
package struct SQLiteError: Error, CustomStringConvertible {
  /// The extended result code.
  package var code: Int32
  /// `errno` behind an I/O error, else 0.
  package var systemError: Int32
  package var message: String
  /// What was being done, without data.
  package var operation: String

  package var primaryCode: Int32 { code & 0xFF }

  /// Whether the disk had no room for a page, which says that the transaction was not committed: its commit mark is
  /// on its last page, and every page is written before anything is synced.
  ///
  /// SQLite says FULL for ENOSPC at a write, and nothing else is taken for it. ENOSPC at a sync, or at the memory
  /// shared with readers (which grows after the commit mark was written), proves nothing; EDQUOT it calls an I/O error
  /// and, at COMMIT, does not tell which (3.40). Those are failures of the disk.
  package var isDiskFull: Bool { code == SQLITE_FULL }

  /// Something in the file cannot be what we wrote.
  package static func damaged(_ what: String) -> SQLiteError {
    SQLiteError(code: SQLITE_CORRUPT, systemError: 0, message: what, operation: "reading")
  }

  package var description: String {
    let system = systemError == 0 ? "" : ", " + String(cString: strerror(systemError))
    return "\(operation): \(message) (SQLite \(code)\(system))"
  }
}
