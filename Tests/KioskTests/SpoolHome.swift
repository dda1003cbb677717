import CSQLite3
import Testing

@testable import Kiosk

/// Where a test's spool is, gone with it, and a look into its file.
struct SpoolHome {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  var path: String { directory.path + "/deep/down" }

  func open(capacity: Int = 1_000, keeps: Int = 100, keepsAside: Int = 100) throws -> Spool {
    var configuration = Spool.Configuration()
    configuration.capacity = capacity
    configuration.keeps = keeps
    configuration.keepsAside = keepsAside
    return try Spool(directory: path, configuration)
  }

  /// Sequence and state of every tap.
  func rows() throws -> [[Int64]] {
    try values("SELECT sequence, state FROM tap ORDER BY sequence")
  }

  func execute(_ sql: String) throws { _ = try values(sql) }

  func values(_ sql: String) throws -> [[Int64]] {
    var handle: OpaquePointer?
    try #require(sqlite3_open(path + "/spool.db", &handle) == SQLITE_OK)
    defer { sqlite3_close_v2(handle) }
    var statement: OpaquePointer?
    try #require(sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK)
    defer { sqlite3_finalize(statement) }
    var rows: [[Int64]] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      rows.append((0..<sqlite3_column_count(statement)).map { sqlite3_column_int64(statement, $0) })
    }
    return rows
  }
}
