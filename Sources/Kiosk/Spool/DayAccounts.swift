internal import Polling
internal import SQLite
internal import Schema
internal import SwiftProtobuf

/// The presses of a spool by the day that its device's clock showed (`PressDay`), as the server is told of them.
///
/// Invariants: the days' presses and ``unaccounted`` are all presses; the days' pending are all that is pending. Presses
/// that were answered before spools kept days are unaccounted: no server was told which spool they came from.
final class DayAccounts {
  private let connection: Connection
  private let press: Statement
  private let settle: Statement
  private let report: Statement

  init(_ connection: Connection) throws(SQLiteError) {
    self.connection = connection
    press = try connection.prepare(
      """
      INSERT INTO day (day, presses, pending, last) VALUES (?1, ?2, ?2, ?3)
      ON CONFLICT (day) DO UPDATE SET presses = presses + ?2, pending = pending + ?2, last = max(last, ?3)
      """)
    settle = try connection.prepare("UPDATE day SET pending = pending - ?2 WHERE day = ?1")
    report = try connection.prepare(
      """
      SELECT day, presses, pending FROM day
      WHERE pending > 0 OR day IN (SELECT day FROM day ORDER BY last DESC LIMIT ?1)
      ORDER BY pending > 0 DESC, last DESC LIMIT ?2
      """)
  }

  /// Of a ballot's bytes; those of none have no day.
  static func day(ofBallot bytes: [UInt8]) -> Day {
    let ballot = try? Binhchon_V1_Ballot(serializedBytes: bytes)
    return day(of: ballot ?? .init())
  }

  static func day(of ballot: Binhchon_V1_Ballot) -> Day {
    PressDay.day(of: ballot.deviceTimeMs == 0 ? nil : Timestamp(milliseconds: ballot.deviceTimeMs))
  }

  /// So many presses were taken, the last of them under this number, and wait.
  func take(_ presses: Int64, on day: Int64, last sequence: Int64) throws(SQLiteError) {
    try press.bind(1, day)
    try press.bind(2, presses)
    try press.bind(3, sequence)
    try press.run()
  }

  /// So many do not wait any more.
  func settle(_ presses: Int64, on day: Int64) throws(SQLiteError) {
    try settle.bind(1, day)
    try settle.bind(2, presses)
    try settle.run()
  }

  /// The days that a server is told of: all that wait for something, and the latest ones.
  func days(latest: Int, most: Int) throws(SQLiteError) -> [SpoolReport.DayCount] {
    defer { report.reset() }
    try report.bind(1, Int64(latest))
    try report.bind(2, Int64(most))
    var days: [SpoolReport.DayCount] = []
    while try report.step() {
      days.append(
        SpoolReport.DayCount(
          day: Day(number: Int32(clamping: report.integer(0))), presses: UInt64(clamping: report.integer(1)),
          pending: UInt64(clamping: report.integer(2))))
    }
    return days
  }

  /// All that the days say together.
  func sums() throws(SQLiteError) -> (presses: Int64, pending: Int64) {
    let row = try connection.prepare("SELECT coalesce(sum(presses), 0), coalesce(sum(pending), 0) FROM day")
    return try row.step() ? (row.integer(0), row.integer(1)) : (0, 0)
  }

  /// Gives taps a day that have none: they wait (again), so the server will be told of them.
  static func account(_ connection: Connection, where condition: String) throws(SQLiteError) {
    let select = try connection.prepare("SELECT sequence, ballot FROM tap WHERE day IS NULL AND \(condition)")
    var taps: [(sequence: Int64, day: Int64)] = []
    while try select.step() {
      taps.append((select.integer(0), Int64(day(ofBallot: Array(select.bytes(1))).number)))
    }
    let update = try connection.prepare("UPDATE tap SET day = ?2 WHERE sequence = ?1")
    let accounts = try DayAccounts(connection)
    for tap in taps {
      try update.bind(1, tap.sequence)
      try update.bind(2, tap.day)
      try update.run()
      try accounts.take(1, on: tap.day, last: tap.sequence)
    }
    try connection.execute("UPDATE spool SET unaccounted = unaccounted - \(taps.count)")
  }

  /// Counts anew what waits.
  static func countPending(_ connection: Connection) throws(SQLiteError) {
    try connection.execute(
      """
      UPDATE day SET pending = 0;
      UPDATE day SET pending = waiting.taps
        FROM (SELECT day AS of, count(*) AS taps FROM tap WHERE state < 2 GROUP BY day) AS waiting
        WHERE day.day = waiting.of
      """)
  }
}
