extension Poll {
  /// What is put to citizens, and by which rules, as bytes: equal exactly if the definitions are, whatever their version.
  /// The ledger keeps them as they are (Sources/Ledger/FORMAT.md, "A definition").
  public var definition: [UInt8] {
    var writer = DefinitionWriter()
    writer.poll(self)
    return writer.bytes
  }

  /// The name of this definition: SHA-256 of ``definition``, in hexadecimal.
  public var definitionHash: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: SHA256.digest(of: definition).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// Codes of a definition's bytes, for who writes and for who reads them.
public enum DefinitionCode {
  public static let ordinal: UInt8 = 1
  public static let single: UInt8 = 2
  public static let multiple: UInt8 = 3
  public static let indicator: UInt8 = 4
  public static let scale: UInt8 = 5

  /// Bits of what a poll has.
  public static let opensAt: UInt8 = 1
  public static let closesAt: UInt8 = 2
  public static let burst: UInt8 = 4
  public static let texts: UInt8 = 8
  public static let textConditions: UInt8 = 16
  public static let singlePaperEntry: UInt8 = 32
  public static let kioskQuestions: UInt8 = 64

  /// Bits of what a question has.
  public static let optional: UInt8 = 1
  public static let condition: UInt8 = 2
  public static let meaning: UInt8 = 4
}

private struct DefinitionWriter {
  private(set) var bytes: [UInt8] = []

  /// Unsigned LEB128, shortest form.
  private mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Zigzag, then as a number.
  private mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  private mutating func string(_ value: String) {
    number(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  private mutating func list<Item>(_ items: [Item], _ write: (inout Self, Item) -> Void) {
    number(UInt64(items.count))
    for item in items { write(&self, item) }
  }

  private mutating func text(_ text: LocalizedText) {
    string(text.vi)
    string(text.en)
    list(text.others) {
      $0.string($1.language)
      $0.string($1.text)
    }
  }

  mutating func poll(_ poll: Poll) {
    string(poll.id.rawValue)
    text(poll.title)
    string(poll.unit.rawValue)
    list(poll.units) {
      $0.string($1.path.rawValue)
      $0.text($1.name)
    }
    list(poll.questions) { $0.question($1) }
    policy(poll.policy)
    bytes.append(
      (poll.opensAt == nil ? 0 : DefinitionCode.opensAt) | (poll.closesAt == nil ? 0 : DefinitionCode.closesAt)
        | (poll.policy.burst == nil ? 0 : DefinitionCode.burst) | (poll.texts.isEmpty ? 0 : DefinitionCode.texts)
        | (poll.texts.contains { $0.askedIf != nil } ? DefinitionCode.textConditions : 0)
        | (poll.policy.paperEntries == 1 ? DefinitionCode.singlePaperEntry : 0)
        | (poll.kiosk.questions.isEmpty ? 0 : DefinitionCode.kioskQuestions))
    if let time = poll.opensAt { signed(time.milliseconds) }
    if let time = poll.closesAt { signed(time.milliseconds) }
    if let burst = poll.policy.burst {
      number(UInt64(burst.presses))
      signed(burst.within)
    }
    list(poll.kiosk.languages) { $0.string($1.code) }
    signed(poll.kiosk.idleTimeout)
    text(poll.kiosk.thanks)
    signed(poll.kiosk.thanksDuration)
    if !poll.texts.isEmpty {
      list(poll.texts) {
        $0.string($1.id)
        $0.text($1.text)
        $0.number(UInt64($1.mostBytes))
      }
    }
    if poll.texts.contains(where: { $0.askedIf != nil }) {
      for question in poll.texts {
        bytes.append(question.askedIf == nil ? 0 : 1)
        if let condition = question.askedIf { self.condition(condition) }
      }
    }
    if !poll.kiosk.questions.isEmpty { list(poll.kiosk.questions) { $0.string($1) } }
  }

  private mutating func condition(_ condition: Condition) {
    bytes.append(condition.join.rawValue)
    list(condition.tests) {
      $0.string($1.question)
      $0.list($1.choices) { $0.string($1) }
    }
  }

  private mutating func policy(_ policy: Policy) {
    bytes.append(policy.timePrecision.rawValue)
    bytes.append(policy.onePerCredential ? 1 : 0)
    bytes.append(policy.anonymity.rawValue)
    number(UInt64(policy.smallestGroup))
    signed(policy.cooldown)
    signed(policy.late)
  }

  private mutating func question(_ question: Question) {
    string(question.id)
    text(question.text)
    switch question.kind {
    case .ordinal: bytes.append(DefinitionCode.ordinal)
    case .single: bytes.append(DefinitionCode.single)
    case .multiple(let votesAllowed):
      bytes.append(DefinitionCode.multiple)
      number(UInt64(votesAllowed))
    case .indicator: bytes.append(DefinitionCode.indicator)
    case .scale: bytes.append(DefinitionCode.scale)
    }
    bytes.append(
      (question.isOptional ? DefinitionCode.optional : 0) | (question.askedIf == nil ? 0 : DefinitionCode.condition)
        | (question.meaning == 1 ? 0 : DefinitionCode.meaning))
    list(question.choices) {
      $0.string($1.code)
      $0.text($1.label)
    }
    if let condition = question.askedIf { self.condition(condition) }
    if question.meaning != 1 { number(UInt64(question.meaning)) }
  }
}
