internal import Polling
internal import SQLite

/// Tables `ballot` and `cell` and those of kiosks, which follow the entries in strides (see ``Unsettled``).
final class SettledTables {
  private static let groupSize = 8

  private let insertBallots: Statement
  private let insertBallot: Statement
  private let selectBallot: Statement
  private let selectSecond: Statement
  private let addToCell: Statement
  private let kiosks: KioskTables
  private let updateSettled: Statement

  init(_ connection: Connection) throws(SQLiteError) {
    func insertBallots(_ count: Int) throws(SQLiteError) -> Statement {
      // A stride that a crash cut short is begun anew.
      let rows = repeatElement("(?, ?)", count: count).joined(separator: ", ")
      return try connection.prepare("INSERT INTO ballot (ballot_id, seq) VALUES \(rows) ON CONFLICT DO NOTHING")
    }
    self.insertBallots = try insertBallots(SettledTables.groupSize)
    insertBallot = try insertBallots(1)
    selectBallot = try connection.prepare("SELECT seq FROM ballot WHERE ballot_id = ?")
    selectSecond = try connection.prepare("SELECT 1 FROM ballot WHERE ballot_id BETWEEN ? AND ? LIMIT 1")
    addToCell = try connection.prepare(
      """
      INSERT INTO cell (poll, day, unit, channel, flags, question, choice, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count
      """)
    kiosks = try KioskTables(connection)
    updateSettled = try connection.prepare("UPDATE meta SET value = ? WHERE key = 'settled'")
  }

  /// Everything up to it is in the tables. Nil: the ledger does not say.
  static func settledThrough(_ connection: Connection) throws(SQLiteError) -> UInt64? {
    try connection.text("SELECT value FROM meta WHERE key = 'settled'").flatMap { UInt64($0) }
  }

  /// The sequence under which the ballot was cast.
  ///
  /// - Parameter isCast: it is about to be cast if it was not; others of its second are likely to follow.
  func castSequence(
    _ id: BallotID, _ unsettled: inout Unsettled, isCast: Bool = false
  ) throws(SQLiteError) -> UInt64? {
    switch unsettled.find(id) {
    case .cast(let sequence): return sequence
    case .new: return nil
    case .unknown: return try sequence(id)
    case .unknownSecond:
      guard isCast else { return try sequence(id) }
      let isWhole = try !hasSecond(of: id)
      unsettled.note(id, isWhole: isWhole)
      return isWhole ? nil : try sequence(id)
    }
  }

  private func sequence(_ id: BallotID) throws(SQLiteError) -> UInt64? {
    defer { selectBallot.reset() }
    return try id.borrowed { (bytes) throws(SQLiteError) in
      try selectBallot.bind(1, borrowing: bytes)
      return try selectBallot.step() ? UInt64(bitPattern: selectBallot.integer(0)) : nil
    }
  }

  /// Whether there are ballots of the same second.
  private func hasSecond(of id: BallotID) throws(SQLiteError) -> Bool {
    let (first, last) = RecentBallots.bounds(ofSecondOf: id)
    let bounds = [first.0, first.1, last.0, last.1].map(\.bigEndian)
    defer { selectSecond.reset() }
    return try bounds.borrowed { (bytes) throws(SQLiteError) in
      try selectSecond.bind(1, borrowing: UnsafeRawBufferPointer(rebasing: bytes[..<16]))
      try selectSecond.bind(2, borrowing: UnsafeRawBufferPointer(rebasing: bytes[16...]))
      return try selectSecond.step()
    }
  }

  /// - Parameter number: of a name.
  func settle(
    _ step: Unsettled.Step, _ unsettled: Unsettled, number: (String) throws(SQLiteError) -> Int64
  ) throws(SQLiteError) {
    try insert(step.ballots)
    guard let sequence = step.completes else { return }
    try unsettled.counts.forEachSettling { (cell, count) throws(SQLiteError) in try add(count, to: cell, number) }
    try kiosks.settle(unsettled.books, number: number)
    try updateSettled.bind(1, "\(sequence)")
    try updateSettled.run()
  }

  private func insert(_ ballots: ArraySlice<Unsettled.Ballot>) throws(SQLiteError) {
    var rest = ballots
    // Their bytes, while the statement has them.
    var ids = [(UInt64, UInt64)](repeating: (0, 0), count: SettledTables.groupSize)
    while !rest.isEmpty {
      let isGroup = rest.count >= SettledTables.groupSize
      let statement = isGroup ? insertBallots : insertBallot
      let group = rest.prefix(isGroup ? SettledTables.groupSize : 1)
      for (index, ballot) in group.enumerated() {
        ids[index] = (ballot.id.high.bigEndian, ballot.id.low.bigEndian)
        try statement.bind(Int32(2 * index + 2), Int64(bitPattern: ballot.sequence))
      }
      try ids.borrowed { (bytes) throws(SQLiteError) in
        for index in 0..<group.count {
          try statement.bind(
            Int32(2 * index + 1), borrowing: UnsafeRawBufferPointer(rebasing: bytes[16 * index..<16 * index + 16]))
        }
        try statement.run()
      }
      rest = rest.dropFirst(group.count)
    }
  }

  private func add(
    _ count: Int64, to cell: CellCounts.Cell, _ number: (String) throws(SQLiteError) -> Int64
  ) throws(SQLiteError) {
    let key = cell.key
    // 0: no question (the ballots themselves), no choice (undervotes).
    var (question, choice): (Int64, Int64) = (0, 0)
    switch key.subject {
    case .ballots: break
    case .votes(let questionName, let choiceName):
      question = try number(questionName)
      choice = try number(choiceName)
    case .undervotes(let questionName): question = try number(questionName)
    }
    try addToCell.bind(1, try number(cell.poll.rawValue))
    try addToCell.bind(2, Int64(key.day.number))
    try addToCell.bind(3, try number(key.unit.rawValue))
    try addToCell.bind(4, Int64(key.channel.rawValue))
    try addToCell.bind(5, Int64(key.flags.rawValue))
    try addToCell.bind(6, question)
    try addToCell.bind(7, choice)
    try addToCell.bind(8, count)
    try addToCell.run()
  }
}
