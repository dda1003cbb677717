internal import Polling
internal import SQLite

/// Tables `refusal` and `correction`: the presses that are refused for good. Committed with their entries.
final class RefusedPresses {
  private let select: Statement
  private let insert: Statement
  private let insertCorrection: Statement

  init(_ connection: Connection) throws(SQLiteError) {
    select = try connection.prepare("SELECT seq FROM refusal WHERE ballot_id = ?")
    insert = try connection.prepare("INSERT INTO refusal (ballot_id, seq) VALUES (?, ?)")
    insertCorrection = try connection.prepare("INSERT INTO correction (poll, seq) VALUES (?, ?)")
  }

  /// The sequence under which the press was refused.
  func sequence(_ id: BallotID) throws(SQLiteError) -> UInt64? {
    defer { select.reset() }
    return try id.borrowed { (bytes) throws(SQLiteError) in
      try select.bind(1, borrowing: bytes)
      return try select.step() ? UInt64(bitPattern: select.integer(0)) : nil
    }
  }

  func insert(_ id: BallotID, sequence: UInt64) throws(SQLiteError) {
    try insert.bind(2, Int64(bitPattern: sequence))
    try id.borrowed { (bytes) throws(SQLiteError) in
      try insert.bind(1, borrowing: bytes)
      try insert.run()
    }
  }

  /// - Parameter poll: the number of its name.
  func insertCorrection(_ poll: Int64, sequence: UInt64) throws(SQLiteError) {
    try insertCorrection.bind(1, poll)
    try insertCorrection.bind(2, Int64(bitPattern: sequence))
    try insertCorrection.run()
  }

  /// The correction list of a poll.
  static func corrections(
    _ connection: Connection, poll: PollID, after: UInt64, limit: Int
  ) throws(SQLiteError) -> [Correction] {
    let rows = try connection.prepare(
      """
      SELECT e.seq, e.kind, e.body, e.crc FROM correction c JOIN name n ON n.id = c.poll JOIN entry e ON e.seq = c.seq
      WHERE n.text = ? AND c.seq > ? ORDER BY c.seq LIMIT ?
      """)
    try rows.bind(1, poll.rawValue)
    try rows.bind(2, Int64(clamping: after))
    try rows.bind(3, Int64(clamping: limit))
    var corrections: [Correction] = []
    while try rows.step() {
      let sequence = UInt64(bitPattern: rows.integer(0))
      let entry = try EntryTable.checked(rows, .refusedPress) { (body) throws(FormatError) in
        try RefusedPressEntry(body)
      }
      guard let press = entry.press else { throw .damaged("entry \(sequence) is on a correction list, and is none") }
      corrections.append(Correction(sequence: sequence, press: press))
    }
    return corrections
  }
}
