internal import Polling
internal import SQLite

/// Counts ballots by the bytes of their counted part, which alone decide what is counted: a ballot like one that came
/// before is a look into a table and a few additions. Holds every count that table `cell` does not have yet.
///
/// What a transaction adds is apart until it is committed, and what is on its way to the table is apart from what has
/// come since (see ``Unsettled``).
struct CellCounts {
  /// A count of one poll.
  struct Cell: Hashable {
    var poll: PollID
    var key: CellKey
  }

  /// What is known of a counted part under the definitions as they are.
  struct Part {
    fileprivate var changes: Range<Int>
    /// The poll was closed, and it is no late ballot: it counts only in voids.
    var isClosed: Bool
    /// A credential of such a ballot is spent.
    var spendsCredentials: Bool
  }

  /// An amount per cell, and which of them were added to.
  private struct Amounts {
    private struct Amount {
      var amount: Int64 = 0
      var isTouched = false
    }

    private var amounts: [Amount] = []
    private var touched: [Int] = []

    mutating func add(_ amount: Int64, to cell: Int) {
      if cell >= amounts.count {
        amounts.append(contentsOf: repeatElement(Amount(), count: cell + 1 - amounts.count))
      }
      amounts[cell].amount &+= amount
      if !amounts[cell].isTouched {
        amounts[cell].isTouched = true
        touched.append(cell)
      }
    }

    mutating func removeAll() {
      for cell in touched { amounts[cell] = Amount() }
      touched.removeAll(keepingCapacity: true)
    }

    /// Every cell whose amount is not 0.
    func each<Failure: Error>(_ use: (Int, Int64) throws(Failure) -> Void) throws(Failure) {
      for cell in touched where amounts[cell].amount != 0 { try use(cell, amounts[cell].amount) }
    }
  }

  /// At so many, those that nothing waits in are forgotten.
  private let mostCells: Int
  private var cellLimit: Int
  private var cells: [Cell] = []
  private var numbers: [Cell: Int] = [:]
  private var strings = ByteStrings()
  /// By number of their string.
  private var parts: [Part] = []
  private var changes: [(cell: Int, amount: Int64)] = []

  private var transaction = Amounts()
  private var fresh = Amounts()
  private var settling = Amounts()

  init(mostCells: Int = 1 << 16) {
    self.mostCells = mostCells
    cellLimit = mostCells
  }

  // MARK: - Counted parts

  /// What the bytes of a counted part mean. Nil: they name a poll, or a version of one, that is not defined.
  ///
  /// - Parameter definitions: when they have changed, `forgetParts` comes first.
  mutating func part(
    _ bytes: UnsafeRawBufferPointer, _ definitions: Definitions
  ) throws(FormatError) -> Part? {
    if let part = knownPart(bytes) { return part }
    let counted = try CastEntry.Counted(bytes)
    guard let defined = definitions[counted.poll], let poll = defined.version(counted.version) else { return nil }
    let isClosed = defined.isClosed && !counted.flags.contains(.late)
    return learn(bytes, counted, in: poll, isClosed: isClosed)
  }

  /// The same, of a part that came before. Most did, and for those nobody need hold on to the definitions.
  func knownPart(_ bytes: UnsafeRawBufferPointer) -> Part? {
    strings.number(of: bytes).map { parts[$0] }
  }

  private mutating func learn(
    _ bytes: UnsafeRawBufferPointer, _ counted: CastEntry.Counted, in poll: Poll, isClosed: Bool
  ) -> Part {
    if cells.count >= cellLimit { forgetCells() }
    if strings.isFull { forgetParts() }
    let number = strings.add(bytes).number
    let first = changes.count
    poll.forEachCount(of: counted.answers) { subject, amount in
      let key = CellKey(
        subject: subject, unit: counted.unit, channel: counted.channel, flags: counted.flags, day: counted.day)
      changes.append((self.number(of: Cell(poll: poll.id, key: key)), amount))
    }
    parts.append(
      Part(
        changes: first..<changes.count, isClosed: isClosed, spendsCredentials: poll.policy.onePerCredential))
    return parts[number]
  }

  /// The definitions have changed, or may have been taken back.
  mutating func forgetParts() {
    strings.removeAll()
    parts.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
  }

  private mutating func number(of cell: Cell) -> Int {
    if let number = numbers[cell] { return number }
    numbers[cell] = cells.count
    cells.append(cell)
    return cells.count - 1
  }

  // MARK: - Counting

  /// Adds a ballot, or with `sign` -1 takes it out again.
  mutating func count(_ part: Part, sign: Int64 = 1) {
    for index in part.changes { transaction.add(sign * changes[index].amount, to: changes[index].cell) }
  }

  mutating func add(_ amount: Int64, to cell: Cell) {
    if cells.count >= cellLimit { forgetCells() }
    transaction.add(amount, to: number(of: cell))
  }

  /// What the transaction adds, as readers of the ledger fold it.
  var ofTransaction: [PollID: [CellKey: Int64]] {
    var counts: [PollID: [CellKey: Int64]] = [:]
    transaction.each { cell, amount in counts[cells[cell].poll, default: [:]][cells[cell].key] = amount }
    return counts
  }

  mutating func committed() {
    transaction.each { cell, amount in fresh.add(amount, to: cell) }
    transaction.removeAll()
  }

  mutating func rolledBack() {
    transaction.removeAll()
    forgetParts()
  }

  // MARK: - On the way to the table

  /// Everything committed that is not in the table, in some parts.
  func forEachUnsettled(_ use: (Cell, Int64) -> Void) {
    settling.each { cell, amount in use(cells[cell], amount) }
    fresh.each { cell, amount in use(cells[cell], amount) }
  }

  /// What was committed so far is to go into the table next. What was so before must have gone.
  mutating func beginSettling() {
    swap(&settling, &fresh)
  }

  func forEachSettling(_ use: (Cell, Int64) throws(SQLiteError) -> Void) throws(SQLiteError) {
    try settling.each { (cell, amount) throws(SQLiteError) in try use(cells[cell], amount) }
  }

  /// It is there.
  mutating func settled() {
    settling.removeAll()
  }

  private mutating func forgetCells() {
    forgetParts()
    let known = cells
    cells.removeAll()
    numbers.removeAll()
    transaction = renumbered(transaction, known)
    fresh = renumbered(fresh, known)
    settling = renumbered(settling, known)
    cellLimit = max(mostCells, 2 * cells.count)
  }

  private mutating func renumbered(_ amounts: Amounts, _ known: [Cell]) -> Amounts {
    var renumbered = Amounts()
    amounts.each { cell, amount in renumbered.add(amount, to: number(of: known[cell])) }
    return renumbered
  }
}
