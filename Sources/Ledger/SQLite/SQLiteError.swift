internal import CSQLite3
internal import Glibc

/// What SQLite said, for the log and for the decision that follows.
struct SQLiteError: Error, CustomStringConvertible {
  /// The extended result code.
  var code: Int32
  /// `errno` behind an I/O error, else 0.
  var systemError: Int32
  var message: String
  /// What was being done, without data.
  var operation: String

  var primaryCode: Int32 { code & 0xFF }

  /// Whether the disk had no room for a page, which says that the transaction was not committed: its commit mark is
  /// on its last page, and every page is written before anything is synced.
  ///
  /// SQLite says FULL for ENOSPC at a write; a quota's EDQUOT it calls an I/O error. The same errors at a sync or at
  /// the shared-memory file (which grows after the commit mark was written) prove nothing, and are failures.
  var isDiskFull: Bool {
    switch code {
    case SQLITE_FULL: true
    case SQLiteError.writeFailed: systemError == ENOSPC || systemError == EDQUOT
    default: false
    }
  }

  /// `SQLITE_IOERR_WRITE`, a macro of operators that Swift does not import.
  static let writeFailed: Int32 = SQLITE_IOERR | 3 << 8

  /// Something in the ledger cannot be what we wrote.
  static func damaged(_ what: String) -> SQLiteError {
    SQLiteError(code: SQLITE_CORRUPT, systemError: 0, message: what, operation: "reading")
  }

  var description: String {
    let system = systemError == 0 ? "" : ", " + String(cString: strerror(systemError))
    return "\(operation): \(message) (SQLite \(code)\(system))"
  }
}
