internal import Polling
internal import SQLite

/// Table `kiosk_report`: what kiosks said last of themselves. Follows from no entry, and counts nothing.
final class KioskReports {
  private let put: Statement
  private let deleteOldest: Statement

  init(_ connection: Connection) throws(SQLiteError) {
    put = try connection.prepare(
      """
      INSERT INTO kiosk_report (kiosk, spool, at, body, number) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT DO UPDATE SET at = ?3, body = iif(?5 = 0 OR ?5 >= number, ?4, body), number = max(number, ?5)
      RETURNING number
      """)
    deleteOldest = try connection.prepare(
      """
      DELETE FROM kiosk_report WHERE kiosk = ?1 AND spool NOT IN (
        SELECT spool FROM kiosk_report WHERE kiosk = ?1 ORDER BY at DESC, spool LIMIT \(KioskReport.mostSpools))
      """)
  }

  /// - Parameters:
  ///   - number: the report's; 0: it has none, and is the newest.
  ///   - kiosk: the number of its name.
  /// - Returns: the number of the spool's newest report.
  func put(_ report: KioskReport, number: UInt64, kiosk: Int64) throws(SQLiteError) -> UInt64 {
    var writer = ByteWriter()
    writer.report(report)
    try put.bind(1, kiosk)
    try put.bind(2, copying: report.spool.bytes)
    try put.bind(3, report.at.milliseconds)
    try put.bind(4, copying: writer.bytes)
    try put.bind(5, Int64(clamping: number))
    let newest = try put.step() ? UInt64(clamping: put.integer(0)) : 0
    try put.run()
    try deleteOldest.bind(1, kiosk)
    try deleteOldest.run()
    return newest
  }

  static func all(_ connection: Connection) throws(SQLiteError) -> [SpoolKey: KioskReport] {
    var reports: [SpoolKey: KioskReport] = [:]
    let rows = try connection.prepare(
      "SELECT n.text, r.spool, r.at, r.body FROM kiosk_report r LEFT JOIN name n ON n.id = r.kiosk")
    while try rows.step() {
      guard let kiosk = rows.text(0), let spool = try? SpoolID(bytes: rows.bytes(1)) else {
        throw .damaged("a report names no kiosk or spool")
      }
      var reader = ByteReader(rows.bytes(3))
      do {
        reports[SpoolKey(kiosk: kiosk, spool: spool)] = try reader.report(
          kiosk: kiosk, spool: spool, at: Timestamp(milliseconds: rows.integer(2)))
      } catch { throw .damaged("the report of kiosk \(kiosk), \(error)") }
    }
    return reports
  }
}

private enum ReportHas {
  static let skew: UInt8 = 1
  static let setAsideSpool: UInt8 = 2
}

extension ByteWriter {
  /// Without what the row says beside it.
  fileprivate mutating func report(_ report: KioskReport) {
    byte(EntryKind.format)
    string(report.unit.rawValue)
    for number in [report.presses, report.highestSequence, report.pending, report.held, report.capacity] {
      varint(number)
    }
    string(report.version)
    byte(
      (report.skewMilliseconds == nil ? 0 : ReportHas.skew) | (report.hasSetAsideSpool ? ReportHas.setAsideSpool : 0))
    if let skew = report.skewMilliseconds { signed(skew) }
    let days = report.days.sorted { $0.day > $1.day }.prefix(KioskReport.mostDays)
    count(days.count)
    for day in days {
      signed(Int64(day.day.number))
      varint(day.presses)
      varint(day.pending)
    }
  }
}

extension ByteReader {
  fileprivate mutating func report(kiosk: String, spool: SpoolID, at: Timestamp) throws(FormatError) -> KioskReport {
    try format()
    let unit = try named { try UnitPath($0) }
    let (presses, highest, pending) = (try varint(), try varint(), try varint())
    let (held, capacity, version) = (try varint(), try varint(), try string())
    let has = try byte()
    guard has & ~(ReportHas.skew | ReportHas.setAsideSpool) == 0 else { throw fail("unknown field") }
    let skew = has & ReportHas.skew == 0 ? nil : try signed()
    var days: [KioskReport.DayPresses] = []
    for _ in 0..<(try count()) {
      days.append(KioskReport.DayPresses(day: try day(), presses: try varint(), pending: try varint()))
    }
    try end()
    return KioskReport(
      kiosk: kiosk, unit: unit, spool: spool, presses: presses, highestSequence: highest, pending: pending, held: held,
      capacity: capacity, version: version, skewMilliseconds: skew,
      hasSetAsideSpool: has & ReportHas.setAsideSpool != 0, days: days, at: at)
  }
}
