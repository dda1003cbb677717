internal import Polling
internal import SQLite

/// The accounts of kiosks from the tables, and from the entries that are not in them yet.
struct KioskAccounts {
  /// Ordered.
  let accounts: [KioskAccount]

  init(_ connection: Connection, within unit: UnitPath) throws(SQLiteError) {
    let books = try KioskAccounts.books(connection)
    func isWithin(_ kiosk: String) -> Bool { KioskAccounts.unit(of: kiosk).map { unit.contains($0) } ?? false }

    var accounts: [SpoolKey: KioskAccount] = [:]
    func update(_ key: SpoolKey, _ change: (inout KioskAccount) -> Void) {
      change(&accounts[key, default: KioskAccount(kiosk: key.kiosk, spool: key.spool)])
    }
    for (key, mark) in books.allMarks where isWithin(key.kiosk) { update(key) { $0.mark = mark } }
    let days = [try KioskTables.days(connection, where: isWithin), books.unsettledDays].joined()
    for (key, counts) in days where isWithin(key.spool.kiosk) {
      update(key.spool) { $0.days[key.day, default: PressCounts()].add(counts) }
    }
    for (key, report) in try KioskReports.all(connection) where isWithin(key.kiosk) {
      update(key) { $0.report = report }
    }

    var all = Array(accounts.values)
    let heardOf = Dictionary(grouping: all.indices) { all[$0].kiosk }
    for (kioskUnit, name, expires) in try Definitions.load(connection).kiosks.certified
    where unit.contains(kioskUnit) {
      let kiosk = "kiosk/\(kioskUnit)/\(name)"
      for index in heardOf[kiosk] ?? [] { all[index].certificateExpires = expires }
      if heardOf[kiosk] == nil { all.append(KioskAccount(kiosk: kiosk, spool: nil, certificateExpires: expires)) }
    }
    self.accounts = all.sorted { KioskAccounts.order($0) < KioskAccounts.order($1) }
  }

  /// By kiosk, the spool that reported last first.
  private static func order(_ account: KioskAccount) -> (String, Int64, SpoolID) {
    // Negating the least number would overflow.
    (account.kiosk, account.report.map { ~$0.at.milliseconds } ?? .max, account.spool ?? .others)
  }

  /// The tables, and the entries since.
  private static func books(_ connection: Connection) throws(SQLiteError) -> KioskBooks {
    var books = KioskBooks(marks: try KioskTables.marks(connection))
    let settledThrough = try SettledTables.settledThrough(connection) ?? 0
    let entries = try connection.prepare(
      """
      SELECT seq, kind, body, crc FROM entry
      WHERE seq > ? AND kind IN (\(EntryKind.cast.rawValue), \(EntryKind.refusedPress.rawValue)) ORDER BY seq
      """)
    try entries.bind(1, Int64(bitPattern: settledThrough))
    while try entries.step() {
      let isCast = entries.integer(1) == Int64(EntryKind.cast.rawValue)
      try EntryTable.checked(entries, isCast ? .cast : .refusedPress) { (body) throws(FormatError) in
        if isCast {
          try books.enter(body, try CastEntry.Outline(body))
        } else {
          books.enter(EnteredPress(try RefusedPressEntry(body)))
        }
      }
    }
    books.committed()
    return books
  }

  /// Where a client stands: what lies between the role and the name that it is called by. Nil: it is not called so.
  private static func unit(of client: String) -> UnitPath? {
    let parts = client.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return nil }
    return try? UnitPath(parts[1..<(parts.count - 1)].joined(separator: "/"))
  }
}
