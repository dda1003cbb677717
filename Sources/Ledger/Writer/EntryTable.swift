internal import Polling
internal import SQLite

/// Table `entry`.
final class EntryTable {
  /// Ballots on their way into the table, many with one statement.
  struct Group {
    fileprivate var rows: [(sequence: UInt64, body: UnsafeRawBufferPointer)] = []

    init() {
      rows.reserveCapacity(RowInserts.most)
    }

    /// - Parameter body: stays where it is until the group is inserted.
    mutating func append(_ sequence: UInt64, _ body: UnsafeRawBufferPointer) {
      rows.append((sequence, body))
    }

    var isFull: Bool { rows.count >= RowInserts.most }
  }

  private let insert: Statement
  private let insertCasts: RowInserts
  private let select: Statement

  init(_ connection: Connection) throws(SQLiteError) {
    insert = try connection.prepare("INSERT INTO entry (seq, kind, body, crc) VALUES (?, ?, ?, ?)")
    insertCasts = try RowInserts(
      connection, table: "entry (seq, kind, body, crc)", row: "(?, \(EntryKind.cast.rawValue), ?, ?)")
    select = try connection.prepare("SELECT seq, kind, body, crc FROM entry WHERE seq = ?")
  }

  func insert(_ sequence: UInt64, _ kind: EntryKind, _ body: UnsafeRawBufferPointer) throws(SQLiteError) {
    try insert.bind(1, Int64(bitPattern: sequence))
    try insert.bind(2, Int64(kind.rawValue))
    try insert.bind(3, borrowing: body)
    try insert.bind(4, Int64(Checksum.shared(sequence: sequence, kind: kind.rawValue, body: body)))
    try insert.run()
  }

  /// Inserts them and empties the group.
  func insert(_ group: inout Group) throws(SQLiteError) {
    let checksum = Checksum.shared
    try insertCasts.insert(group.rows.count) { (statement, row, parameter) throws(SQLiteError) in
      let (sequence, body) = group.rows[row]
      try statement.bind(parameter, Int64(bitPattern: sequence))
      try statement.bind(parameter + 1, borrowing: body)
      try statement.bind(
        parameter + 2, Int64(checksum(sequence: sequence, kind: EntryKind.cast.rawValue, body: body)))
      parameter += 3
    }
    group.rows.removeAll(keepingCapacity: true)
  }

  /// Reads the body of the entry that cast a ballot.
  func cast<Result>(
    _ sequence: UInt64, _ read: (UnsafeRawBufferPointer) throws(FormatError) -> Result
  ) throws(SQLiteError) -> Result {
    try self.read(sequence, .cast, read)
  }

  /// Reads the body of an entry of that kind.
  func read<Result>(
    _ sequence: UInt64, _ kind: EntryKind, _ read: (UnsafeRawBufferPointer) throws(FormatError) -> Result
  ) throws(SQLiteError) -> Result {
    defer { select.reset() }
    try select.bind(1, Int64(bitPattern: sequence))
    guard try select.step() else { throw .damaged("entry \(sequence) is missing") }
    return try EntryTable.checked(select, kind, read)
  }

  /// - Parameter row: the columns `seq`, `kind`, `body` and `crc` of an entry.
  static func checked<Result>(
    _ row: Statement, _ kind: EntryKind, _ read: (UnsafeRawBufferPointer) throws(FormatError) -> Result
  ) throws(SQLiteError) -> Result {
    let (sequence, body) = (UInt64(bitPattern: row.integer(0)), row.bytes(2))
    guard row.integer(1) == Int64(kind.rawValue) else { throw .damaged("entry \(sequence) is of another kind") }
    guard row.integer(3) == Int64(Checksum.shared(sequence: sequence, kind: kind.rawValue, body: body)) else {
      throw .damaged("entry \(sequence) does not have its checksum")
    }
    do { return try read(body) } catch { throw .damaged("entry \(sequence), \(error)") }
  }

  /// The record that the entry cast.
  func record(_ sequence: UInt64) throws(SQLiteError) -> CastVoteRecord {
    try cast(sequence) { (body) throws(FormatError) in try CastEntry.decode(body) }
  }
}
