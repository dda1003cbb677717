internal import SQLite

/// Small integers for the names in cell keys. Numbers are given once and for ever.
struct Names {
  private var ids: [String: Int64] = [:]
  private var last: Int64 = 0

  init(_ connection: Connection) throws(SQLiteError) {
    let statement = try connection.prepare("SELECT id, text FROM name")
    while try statement.step() {
      guard let text = statement.text(1) else { throw .damaged("name \(statement.integer(0)) is no text") }
      add(text, as: statement.integer(0))
    }
  }

  subscript(name: String) -> Int64? { ids[name] }

  var next: Int64 { last + 1 }

  mutating func add(_ name: String, as id: Int64) {
    ids[name] = id
    last = max(last, id)
  }
}
