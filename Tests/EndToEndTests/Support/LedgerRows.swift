import CSQLite3
import Foundation

/// Reads a ledger's file behind the server's back, as an auditor would: nothing of the Ledger room is asked.
struct LedgerRows {
  struct Failed: Error {
    var message: String
  }

  var directory: String

  /// The id of every ballot entry, in the ledger's order, however often it is there (Sources/Ledger/FORMAT.md).
  func ballotIDs() throws -> [Data] {
    var database: OpaquePointer?
    guard sqlite3_open_v2("\(directory)/ledger.db", &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
      throw Failed(message: "cannot open the ledger")
    }
    defer { sqlite3_close(database) }
    _ = bc_sqlite_no_checkpoint_on_close(database)
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(database, "SELECT body FROM entry WHERE kind = 1 ORDER BY seq", -1, &statement, nil) == SQLITE_OK
    else { throw Failed(message: String(cString: sqlite3_errmsg(database))) }
    defer { sqlite3_finalize(statement) }
    var ids: [Data] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        guard let bytes = sqlite3_column_blob(statement, 0) else { throw Failed(message: "an entry without a body") }
        ids.append(Data(bytes: bytes, count: Int(sqlite3_column_bytes(statement, 0)))[Self.idPlace])
      case SQLITE_DONE: return ids
      default: throw Failed(message: String(cString: sqlite3_errmsg(database)))
      }
    }
  }

  /// Where a ballot entry's body has the id.
  private static let idPlace = 1..<17
}
