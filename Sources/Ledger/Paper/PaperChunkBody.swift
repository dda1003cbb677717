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
    var names = NameList()
    var packed = ByteWriter()
    packed.count(rows.count)
    for row in rows { Self.encode(row, &names, into: &packed) }
    writer.byte(entry.rawValue)
    writer.blob(file)
    writer.string(fileName)
    writer.varint(UInt64(number))
    writer.byte(isLast ? 1 : 0)
    writer.count(names.names.count)
    for name in names.names { writer.string(name) }
    writer.append(packed.bytes)
  }

  private static func encode(_ row: PaperRow, _ names: inout NameList, into writer: inout ByteWriter) {
    writer.varint(row.number)
    writer.count(names.place(row.label))
    writer.count(names.place(row.unit.rawValue))
    writer.span(row.period)
    switch row.content {
    case .total(let question, let level, let count, let questionnaires):
      writer.byte(questionnaires == nil ? Kind.total : Kind.totalOfSheet)
      writer.count(names.place(question))
      switch level {
      case .choice(let code):
        writer.byte(Level.choice)
        writer.count(names.place(code))
      case .blank: writer.byte(Level.blank)
      case .invalid: writer.byte(Level.invalid)
      }
      writer.natural(count)
      if let questionnaires { writer.natural(questionnaires) }
    case .questionnaire(let answers):
      writer.byte(Kind.questionnaire)
      writer.count(answers.count)
      for answer in answers {
        writer.count(names.place(answer.question))
        writer.count(answer.choices.count)
        for choice in answer.choices { writer.count(names.place(choice)) }
      }
    }
  }

  init(_ reader: inout ByteReader) throws(FormatError) {
    let entry = try reader.entryNumber()
    let (file, fileName) = (try reader.blob(), try reader.string())
    let number = try reader.uint32()
    let isLast = try reader.flag()
    var list: [String] = []
    for _ in 0..<(try reader.count()) { list.append(try reader.string()) }
    var names = ReadNames(list)
    var rows: [PaperRow] = []
    for _ in 0..<(try reader.count()) { rows.append(try Self.row(&reader, &names)) }
    guard names.allCameInOrder else { throw reader.fail("lists a name that no row has") }
    self.init(entry: entry, file: file, fileName: fileName, number: number, isLast: isLast, rows: rows)
  }

  private static func row(_ reader: inout ByteReader, _ names: inout ReadNames) throws(FormatError) -> PaperRow {
    let number = try reader.varint()
    let label = try names.next(&reader)
    let unitName = try names.next(&reader)
    let unit: UnitPath
    do { unit = try UnitPath(unitName) } catch { throw reader.fail("\(error)") }
    let period = try reader.span()
    let content: PaperRow.Content
    switch try reader.byte() {
    case Kind.total: content = try total(&reader, &names, ofSheet: false)
    case Kind.totalOfSheet: content = try total(&reader, &names, ofSheet: true)
    case Kind.questionnaire:
      var answers: [Answer] = []
      for _ in 0..<(try reader.count()) {
        let question = try names.next(&reader)
        var choices: [String] = []
        for _ in 0..<(try reader.count()) { choices.append(try names.next(&reader)) }
        answers.append(Answer(question: question, choices: choices))
      }
      content = .questionnaire(answers)
    default: throw reader.fail("unknown kind of row")
    }
    return PaperRow(number: number, label: label, unit: unit, period: period, content: content)
  }

  private static func total(
    _ reader: inout ByteReader, _ names: inout ReadNames, ofSheet: Bool
  ) throws(FormatError) -> PaperRow.Content {
    let question = try names.next(&reader)
    let level: PaperRow.Level
    switch try reader.byte() {
    case Level.choice: level = .choice(try names.next(&reader))
    case Level.blank: level = .blank
    case Level.invalid: level = .invalid
    default: throw reader.fail("unknown level")
    }
    let count = try reader.natural()
    return .total(
      question: question, level: level, count: count, questionnaires: ofSheet ? try reader.natural() : nil)
  }
}

private struct NameList {
  private(set) var names: [String] = []
  private var places: [NameBytes: Int] = [:]

  mutating func place(_ name: String) -> Int {
    if let place = places[NameBytes(name: name)] { return place }
    places[NameBytes(name: name)] = names.count
    names.append(name)
    return names.count - 1
  }
}

/// By bytes: labels that only look the same are two.
private struct NameBytes: Hashable {
  var name: String

  static func == (left: NameBytes, right: NameBytes) -> Bool {
    left.name.utf8.count == right.name.utf8.count && left.name.utf8.elementsEqual(right.name.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var name = name
    name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

private struct ReadNames {
  private let names: [String]
  private var seen = 0

  init(_ names: [String]) {
    self.names = names
  }

  var allCameInOrder: Bool { seen == names.count }

  mutating func next(_ reader: inout ByteReader) throws(FormatError) -> String {
    let place = try reader.varint()
    guard place < UInt64(names.count), place <= UInt64(seen) else {
      throw reader.fail("a name that is not listed, or not in its place")
    }
    if place == UInt64(seen) { seen += 1 }
    return names[Int(place)]
  }
}
