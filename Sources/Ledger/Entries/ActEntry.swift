internal import Polling

/// The body of an entry that keeps an act of a register.
struct ActEntry {
  private enum Has {
    static let reversal: UInt8 = 1
  }

  var act: Act
  /// In its register.
  var number: UInt64

  init(_ act: Act, number: UInt64) {
    self.act = act
    self.number = number
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(EntryKind.format)
    writer.byte(act.register.kind.rawValue)
    writer.string(act.register.name)
    writer.varint(number)
    writer.bigEndian(act.id.high)
    writer.bigEndian(act.id.low)
    writer.string(act.name)
    writer.blob(act.body)
    writer.byte(act.reverses == nil ? 0 : Has.reversal)
    if let reverses = act.reverses { writer.varint(reverses) }
    writer.count(act.counts.count)
    for counts in act.counts { ActEntry.encode(counts, into: &writer) }
    writer.string(act.by)
    writer.signed(act.at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    try reader.format()
    guard let kind = Register.Kind(rawValue: try reader.byte()) else { throw reader.fail("unknown register") }
    let register = Register(kind, try reader.string())
    number = try reader.varint()
    let id = Act.ID(high: try reader.bigEndian(), low: try reader.bigEndian())
    let name = try reader.string()
    let body = try reader.blob()
    let has = try reader.byte()
    guard has & ~Has.reversal == 0 else { throw reader.fail("unknown field") }
    let reverses = has & Has.reversal == 0 ? nil : try reader.varint()
    var counts: [ActCounts] = []
    for _ in 0..<(try reader.count()) { counts.append(try ActEntry.counts(&reader)) }
    act = Act(
      register: register, id: id, name: name, body: body, counts: counts, reverses: reverses, by: try reader.string(),
      at: Timestamp(milliseconds: try reader.signed()))
    try reader.end()
  }

  // MARK: - Counts

  /// Units, questions and choices come many times: as places in a list of their names.
  private static func encode(_ counts: ActCounts, into writer: inout ByteWriter) {
    let cells = counts.cells.sorted { order($0.key) < order($1.key) }
    var names: [String] = []
    var places: [String: Int] = [:]
    func place(_ name: String) -> Int {
      if let place = places[name] { return place }
      places[name] = names.count
      names.append(name)
      return names.count - 1
    }
    let rows = cells.map { key, count in
      // From 1; 0: no question, no choice.
      let (question, choice) =
        switch key.subject {
        case .ballots: (0, 0)
        case .votes(let question, let choice): (place(question) + 1, place(choice) + 1)
        case .undervotes(let question): (place(question) + 1, 0)
        }
      return (unit: place(key.unit.rawValue), key: key, question: question, choice: choice, count: count)
    }
    writer.string(counts.poll.rawValue)
    writer.varint(UInt64(counts.version))
    writer.count(names.count)
    for name in names { writer.string(name) }
    writer.count(rows.count)
    for row in rows {
      writer.count(row.unit)
      writer.byte(row.key.channel.rawValue)
      writer.byte(row.key.flags.rawValue)
      writer.signed(Int64(row.key.day.number))
      writer.count(row.question)
      writer.count(row.choice)
      writer.varint(UInt64(bitPattern: row.count))
    }
  }

  private static func counts(_ reader: inout ByteReader) throws(FormatError) -> ActCounts {
    let poll = try reader.named { try PollID($0) }
    let version = try reader.uint32()
    var names: [String] = []
    for _ in 0..<(try reader.count()) { names.append(try reader.string()) }
    var units: [Int: UnitPath] = [:]
    func name(_ place: UInt64) throws(FormatError) -> String {
      guard place < UInt64(names.count) else { throw reader.fail("names what is not listed") }
      return names[Int(place)]
    }
    var cells: [CellKey: Int64] = [:]
    for _ in 0..<(try reader.count()) {
      let place = try reader.varint()
      let unitName = try name(place)
      let unit: UnitPath
      if let known = units[Int(place)] {
        unit = known
      } else {
        do { unit = try UnitPath(unitName) } catch { throw reader.fail("\(error)") }
        units[Int(place)] = unit
      }
      let channel = try reader.channel()
      let flags = RecordFlags(rawValue: try reader.byte())
      let day = try reader.day()
      let (question, choice) = (try reader.varint(), try reader.varint())
      let subject: CellKey.Subject
      switch (question, choice) {
      case (0, 0): subject = .ballots
      case (0, _): throw reader.fail("a choice without its question")
      case (_, 0): subject = .undervotes(question: try name(question - 1))
      default: subject = .votes(question: try name(question - 1), choice: try name(choice - 1))
      }
      guard let count = Int64(exactly: try reader.varint()) else { throw reader.fail("count over 63 bits") }
      let key = CellKey(subject: subject, unit: unit, channel: channel, flags: flags, day: day)
      guard cells.updateValue(count, forKey: key) == nil else { throw reader.fail("counts a cell twice") }
    }
    return ActCounts(poll: poll, version: version, cells: cells)
  }

  private static func order(_ key: CellKey) -> (Int32, UnitPath, UInt8, UInt8, String) {
    let subject =
      switch key.subject {
      case .ballots: ""
      case .votes(let question, let choice): "\(question) \(choice)"
      case .undervotes(let question): "\(question) "
      }
    return (key.day.number, key.unit, key.channel.rawValue, key.flags.rawValue, subject)
  }
}
