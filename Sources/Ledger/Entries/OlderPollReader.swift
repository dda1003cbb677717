internal import Polling

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

extension ByteReader {
  private mutating func text() throws(FormatError) -> LocalizedText {
    LocalizedText(vi: try string(), en: try string())
  }

  /// A poll of layout 1 or 2, its version with it.
  mutating func olderPoll(layout: UInt8) throws(FormatError) -> Poll {
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
    var policy = Policy(timePrecision: precision, onePerCredential: try flag(), smallestGroup: 1)
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
      switch try byte() {
      case 1: languages.append(.vi)
      case 2: languages.append(.en)
      default: throw fail("unknown language")
      }
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
