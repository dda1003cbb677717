internal import Polling

/// A chunk of rows. Names come many times: as places in a list of them, in the order in which they come first.
extension PaperChunk {
  private enum Kind {
    static let total: UInt8 = 1
    static let totalOfSheet: UInt8 = 2
    static let questionnaire: UInt8 = 3
  }

  private enum Level {
    static let choice: UInt8 = 1
    static let blank: UInt8 = 2
    static let invalid: UInt8 = 3
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(entry.rawValue)
    writer.blob(file)
    writer.string(fileName)
    writer.varint(UInt64(number))
    writer.byte(isLast ? 1 : 0)
    writer.count(rows.names.count)
    for name in rows.names { writer.string(name) }
    writer.count(rows.count)
    // A row of a sheet takes twenty bytes or so.
    writer.reserveCapacity(writer.length + rows.count * 24)
    for row in rows.packed { encode(row, into: &writer) }
  }

  private func encode(_ row: PaperRows.Row, into writer: inout ByteWriter) {
    writer.varint(row.number)
    writer.varint(UInt64(row.label))
    writer.varint(UInt64(rows.units[Int(row.unit)].place))
    writer.span(row.period)
    switch row.content {
    case .total(let question, let level, let count, let questionnaires):
      writer.byte(questionnaires == nil ? Kind.total : Kind.totalOfSheet)
      writer.varint(UInt64(question))
      switch level {
      case .choice(let code):
        writer.byte(Level.choice)
        writer.varint(UInt64(code))
      case .blank: writer.byte(Level.blank)
      case .invalid: writer.byte(Level.invalid)
      }
      writer.natural(count)
      if let questionnaires { writer.natural(questionnaires) }
    case .questionnaire(let range):
      writer.byte(Kind.questionnaire)
      for word in rows.answers[range] { writer.varint(UInt64(word)) }
    }
  }

  init(_ reader: inout ByteReader) throws(FormatError) {
    let entry = try reader.entryNumber()
    let (file, fileName) = (try reader.blob(), try reader.string())
    let number = try reader.uint32()
    let isLast = try reader.flag()
    var list: [String] = []
    for _ in 0..<(try reader.count()) { list.append(try reader.string()) }
    var rows = try reader.naming { () throws(InvalidValue) in try PaperRows.Builder(names: list) }
    for _ in 0..<(try reader.count()) { rows.append(try Self.row(&reader, &rows)) }
    self.init(
      entry: entry, file: file, fileName: fileName, number: number, isLast: isLast,
      rows: try reader.naming { [rows] () throws(InvalidValue) in try rows.finish() })
  }

  private static func row(
    _ reader: inout ByteReader, _ rows: inout PaperRows.Builder
  ) throws(FormatError) -> PaperRows.Row {
    let number = try reader.varint()
    let labelled = try reader.varint()
    let label = try reader.naming { () throws(InvalidValue) in try rows.name(labelled) }
    let place = try reader.varint()
    let unit = try reader.naming { () throws(InvalidValue) in try rows.unit(place) }
    let period = try reader.span()
    let content: PaperRows.Content
    switch try reader.byte() {
    case Kind.total: content = try total(&reader, &rows, ofSheet: false)
    case Kind.totalOfSheet: content = try total(&reader, &rows, ofSheet: true)
    case Kind.questionnaire:
      do throws(InvalidValue) {
        content = try rows.answers { () throws(InvalidValue) in
          do throws(FormatError) {
            return try reader.varint()
          } catch {
            throw InvalidValue(field: "answers", problem: error.problem)
          }
        }
      } catch {
        throw reader.fail("\(error)")
      }
    default: throw reader.fail("unknown kind of row")
    }
    return PaperRows.Row(number: number, label: label, unit: unit, period: period, content: content)
  }

  private static func total(
    _ reader: inout ByteReader, _ rows: inout PaperRows.Builder, ofSheet: Bool
  ) throws(FormatError) -> PaperRows.Content {
    let question = try code(&reader, &rows)
    let level: PaperRows.Level
    switch try reader.byte() {
    case Level.choice: level = .choice(try code(&reader, &rows))
    case Level.blank: level = .blank
    case Level.invalid: level = .invalid
    default: throw reader.fail("unknown level")
    }
    let count = try reader.natural()
    return .total(
      question: question, level: level, count: count, questionnaires: ofSheet ? try reader.natural() : nil)
  }

  private static func code(
    _ reader: inout ByteReader, _ rows: inout PaperRows.Builder
  ) throws(FormatError) -> UInt32 {
    let place = try reader.varint()
    return try reader.naming { () throws(InvalidValue) in try rows.code(place) }
  }
}

extension ByteReader {
  fileprivate func naming<Value>(_ use: () throws(InvalidValue) -> Value) throws(FormatError) -> Value {
    do { return try use() } catch { throw fail("\(error)") }
  }
}
