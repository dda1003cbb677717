internal import Polling
internal import Schema

extension Binhchon_V1_PaperColumns {
  init(_ rows: Polling.PaperRows) {
    self.init()
    names = rows.names
    numbers.reserveCapacity(rows.count)
    labels.reserveCapacity(rows.count)
    units.reserveCapacity(rows.count)
    firstDays.reserveCapacity(rows.count)
    days.reserveCapacity(rows.count)
    levels.reserveCapacity(rows.count)
    questions.reserveCapacity(rows.count)
    choices.reserveCapacity(rows.count)
    counts.reserveCapacity(rows.count)
    questionnaires.reserveCapacity(rows.count)
    for row in rows.packed { append(row, rows) }
    answers = rows.answers
  }

  private mutating func append(_ row: Polling.PaperRows.Row, _ rows: Polling.PaperRows) {
    numbers.append(row.number)
    labels.append(row.label)
    units.append(rows.units[Int(row.unit)].place)
    firstDays.append(row.period.first.number)
    // A period of a file's is of years at most.
    days.append(row.period.last.number &- row.period.first.number)
    guard case .total(let question, let level, let count, let all) = row.content else {
      levels.append(.unspecified)
      questions.append(0)
      choices.append(0)
      counts.append(0)
      questionnaires.append(0)
      return
    }
    questions.append(question)
    counts.append(UInt64(clamping: count))
    questionnaires.append(all.map { UInt64(clamping: $0) + 1 } ?? 0)
    switch level {
    case .choice(let code):
      levels.append(.choice)
      choices.append(code)
    case .blank:
      levels.append(.blank)
      choices.append(0)
    case .invalid:
      levels.append(.invalid)
      choices.append(0)
    }
  }
}
