internal import Polling

/// What one row of totals says, if there is nothing to be told of it. Units, questions and levels by their places in the
/// poll.
struct PlainTotal {
  struct Days {
    var period: Period
    var isEitherWay: Bool
    var provesDayFirst: Bool
  }

  var unit: Int
  var days: Days
  var question: Int
  /// The choices of the question, then blank, then invalid.
  var level: Int
  var count: Int
  /// Nil where the file does not say.
  var questionnaires: Int?
}

/// Reads rows of totals from the bytes they stand in. What it has not seen before it asks of the ``RowReader``, and takes no
/// answer with a finding.
struct PlainTotalReader {
  private let unit: Int
  private let period: Int
  private let question: Int?
  private let level: Int
  private let count: Int
  private let questionnaires: Int?
  private let sheet: Int?
  private let soleQuestion: Int
  /// What the first column holds is read as no other: it may say "total".
  private let isFirstUnread: Bool

  private let unitPlaces: [UnitPath: Int]
  private let choices: [Int]
  private var units = CellMemo<Int>()
  private var periods = CellMemo<PlainTotal.Days>()
  private var questions = CellMemo<Int>()
  private var levels = CellMemo<Int>()

  /// Cells that a row must have.
  let least: Int

  /// Nil: the map is of no file of totals.
  init?(_ map: ColumnMap, _ poll: Poll) {
    guard map.kind == .totals, let unit = map.column(.unit), let period = map.column(.period),
      let level = map.column(.level), let count = map.column(.count)
    else { return nil }
    question = map.column(.question)
    guard let sole = question == nil ? poll.soleQuestion : 0 else { return nil }
    (self.unit, self.period, self.level, self.count, soleQuestion) = (unit, period, level, count, sole)
    (questionnaires, sheet) = (map.column(.sheets), map.column(.sheet))
    let columns = [unit, period, level, count, question, questionnaires, sheet].compactMap { $0 }
    least = 1 + (columns.max() ?? 0)
    isFirstUnread = !columns.contains(0) || sheet == 0
    unitPlaces = Dictionary(poll.units.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
    choices = poll.questions.map(\.choices.count)
  }

  /// Nil: the row is to be read cell by cell.
  mutating func read(_ cells: PlainCells, _ bytes: [UInt8], _ reader: inout RowReader) -> PlainTotal? {
    // Of a row that begins with a blank cell, the next one may say "total".
    let first = cells.place(0)
    guard !first.isEmpty,
      !isFirstUnread || !Self.mayBeTotalsWord(bytes, first)
        || Self.plain(reader.reading(plain: first, in: bytes, 0)) != nil,
      let unit = unit(cells.place(unit), bytes, &reader), let days = days(cells.place(period), bytes, &reader),
      let question = question(cells, bytes, &reader),
      let level = level(cells.place(level), bytes, question, &reader),
      let count = number(cells.place(count), bytes, count, &reader)
    else { return nil }
    var total = PlainTotal(unit: unit, days: days, question: question, level: level, count: count)
    if let column = questionnaires {
      let place = cells.place(column)
      if !place.isEmpty {
        guard let number = number(place, bytes, column, &reader) else { return nil }
        total.questionnaires = number
      }
    }
    return total
  }

  /// Where the sheet's name stands; empty where the file names none.
  func sheetPlace(_ cells: PlainCells) -> Range<Int> { sheet.map { cells.place($0) } ?? 0..<0 }

  /// The sheet's name as it is read. Nil: to be read cell by cell.
  func sheetName(_ place: Range<Int>, _ bytes: [UInt8], _ reader: inout RowReader) -> String? {
    guard let sheet, !place.isEmpty else { return "" }
    let name = bytes[place]
    if name.count <= PaperRow.longestLabel, name.allSatisfy({ (0x20...0x7E).contains($0) }), name.first != 0x20,
      name.last != 0x20
    {
      return String(decoding: name, as: UTF8.self)
    }
    let reading = reader.reading(plain: place, in: bytes, sheet)
    return reading.findings.isEmpty && !reading.isEmpty && !reading.isTotalsWord ? reading.text : nil
  }

  /// All words for "total" begin with one of four letters, and another letter.
  private static func mayBeTotalsWord(_ bytes: [UInt8], _ place: Range<Int>) -> Bool {
    guard let first = bytes[place].first, (0x21...0x7E).contains(first) else { return true }
    return "tcsg".utf8.contains(first | 0x20) && place.count > 1 && bytes[place.lowerBound + 1] > 0x40
  }

  private mutating func unit(_ place: Range<Int>, _ bytes: [UInt8], _ reader: inout RowReader) -> Int? {
    if let known = units.meaning(of: place, in: bytes) { return known }
    guard let reading = Self.plain(reader.reading(plain: place, in: bytes, unit)),
      let unit = reading.unit.flatMap({ unitPlaces[$0] })
    else { return nil }
    units.keep(unit, of: place, in: bytes)
    return unit
  }

  private mutating func days(_ place: Range<Int>, _ bytes: [UInt8], _ reader: inout RowReader) -> PlainTotal.Days? {
    if let known = periods.meaning(of: place, in: bytes) { return known }
    guard let reading = Self.plain(reader.reading(plain: place, in: bytes, period)), let period = reading.period else {
      return nil
    }
    let days = PlainTotal.Days(
      period: period, isEitherWay: reading.isEitherWay, provesDayFirst: reading.provesDayFirst)
    periods.keep(days, of: place, in: bytes)
    return days
  }

  private mutating func question(_ cells: PlainCells, _ bytes: [UInt8], _ reader: inout RowReader) -> Int? {
    guard let column = question else { return soleQuestion }
    let place = cells.place(column)
    if let known = questions.meaning(of: place, in: bytes) { return known }
    guard let question = Self.plain(reader.reading(plain: place, in: bytes, column))?.question else { return nil }
    questions.keep(question, of: place, in: bytes)
    return question
  }

  private mutating func level(
    _ place: Range<Int>, _ bytes: [UInt8], _ question: Int, _ reader: inout RowReader
  ) -> Int? {
    if let known = levels.meaning(of: place, in: bytes, salt: question) { return known }
    guard let read = Self.plain(reader.reading(plain: place, in: bytes, level, question: question))?.level else {
      return nil
    }
    let level =
      switch read {
      case .choice(let choice): choice
      case .blank: choices[question]
      case .invalid: choices[question] + 1
      }
    levels.keep(level, of: place, in: bytes, salt: question)
    return level
  }

  private func number(_ place: Range<Int>, _ bytes: [UInt8], _ column: Int, _ reader: inout RowReader) -> Int? {
    RowReader.digits(bytes[place]) ?? Self.plain(reader.reading(plain: place, in: bytes, column))?.number
  }

  private static func plain(_ reading: CellReading) -> CellReading? {
    reading.findings.isEmpty && !reading.isEmpty && !reading.isTotalsWord ? reading : nil
  }
}
