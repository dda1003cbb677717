internal import Polling

/// What one cell says, and what is wrong with it. Findings name no row: a reading is kept for the cells that are equal,
/// and shared by them; whoever made it changes it, nobody else.
final class CellReading {
  var text = ""
  var isEmpty = true
  var isTotalsWord = false
  var unit: UnitPath?
  var period: Period?
  var question: Int?
  var level: PollIndex.Level?
  var number: Int?
  var choices: [String]?
  /// How a day was written: both ways possible, or only the day first.
  var isEitherWay = false
  var provesDayFirst = false
  var findings: [(code: FindingCode, detail: String)] = []

  /// The text as findings show it: its beginning.
  var shown: String { String(text.unicodeScalars.prefix(200)) }
}

/// Reads cells by what their column holds. Pure.
struct CellReader {
  let poll: Poll
  let index: PollIndex
  let startsIn1904: Bool
  let today: Day
  /// The days that a day without its year can be of; nil: nobody knows.
  var days: Period?

  func read(
    _ bytes: ArraySlice<UInt8>, _ cell: SourceRow.Cell, _ field: ColumnField?, encoding: ColumnEncoding,
    question: Int?
  ) -> CellReading {
    let decoded = encoding.decode(bytes)
    let reading = CellReading()
    reading.text = decoded.text.trimmed
    reading.isEmpty = reading.text.isEmpty
    if cell.kind == .failure {
      reading.findings.append((.failedFormula, ""))
      return reading
    }
    if cell.isFormula { reading.findings.append((reading.isEmpty ? .formulaWithoutValue : .formulaValue, "")) }
    guard !reading.isEmpty else { return reading }
    if encoding.letters != .utf8, !encoding.isInUnicode, !bytes.allSatisfy({ $0 < 0x80 }), UTF8Letters.isValid(bytes) {
      // A file glued together; by chance no text in the old encodings is well-formed UTF-8.
      reading.findings.append((.encodingUnsure, "utf-8 ≠ \(encoding.name)"))
    }
    let undefined = decoded.losses.filter { $0.kind == .undefined }
    if !undefined.isEmpty {
      reading.findings.append((.unreadableLetters, Self.listed(undefined)))
    }
    let capitals = decoded.losses.filter { $0.kind == .capitalUnknown }
    if !capitals.isEmpty {
      reading.findings.append((.capitalUnknown, Self.listed(capitals)))
    }
    reading.isTotalsWord = Self.isTotalsWord(reading.text)
    if reading.isTotalsWord { return reading }
    switch field {
    case .unit: readUnit(reading)
    case .question: readQuestion(reading)
    case .level: readLevel(reading, question)
    case .answer: readAnswer(reading, question)
    case .period: readPeriod(reading, cell.kind)
    case .count, .sheets: Self.readNumber(reading, cell.kind)
    case .sheet, .questionnaire:
      if reading.text.utf8.count > PaperRow.longestLabel {
        reading.findings.append((.nameTooLong, "\(reading.text.utf8.count) > \(PaperRow.longestLabel) byte"))
      }
    case .note, .rejectCodes, nil: break
    }
    return reading
  }

  private static let totalsWords: Set = [
    "tong", "tong:", "tong cong", "tong cong:", "tong so", "tong so:", "cong", "cong:", "total", "total:", "totals",
    "grand total", "sum",
  ]

  /// Each letter with its place, from 1.
  private static func listed(_ letters: [LossyLetter]) -> String {
    let shown = letters.prefix(20).map { "\($0.shown)@\($0.position + 1)" }.joined(separator: " ")
    return letters.count > 20 ? "\(shown) … × \(letters.count)" : shown
  }

  private static func isTotalsWord(_ text: String) -> Bool {
    // Nearly all texts begin otherwise: T-01, C 77.
    let start = text.utf8.prefix(2)
    guard text.utf8.count <= 40, let first = start.first, let second = start.dropFirst().first, second > 0x40,
      "tcsg".utf8.contains(first | 0x20)
    else { return false }
    return totalsWords.contains(MatchKey(text).bare)
  }

  private func readUnit(_ reading: CellReading) {
    switch index.unit(reading.text) {
    case .one(let unit, let unaccented):
      reading.unit = unit
      if unaccented { reading.findings.append((.unaccented, unit.rawValue)) }
    case .several: reading.findings.append((.severalUnits, ""))
    case .none: reading.findings.append((.unknownUnit, ""))
    }
  }

  private func readQuestion(_ reading: CellReading) {
    switch index.question(reading.text) {
    case .one(let question, let unaccented):
      reading.question = question
      if unaccented { reading.findings.append((.unaccented, poll.questions[question].id)) }
    case .several, .none:
      reading.findings.append((.unknownQuestion, poll.questions.map(\.id).joined(separator: " ")))
    }
  }

  private func readLevel(_ reading: CellReading, _ question: Int?) {
    guard let question else { return }
    (reading.level, reading.findings) = level(reading.text, question, reading.findings)
  }

  private func level(
    _ text: String, _ question: Int, _ findings: [(code: FindingCode, detail: String)]
  ) -> (PollIndex.Level?, [(code: FindingCode, detail: String)]) {
    switch index.level(text, question: question) {
    case .one(let level, let unaccented):
      return (level, unaccented ? findings + [(.unaccented, code(level, question))] : findings)
    case .several, .none:
      if let level = index.level(number: text, question: question) {
        return (level, findings + [(.levelByNumber, code(level, question))])
      }
      return (nil, findings + [(.unknownLevel, poll.questions[question].choices.map(\.code).joined(separator: " "))])
    }
  }

  func code(_ level: PollIndex.Level, _ question: Int) -> String {
    switch level {
    case .choice(let place): poll.questions[question].choices[place].code
    case .blank: "blank"
    case .invalid: "invalid"
    }
  }

  /// A level, or several of them where the question allows it: `A; C`.
  private func readAnswer(_ reading: CellReading, _ question: Int?) {
    guard let question else { return }
    let allowed = Int(poll.questions[question].votesAllowed)
    var parts = [reading.text]
    if allowed > 1, case .none = index.level(reading.text, question: question) {
      parts = reading.text.split(whereSeparator: { ";,+|\n".contains($0) }).map { String($0).trimmed }
    }
    var choices: [String] = []
    for part in parts where !part.isEmpty {
      let (level, findings) = level(part, question, reading.findings)
      reading.findings = findings
      switch level {
      case .choice(let place): choices.append(poll.questions[question].choices[place].code)
      // Marked on paper as nothing, or as too much: votes that were not used.
      case .blank, .invalid: break
      case nil: return
      }
    }
    if choices.count > allowed || Set(choices).count != choices.count {
      reading.findings.append((.tooManyChoices, "≤ \(allowed)"))
      return
    }
    reading.choices = choices
  }

  private func readPeriod(_ reading: CellReading, _ kind: SourceRow.Kind) {
    let read =
      switch kind {
      case .day: PeriodReading(serial: reading.text, startsIn1904: startsIn1904)
      case .month: PeriodReading(serial: reading.text, startsIn1904: startsIn1904, isMonth: true)
      case .text, .number, .truth, .failure: PeriodReading(reading.text)
      }
    switch read {
    case .period: break
    case .dayFirst: reading.provesDayFirst = true
    case .shortYear(let period): reading.findings.append((.shortYear, "\(period.first)"))
    case .eitherWay: reading.isEitherWay = true
    case .serial(let period): reading.findings.append((.serialDate, "\(period.first)"))
    case .yearless(let day): readYear(of: day, reading)
    case .monthFirst: reading.findings.append((.monthFirst, ""))
    case .otherWeekday(let day): Self.tellWeekday(of: day, reading)
    case .notADate: reading.findings.append((.notADate, ""))
    }
    guard let period = read.period ?? reading.period else { return }
    reading.period = period
    if period.first > today { reading.findings.append((.futureDate, "> \(today)")) }
    if let opens = poll.opensAt, period.last < Day(of: opens) {
      reading.findings.append((.outsidePoll, "< \(Day(of: opens))"))
    }
    if let closes = poll.closesAt, period.first.start >= closes {
      reading.findings.append((.outsidePoll, "≥ \(Day(of: closes))"))
    }
    if period.isOneDay, period.first.weekday >= 5 { reading.findings.append((.weekend, "\(period.first)")) }
  }

  private func readYear(of day: YearlessDay, _ reading: CellReading) {
    let all = days.map(day.days(in:)) ?? []
    let fitting = all.filter { day.weekday == nil || $0.weekday == day.weekday }
    if fitting.count == 1 {
      reading.period = Period(fitting[0])
      (reading.isEitherWay, reading.provesDayFirst) = (day.isEitherWay, day.day > 12)
      reading.findings.append((.yearAssumed, "\(fitting[0])"))
    } else if fitting.isEmpty, all.count == 1 {
      Self.tellWeekday(of: all[0], reading)
    } else {
      let seen = fitting.prefix(5).map { "\($0.civil.year)?" }.joined(separator: " ")
      reading.findings.append(
        (.yearUnknown, seen.isEmpty ? days.map { "\($0.first) – \($0.last)" } ?? "" : seen))
    }
  }

  private static func tellWeekday(of day: Day, _ reading: CellReading) {
    reading.findings.append((.otherWeekday, "\(day): \(DayWords.shown[day.weekday])"))
  }

  private static func readNumber(_ reading: CellReading, _ kind: SourceRow.Kind) {
    let number =
      switch kind {
      case .number: WholeNumber.read(stored: reading.text)
      case .text: WholeNumber.read(reading.text)
      case .day, .month, .truth, .failure: WholeNumber.Reading.notANumber
      }
    switch number {
    case .value(let value): reading.number = value
    case .likely(let value):
      reading.number = value
      reading.findings.append((.numberDoubtful, "= \(value)"))
    case .notANumber: reading.findings.append((.notANumber, ""))
    case .notWhole: reading.findings.append((.notWhole, ""))
    case .negative: reading.findings.append((.negative, ""))
    case .tooLarge: reading.findings.append((.tooLarge, "> \(WholeNumber.largest)"))
    }
  }
}

extension String {
  /// Without white space at its ends, no-break spaces too.
  var trimmed: String {
    guard unicodeScalars.first?.isSpace == true || unicodeScalars.last?.isSpace == true else { return self }
    var scalars = unicodeScalars[...]
    while scalars.first?.isSpace == true { scalars.removeFirst() }
    while scalars.last?.isSpace == true { scalars.removeLast() }
    return String(scalars)
  }
}
