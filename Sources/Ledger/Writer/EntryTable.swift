internal import Polling
internal import SQLite

/// Table `entry`.
final class EntryTable {
  /// Ballots on their way into the table, many with one statement: that is a tenth cheaper than each with its own.
  struct Group {
    fileprivate static let size = 8

    fileprivate var rows: [(sequence: UInt64, body: UnsafeRawBufferPointer)] = []

    init() {
      rows.reserveCapacity(Group.size)
    }

    /// - Parameter body: stays where it is until the group is inserted.
    mutating func append(_ sequence: UInt64, _ body: UnsafeRawBufferPointer) {
      rows.append((sequence, body))
    }

    var isFull: Bool { rows.count >= Group.size }
  }

  private let insert: Statement
  private let insertGroup: Statement
  private let select: Statement

  init(_ connection: Connection) throws(SQLiteError) {
    let columns = "INSERT INTO entry (seq, kind, body, crc) VALUES "
    insert = try connection.prepare(columns + "(?, ?, ?, ?)")
    insertGroup = try connection.prepare(
      columns + repeatElement("(?, \(EntryKind.cast.rawValue), ?, ?)", count: Group.size).joined(separator: ", "))
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
    if group.isFull {
      var parameter: Int32 = 1
      for (sequence, body) in group.rows {
        try insertGroup.bind(parameter, Int64(bitPattern: sequence))
        try insertGroup.bind(parameter + 1, borrowing: body)
        try insertGroup.bind(
          parameter + 2, Int64(Checksum.shared(sequence: sequence, kind: EntryKind.cast.rawValue, body: body)))
        parameter += 3
      }
      try insertGroup.run()
    } else {
      for (sequence, body) in group.rows { try insert(sequence, .cast, body) }
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
