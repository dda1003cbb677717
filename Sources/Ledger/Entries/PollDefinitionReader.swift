internal import Polling

extension ByteReader {
  /// What ``Poll/definition`` wrote.
  mutating func definition() throws(FormatError) -> Poll {
    let id = try named { try PollID($0) }
    let title = try text()
    let unit = try named { try UnitPath($0) }
    var units: [Unit] = []
    for _ in 0..<(try count()) { units.append(Unit(path: try named { try UnitPath($0) }, name: try text())) }
    var questions: [Question] = []
    for _ in 0..<(try count()) { questions.append(try question()) }
    var policy = try policy()
    let has = try bits(
      DefinitionCode.opensAt | DefinitionCode.closesAt | DefinitionCode.burst | DefinitionCode.texts
        | DefinitionCode.textConditions | DefinitionCode.singlePaperEntry | DefinitionCode.kioskQuestions)
    if has & DefinitionCode.singlePaperEntry != 0 { policy.paperEntries = 1 }
    let opensAt = has & DefinitionCode.opensAt == 0 ? nil : Timestamp(milliseconds: try signed())
    let closesAt = has & DefinitionCode.closesAt == 0 ? nil : Timestamp(milliseconds: try signed())
    if has & DefinitionCode.burst != 0 {
      policy.burst = Policy.Burst(presses: try uint32(), within: try signed())
    }
    var languages: [KioskPage.Language] = []
    for _ in 0..<(try count()) {
      guard let language = KioskPage.Language(code: try string()) else { throw fail("unknown language") }
      languages.append(language)
    }
    var kiosk = KioskPage(
      languages: languages, idleTimeout: try signed(), thanks: try text(), thanksDuration: try signed())
    var texts: [TextQuestion] = []
    if has & DefinitionCode.texts != 0 {
      for _ in 0..<(try count()) {
        texts.append(TextQuestion(id: try string(), text: try text(), mostBytes: try uint32()))
      }
      guard !texts.isEmpty else { throw fail("free text that asks nothing") }
    }
    if has & DefinitionCode.textConditions != 0 {
      for place in texts.indices where try flag() { texts[place].askedIf = try condition() }
      guard texts.contains(where: { $0.askedIf != nil }) else { throw fail("conditions of free text, and none") }
    }
    if has & DefinitionCode.kioskQuestions != 0 {
      for _ in 0..<(try count()) { kiosk.questions.append(try string()) }
      guard !kiosk.questions.isEmpty else { throw fail("questions of a kiosk, and none") }
    }
    return Poll(
      id: id, title: title, unit: unit, units: units, questions: questions, policy: policy, opensAt: opensAt,
      closesAt: closesAt, kiosk: kiosk, texts: texts)
  }

  private mutating func bits(_ known: UInt8) throws(FormatError) -> UInt8 {
    let bits = try byte()
    guard bits & ~known == 0 else { throw fail("unknown field") }
    return bits
  }

  private mutating func text() throws(FormatError) -> LocalizedText {
    let (vi, en) = (try string(), try string())
    var others: [LocalizedText.Translation] = []
    for _ in 0..<(try count()) {
      others.append(LocalizedText.Translation(language: try string(), text: try string()))
    }
    let text = LocalizedText(vi: vi, en: en, others: others)
    // Equal texts have equal bytes.
    guard text.others.elementsEqual(others, by: { $0.language.utf8.elementsEqual($1.language.utf8) }) else {
      throw fail("translations out of order")
    }
    return text
  }

  private mutating func policy() throws(FormatError) -> Policy {
    guard let precision = TimePrecision(rawValue: try byte()) else { throw fail("unknown time precision") }
    let onePerCredential = try flag()
    guard let anonymity = Policy.Anonymity(rawValue: try byte()) else { throw fail("unknown anonymity") }
    let smallestGroup = try uint32()
    return Policy(
      timePrecision: precision, onePerCredential: onePerCredential, cooldown: try signed(), late: try signed(),
      smallestGroup: smallestGroup, anonymity: anonymity)
  }

  private mutating func question() throws(FormatError) -> Question {
    let id = try string()
    let text = try text()
    let kind: Question.Kind
    switch try byte() {
    case DefinitionCode.ordinal: kind = .ordinal
    case DefinitionCode.single: kind = .single
    case DefinitionCode.multiple: kind = .multiple(votesAllowed: try uint32())
    case DefinitionCode.indicator: kind = .indicator
    case DefinitionCode.scale: kind = .scale
    default: throw fail("unknown kind of question")
    }
    let has = try bits(DefinitionCode.optional | DefinitionCode.condition | DefinitionCode.meaning)
    var choices: [Choice] = []
    for _ in 0..<(try count()) { choices.append(Choice(code: try string(), label: try self.text())) }
    let condition = has & DefinitionCode.condition == 0 ? nil : try condition()
    let meaning = has & DefinitionCode.meaning == 0 ? 1 : try uint32()
    guard has & DefinitionCode.meaning == 0 || meaning != 1 else { throw fail("the usual meaning written out") }
    return Question(
      id: id, text: text, kind: kind, isOptional: has & DefinitionCode.optional != 0, choices: choices,
      askedIf: condition, meaning: meaning)
  }

  private mutating func condition() throws(FormatError) -> Condition {
    guard let join = Condition.Join(rawValue: try byte()) else { throw fail("unknown condition") }
    var tests: [Condition.Test] = []
    for _ in 0..<(try count()) { tests.append(try test()) }
    let condition = Condition(join, tests)
    guard condition.join == join else { throw fail("any of one test") }
    return condition
  }

  private mutating func test() throws(FormatError) -> Condition.Test {
    let question = try string()
    var choices: [String] = []
    for _ in 0..<(try count()) { choices.append(try string()) }
    return Condition.Test(question: question, choices: choices)
  }
}
