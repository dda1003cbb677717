internal import Polling

/// How many rows go into a reply: a message ends at 4 MiB.
enum FigureRoom {
  private static let mostRows = 10_000
  private static let mostBytes = 7 << 19

  static func rows(of poll: Poll) -> Int { max(1, min(mostRows, mostBytes / bytes(of: poll))) }

  /// With the names of its rows.
  static func holds(_ figures: SliceFigures, of poll: Poll) -> Bool {
    var room = mostBytes - bytes(of: poll)
    for row in figures.rows {
      room -= bytes(of: poll) + row.labels.reduce(0) { $0 + $1.description.utf8.count + 4 }
      if room < 0 { return figures.rows.count <= 1 }
    }
    return true
  }

  /// The numbers of a row, and what they are called. No ledger has ballots for a count of more than 35 bits.
  private static func bytes(of poll: Poll) -> Int {
    poll.questions.reduce(48) { sum, question in
      question.choices.reduce(sum + question.id.utf8.count + 16) { $0 + $1.code.utf8.count + 12 }
    }
  }
}
