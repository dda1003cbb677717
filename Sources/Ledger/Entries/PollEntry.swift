internal import Polling

/// The body of an entry that publishes a version of a poll. Written in layout 2; in layout 1 no question had a condition,
/// and policy and kiosk page were the usual ones.
struct PublishEntry {
  private static let layouts: ClosedRange<UInt8> = 1...2

  var poll: Poll
  var by: String
  var at: Timestamp

  init(poll: Poll, by: String, at: Timestamp) {
    self.poll = poll
    self.by = by
    self.at = at
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(Self.layouts.upperBound)
    writer.poll(poll)
    writer.string(by)
    writer.signed(at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    let layout = try reader.byte()
    guard Self.layouts.contains(layout) else { throw reader.fail("format of a newer version") }
    poll = try reader.poll(layout: layout)
    by = try reader.string()
    at = Timestamp(milliseconds: try reader.signed())
    try reader.end()
  }

  /// Whether both put the same to citizens, versions aside: byte for byte, for texts that look alike may differ.
  static func isSame(_ one: Poll, _ other: Poll) -> Bool {
    var (first, second) = (ByteWriter(), ByteWriter())
    var other = other
    other.version = one.version
    first.poll(one)
    second.poll(other)
    return first.bytes == second.bytes
  }
}

/// The body of an entry that closes a poll.
struct CloseEntry {
  var poll: PollID
  var reason: String
  var by: String
  var at: Timestamp

  init(poll: PollID, reason: String, by: String, at: Timestamp) {
    self.poll = poll
    self.reason = reason
    self.by = by
    self.at = at
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(EntryKind.format)
    writer.string(poll.rawValue)
    writer.string(reason)
    writer.string(by)
    writer.signed(at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    try reader.format()
    poll = try reader.named { try PollID($0) }
    reason = try reader.string()
    by = try reader.string()
    at = Timestamp(milliseconds: try reader.signed())
    try reader.end()
  }
}

private enum KindCode {
  static let ordinal: UInt8 = 1
  static let single: UInt8 = 2
  static let multiple: UInt8 = 3
}

private enum PollHas {
  static let opensAt: UInt8 = 1
  static let closesAt: UInt8 = 2
  static let burst: UInt8 = 4

  static func all(layout: UInt8) -> UInt8 { layout == 1 ? 3 : 7 }
}

private enum QuestionHas {
  static let optional: UInt8 = 1
  static let condition: UInt8 = 2

  static func all(layout: UInt8) -> UInt8 { layout == 1 ? 1 : 3 }
}

extension ByteWriter {
  fileprivate mutating func text(_ text: LocalizedText) {
    string(text.vi)
    string(text.en)
  }

  fileprivate mutating func poll(_ poll: Poll) {
    string(poll.id.rawValue)
    varint(UInt64(poll.version))
    text(poll.title)
    string(poll.unit.rawValue)
    count(poll.units.count)
    for unit in poll.units {
      string(unit.path.rawValue)
      text(unit.name)
    }
    count(poll.questions.count)
    for question in poll.questions {
      string(question.id)
      text(question.text)
      switch question.kind {
      case .ordinal: byte(KindCode.ordinal)
      case .single: byte(KindCode.single)
      case .multiple(let votesAllowed):
        byte(KindCode.multiple)
        varint(UInt64(votesAllowed))
      }
      byte((question.isOptional ? QuestionHas.optional : 0) | (question.askedIf == nil ? 0 : QuestionHas.condition))
      count(question.choices.count)
      for choice in question.choices {
        string(choice.code)
        text(choice.label)
      }
      if let condition = question.askedIf {
        string(condition.question)
        count(condition.choices.count)
        for choice in condition.choices { string(choice) }
      }
    }
    byte(poll.policy.timePrecision.rawValue)
    byte(poll.policy.onePerCredential ? 1 : 0)
    byte(
      (poll.opensAt == nil ? 0 : PollHas.opensAt) | (poll.closesAt == nil ? 0 : PollHas.closesAt)
        | (poll.policy.burst == nil ? 0 : PollHas.burst))
    if let time = poll.opensAt { signed(time.milliseconds) }
    if let time = poll.closesAt { signed(time.milliseconds) }
    if let burst = poll.policy.burst {
      varint(UInt64(burst.presses))
      signed(burst.within)
    }
    signed(poll.policy.cooldown)
    signed(poll.policy.late)
    page(poll.kiosk)
  }

  private mutating func page(_ page: KioskPage) {
    count(page.languages.count)
    for language in page.languages { byte(language.rawValue) }
    signed(page.idleTimeout)
    text(page.thanks)
    signed(page.thanksDuration)
  }
}

extension ByteReader {
  private mutating func text() throws(FormatError) -> LocalizedText {
    LocalizedText(vi: try string(), en: try string())
  }

  fileprivate mutating func poll(layout: UInt8) throws(FormatError) -> Poll {
    let id = try named { try PollID($0) }
    let version = try uint32()
    let title = try text()
    let unit = try named { try UnitPath($0) }
    var units: [Unit] = []
    for _ in 0..<(try count()) {
      units.append(Unit(path: try named { try UnitPath($0) }, name: try text()))
    }
    var questions: [Question] = []
    for _ in 0..<(try count()) { questions.append(try question(layout: layout)) }
    guard let precision = TimePrecision(rawValue: try byte()) else { throw fail("unknown time precision") }
    var policy = Policy(timePrecision: precision, onePerCredential: try flag())
    let has = try byte()
    guard has & ~PollHas.all(layout: layout) == 0 else { throw fail("unknown field") }
    let opensAt = has & PollHas.opensAt == 0 ? nil : Timestamp(milliseconds: try signed())
    let closesAt = has & PollHas.closesAt == 0 ? nil : Timestamp(milliseconds: try signed())
    var kiosk = KioskPage()
    if layout > 1 {
      if has & PollHas.burst != 0 { policy.burst = Policy.Burst(presses: try uint32(), within: try signed()) }
      policy.cooldown = try signed()
      policy.late = try signed()
      kiosk = try page()
    }
    return Poll(
      id: id, version: version, title: title, unit: unit, units: units, questions: questions, policy: policy,
      opensAt: opensAt, closesAt: closesAt, kiosk: kiosk)
  }

  private mutating func page() throws(FormatError) -> KioskPage {
    var languages: [KioskPage.Language] = []
    for _ in 0..<(try count()) {
      guard let language = KioskPage.Language(rawValue: try byte()) else { throw fail("unknown language") }
      languages.append(language)
    }
    return KioskPage(
      languages: languages, idleTimeout: try signed(), thanks: try text(), thanksDuration: try signed())
  }

  private mutating func question(layout: UInt8) throws(FormatError) -> Question {
    let id = try string()
    let text = try text()
    let kind: Question.Kind
    switch try byte() {
    case KindCode.ordinal: kind = .ordinal
    case KindCode.single: kind = .single
    case KindCode.multiple: kind = .multiple(votesAllowed: try uint32())
    default: throw fail("unknown kind of question")
    }
    let has = try byte()
    guard has & ~QuestionHas.all(layout: layout) == 0 else { throw fail("unknown field") }
    var choices: [Choice] = []
    for _ in 0..<(try count()) { choices.append(Choice(code: try string(), label: try self.text())) }
    return Question(
      id: id, text: text, kind: kind, isOptional: has & QuestionHas.optional != 0, choices: choices,
      askedIf: has & QuestionHas.condition == 0 ? nil : try condition())
  }

  private mutating func condition() throws(FormatError) -> Condition {
    let question = try string()
    var choices: [String] = []
    for _ in 0..<(try count()) { choices.append(try string()) }
    return Condition(question: question, choices: choices)
  }
}
