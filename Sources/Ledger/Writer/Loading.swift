internal import Polling
internal import SQLite

extension Definitions {
  /// From the entries that table `definition` names.
  static func load(_ connection: Connection) throws(SQLiteError) -> Definitions {
    var definitions = Definitions()
    let statement = try connection.prepare(
      "SELECT d.seq, e.kind, e.body FROM definition d LEFT JOIN entry e USING (seq) ORDER BY d.seq")
    while try statement.step() {
      let sequence = UInt64(bitPattern: statement.integer(0))
      guard let kind = UInt8(exactly: statement.integer(1)).flatMap(EntryKind.init) else {
        throw .damaged("entry \(sequence) is missing or of an unknown kind")
      }
      let problem: String?
      do {
        problem = try definitions.fold(sequence: sequence, kind: kind, body: statement.bytes(2))
      } catch { throw .damaged("entry \(sequence), \(error)") }
      if let problem { throw .damaged("entry \(sequence) \(problem)") }
    }
    return definitions
  }
}

extension Unsettled {
  /// Reads the entries that are not settled.
  mutating func gather(
    _ connection: Connection, _ table: EntryTable, _ knowledge: LedgerStore.Knowledge
  ) throws(SQLiteError) {
    func count(_ part: UnsafeRawBufferPointer, sign: Int64) throws(FormatError) -> Bool {
      guard let part = try counts.part(part, knowledge.definitions) else { return false }
      counts.count(part, sign: sign)
      return true
    }
    let statement = try connection.prepare("SELECT seq, kind, body, crc FROM entry WHERE seq > ? ORDER BY seq")
    try statement.bind(1, Int64(bitPattern: settledThrough))
    while try statement.step() {
      let (sequence, body) = (UInt64(bitPattern: statement.integer(0)), statement.bytes(2))
      guard let kind = UInt8(exactly: statement.integer(1)).flatMap(EntryKind.init),
        statement.integer(3) == Int64(Checksum.shared(sequence: sequence, kind: kind.rawValue, body: body))
      else { throw .damaged("entry \(sequence) does not have its checksum") }
      do {
        var isCounted = true
        switch kind {
        case .cast:
          let outline = try CastEntry.Outline(body)
          isCounted = try count(UnsafeRawBufferPointer(rebasing: body[outline.counted]), sign: 1)
          add(try BallotID(outline.tail), sequence: sequence)
          try books.enter(body, outline)
        case .void:
          let cast = try VoidEntry(body).sequence
          isCounted = try table.cast(cast) { (body) throws(FormatError) in
            let counted = try CastEntry.Outline(body).counted
            return try count(UnsafeRawBufferPointer(rebasing: body[counted]), sign: -1)
          }
        case .refusedPress: books.enter(EnteredPress(try RefusedPressEntry(body)))
        case .act:
          let act = try ActEntry(body).act
          counts.count(act.counts)
          if let number = act.reverses {
            counts.count(try ActTables.act(connection, number, of: act.register).counts, sign: -1)
          }
        case .publish, .close, .kioskCode, .kioskCertificate, .registry: break
        }
        if !isCounted { throw SQLiteError.damaged("entry \(sequence) names an unknown poll") }
      } catch let error as SQLiteError {
        throw error
      } catch { throw .damaged("entry \(sequence), \(error)") }
    }
    committed(nil)
    tidy(lastSequence: knowledge.lastSequence)
  }
}

extension LedgerState {
  init(_ connection: Connection, _ store: LedgerStore) throws(SQLiteError) {
    guard let epoch = try connection.text("SELECT value FROM meta WHERE key = 'epoch'") else {
      throw .damaged("the ledger has no epoch")
    }
    var cells: [PollID: [CellKey: Int64]] = [:]
    try CellTable.read(connection) { (row) throws(SQLiteError) in
      switch row {
      case .cell(let poll, let key, let count):
        cells[poll, default: [:]][key] = count
      case .meaningless(let numbers): throw .damaged("a cell has a key without meaning: \(numbers)")
      }
    }
    store.unsettled.counts.forEachUnsettled { cell, count in
      cells[cell.poll, default: [:]][cell.key, default: 0] += count
    }
    cells = cells.mapValues { $0.filter { $0.value != 0 } }.filter { !$0.value.isEmpty }
    self.init(
      epoch: epoch, revision: store.knowledge.lastSequence, polls: store.knowledge.definitions.published,
      cells: cells, registry: store.knowledge.definitions.registry?.value)
  }
}

/// Table `cell` with names for numbers.
enum CellTable {
  enum Row {
    case cell(PollID, CellKey, Int64)
    /// No key that we could have written: its columns.
    case meaningless([Int64])
  }

  static func read(
    _ connection: Connection, _ row: (Row) throws(SQLiteError) -> Void
  ) throws(SQLiteError) {
    var names: [Int64: String] = [:]
    let nameRows = try connection.prepare("SELECT id, text FROM name")
    while try nameRows.step() { names[nameRows.integer(0)] = nameRows.text(1) }
    // One object per name, not per row.
    var polls: [Int64: PollID] = [:]
    var units: [Int64: UnitPath] = [:]
    for (id, name) in names {
      polls[id] = try? PollID(name)
      units[id] = try? UnitPath(name)
    }

    let statement = try connection.prepare(
      "SELECT poll, day, unit, channel, flags, question, choice, count FROM cell")
    while try statement.step() {
      let (question, choice) = (statement.integer(5), statement.integer(6))
      guard let poll = polls[statement.integer(0)], let day = Int32(exactly: statement.integer(1)),
        let unit = units[statement.integer(2)],
        let channel = UInt8(exactly: statement.integer(3)).flatMap(Channel.init),
        let flags = UInt8(exactly: statement.integer(4)),
        let subject = subject(question, choice, names)
      else {
        try row(.meaningless((0..<8).map { statement.integer($0) }))
        continue
      }
      let key = CellKey(
        subject: subject, unit: unit, channel: channel, flags: RecordFlags(rawValue: flags), day: Day(number: day))
      try row(.cell(poll, key, statement.integer(7)))
    }
  }

  private static func subject(_ question: Int64, _ choice: Int64, _ names: [Int64: String]) -> CellKey.Subject? {
    if question == 0 { return choice == 0 ? .ballots : nil }
    guard let question = names[question] else { return nil }
    if choice == 0 { return .undervotes(question: question) }
    return names[choice].map { .votes(question: question, choice: $0) }
  }
}
