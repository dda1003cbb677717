internal import Polling
internal import SQLite

/// The tables of a ledger, as its writer uses them, and what is kept in memory beside them. For the writer's thread
/// only.
final class LedgerStore {
  /// What is known beyond the tables. A value: a batch works on its own, which becomes the store's when it is on disk.
  struct Knowledge {
    var names: Names
    var definitions: Definitions
    var lastSequence: UInt64
    /// Of the last act of paper that counts something, since the ledger was opened; 0: there was none since.
    var lastPaperCounts: UInt64 = 0
  }

  let connection: Connection
  let entries: EntryTable
  let settled: SettledTables
  let refusedPresses: RefusedPresses
  let reports: KioskReports
  let acts: ActTables
  let urns: UrnTables
  /// In bytes. Ledgers keep the one that they were made with.
  let pageSize: Int64
  private(set) var knowledge: Knowledge
  private(set) var unsettled: Unsettled

  private let insertCredential: Statement
  private let selectVoid: Statement
  private let insertVoid: Statement
  private let insertDefinition: Statement
  private let insertName: Statement
  private let begin: Statement
  private let end: Statement

  init(_ connection: Connection, _ options: SQLiteLedger.Options) throws(SQLiteError) {
    self.connection = connection
    entries = try EntryTable(connection)
    settled = try SettledTables(connection)
    refusedPresses = try RefusedPresses(connection)
    reports = try KioskReports(connection)
    acts = try ActTables(connection)
    urns = try UrnTables(connection)
    pageSize = try connection.pageSize
    knowledge = Knowledge(
      names: try Names(connection), definitions: try Definitions.load(connection),
      lastSequence: UInt64(bitPattern: try connection.integer("SELECT max(seq) FROM entry") ?? 0))
    guard let settledThrough = try SettledTables.settledThrough(connection) else {
      throw .damaged("the ledger does not say what is settled")
    }
    // New entries would take the numbers of those that are gone, and their ballots would be missed in the index.
    guard settledThrough <= knowledge.lastSequence else {
      throw .damaged("entries up to \(settledThrough) are settled, and they end with \(knowledge.lastSequence)")
    }
    unsettled = Unsettled(
      settledThrough: settledThrough, stride: options.settlingStride, fewestInStep: options.settlingStep,
      recent: RecentBallots(capacity: options.recentBallots))
    unsettled.books = KioskBooks(marks: try KioskTables.marks(connection))
    insertCredential = try connection.prepare(
      "INSERT INTO credential (poll, hash) VALUES (?, ?) ON CONFLICT DO NOTHING")
    selectVoid = try connection.prepare("SELECT seq FROM void WHERE ballot_id = ?")
    insertVoid = try connection.prepare("INSERT INTO void (ballot_id, seq) VALUES (?, ?)")
    insertDefinition = try connection.prepare("INSERT INTO definition (seq) VALUES (?)")
    insertName = try connection.prepare("INSERT INTO name (id, text) VALUES (?, ?)")
    begin = try connection.prepare("BEGIN IMMEDIATE")
    end = try connection.prepare("COMMIT")
    try unsettled.gather(connection, entries, knowledge)
  }

  /// Executes `work` in one transaction, settles what is due, and keeps what was learned. If it throws, nothing of it
  /// was kept, unless the error says otherwise (see ``SQLiteError/isDiskFull``): then nobody knows.
  func transaction<Result>(
    _ work: (inout Knowledge, inout Unsettled) throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    try transaction(settlingAll: false, work)
  }

  /// Settles everything.
  func settle() throws(SQLiteError) {
    // What is on its way, and then what has come since.
    for _ in 0..<2 {
      unsettled.beginSettling(through: knowledge.lastSequence)
      if unsettled.stepOfAll == nil { return }
      try transaction(settlingAll: true) { (_, _) throws(SQLiteError) in }
    }
  }

  private func transaction<Result>(
    settlingAll: Bool, _ work: (inout Knowledge, inout Unsettled) throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    var learned = knowledge
    // Moved, not copied: it is large, and takes back by itself what is not committed.
    var unsettled = Unsettled(settledThrough: 0, stride: 0)
    swap(&unsettled, &self.unsettled)
    defer { swap(&unsettled, &self.unsettled) }
    let result: Result
    let step: Unsettled.Step?
    do {
      try begin.run()
      result = try work(&learned, &unsettled)
      let hasEntered = learned.lastSequence > knowledge.lastSequence
      step = settlingAll ? unsettled.stepOfAll : hasEntered ? unsettled.step : nil
      if let step {
        try settled.settle(step, unsettled) { (name) throws(SQLiteError) in try number(name, &learned) }
      }
      try end.run()
    } catch {
      unsettled.rolledBack()
      // On some errors SQLite has already rolled back, and the next statement would commit by itself.
      if connection.isInTransaction { try connection.execute("ROLLBACK") }
      throw error
    }
    knowledge = learned
    unsettled.committed(step)
    return result
  }

  /// After the answers to a commit.
  func tidy() {
    unsettled.tidy(lastSequence: knowledge.lastSequence)
  }

  // MARK: - Rows

  /// The sequence under which the ballot was voided.
  func voidSequence(_ id: BallotID) throws(SQLiteError) -> UInt64? {
    defer { selectVoid.reset() }
    return try id.borrowed { (bytes) throws(SQLiteError) in
      try selectVoid.bind(1, borrowing: bytes)
      return try selectVoid.step() ? UInt64(bitPattern: selectVoid.integer(0)) : nil
    }
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

extension Array {
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
