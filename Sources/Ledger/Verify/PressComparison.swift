internal import Polling
internal import SQLite

/// The tables about presses of kiosks, beside what the entries say.
struct PressComparison {
  private let connection: Connection
  private let recount: Recount
  private(set) var differences = Differences()

  init(_ connection: Connection, _ recount: Recount) {
    self.connection = connection
    self.recount = recount
  }

  mutating func compare() throws(SQLiteError) {
    // A row that means nothing is a difference, not the end of the recount.
    do throws(SQLiteError) {
      try compareMarks()
      try compareDays()
      _ = try KioskReports.all(connection)
    } catch {
      guard error.primaryCode == SQLiteCode.corrupt else { throw error }
      differences.add(error.message)
    }
    try compareRefusals()
    try compareRefusedCasts()
    try compareCorrections()
  }

  private mutating func compareMarks() throws(SQLiteError) {
    var missing = recount.books.allMarks
    for (key, mark) in try KioskTables.marks(connection) {
      let counted = missing.removeValue(forKey: key)
      if counted != mark {
        let expected = counted?.words ?? "nothing"
        differences.add("\(key.words): the entries make \(expected), the table says \(mark.words)")
      }
    }
    for (key, mark) in missing {
      differences.add("\(key.words): the entries make \(mark.words), the table says nothing")
    }
  }

  private mutating func compareDays() throws(SQLiteError) {
    var missing = recount.books.unsettledDays
    for (key, counts) in try KioskTables.days(connection) {
      let counted = missing.removeValue(forKey: key) ?? PressCounts()
      if counted != counts {
        differences.add("\(key.words): the entries make \(counted.words), the table says \(counts.words)")
      }
    }
    for (key, counts) in missing {
      differences.add("\(key.words): the entries make \(counts.words), the table says nothing")
    }
  }

  private mutating func compareRefusals() throws(SQLiteError) {
    var listed = Fingerprint()
    let rows = try connection.prepare("SELECT ballot_id, seq FROM refusal")
    while try rows.step() {
      let id = try? BallotID(bytes: rows.bytes(0))
      listed.add(id?.high ?? .max, id?.low ?? .max, UInt64(bitPattern: rows.integer(1)))
    }
    if listed != recount.refusals {
      differences.add(
        "the presses refused (\(listed.count)) are not those of the entries (\(recount.refusals.count))")
    }
  }

  private mutating func compareRefusedCasts() throws(SQLiteError) {
    let rows = try connection.prepare(
      "SELECT r.seq, b.seq FROM refusal r JOIN ballot b USING (ballot_id) WHERE b.seq < r.seq")
    while try rows.step() {
      differences.add("entry \(rows.integer(0)) refuses a press that entry \(rows.integer(1)) cast")
    }
  }

  private mutating func compareCorrections() throws(SQLiteError) {
    var listed = Fingerprint()
    let rows = try connection.prepare("SELECT n.text, c.seq FROM correction c LEFT JOIN name n ON n.id = c.poll")
    while try rows.step() {
      let poll = rows.text(0).flatMap { try? PollID($0) }
      listed.add(poll.map { Fingerprint.hash($0) } ?? 0, UInt64(bitPattern: rows.integer(1)), 0)
    }
    if listed != recount.corrections {
      differences.add(
        "the correction lists (\(listed.count)) are not those of the entries (\(recount.corrections.count))")
    }
  }
}

extension SpoolKey {
  fileprivate var words: String { "kiosk \(kiosk), spool \(spool)" }
}

extension SpoolMark {
  fileprivate var words: String {
    "numbers up to \(highest), \(gaps.count) gaps, \(beyond) beyond them, \(unnumbered) without a number, "
      + "\(renumbered) again"
  }
}

extension KioskBooks.DayKey {
  fileprivate var words: String { "presses of \(spool.words) on \(day)" }
}

extension PressCounts {
  fileprivate var words: String {
    "\(counted) counted, \(flagged) flagged, \(late) late, \(corrected) corrected, \(duplicate) duplicate, "
      + "\(rejected) rejected"
  }
}
