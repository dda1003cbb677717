internal import SQLite

/// The numbers of a spool's reports, in the order in which they are made. Not each one is written down: every start
/// begins above all that the one before can have given.
struct ReportNumbers {
  /// Of one start: enough for one each second in more than a century.
  private static let perStart: Int64 = 1 << 32
  /// No spool has so many; what a server says beyond that is not true.
  private static let most: Int64 = 1 << 62

  private var last: UInt64

  /// A start.
  init(_ connection: Connection) throws(SQLiteError) {
    try connection.execute("UPDATE spool SET reports = min(max(reports, 0), \(Self.most)) + \(Self.perStart)")
    last = UInt64(clamping: try connection.integer("SELECT reports FROM spool") ?? 0)
  }

  mutating func next() -> UInt64 {
    last += 1
    return last
  }

  /// Whether a server has heard of a number that this spool has not given: it was put back from a copy.
  func areBehind(_ number: UInt64) -> Bool { number > last && number <= UInt64(Self.most) }

  /// Numbers go on above one that was heard of.
  mutating func skip(to number: UInt64, _ connection: Connection) throws(SQLiteError) {
    try connection.execute("UPDATE spool SET reports = \(number)")
    last = number
  }
}
