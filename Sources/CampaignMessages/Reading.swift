internal import Polling
internal import Schema

// What messages of campaigns are read from.

/// One of a closed list of words.
func oneOf<Value>(_ text: String, _ field: String, _ make: (String) -> Value?) throws(InvalidValue) -> Value {
  // Words are short: what is longer is neither hashed nor told.
  guard text.utf8.count <= 64, let value = make(text) else {
    throw InvalidValue(field: field, problem: "is none of the words known here")
  }
  return value
}

func identifier<Record>(_ text: String, _ field: String) throws(InvalidValue) -> RecordID<Record> {
  do { return try RecordID(text) } catch { throw InvalidValue(field: field, problem: error.problem) }
}

func identifiers<Record>(_ texts: [String], _ field: String) throws(InvalidValue) -> [RecordID<Record>] {
  var ids: [RecordID<Record>] = []
  for (index, text) in texts.enumerated() { ids.append(try identifier(text, "\(field)[\(index)]")) }
  return ids
}

func unitPath(_ text: String, _ field: String) throws(InvalidValue) -> UnitPath {
  do { return try UnitPath(text) } catch { throw InvalidValue(field: field, problem: error.problem) }
}

func calendarDay(_ text: String, _ field: String) throws(InvalidValue) -> Day {
  guard let day = Day(iso: text) else { throw InvalidValue(field: field, problem: "must be a day, yyyy-mm-dd") }
  return day
}

func reportingPeriod(_ first: String, _ end: String) throws(InvalidValue) -> ReportingPeriod {
  let (start, end) = (try calendarDay(first, "first_day"), try calendarDay(end, "end_day"))
  guard let period = ReportingPeriod(start: start, end: end) else {
    throw InvalidValue(field: "end_day", problem: "must be after first_day")
  }
  return period
}

/// Reads each with its place in front of what is wrong with it.
func each<Message, Value>(
  _ messages: [Message], _ field: String, _ read: (Message) throws(InvalidValue) -> Value
) throws(InvalidValue) -> [Value] {
  var values: [Value] = []
  values.reserveCapacity(messages.count)
  for (index, message) in messages.enumerated() {
    do throws(InvalidValue) { values.append(try read(message)) } catch {
      throw InvalidValue(field: "\(field)[\(index)].\(error.field)", problem: error.problem)
    }
  }
  return values
}

/// Bytewise: what only looks the same is another text.
func some(_ text: String) -> String? { text.isEmpty ? nil : text }

extension LocalizedText {
  init(_ message: Binhchon_V1_LocalizedText) {
    self.init(vi: message.vi, en: message.en)
  }
}

extension Binhchon_V1_LocalizedText {
  init(campaign text: LocalizedText) {
    self.init()
    (vi, en) = (text.vi, text.en)
  }
}
