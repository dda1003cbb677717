internal import Polling
internal import SQLite

/// What a batch changes in the cells: one row of table `cell` each.
struct CellDelta {
  /// The key of a row, names as numbers. 0: no question (the ballots themselves), no choice (undervotes).
  struct RowKey: Hashable {
    var poll: Int64
    var day: Int32
    var unit: Int64
    var channel: UInt8
    var flags: UInt8
    var question: Int64
    var choice: Int64
  }

  struct Change {
    var poll: PollID
    var key: CellKey
    var count: Int64
  }

  private(set) var rows: [RowKey: Change] = [:]

  /// Adds a record, or with `sign` -1 takes it out again.
  mutating func add(
    _ record: CastVoteRecord, in poll: Poll, sign: Int64, number: (String) throws(SQLiteError) -> Int64
  ) throws(SQLiteError) {
    let ballot = record.ballot
    let pollNumber = try number(poll.id.rawValue)
    let unitNumber = try number(ballot.unit.rawValue)
    try poll.forEachCount(of: ballot.answers) { (subject, count) throws(SQLiteError) in
      var row = RowKey(
        poll: pollNumber, day: record.day.number, unit: unitNumber, channel: ballot.channel.rawValue,
        flags: record.flags.rawValue, question: 0, choice: 0)
      switch subject {
      case .ballots: break
      case .votes(let question, let choice):
        row.question = try number(question)
        row.choice = try number(choice)
      case .undervotes(let question): row.question = try number(question)
      }
      if let index = rows.index(forKey: row) {
        rows.values[index].count += sign * count
      } else {
        let key = CellKey(
          subject: subject, unit: ballot.unit, channel: ballot.channel, flags: record.flags, day: record.day)
        rows[row] = Change(poll: poll.id, key: key, count: sign * count)
      }
    }
  }

  /// As readers of the ledger fold it.
  var cells: [PollID: [CellKey: Int64]] {
    var cells: [PollID: [CellKey: Int64]] = [:]
    for change in rows.values where change.count != 0 { cells[change.poll, default: [:]][change.key] = change.count }
    return cells
  }
}
