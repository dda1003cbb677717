internal import SQLite

/// Taps that were answered and are still here: for a ledger that is put back, and those aside to be looked into. How many there
/// are, and the SQL of what becomes of them; all of it within a transaction of the store's.
struct KeptTaps {
  /// Settled, rejected ones aside.
  var settled: Int64 = 0
  var rejected: Int64 = 0

  /// What another ledger may not have.
  enum Offer {
    case notIn(epoch: String)
    case after(UInt64)
  }

  /// Whoever taps meanwhile waits for so many.
  private static let releasedAtOnce: Int64 = 2_000

  mutating func add(_ verdict: Verdict) {
    if verdict.isRejected { rejected += 1 } else { settled += 1 }
  }

  /// Deletes the oldest ones beyond their bounds.
  mutating func forget(beyond most: Int64, aside mostAside: Int64, _ connection: Connection) throws(SQLiteError) {
    try Self.forget(&settled, beyond: most, where: "verdict <> 4", connection)
    try Self.forget(&rejected, beyond: mostAside, where: "verdict = 4", connection)
  }

  private static func forget(
    _ count: inout Int64, beyond bound: Int64, where condition: String, _ connection: Connection
  ) throws(SQLiteError) {
    guard count > bound else { return }
    try connection.execute(
      """
      DELETE FROM tap WHERE sequence IN (
        SELECT sequence FROM tap WHERE state = 2 AND \(condition) ORDER BY sequence LIMIT \(count - bound))
      """)
    count = bound
  }

  /// - Returns: how many wait again. The counts are to be read anew then.
  func offerAgain(_ offer: Offer, _ connection: Connection) throws(SQLiteError) -> Int {
    let condition =
      switch offer {
      // Bytes of a server's: as their hexadecimal digits they say nothing but themselves.
      case .notIn(let epoch): "ledger_epoch <> CAST(X'\(SpoolFormat.digits(Array(epoch.utf8)))' AS TEXT)"
      case .after(let sequence): "sequence > \(Int64(clamping: sequence))"
      }
    let settled = "state = 2 AND (verdict <> 4 OR ledger_epoch <> '') AND ledger_epoch IS NOT NULL AND \(condition)"
    var again: [Int64: Int64] = [:]
    let others = try connection.prepare("SELECT verdict, count(*) FROM tap WHERE \(settled) GROUP BY verdict")
    while try others.step() { again[others.integer(0)] = others.integer(1) }
    if again.isEmpty { return 0 }
    try DayAccounts.account(connection, where: settled)
    try connection.execute(
      """
      UPDATE tap SET state = 1, verdict = NULL, ledger_epoch = NULL, ledger_revision = NULL, answered_day = NULL
      WHERE \(settled)
      """)
    let columns = ["counted", "flagged", "duplicate", "rejected", "late", "corrected"]
    let less = columns.enumerated().map { "\($1) = \($1) - \(again[Int64($0 + 1)] ?? 0)" }
    try connection.execute("UPDATE spool SET " + less.joined(separator: ", "))
    try DayAccounts.countPending(connection)
    return again.values.reduce(0) { $0 + Int($1) }
  }

  /// - Returns: whether those were all.
  mutating func release(
    _ standing: LedgerStanding, keepsDays: Int64, _ connection: Connection
  ) throws(SQLiteError) -> Bool {
    let forget = try connection.prepare(
      """
      DELETE FROM tap WHERE sequence IN (
        SELECT sequence FROM tap INDEXED BY kept WHERE state = 2 AND verdict <> 4
          AND (ledger_epoch = ?1 AND ledger_revision BETWEEN 1 AND ?2 OR answered_day < ?3) ORDER BY sequence LIMIT ?4)
      """)
    try forget.bind(1, standing.epoch)
    try forget.bind(2, Int64(clamping: standing.backedUpThrough))
    try forget.bind(3, Int64(standing.day.number) - keepsDays)
    try forget.bind(4, Self.releasedAtOnce)
    try forget.run()
    let released = Int64(connection.changes)
    settled -= released
    // Without a revision they would have none again.
    if standing.revision == 0 { return released < Self.releasedAtOnce }
    let note = try connection.prepare(
      """
      UPDATE tap SET ledger_revision = ?2, answered_day = ?3 WHERE sequence IN (
        SELECT sequence FROM tap INDEXED BY kept WHERE state = 2 AND verdict <> 4
          AND ledger_revision = 0 AND ledger_epoch = ?1 ORDER BY sequence LIMIT ?4)
      """)
    try note.bind(1, standing.epoch)
    try note.bind(2, Int64(clamping: standing.revision))
    try note.bind(3, Int64(standing.day.number))
    try note.bind(4, Self.releasedAtOnce)
    try note.run()
    return released < Self.releasedAtOnce && Int64(connection.changes) < Self.releasedAtOnce
  }
}
