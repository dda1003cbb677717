internal import Polling

/// Reads whole rows into entries, by a column map.
struct RowReader {
  struct Result {
    var entry: PaperEntry?
    var findings: [Finding] = []
    /// Which sheet, unit, period and question: rows that are summed up together.
    var group: Int?
    /// The number in a totals row.
    var total: Int?
    var isTotalsRow = false
    var sheets: Int?
    var isEitherWay = false
    var provesDayFirst = false

    var isBlocked: Bool { findings.contains { $0.code.blocks } }
  }

  let map: ColumnMap
  private let reader: CellReader
  private var encodings: [EncodingVerdict]
  private var detector: EncodingDetector
  private var readings: [CellMemo<CellReading>]
  private let answers: [(column: Int, question: Int)]

  init(map: ColumnMap, reader: CellReader, encodings: [EncodingVerdict], detector: EncodingDetector) {
    self.map = map
    self.reader = reader
    self.encodings = encodings
    self.detector = detector
    readings = Array(repeating: CellMemo(), count: map.fields.count)
    answers = reader.poll.questions.enumerated().compactMap { index, question in
      map.column(.answer(question.id)).map { ($0, index) }
    }
  }

  func encoding(_ column: Int) -> ColumnEncoding {
    encodings.indices.contains(column) ? encodings[column].encoding : .utf8
  }

  mutating func read(_ row: SourceRow) -> Result {
    var result = Result()
    for (column, cell) in row.cells.enumerated() {
      if cell.hasStrayQuote { result.findings.append(Finding(.strayQuote, row: row.number, column: column)) }
      if column >= map.fields.count, cell.start < cell.end, !row[column].allSatisfy(SourceRow.isSpace) {
        result.findings.append(
          Finding(.cellsBeyondHeading, row: row.number, column: column, detail: "> \(map.fields.count)"))
      }
    }
    if let first = row.cells.indices.first(where: { !row[$0].allSatisfy(SourceRow.isSpace) }),
      first < map.fields.count, reading(row, first, nil).isTotalsWord
    {
      result.isTotalsRow = true
      result.total = map.column(.count).flatMap { reading(row, $0, nil).number }
      return result
    }
    switch map.kind {
    case .totals: readTotal(row, &result)
    case .questionnaires: readQuestionnaire(row, &result)
    }
    return result
  }

  private mutating func readTotal(_ row: SourceRow, _ result: inout Result) {
    let unit = take(.unit, row, &result)
    let period = take(.period, row, &result)
    var question = reader.poll.soleQuestion
    var questionText = ""
    if map.column(.question) != nil {
      let reading = take(.question, row, &result)
      question = reading?.question
      questionText = reading?.text ?? ""
    }
    let level = take(.level, row, &result, question: question)
    let count = take(.count, row, &result)
    let sheets = map.column(.sheets) == nil ? nil : take(.sheets, row, &result, isRequired: false)
    let sheet = map.column(.sheet) == nil ? nil : take(.sheet, row, &result, isRequired: false)
    result.sheets = sheets?.number
    // What could not be read still stands together with what is written the same.
    result.group = SheetGroup.key(
      sheet: sheet?.text ?? "", unit: unit?.unit?.rawValue ?? unit?.text ?? "", period: period?.period,
      otherwise: period?.text ?? "", question: question, otherwise: questionText)
    guard let unit = unit?.unit, let period = period?.period, let question, let level = level?.level,
      let count = count?.number, !result.isBlocked
    else { return }
    let named: SheetTotal.Level =
      switch level {
      case .choice: .choice(reader.code(level, question))
      case .blank: .blank
      case .invalid: .invalid
      }
    result.entry = .total(
      SheetTotal(
        sheet: sheet?.text ?? "", unit: unit, period: period, question: reader.poll.questions[question].id,
        level: named, count: count, sheets: sheets?.number))
  }

  private mutating func readQuestionnaire(_ row: SourceRow, _ result: inout Result) {
    let unit = take(.unit, row, &result)
    let period = take(.period, row, &result)
    let number = map.column(.questionnaire) == nil ? nil : take(.questionnaire, row, &result, isRequired: false)
    var given: [Answer] = []
    for (column, index) in answers {
      let question = reader.poll.questions[index]
      let reading = take(column, row, &result, question: index, isRequired: !question.isOptional)
      if let choices = reading?.choices { given.append(Answer(question: question.id, choices: choices)) }
    }
    guard let unit = unit?.unit, let period = period?.period, !result.isBlocked else { return }
    result.entry = .questionnaire(
      Questionnaire(number: number?.text ?? "", unit: unit, period: period, answers: given))
  }

  private mutating func take(
    _ field: ColumnField, _ row: SourceRow, _ result: inout Result, question: Int? = nil, isRequired: Bool = true
  ) -> CellReading? {
    map.column(field).flatMap { take($0, row, &result, question: question, isRequired: isRequired) }
  }

  private mutating func take(
    _ column: Int, _ row: SourceRow, _ result: inout Result, question: Int?, isRequired: Bool
  ) -> CellReading? {
    let reading = reading(row, column, question)
    for finding in reading.findings {
      result.findings.append(
        Finding(finding.code, row: row.number, column: column, value: reading.shown, detail: finding.detail))
    }
    if reading.isEmpty, isRequired, reading.findings.isEmpty {
      result.findings.append(Finding(.missingValue, row: row.number, column: column))
    }
    if reading.isTotalsWord, let code = Self.misplaced(map.fields[column]) {
      result.findings.append(Finding(code, row: row.number, column: column, value: reading.shown))
    }
    if reading.isEitherWay { result.isEitherWay = true }
    if reading.provesDayFirst { result.provesDayFirst = true }
    return reading
  }

  /// What "tổng" is where it begins no row: no value of the column's field.
  private static func misplaced(_ field: ColumnField?) -> FindingCode? {
    switch field {
    case .unit: .unknownUnit
    case .question: .unknownQuestion
    case .level, .answer: .unknownLevel
    case .period: .notADate
    case .count, .sheets: .notANumber
    case .sheet, .questionnaire, .note, .rejectCodes, nil: nil
    }
  }

  /// The cells as they are read, for a file to be mended: what a workbook shows as a day is written out, and a count
  /// is written so that text says what the workbook's number said.
  func texts(_ row: SourceRow) -> [String] {
    map.fields.indices.map { column in
      let text = encoding(column).decode(row[column]).text
      guard let kind = row.cell(column)?.kind else { return text }
      if map.fields[column] == .count || map.fields[column] == .sheets {
        if kind == .number { return WholeNumber.text(stored: text) }
        // Not 1 nor 0, which would be numbers.
        if kind == .truth { return text == "0" ? "FALSE" : "TRUE" }
      }
      guard kind == .day || kind == .month else { return text }
      let read = PeriodReading(serial: text, startsIn1904: reader.startsIn1904, isMonth: kind == .month)
      guard let (year, month, day) = read.period?.first.civil else { return text }
      return kind == .month ? "\(month)/\(year)" : "\(day)/\(month)/\(year)"
    }
  }

  private mutating func reading(_ row: SourceRow, _ column: Int, _ question: Int?) -> CellReading {
    guard let cell = row.cell(column) else { return CellReading() }
    return reading(row.bytes, cell, column, question)
  }

  /// Reads a cell of a text file that stands in no quotes.
  mutating func reading(
    plain place: Range<Int>, in bytes: [UInt8], _ column: Int, question: Int? = nil
  ) -> CellReading {
    reading(bytes, SourceRow.Cell(start: place.lowerBound, end: place.upperBound), column, question)
  }

  private mutating func reading(
    _ bytes: [UInt8], _ cell: SourceRow.Cell, _ column: Int, _ question: Int?
  ) -> CellReading {
    let (field, place) = (map.fields[column], cell.start..<cell.end)
    if field == .count || field == .sheets, cell.kind == .text || cell.kind == .number, !cell.isFormula,
      let number = Self.digits(bytes[place])
    {
      let reading = CellReading()
      (reading.isEmpty, reading.number) = (false, number)
      return reading
    }
    settleEncoding(column, bytes[place])
    let salt = ((question ?? -1) + 1) << 8 | Int(cell.kind.rawValue) << 1 | (cell.isFormula ? 1 : 0)
    if let known = readings[column].meaning(of: place, in: bytes, salt: salt) { return known }
    let reading = reader.read(bytes[place], cell, field, encoding: encoding(column), question: question)
    readings[column].keep(reading, of: place, in: bytes, salt: salt)
    return reading
  }

  /// Nearly all numbers are nothing but digits.
  static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard (1...8).contains(bytes.count) else { return nil }
    var value = 0
    for byte in bytes {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  /// A column that was plain ASCII so far, and is not any more, shows its encoding now.
  private mutating func settleEncoding(_ column: Int, _ bytes: ArraySlice<UInt8>) {
    guard encodings.indices.contains(column), encodings[column].isPlain, !bytes.allSatisfy({ $0 < 0x80 }) else {
      return
    }
    detector.add(column: column, bytes)
    encodings[column] = detector.verdicts(count: column + 1)[column]
  }
}

extension Hasher {
  /// Not by `String`'s hash, which normalises: a long run of combining marks would take time by its square.
  mutating func combine(bytesOf text: String) {
    var text = text
    text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
    combine(UInt8(0xFF))
  }
}
