internal import Polling
internal import SQLite
internal import SwiftProtobuf

/// The SQL of a spool. For one thread at a time; ``Spool`` sees to that.
///
/// Invariants: `status` is what the file says after the last commit; sequences are 1…`status.presses` without a gap
/// when they are given, and none is given twice; whatever waits is in `tap`.
final class SpoolStore {
  private let connection: Connection
  private(set) var status = SpoolStatus()
  /// Of the last press. Finer than on the disk while this process runs.
  private var reading: ClockReading?
  private let keeps: Int64
  private let keepsDays: Int64
  private let keepsAside: Int64
  private var cooldown: Int64
  private var rate: PressRate
  private var kept = KeptTaps()
  private var clockSet = ClockSet()
  /// In no day.
  private var unaccounted: Int64 = 0
  /// Their ballots do not tell their numbers.
  private var unnumbered: Int64 = 0
  private var reportNumbers: ReportNumbers
  /// After the first failure of the disk nobody knows what is on it.
  private var failure: SpoolError?

  private let insert: Statement
  private let note: Statement
  private let select: Statement
  private let settle: Statement
  private let tally: Statement
  private let complete: Statement
  private let first: Statement
  private let days: DayAccounts

  /// Days of which a server is told although nothing waits, and the most in all.
  private static let latestDays = 35
  private static let mostDays = 400

  init(_ connection: Connection, _ configuration: Spool.Configuration) throws(SQLiteError) {
    self.connection = connection
    keeps = Int64(max(0, configuration.keeps))
    keepsDays = Int64(max(0, configuration.keepsDays))
    keepsAside = Int64(max(0, configuration.keepsAside))
    cooldown = configuration.cooldown
    rate = PressRate(within: configuration.burstWithin)
    status.capacity = UInt64(max(1, configuration.capacity))
    insert = try connection.prepare(
      """
      INSERT INTO tap (sequence, ballot_id, ballot, marks, since_previous_ms, state, day, recent)
      VALUES (?1, ?2, ?3, ?4, nullif(?5, -1), ?6, ?7, ?8)
      """)
    note = try connection.prepare(
      """
      UPDATE spool SET presses = ?1, wall_ms = ?2, steady_ms = ?3, coarseness_ms = ?4, boot = ?5, unnumbered = ?6,
        forward_at = ?7, backward_at = ?8
      """)
    // By this index it steps over nothing, whatever else is kept.
    select = try connection.prepare(
      """
      SELECT sequence, ballot_id, ballot, marks, coalesce(since_previous_ms, -1), recent
      FROM tap INDEXED BY pending
      WHERE state = 1 AND sequence > ?1 ORDER BY sequence LIMIT ?2
      """)
    settle = try connection.prepare(
      """
      UPDATE tap SET state = 2, verdict = ?2, reason = nullif(?3, ''), ledger_epoch = nullif(?4, ''),
        ledger_revision = nullif(?5, 0), answered_day = nullif(?6, 0)
      WHERE sequence = ?1 AND state = 1 RETURNING day
      """)
    tally = try connection.prepare(
      """
      UPDATE spool SET counted = ?1, flagged = ?2, duplicate = ?3, rejected = ?4, late = ?5, corrected = ?6
      """)
    complete = try connection.prepare(
      "UPDATE tap SET state = 1, ballot = ?2 WHERE sequence = ?1 AND ballot_id = ?3 AND state = 0")
    first = try connection.prepare(
      """
      SELECT min(coalesce((SELECT min(sequence) FROM tap INDEXED BY pending WHERE state = 1), ?1),
        coalesce((SELECT min(sequence) FROM tap INDEXED BY open WHERE state = 0), ?1))
      """)
    days = try DayAccounts(connection)
    reportNumbers = try ReportNumbers(connection)
    // Whoever had something to add to these is gone.
    try connection.execute("UPDATE tap SET state = 1 WHERE state = 0")
    // Whatever a server says from here on includes what was answered before. Of what is answered from here on that does
    // not hold: an earlier message may be answered later.
    try connection.execute(
      "UPDATE tap SET ledger_revision = 0 WHERE state = 2 AND verdict <> 4 AND ledger_revision IS NULL")
    try load()
  }

  private func load() throws(SQLiteError) {
    let row = try connection.prepare(
      """
      SELECT presses, counted, flagged, duplicate, rejected, late, corrected, held, wall_ms, steady_ms, coarseness_ms,
        boot, (SELECT count(*) FROM tap WHERE state < 2),
        (SELECT count(*) FROM tap WHERE state = 2 AND verdict <> 4),
        (SELECT count(*) FROM tap WHERE state = 2 AND verdict = 4), (SELECT max(sequence) FROM tap),
        unaccounted, unnumbered, forward_at, backward_at
      FROM spool
      """)
    guard try row.step() else { throw SQLiteError.damaged("the spool has no row about itself") }
    let counts = (0..<8).map { UInt64(clamping: row.integer($0)) }
    var waiting = counts[0]
    for count in counts.dropFirst() {
      guard count <= waiting else { throw SQLiteError.damaged("the spool's counts are more than its presses") }
      waiting -= count
    }
    let kept = KeptTaps(settled: row.integer(13), rejected: row.integer(14))
    let (presses, pending) = try days.sums()
    unaccounted = row.integer(16)
    unnumbered = row.integer(17)
    guard waiting == UInt64(clamping: row.integer(12)), kept.rejected <= row.integer(4),
      row.integer(15) <= row.integer(0)
    else { throw SQLiteError.damaged("the spool's counts do not fit its taps") }
    guard pending == row.integer(12), (0...row.integer(0)).contains(unaccounted),
      presses == row.integer(0) - unaccounted
    else { throw SQLiteError.damaged("the spool's counts do not fit its days") }
    status.presses = counts[0]
    status.counted = counts[1]
    status.flagged = counts[2]
    status.duplicate = counts[3]
    status.rejected = counts[4]
    status.late = counts[5]
    status.corrected = counts[6]
    status.held = counts[7]
    self.kept = kept
    clockSet = ClockSet(forward: UInt64(clamping: row.integer(18)), backward: UInt64(clamping: row.integer(19)))
    if let boot = row.text(11) {
      var reading = ClockReading(
        wall: Timestamp(milliseconds: row.integer(8)), steady: row.integer(9), boot: boot)
      reading.coarseness = min(TimePrecision.day.milliseconds, max(0, row.integer(10)))
      self.reading = reading
    }
  }

  var id: [UInt8] {
    get throws(SQLiteError) {
      let row = try connection.prepare("SELECT id FROM spool")
      return try row.step() ? Array(row.bytes(0)) : []
    }
  }

  /// Keeps as many presses as there is room for, in order, in one transaction. They are on the disk when this returns.
  func take(_ presses: [Press]) throws(SpoolError) -> [Tap] {
    let presses = fitting(presses)
    guard !presses.isEmpty else { return [] }
    var taken = TakenPresses(after: status.presses, reading: reading, rate: rate, clockSet: clockSet)
    for press in presses { try taken.add(press, cooldown: cooldown) }
    let unnumbered = self.unnumbered + taken.unnumbered
    try transact { () throws(SQLiteError) in
      for (tap, press) in zip(taken.taps, presses) {
        try insert.bind(1, Int64(clamping: tap.sequence))
        try insert.bind(2, copying: tap.id.bytes)
        try insert.bind(3, copying: tap.bytes)
        try insert.bind(4, Int64(tap.marks.rawValue))
        try insert.bind(5, tap.sincePrevious ?? -1)
        try insert.bind(6, press.isOpen ? 0 : 1)
        try insert.bind(7, Int64(taken.day(of: tap).number))
        try insert.bind(8, Int64(tap.recent))
        try insert.run()
      }
      guard let last = taken.taps.last, let press = presses.last else { return }
      for (day, taken) in taken.days {
        try days.take(taken.presses, on: Int64(day.number), last: Int64(clamping: taken.last))
      }
      let clock = press.precision == .second ? press.reading : press.reading.floored(to: press.precision)
      try note.bind(1, Int64(clamping: last.sequence))
      try note.bind(2, clock.wall.milliseconds)
      try note.bind(3, clock.steady)
      try note.bind(4, clock.coarseness)
      try note.bind(5, clock.boot)
      try note.bind(6, unnumbered)
      try note.bind(7, Int64(clamping: taken.clockSet.forward))
      try note.bind(8, Int64(clamping: taken.clockSet.backward))
      try note.run()
    }
    (reading, rate, clockSet) = (taken.reading, taken.rate, taken.clockSet)
    self.unnumbered = unnumbered
    status.presses += UInt64(taken.taps.count)
    return taken.taps
  }

  /// The presses before the first one that there is no room for. The last fifth is not for repetitions.
  private func fitting(_ presses: [Press]) -> ArraySlice<Press> {
    var room = status.room
    let reserve = status.capacity / 5
    return presses.prefix { press in
      guard room > (press.marks.contains(.repeated) ? reserve : 0) else { return false }
      room -= 1
      return true
    }
  }

  /// The first taps that may be sent, in the order of the presses.
  ///
  /// - Parameters:
  ///   - sequence: only those after this one.
  ///   - bytes: about how many bytes they may have together; there is always one.
  func pending(
    after sequence: UInt64, limit: Int, bytes: Int
  ) throws(SpoolError) -> [Tap] {
    try guarded { () throws(SQLiteError) in
      defer { select.reset() }
      try select.bind(1, Int64(clamping: sequence))
      try select.bind(2, Int64(limit))
      var taps: [Tap] = []
      var room = bytes
      while room > 0, try select.step() {
        guard let id = try? BallotID(bytes: select.bytes(1)) else {
          throw SQLiteError.damaged("tap \(select.integer(0)) has no ballot id")
        }
        let since = select.integer(4)
        let sequence = UInt64(clamping: select.integer(0))
        let tap = Tap(
          sequence: sequence, id: id, bytes: Array(select.bytes(2)),
          marks: TapMarks(rawValue: UInt8(truncatingIfNeeded: select.integer(3))).union(clockSet.marks(sequence)),
          sincePrevious: since < 0 ? nil : since, recent: UInt32(clamping: select.integer(5)))
        room -= tap.bytes.count
        taps.append(tap)
      }
      return taps
    }
  }

  /// Writes down what became of taps, and forgets the oldest settled ones beyond their bounds.
  func settle(_ settlements: [Settlement], _ standing: LedgerStanding?) throws(SpoolError) {
    guard !settlements.isEmpty else { return }
    var status = self.status
    var kept = self.kept
    var days: [Int64: Int64] = [:]
    try transact { () throws(SQLiteError) in
      for settlement in settlements {
        try settle.bind(1, Int64(clamping: settlement.tap.sequence))
        try settle.bind(2, settlement.verdict.code)
        try settle.bind(3, settlement.verdict.reason)
        try settle.bind(4, settlement.ledgerEpoch)
        let standing = standing?.epoch == settlement.ledgerEpoch ? standing : nil
        try settle.bind(5, Int64(clamping: standing?.revision ?? 0))
        try settle.bind(6, standing.map { Int64($0.day.number) } ?? 0)
        // No row: it was settled before, and the first answer stands.
        let isNews = try settle.step()
        let day = settle.integer(0)
        try settle.run()
        guard isNews else { continue }
        days[day, default: 0] += 1
        status.count(settlement.verdict)
        kept.add(settlement.verdict)
      }
      try tally.bind(1, Int64(clamping: status.counted))
      try tally.bind(2, Int64(clamping: status.flagged))
      try tally.bind(3, Int64(clamping: status.duplicate))
      try tally.bind(4, Int64(clamping: status.rejected))
      try tally.bind(5, Int64(clamping: status.late))
      try tally.bind(6, Int64(clamping: status.corrected))
      try tally.run()
      for (day, taps) in days { try self.days.settle(taps, on: day) }
      try kept.forget(beyond: keeps, aside: keepsAside, connection)
    }
    self.status = status
    self.kept = kept
  }

  /// Ends what could still be added to an open tap. False: it is not open.
  func complete(_ tap: Tap, bytes: [UInt8]) throws(SpoolError) -> Bool {
    var isDone = false
    try transact { () throws(SQLiteError) in
      try complete.bind(1, Int64(clamping: tap.sequence))
      try complete.bind(2, copying: bytes)
      try complete.bind(3, copying: tap.id.bytes)
      try complete.run()
      isDone = connection.changes == 1
    }
    return isDone
  }

  /// Makes taps that a ledger answered for pending again, those aside that no ledger ever saw.
  func offerAgain(_ offer: KeptTaps.Offer) throws(SpoolError) -> Int {
    var again = 0
    try transact { () throws(SQLiteError) in again = try kept.offerAgain(offer, connection) }
    if again > 0 { try guarded { () throws(SQLiteError) in try load() } }
    return again
  }

  /// Forgets some answered taps that need not be offered again, the oldest first: what a backup of their ledger holds, and
  /// what was answered more than `keepsDays` ago. What was answered before this start and has no revision gets this one.
  ///
  /// - Returns: whether those were all.
  func release(_ standing: LedgerStanding) throws(SpoolError) -> Bool {
    var kept = self.kept
    var isAll = false
    try transact { () throws(SQLiteError) in
      isAll = try kept.release(standing, keepsDays: keepsDays, connection)
    }
    self.kept = kept
    return isAll
  }

  /// Answered taps that are here in case a ledger is restored.
  var keptCount: UInt64 { UInt64(clamping: kept.settled) }

  func follow(cooldown: Int64, burstWithin: Int64) {
    self.cooldown = cooldown
    rate.within = burstWithin
  }

  func marks(at reading: ClockReading) -> TapMarks {
    guard let last = self.reading else { return [] }
    return reading.marks(after: last).intersection([.clockForward, .clockBackward])
  }

  /// As it stands, under the next number.
  func report(_ id: [UInt8], hasSetAside: Bool) throws(SpoolError) -> SpoolReport {
    let days = try guarded { () throws(SQLiteError) in
      try self.days.days(latest: Self.latestDays, most: Self.mostDays)
    }
    return SpoolReport(
      spool: id, number: reportNumbers.next(), presses: status.presses - UInt64(clamping: unaccounted),
      highestSequence: status.presses, pending: status.pending, held: status.held, capacity: status.capacity,
      hasSetAside: hasSetAside, days: days)
  }

  /// Numbers reports from here on above one that was heard of: this spool was put back from a copy.
  func numberReports(above number: UInt64) throws(SpoolError) {
    guard reportNumbers.areBehind(number) else { return }
    try transact { () throws(SQLiteError) in try reportNumbers.skip(to: number, connection) }
  }

  func settledThrough() throws(SpoolError) -> UInt64? {
    guard unnumbered == 0 else { return nil }
    return try guarded { () throws(SQLiteError) in
      defer { first.reset() }
      try first.bind(1, Int64(clamping: status.presses) + 1)
      return try first.step() ? UInt64(clamping: max(1, first.integer(0)) - 1) : 0
    }
  }

  // MARK: - All or nothing

  /// A full disk undoes the transaction and leaves the spool as it was; any other error is the last thing it does.
  private func transact(_ work: () throws(SQLiteError) -> Void) throws(SpoolError) {
    try guarded { () throws(SQLiteError) in
      do throws(SQLiteError) {
        try connection.execute("BEGIN IMMEDIATE")
        try work()
        try connection.execute("COMMIT")
      } catch {
        // SQLite may have undone it already.
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        throw error
      }
    }
  }

  private func guarded<Result>(_ work: () throws(SQLiteError) -> Result) throws(SpoolError) -> Result {
    if let failure { throw failure }
    do {
      return try work()
    } catch {
      let error = SpoolError(error)
      if error.code != .diskFull { failure = error }
      throw error
    }
  }
}
