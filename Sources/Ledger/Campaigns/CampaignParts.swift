internal import Polling

// What bodies of campaigns have in common.

extension ByteWriter {
  mutating func list<Item>(_ items: [Item], _ write: (Item, inout ByteWriter) -> Void) {
    count(items.count)
    for item in items { write(item, &self) }
  }

  /// 0, or 1 and the value.
  mutating func some<Value>(_ value: Value?, _ write: (Value, inout ByteWriter) -> Void) {
    byte(value == nil ? 0 : 1)
    if let value { write(value, &self) }
  }

  mutating func day(_ day: Day) {
    signed(Int64(day.number))
  }

  /// Its first day, and how many days it has.
  mutating func period(_ period: ReportingPeriod) {
    day(period.start)
    varint(UInt64(bitPattern: Int64(period.end.number) - Int64(period.start.number)))
  }

  mutating func total(_ total: ControlTotal?) {
    some(total) { $1.signed($0.expected) }
  }

  /// Vietnamese and English; campaigns have no other translations.
  mutating func label(_ text: LocalizedText) {
    string(text.vi)
    string(text.en)
  }
}

extension ByteReader {
  mutating func list<Item>(
    _ read: (inout ByteReader) throws(FormatError) -> Item
  ) throws(FormatError) -> [Item] {
    var items: [Item] = []
    for _ in 0..<(try count()) { items.append(try read(&self)) }
    return items
  }

  mutating func some<Value>(
    _ read: (inout ByteReader) throws(FormatError) -> Value
  ) throws(FormatError) -> Value? {
    try flag() ? try read(&self) : nil
  }

  /// One of a closed list of words.
  mutating func word<Value>(_ make: (String) -> Value?) throws(FormatError) -> Value {
    guard let value = make(try string()) else { throw fail("unknown word") }
    return value
  }

  mutating func id<Record>() throws(FormatError) -> RecordID<Record> {
    try named { try RecordID($0) }
  }

  mutating func ids<Record>() throws(FormatError) -> [RecordID<Record>] {
    try list { reader throws(FormatError) in try reader.id() }
  }

  mutating func unit() throws(FormatError) -> UnitPath {
    try named { try UnitPath($0) }
  }

  mutating func year() throws(FormatError) -> Int {
    guard let year = Int32(exactly: try signed()) else { throw fail("year over 32 bits") }
    return Int(year)
  }

  mutating func period() throws(FormatError) -> ReportingPeriod {
    let start = try day()
    let days = try natural()
    let (end, overflow) = Int64(start.number).addingReportingOverflow(days)
    guard !overflow, let end = Int32(exactly: end),
      let period = ReportingPeriod(start: start, end: Day(number: end))
    else { throw fail("no period") }
    return period
  }

  mutating func total() throws(FormatError) -> ControlTotal? {
    try some { reader throws(FormatError) in ControlTotal(try reader.signed()) }
  }

  mutating func label() throws(FormatError) -> LocalizedText {
    let vi = try string()
    return LocalizedText(vi: vi, en: try string())
  }
}
