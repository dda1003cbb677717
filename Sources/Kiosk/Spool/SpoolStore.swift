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
  private let keepsAside: Int64
  private let holds: TapMarks
  private var kept = Kept()
  /// After the first failure of the disk nobody knows what is on it.
  private var failure: SpoolError?

  private let insert: Statement
  private let note: Statement
  private let select: Statement
  private let settle: Statement
  private let tally: Statement
  private let complete: Statement

  /// Taps that are still here and wait for nothing.
  private struct Kept {
    /// Settled, rejected ones aside.
    var settled: Int64 = 0
    var rejected: Int64 = 0
    var held: Int64 = 0
  }

  init(_ connection: Connection, _ configuration: Spool.Configuration) throws(SQLiteError) {
    self.connection = connection
    keeps = Int64(max(0, configuration.keeps))
    keepsAside = Int64(max(0, configuration.keepsAside))
    holds = configuration.holds
    status.capacity = UInt64(max(1, configuration.capacity))
    insert = try connection.prepare(
      """
      INSERT INTO tap (sequence, ballot_id, ballot, marks, since_previous_ms, state)
      VALUES (?1, ?2, ?3, ?4, nullif(?5, -1), ?6)
      """)
    note = try connection.prepare(
      "UPDATE spool SET presses = ?1, wall_ms = ?2, steady_ms = ?3, coarseness_ms = ?4, boot = ?5, held = ?6")
    // By this index it steps over nothing, whatever else is kept.
    select = try connection.prepare(
      """
      SELECT sequence, ballot_id, ballot, marks, coalesce(since_previous_ms, -1) FROM tap INDEXED BY pending
      WHERE state = 1 AND sequence > ?1 ORDER BY sequence LIMIT ?2
      """)
    settle = try connection.prepare(
      """
      UPDATE tap SET state = 2, verdict = ?2, reason = nullif(?3, ''), ledger_epoch = nullif(?4, '')
      WHERE sequence = ?1 AND state = 1
      """)
    tally = try connection.prepare("UPDATE spool SET counted = ?1, flagged = ?2, duplicate = ?3, rejected = ?4")
    complete = try connection.prepare(
      "UPDATE tap SET state = 1, ballot = ?2 WHERE sequence = ?1 AND ballot_id = ?3 AND state = 0")
    // Whoever had something to add to these is gone.
    try connection.execute("UPDATE tap SET state = 1 WHERE state = 0")
    try load()
  }

  private func load() throws(SQLiteError) {
    let row = try connection.prepare(
      """
      SELECT presses, counted, flagged, duplicate, rejected, held, wall_ms, steady_ms, coarseness_ms, boot,
        (SELECT count(*) FROM tap WHERE state < 2), (SELECT count(*) FROM tap WHERE state = 2 AND verdict <> 4),
        (SELECT count(*) FROM tap WHERE state = 2 AND verdict = 4), (SELECT count(*) FROM tap WHERE state = 3),
        (SELECT max(sequence) FROM tap)
      FROM spool
      """)
    guard try row.step() else { throw SQLiteError.damaged("the spool has no row about itself") }
    let counts = (0..<6).map { UInt64(clamping: row.integer($0)) }
    var waiting = counts[0]
    for count in counts.dropFirst() {
      guard count <= waiting else { throw SQLiteError.damaged("the spool's counts are more than its presses") }
      waiting -= count
    }
    let kept = Kept(settled: row.integer(11), rejected: row.integer(12), held: row.integer(13))
    guard waiting == UInt64(clamping: row.integer(10)), kept.rejected <= row.integer(4), kept.held <= row.integer(5),
      row.integer(14) <= row.integer(0)
    else { throw SQLiteError.damaged("the spool's counts do not fit its taps") }
    status.presses = counts[0]
    status.counted = counts[1]
    status.flagged = counts[2]
    status.duplicate = counts[3]
    status.rejected = counts[4]
    status.held = counts[5]
    self.kept = kept
    if let boot = row.text(9) {
      var reading = ClockReading(
        wall: Timestamp(milliseconds: row.integer(6)), steady: row.integer(7), boot: boot)
      reading.coarseness = min(TimePrecision.day.milliseconds, max(0, row.integer(8)))
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
    var taps: [Tap] = []
    var reading = self.reading
    var kept = self.kept
    let held = presses.count { isHeld($0) }
    for press in presses { taps.append(try tap(press, number: taps.count + 1, after: &reading)) }
    try transact { () throws(SQLiteError) in
      for (tap, press) in zip(taps, presses) {
        try insert.bind(1, Int64(clamping: tap.sequence))
        try insert.bind(2, copying: tap.id.bytes)
        try insert.bind(3, copying: tap.bytes)
        try insert.bind(4, Int64(tap.marks.rawValue))
        try insert.bind(5, tap.sincePrevious ?? -1)
        try insert.bind(6, isHeld(press) ? 3 : press.isOpen ? 0 : 1)
        try insert.run()
      }
      kept.held += Int64(held)
      try forget(&kept.held, beyond: keepsAside, where: "state = 3")
      guard let last = taps.last, let press = presses.last else { return }
      let clock = press.precision == .second ? press.reading : press.reading.floored(to: press.precision)
      try note.bind(1, Int64(clamping: last.sequence))
      try note.bind(2, clock.wall.milliseconds)
      try note.bind(3, clock.steady)
      try note.bind(4, clock.coarseness)
      try note.bind(5, clock.boot)
      try note.bind(6, Int64(clamping: status.held + UInt64(held)))
      try note.run()
    }
    self.reading = reading
    self.kept = kept
    status.presses += UInt64(taps.count)
    status.held += UInt64(held)
    return taps
  }

  /// The presses before the first one that there is no room for.
  private func fitting(_ presses: [Press]) -> ArraySlice<Press> {
    var room = status.room
    return presses.prefix { press in
      if isHeld(press) { return true }
      guard room > 0 else { return false }
      room -= 1
      return true
    }
  }

  private func isHeld(_ press: Press) -> Bool { !press.marks.isDisjoint(with: holds) }

  /// Deletes the oldest of such taps beyond a bound.
  private func forget(_ count: inout Int64, beyond bound: Int64, where condition: String) throws(SQLiteError) {
    guard count > bound else { return }
    try connection.execute(
      """
      DELETE FROM tap WHERE sequence IN (
        SELECT sequence FROM tap WHERE \(condition) ORDER BY sequence LIMIT \(count - bound))
      """)
    count = bound
  }

  private func tap(_ press: Press, number: Int, after reading: inout ClockReading?) throws(SpoolError) -> Tap {
    let sequence = status.presses + UInt64(number)
    let ballot = press.ballot(sequence)
    let since = reading.flatMap { press.reading.elapsed(since: $0) }
    let marks = press.marks.union(press.reading.marks(after: reading))
    reading = press.reading
    do {
      return Tap(
        sequence: sequence, id: try BallotID(bytes: ballot.ballotID), bytes: try ballot.serializedBytes(),
        marks: marks,
        sincePrevious: since.flatMap { $0 < 60_000 && press.precision == .second ? $0 : nil })
    } catch {
      throw SpoolError(.badBallot, "the ballot cannot be kept: \(error)")
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
        let tap = Tap(
          sequence: UInt64(clamping: select.integer(0)), id: id, bytes: Array(select.bytes(2)),
          marks: TapMarks(rawValue: UInt8(truncatingIfNeeded: select.integer(3))),
          sincePrevious: since < 0 ? nil : since)
        room -= tap.bytes.count
        taps.append(tap)
      }
      return taps
    }
  }

  /// Writes down what became of taps, and forgets the oldest settled ones beyond their bounds.
  func settle(_ settlements: [Settlement]) throws(SpoolError) {
    guard !settlements.isEmpty else { return }
    var status = self.status
    var kept = self.kept
    try transact { () throws(SQLiteError) in
      for settlement in settlements {
        try settle.bind(1, Int64(clamping: settlement.tap.sequence))
        try settle.bind(2, settlement.verdict.code)
        try settle.bind(3, settlement.verdict.reason)
        try settle.bind(4, settlement.ledgerEpoch)
        try settle.run()
        // Settled before: the first answer stands.
        guard connection.changes == 1 else { continue }
        status.count(settlement.verdict)
        if settlement.verdict.isRejected { kept.rejected += 1 } else { kept.settled += 1 }
      }
      try tally.bind(1, Int64(clamping: status.counted))
      try tally.bind(2, Int64(clamping: status.flagged))
      try tally.bind(3, Int64(clamping: status.duplicate))
      try tally.bind(4, Int64(clamping: status.rejected))
      try tally.run()
      try forget(&kept.settled, beyond: keeps, where: "state = 2 AND verdict <> 4")
      try forget(&kept.rejected, beyond: keepsAside, where: "state = 2 AND verdict = 4")
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

  /// Makes taps that a ledger other than this one counted pending again.
  func offerAgain(unlessIn epoch: String) throws(SpoolError) -> Int {
    var again: [(UInt8, Int64)] = []
    try transact { () throws(SQLiteError) in
      let others = try connection.prepare(
        "SELECT verdict, count(*) FROM tap WHERE state = 2 AND verdict <> 4 AND ledger_epoch <> ? GROUP BY verdict")
      try others.bind(1, epoch)
      while try others.step() { again.append((UInt8(clamping: others.integer(0)), others.integer(1))) }
      if again.isEmpty { return }
      let update = try connection.prepare(
        """
        UPDATE tap SET state = 1, verdict = NULL, ledger_epoch = NULL
        WHERE state = 2 AND verdict <> 4 AND ledger_epoch <> ?
        """)
      try update.bind(1, epoch)
      try update.run()
      func count(_ verdict: UInt8) -> Int64 { again.first { $0.0 == verdict }?.1 ?? 0 }
      try connection.execute(
        """
        UPDATE spool SET counted = counted - \(count(1)), flagged = flagged - \(count(2)),
          duplicate = duplicate - \(count(3))
        """)
    }
    if again.isEmpty { return 0 }
    try guarded { () throws(SQLiteError) in try load() }
    return again.reduce(0) { $0 + Int($1.1) }
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
