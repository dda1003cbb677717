internal import Polling
internal import SQLite

/// The tables of a ledger as its one writer uses them: statements, and what is kept in memory of names and polls.
/// For the writer's thread only.
final class LedgerStore {
  /// What is known beyond the tables. A value: a batch works on its own, which becomes the store's when it is on disk.
  struct Knowledge {
    var names: Names
    var definitions: Definitions
    var lastSequence: UInt64
  }

  let connection: Connection
  private(set) var knowledge: Knowledge

  private let insertEntry: Statement
  private let insertBallot: Statement
  private let deleteBallot: Statement
  private let selectBallot: Statement
  private let selectEntry: Statement
  private let insertCredential: Statement
  private let selectVoid: Statement
  private let insertVoid: Statement
  private let insertDefinition: Statement
  private let insertName: Statement
  private let addToCell: Statement
  private let begin: Statement
  private let end: Statement

  /// For encoding one body after another.
  private var writer = ByteWriter()

  init(_ connection: Connection) throws(SQLiteError) {
    self.connection = connection
    knowledge = Knowledge(
      names: try Names(connection), definitions: try Definitions.load(connection),
      lastSequence: UInt64(bitPattern: try connection.integer("SELECT max(seq) FROM entry") ?? 0))
    insertEntry = try connection.prepare("INSERT INTO entry (seq, kind, body, crc) VALUES (?, ?, ?, ?)")
    // One descent into the index both asks and answers whether the id is new.
    insertBallot = try connection.prepare(
      "INSERT INTO ballot (ballot_id, seq) VALUES (?, ?) ON CONFLICT DO NOTHING")
    deleteBallot = try connection.prepare("DELETE FROM ballot WHERE ballot_id = ?")
    selectBallot = try connection.prepare("SELECT seq FROM ballot WHERE ballot_id = ?")
    selectEntry = try connection.prepare("SELECT kind, body, crc FROM entry WHERE seq = ?")
    insertCredential = try connection.prepare(
      "INSERT INTO credential (poll, hash) VALUES (?, ?) ON CONFLICT DO NOTHING")
    selectVoid = try connection.prepare("SELECT seq FROM void WHERE ballot_id = ?")
    insertVoid = try connection.prepare("INSERT INTO void (ballot_id, seq) VALUES (?, ?)")
    insertDefinition = try connection.prepare("INSERT INTO definition (seq) VALUES (?)")
    insertName = try connection.prepare("INSERT INTO name (id, text) VALUES (?, ?)")
    addToCell = try connection.prepare(
      """
      INSERT INTO cell (poll, day, unit, channel, flags, question, choice, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count
      """)
    begin = try connection.prepare("BEGIN IMMEDIATE")
    end = try connection.prepare("COMMIT")
  }

  /// Executes `work` in one transaction and keeps what it learned. If it throws, nothing of it was kept, unless the
  /// error says otherwise (see ``SQLiteError/isDiskFull``): then nobody knows.
  func transaction<Result>(
    _ work: (inout Knowledge) throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    var learned = knowledge
    let result: Result
    do {
      try begin.run()
      result = try work(&learned)
      try end.run()
    } catch {
      // On some errors SQLite has already rolled back, and the next statement would commit by itself.
      if connection.isInTransaction { try connection.execute("ROLLBACK") }
      throw error
    }
    knowledge = learned
    return result
  }

  // MARK: - Entries

  /// Appends an entry and returns its sequence.
  func append(
    _ kind: EntryKind, to knowledge: inout Knowledge, _ encode: (inout ByteWriter) -> Void
  ) throws(SQLiteError) -> UInt64 {
    writer.removeAll()
    encode(&writer)
    let sequence = knowledge.lastSequence + 1
    try insertEntry.bind(1, Int64(bitPattern: sequence))
    try insertEntry.bind(2, Int64(kind.rawValue))
    try writer.bytes.borrowed { (bytes) throws(SQLiteError) in
      try insertEntry.bind(3, borrowing: bytes)
      try insertEntry.bind(4, Int64(Checksum.shared(sequence: sequence, kind: kind.rawValue, body: bytes)))
      try insertEntry.run()
    }
    knowledge.lastSequence = sequence
    return sequence
  }

  /// The record that the entry cast.
  func record(_ sequence: UInt64) throws(SQLiteError) -> CastVoteRecord {
    defer { selectEntry.reset() }
    try selectEntry.bind(1, Int64(bitPattern: sequence))
    guard try selectEntry.step() else { throw .damaged("entry \(sequence) is missing") }
    let (kind, body) = (selectEntry.integer(0), selectEntry.bytes(1))
    guard kind == Int64(EntryKind.cast.rawValue) else { throw .damaged("entry \(sequence) casts no ballot") }
    guard
      selectEntry.integer(2) == Int64(Checksum.shared(sequence: sequence, kind: EntryKind.cast.rawValue, body: body))
    else { throw .damaged("entry \(sequence) does not have its checksum") }
    do { return try CastEntry.decode(body) } catch { throw .damaged("entry \(sequence), \(error)") }
  }

  /// Whether both encode to the same bytes.
  func isSame(_ one: CastVoteRecord, _ other: CastVoteRecord) -> Bool {
    writer.removeAll()
    CastEntry.encode(one, into: &writer)
    let bytes = writer.bytes
    writer.removeAll()
    CastEntry.encode(other, into: &writer)
    return bytes == writer.bytes
  }

  // MARK: - Indices

  /// False: the id is taken.
  func insert(_ id: BallotID, sequence: UInt64) throws(SQLiteError) -> Bool {
    try insertBallot.bind(2, Int64(bitPattern: sequence))
    return try id.borrowed { (bytes) throws(SQLiteError) in
      try insertBallot.bind(1, borrowing: bytes)
      try insertBallot.run()
      return connection.changes == 1
    }
  }

  func remove(_ id: BallotID) throws(SQLiteError) {
    try id.borrowed { (bytes) throws(SQLiteError) in
      try deleteBallot.bind(1, borrowing: bytes)
      try deleteBallot.run()
    }
  }

  /// The sequence under which the ballot was cast.
  func castSequence(_ id: BallotID) throws(SQLiteError) -> UInt64? {
    try sequence(selectBallot, id)
  }

  /// The sequence under which the ballot was voided.
  func voidSequence(_ id: BallotID) throws(SQLiteError) -> UInt64? {
    try sequence(selectVoid, id)
  }

  func insertVoid(_ id: BallotID, sequence: UInt64) throws(SQLiteError) {
    try insertVoid.bind(2, Int64(bitPattern: sequence))
    try id.borrowed { (bytes) throws(SQLiteError) in
      try insertVoid.bind(1, borrowing: bytes)
      try insertVoid.run()
    }
  }

  /// False: it is spent.
  func spend(_ credential: [UInt8], poll: Int64) throws(SQLiteError) -> Bool {
    try insertCredential.bind(1, poll)
    return try credential.borrowed { (bytes) throws(SQLiteError) in
      try insertCredential.bind(2, borrowing: bytes)
      try insertCredential.run()
      return connection.changes == 1
    }
  }

  func insertDefinition(_ sequence: UInt64) throws(SQLiteError) {
    try insertDefinition.bind(1, Int64(bitPattern: sequence))
    try insertDefinition.run()
  }

  /// The number of a name, a new one if need be.
  func number(_ name: String, _ knowledge: inout Knowledge) throws(SQLiteError) -> Int64 {
    if let id = knowledge.names[name] { return id }
    let id = knowledge.names.next
    try insertName.bind(1, id)
    try insertName.bind(2, name)
    try insertName.run()
    knowledge.names.add(name, as: id)
    return id
  }

  func add(_ delta: CellDelta) throws(SQLiteError) {
    for (row, change) in delta.rows where change.count != 0 {
      try addToCell.bind(1, row.poll)
      try addToCell.bind(2, Int64(row.day))
      try addToCell.bind(3, row.unit)
      try addToCell.bind(4, Int64(row.channel))
      try addToCell.bind(5, Int64(row.flags))
      try addToCell.bind(6, row.question)
      try addToCell.bind(7, row.choice)
      try addToCell.bind(8, change.count)
      try addToCell.run()
    }
  }

  private func sequence(_ statement: Statement, _ id: BallotID) throws(SQLiteError) -> UInt64? {
    defer { statement.reset() }
    return try id.borrowed { (bytes) throws(SQLiteError) in
      try statement.bind(1, borrowing: bytes)
      return try statement.step() ? UInt64(bitPattern: statement.integer(0)) : nil
    }
  }
}

extension BallotID {
  /// Its 16 bytes, most significant first, without an array.
  func borrowed<Result, Failure: Error>(
    _ use: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var words = (high.bigEndian, low.bigEndian)
    return try withUnsafeBytes(of: &words) { (bytes) throws(Failure) in try use(bytes) }
  }
}

extension [UInt8] {
  func borrowed<Result, Failure: Error>(
    _ use: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // `withUnsafeBytes` of arrays has no typed throws.
    let result: Swift.Result<Result, Failure> = withUnsafeBytes { bytes in
      do throws(Failure) { return .success(try use(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
