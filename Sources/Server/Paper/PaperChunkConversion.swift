internal import Foundation
internal import Polling
internal import Schema

// Rows of paper: message → value.

extension PaperChunk {
  init(_ message: Binhchon_V1_PaperChunk) throws(Refusal) {
    let rows: PaperRows
    if message.hasColumns {
      guard message.rows.isEmpty else { throw .invalid([Violation("rows", "must be rows or columns, not both")]) }
      rows = try PaperRows(message.columns)
    } else {
      rows = try PaperRows(message.rows)
    }
    self.init(
      entry: try PaperEntryNumber(message.entry, field: "rows.entry"), file: Array(message.file),
      fileName: message.fileName, number: message.number, isLast: message.last, rows: rows)
  }
}

extension PaperRows {
  private static func check(_ count: Int) throws(Refusal) {
    guard count <= PaperChunk.mostRows else {
      throw .invalid([Violation("rows", "must be 1 to \(PaperChunk.mostRows)")])
    }
  }

  /// By columns.
  fileprivate init(_ message: Binhchon_V1_PaperColumns) throws(Refusal) {
    let columns = Columns(message)
    try Self.check(columns.count)
    guard columns.areEquallyLong else {
      throw .invalid([Violation("rows.columns", "must all have a value for each row")])
    }
    do throws(InvalidValue) {
      // A row has a label, a unit, a question and a choice; questionnaires say how many answers they have.
      guard message.names.count <= 4 * columns.count + message.answers.count else {
        throw InvalidValue(field: "names", problem: "must each be of a row")
      }
      var rows = try Builder(names: message.names)
      rows.reserveCapacity(columns.count)
      var answers = message.answers[...]
      for index in 0..<columns.count { rows.append(try columns.row(index, &rows, &answers)) }
      guard answers.isEmpty else { throw InvalidValue(field: "answers", problem: "must each be of a row") }
      self = try rows.finish()
    } catch {
      throw .invalid([Violation("rows.columns.\(error.field)", error.problem)])
    }
  }

  /// Row by row.
  fileprivate init(_ messages: [Binhchon_V1_PaperRow]) throws(Refusal) {
    try Self.check(messages.count)
    var rows: [PaperRow] = []
    rows.reserveCapacity(messages.count)
    var place = PaperPlace()
    for (index, message) in messages.enumerated() { rows.append(try PaperRow(message, &place, index)) }
    do { self = try PaperRows(rows) } catch { throw .invalid([Violation("rows.\(error.field)", error.problem)]) }
  }
}

/// The columns of a message, taken out of it once.
private struct Columns {
  let numbers: [UInt64]
  let labels: [UInt32]
  let units: [UInt32]
  let firstDays: [Int32]
  let days: [Int32]
  let levels: [Binhchon_V1_PaperLevel]
  let questions: [UInt32]
  let choices: [UInt32]
  let counts: [UInt64]
  let questionnaires: [UInt64]

  init(_ message: Binhchon_V1_PaperColumns) {
    numbers = message.numbers
    labels = message.labels
    units = message.units
    firstDays = message.firstDays
    days = message.days
    levels = message.levels
    questions = message.questions
    choices = message.choices
    counts = message.counts
    questionnaires = message.questionnaires
  }

  var count: Int { numbers.count }

  var areEquallyLong: Bool {
    [
      labels.count, units.count, firstDays.count, days.count, levels.count, questions.count, choices.count,
      counts.count,
      questionnaires.count,
    ].allSatisfy { $0 == count }
  }

  func row(
    _ index: Int, _ rows: inout PaperRows.Builder, _ answers: inout ArraySlice<UInt32>
  ) throws(InvalidValue) -> PaperRows.Row {
    let label = try rows.name(UInt64(labels[index]))
    let unit = try rows.unit(UInt64(units[index]))
    let (last, overflow) = firstDays[index].addingReportingOverflow(days[index])
    if overflow { throw InvalidValue(field: "days", problem: "must be days") }
    return PaperRows.Row(
      number: numbers[index], label: label, unit: unit,
      period: DaySpan(first: Day(number: firstDays[index]), last: Day(number: last)),
      content: try content(index, &rows, &answers))
  }

  private func content(
    _ index: Int, _ rows: inout PaperRows.Builder, _ answers: inout ArraySlice<UInt32>
  ) throws(InvalidValue) -> PaperRows.Content {
    let level = levels[index]
    if level == .unspecified {
      guard (questions[index], choices[index]) == (0, 0), (counts[index], questionnaires[index]) == (0, 0) else {
        throw InvalidValue(field: "levels", problem: "must be known where there is a count")
      }
      return try rows.answers { () throws(InvalidValue) in
        guard let next = answers.popFirst() else {
          throw InvalidValue(field: "answers", problem: "must be there for each questionnaire")
        }
        return UInt64(next)
      }
    }
    guard level == .choice || choices[index] == 0 else {
      throw InvalidValue(field: "choices", problem: "must be 0 where the level is none of them")
    }
    let question = try rows.code(UInt64(questions[index]))
    let packed: PaperRows.Level
    switch level {
    case .choice: packed = .choice(try rows.code(UInt64(choices[index])))
    case .blank: packed = .blank
    case .invalid: packed = .invalid
    case .unspecified, .UNRECOGNIZED: throw InvalidValue(field: "levels", problem: "must be known")
    }
    return .total(
      question: question, level: packed, count: Int64(counted: counts[index]),
      questionnaires: questionnaires[index] == 0 ? nil : Int64(counted: questionnaires[index] - 1))
  }
}

/// The unit and the days of the row before, read once: the rows of a sheet stand together.
private struct PaperPlace {
  private var unit: (text: String, path: UnitPath)?
  private var days: (first: String, last: String, span: DaySpan)?

  mutating func unit(_ text: String, _ row: Int) throws(Refusal) -> UnitPath {
    if let unit, unit.text.isSameBytes(as: text) { return unit.path }
    let path = try UnitPath(paper: text, field: "rows[\(row)].unit")
    unit = (text, path)
    return path
  }

  mutating func span(_ first: String, _ last: String, _ row: Int) throws(Refusal) -> DaySpan {
    if let days, days.first.isSameBytes(as: first), days.last.isSameBytes(as: last) { return days.span }
    let span = try DaySpan(first, last, field: "rows[\(row)].period")
    days = (first, last, span)
    return span
  }
}

extension String {
  fileprivate func isSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}

extension PaperRow {
  fileprivate init(_ message: Binhchon_V1_PaperRow, _ place: inout PaperPlace, _ index: Int) throws(Refusal) {
    var field: String { "rows[\(index)]" }
    let unit = try place.unit(message.unit, index)
    let content: Content
    switch message.content {
    case .total(let total):
      let level: Level
      switch total.level {
      case .choice: level = .choice(total.choice)
      case .blank: level = .blank
      case .invalid: level = .invalid
      case .unspecified, .UNRECOGNIZED: throw .invalid([Violation("\(field).level", "is missing or unknown")])
      }
      var questionnaires: Int64?
      if case .questionnaires(let count) = total.sheet { questionnaires = Int64(counted: count) }
      content = .total(
        question: total.question, level: level, count: Int64(counted: total.count), questionnaires: questionnaires)
    case .questionnaire(let questionnaire):
      content = .questionnaire(
        questionnaire.answers.map { Answer(question: $0.question, choices: $0.choices) })
    case nil: throw .invalid([Violation(field, "says nothing")])
    }
    self.init(
      number: message.number, label: message.label, unit: unit,
      period: try place.span(message.firstDay, message.lastDay, index), content: content)
  }
}
