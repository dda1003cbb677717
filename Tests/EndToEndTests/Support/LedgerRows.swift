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
    let database = try open()
    defer { sqlite3_close(database) }
    var statement: OpaquePointer?
    guard
      sqlite3_prepare_v2(database, "SELECT body FROM entry WHERE kind = 1 ORDER BY seq", -1, &statement, nil)
        == SQLITE_OK
    else { throw Failed(message: String(cString: sqlite3_errmsg(database))) }
    defer { sqlite3_finalize(statement) }
    var ids: [Data] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        guard let bytes = sqlite3_column_blob(statement, 0) else { throw Failed(message: "an entry without a body") }
        var body = Body(
          bytes: Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, 0)))))
        ids.append(try body.ballotID())
      case SQLITE_DONE: return ids
      default: throw Failed(message: String(cString: sqlite3_errmsg(database)))
      }
    }
  }

  /// What nobody but a test may do to a ledger.
  func execute(_ sql: String) throws {
    let database = try open()
    defer { sqlite3_close(database) }
    guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
      throw Failed(message: String(cString: sqlite3_errmsg(database)))
    }
  }

  private func open() throws -> OpaquePointer? {
    var database: OpaquePointer?
    guard sqlite3_open_v2("\(directory)/ledger.db", &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
      sqlite3_close(database)
      throw Failed(message: "cannot open the ledger")
    }
    _ = bc_sqlite_no_checkpoint_on_close(database)
    return database
  }

  /// Reads a ballot entry's body as far as the id.
  private struct Body {
    var bytes: [UInt8]
    var position = 0

    mutating func ballotID() throws -> Data {
      _ = try take(1)  // format
      try skipString()  // poll
      _ = try varint()  // version
      try skipString()  // unit
      _ = try take(2)  // channel, flags
      _ = try varint()  // day
      for _ in 0..<(try varint()) {
        try skipString()
        for _ in 0..<(try varint()) { try skipString() }
      }
      return Data(try take(16))
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
      guard position + count <= bytes.count else { throw Failed(message: "a body that ends too soon") }
      defer { position += count }
      return bytes[position..<position + count]
    }

    /// LEB128.
    private mutating func varint() throws -> Int {
      var value = 0
      for shift in stride(from: 0, to: 56, by: 7) {
        let byte = try take(1)[position - 1]
        value |= Int(byte & 0x7F) << shift
        if byte < 0x80 { return value }
      }
      throw Failed(message: "a number that is too long")
    }

    private mutating func skipString() throws {
      _ = try take(try varint())
    }
  }
}
