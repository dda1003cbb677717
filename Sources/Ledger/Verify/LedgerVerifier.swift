public import Polling
internal import SQLite

/// Recounts a ledger from its entries alone and compares everything else with what it finds.
public enum LedgerVerifier {
  /// Reads the ledger in `directory` as it is at one moment. Never writes it, so that it can run while a server does;
  /// but while it runs the server's journal cannot be emptied and grows.
  ///
  /// - Parameters:
  ///   - moments: by poll, earlier revisions whose counts are to be in the report too.
  ///   - progress: called now and then with the entries recounted and how many there are.
  public static func run(
    directory: String, moments: [PollID: Set<UInt64>] = [:],
    progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(LedgerFileError) -> VerifyReport {
    let path = LedgerDirectory(path: directory).ledger
    guard Files.exists(path) else { throw LedgerFileError(.missing, "there is no ledger in \(directory)") }
    return try run(path: path, access: .readOnly, moments: moments, progress)
  }

  /// Recounts a backup, or any other ledger in one file that nobody writes. Puts nothing beside it.
  public static func run(
    backup path: String, moments: [PollID: Set<UInt64>] = [:],
    progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(LedgerFileError) -> VerifyReport {
    guard Files.exists(path) else { throw LedgerFileError(.missing, "there is no file \(path)") }
    return try run(path: path, access: .immutable, moments: moments, progress)
  }

  /// - Parameter path: the file itself.
  static func run(
    path: String, access: Connection.Access, moments: [PollID: Set<UInt64>] = [:],
    _ progress: (UInt64, UInt64) -> Void
  ) throws(LedgerFileError) -> VerifyReport {
    let connection: Connection
    do {
      connection = try Connection(path: path, access: access)
      // Everything is read from one state of the ledger.
      try connection.execute("BEGIN")
    } catch { throw LedgerFileError(error) }
    // An older version differs in what it does not have yet.
    let version = try Schema.check(connection, path: path)
    do {
      var comparison = try Comparison(connection, version: version, moments: moments)
      return try comparison.report(progress)
    } catch { throw LedgerFileError(error) }
  }
}

/// One recount, and the tables beside it.
private struct Comparison {
  private let connection: Connection
  private let settledThrough: UInt64
  private let hasPresses: Bool
  private let hasActs: Bool
  private let hasUrns: Bool
  private var recount: Recount
  private var differences = Differences()

  init(_ connection: Connection, version: Int64, moments: [PollID: Set<UInt64>]) throws(SQLiteError) {
    self.connection = connection
    hasPresses = version >= Schema.firstWithPresses
    hasActs = version >= Schema.firstWithActs
    hasUrns = version >= Schema.firstWithUrns
    // Whether the tables may be behind the entries, and say how far they are.
    let followsInStrides = version >= Schema.firstInStrides
    let settled = followsInStrides ? try SettledTables.settledThrough(connection) : nil
    let last = UInt64(bitPattern: try connection.integer("SELECT max(seq) FROM entry") ?? 0)
    settledThrough = settled ?? last
    if followsInStrides, settled == nil { differences.add("the ledger does not say what is settled") }
    let select = try connection.prepare("SELECT body FROM entry WHERE seq = ? AND kind = 1")
    recount = Recount(settledThrough: settledThrough, moments: moments) { (sequence) throws(SQLiteError) in
      defer { select.reset() }
      try select.bind(1, Int64(bitPattern: sequence))
      return try select.step() ? Array(select.bytes(0)) : nil
    }
  }

  mutating func report(_ progress: (UInt64, UInt64) -> Void) throws(SQLiteError) -> VerifyReport {
    let start = ContinuousClock.now
    try countEntries(progress)
    differences.add(recount.differences)
    if settledThrough > recount.lastSequence {
      differences.add("entries up to \(settledThrough) are settled, and they end with \(recount.lastSequence)")
    }
    try compareCells()
    try compareBallots()
    try compareVoids()
    try compareCredentials()
    try compareDefinitions()
    if hasPresses {
      var presses = PressComparison(connection, recount)
      try presses.compare()
      differences.add(presses.differences)
    }
    if hasActs { differences.add(try ActComparison(connection, recount.acts).differences) }
    if hasUrns { differences.add(try UrnComparison(connection, recount.acts.votes).differences) }
    let epoch = try connection.text("SELECT value FROM meta WHERE key = 'epoch'")
    if epoch == nil { differences.add("the ledger has no epoch") }
    return VerifyReport(
      epoch: epoch ?? "", revision: recount.lastSequence, entries: recount.entries, ballots: recount.ballots,
      voided: UInt64(recount.voids.count), polls: UInt64(recount.definitions.polls.count),
      cells: recount.cells, campaigns: recount.campaigns.figures, votes: recount.acts.votes,
      moments: recount.moments, differences: differences.words,
      differenceCount: differences.count, duration: ContinuousClock.now - start)
  }

  private mutating func countEntries(_ progress: (UInt64, UInt64) -> Void) throws(SQLiteError) {
    let total = UInt64(bitPattern: try connection.integer("SELECT max(seq) FROM entry") ?? 0)
    let entries = try connection.prepare("SELECT seq, kind, body, crc FROM entry ORDER BY seq")
    while try entries.step() {
      try recount.fold(
        sequence: UInt64(bitPattern: entries.integer(0)), kind: entries.integer(1), body: entries.bytes(2),
        checksum: entries.integer(3))
      if recount.entries % 65_536 == 0 { progress(recount.entries, total) }
    }
    recount.finish()
    progress(recount.entries, total)
  }

  private mutating func compareCells() throws(SQLiteError) {
    var missing = recount.settledCells ?? recount.cells
    try CellTable.read(connection) { (row) throws(SQLiteError) in
      switch row {
      case .cell(let poll, let key, let count):
        let counted = missing[poll]?.removeValue(forKey: key) ?? 0
        if counted != count {
          differences.add("cell \(poll), \(key.words): the entries make \(counted), the cell says \(count)")
        }
      case .meaningless(let numbers):
        differences.add("a cell has a key without meaning: \(numbers)")
      }
    }
    for (poll, cells) in missing {
      for (key, count) in cells where count != 0 {
        differences.add("cell \(poll), \(key.words): the entries make \(count), there is no cell")
      }
    }
  }

  private mutating func compareBallots() throws(SQLiteError) {
    var index = Fingerprint()
    let rows = try connection.prepare("SELECT ballot_id, seq FROM ballot")
    while try rows.step() {
      let sequence = UInt64(bitPattern: rows.integer(1))
      guard sequence <= settledThrough else { continue }
      let (high, low) = words(rows.bytes(0))
      index.add(high, low, sequence)
    }
    if index == recount.settledBallots {
      // Those after them may be there, and need not.
      try compareEntries(after: settledThrough)
      try compareIndexRows(after: settledThrough)
      return
    }
    let before = differences.count
    // Something differs: only now is it worth looking up one by one what.
    try compareEntries(after: 0)
    try compareIndexRows(after: 0)
    if differences.count == before {
      differences.add(
        "the index of ballots has \(index.count) rows that differ from \(recount.settledBallots.count) entries")
    }
  }

  /// Entries that are not in the index as they should be.
  private mutating func compareEntries(after first: UInt64) throws(SQLiteError) {
    let select = try connection.prepare("SELECT seq FROM ballot WHERE ballot_id = ?")
    let entries = try connection.prepare("SELECT seq, body FROM entry WHERE seq > ? AND kind = 1")
    try entries.bind(1, Int64(bitPattern: first))
    while try entries.step() {
      guard let outline = try? CastEntry.Outline(entries.bytes(1)) else { continue }
      let sequence = UInt64(bitPattern: entries.integer(0))
      let id = outline.tail.id
      var bytes = (id.high.bigEndian, id.low.bigEndian)
      let found = try withUnsafeBytes(of: &bytes) { (bytes) throws(SQLiteError) -> UInt64? in
        defer { select.reset() }
        try select.bind(1, borrowing: bytes)
        return try select.step() ? UInt64(bitPattern: select.integer(0)) : nil
      }
      if found == nil, sequence <= settledThrough {
        differences.add("the ballot of entry \(sequence) is not in the index of ballots")
      }
      if let found, found != sequence {
        differences.add("the ballot of entry \(sequence) is in the index of ballots with sequence \(found)")
      }
    }
  }

  /// Rows of the index that no entry asks for.
  private mutating func compareIndexRows(after first: UInt64) throws(SQLiteError) {
    let rows = try connection.prepare(
      """
      SELECT b.ballot_id, b.seq, e.body FROM ballot b LEFT JOIN entry e ON e.seq = b.seq AND e.kind = 1
      WHERE b.seq > ?
      """)
    try rows.bind(1, Int64(bitPattern: first))
    while try rows.step() {
      let (high, low) = words(rows.bytes(0))
      let outline = try? CastEntry.Outline(rows.bytes(2))
      if outline?.tail.id.high != high || outline?.tail.id.low != low {
        differences.add(
          "the index of ballots has a ballot with sequence \(rows.integer(1)), which that entry did not cast")
      }
    }
  }

  private mutating func compareVoids() throws(SQLiteError) {
    var missing = recount.voids
    let rows = try connection.prepare("SELECT ballot_id, seq FROM void")
    while try rows.step() {
      let sequence = UInt64(bitPattern: rows.integer(1))
      let id = try? BallotID(bytes: rows.bytes(0))
      if id.flatMap({ missing.removeValue(forKey: $0) }) != sequence {
        differences.add("a ballot is marked as voided by entry \(sequence), which did not void it")
      }
    }
    for (id, sequence) in missing {
      differences.add("ballot \(id), voided by entry \(sequence), is not marked as voided")
    }
  }

  private mutating func compareCredentials() throws(SQLiteError) {
    var spent = Fingerprint()
    let rows = try connection.prepare("SELECT n.text, c.hash FROM credential c LEFT JOIN name n ON n.id = c.poll")
    while try rows.step() { spent.add(rows.bytes(0), rows.bytes(1)) }
    if spent != recount.credentials {
      differences.add(
        "the credentials spent (\(spent.count)) are not those of the entries (\(recount.credentials.count))")
    }
  }

  private mutating func compareDefinitions() throws(SQLiteError) {
    var listed: [UInt64] = []
    let rows = try connection.prepare("SELECT seq FROM definition ORDER BY seq")
    while try rows.step() { listed.append(UInt64(bitPattern: rows.integer(0))) }
    if listed != recount.definitionSequences {
      differences.add("the list of defining entries is not that of the entries themselves")
    }
  }

  /// Two words of an id's 16 bytes; something else for what is no id, so that it differs from every id.
  private func words(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
    guard bytes.count == 16 else { return (UInt64.max, Fingerprint.hash(bytes)) }
    return (
      UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
  }
}

extension CellKey {
  fileprivate var words: String {
    let what =
      switch subject {
      case .ballots: "ballots"
      case .votes(let question, let choice): "\(question)=\(choice)"
      case .undervotes(let question): "\(question) undervotes"
      }
    return "\(unit) \(channel) \(day) flags \(flags.rawValue) \(what)"
  }
}
