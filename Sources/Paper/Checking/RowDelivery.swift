internal import Polling

/// Where checked rows go: into the report, and to whoever listens, all in the order of the file.
struct RowDelivery {
  private(set) var report: PaperReport
  private let poll: Poll
  private let events: PaperCheck.Events
  private let levels: [[SheetTotal.Level]]
  /// Votes of plain sheets, by question and level; nil: no row says that level.
  private var votes: [[Int?]]

  init(_ report: PaperReport, _ poll: Poll, _ events: PaperCheck.Events) {
    (self.report, self.poll, self.events) = (report, poll, events)
    levels = poll.questions.map(\.levels)
    votes = levels.map { $0.map { _ in nil } }
  }

  mutating func tell(_ finding: Finding) throws {
    report.add(finding)
    try events.found(finding)
  }

  mutating func give(_ row: CheckedRow) throws {
    report.add(row)
    for finding in row.findings { try events.found(finding) }
    if row.isRejected {
      try events.rejected(row)
    } else if let entry = row.entry {
      try events.accepted?(entry, row.source.number)
    }
  }

  /// A plain sheet is told of as its rows are one by one.
  mutating func give(_ sheet: PlainSheet) throws {
    report.rows += sheet.rows
    report.acceptedRows += sheet.rows
    report.add(
      PaperReport.Place(unit: poll.units[sheet.unit].path, period: sheet.period), row: sheet.firstRow, count: sheet.rows
    )
    for line in sheet.lines {
      votes[sheet.question][line.level] = (votes[sheet.question][line.level] ?? 0) + line.count
    }
    guard let accepted = events.accepted else { return }
    var total = SheetTotal(
      sheet: sheet.name, unit: poll.units[sheet.unit].path, period: sheet.period,
      question: poll.questions[sheet.question].id, level: .blank, count: 0, sheets: sheet.questionnaires)
    for (index, line) in sheet.lines.enumerated() {
      (total.level, total.count) = (levels[sheet.question][line.level], line.count)
      try accepted(.total(total), sheet.firstRow + index)
    }
  }

  /// The file has ended, or cannot be read further.
  mutating func finish() {
    for (question, counts) in zip(poll.questions, votes) {
      for (level, count) in zip(question.levels, counts) {
        guard let count else { continue }
        report.votes[question.id, default: [:]][level.word, default: 0] += count
      }
    }
  }
}
