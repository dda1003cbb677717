internal import Polling
internal import Schema
internal import Tallies

// Poll: message ↔ value.

extension LocalizedText {
  fileprivate init(_ message: Binhchon_V1_LocalizedText) {
    self.init(
      vi: message.vi, en: message.en,
      others: message.others.map { Translation(language: $0.language, text: $0.text) })
  }

  fileprivate var message: Binhchon_V1_LocalizedText {
    var message = Binhchon_V1_LocalizedText()
    message.vi = vi
    message.en = en
    message.others = others.map { translation in
      var message = Binhchon_V1_Translation()
      message.language = translation.language
      message.text = translation.text
      return message
    }
    return message
  }
}

extension TimePrecision {
  fileprivate init?(_ message: Binhchon_V1_TimePrecision) {
    switch message {
    case .unspecified, .second: self = .second
    case .minute: self = .minute
    case .hour: self = .hour
    case .day: self = .day
    case .UNRECOGNIZED: return nil
    }
  }

  fileprivate var message: Binhchon_V1_TimePrecision {
    switch self {
    case .second: .second
    case .minute: .minute
    case .hour: .hour
    case .day: .day
    }
  }
}

extension Condition {
  fileprivate init(_ message: Binhchon_V1_Condition, field: String) throws(Refusal) {
    func tests(_ messages: [Binhchon_V1_AnswerTest]) -> [Test] {
      messages.map { Test(question: $0.question, choices: $0.choices) }
    }
    switch (message.question.isEmpty, message.all.isEmpty, message.any.isEmpty) {
    case (false, true, true): self.init(question: message.question, choices: message.choices)
    case (true, false, true): self.init(.all, tests(message.all))
    case (true, true, false): self.init(.any, tests(message.any))
    default: throw .invalid([Violation(field, "must be a question, or all, or any")])
    }
  }

  fileprivate var message: Binhchon_V1_Condition {
    func messages(_ tests: [Test]) -> [Binhchon_V1_AnswerTest] {
      tests.map { test in
        var message = Binhchon_V1_AnswerTest()
        message.question = test.question
        message.choices = test.choices
        return message
      }
    }
    var message = Binhchon_V1_Condition()
    // As older clients know it.
    if tests.count == 1, let test = tests.first {
      message.question = test.question
      message.choices = test.choices
    } else if join == .all {
      message.all = messages(tests)
    } else {
      message.any = messages(tests)
    }
    return message
  }
}

extension Question {
  fileprivate init(_ message: Binhchon_V1_Question, field: String) throws(Refusal) {
    let kind: Kind
    switch message.kind {
    case .ordinal: kind = .ordinal
    case .single: kind = .single
    case .multiple: kind = .multiple(votesAllowed: message.votesAllowed)
    case .indicator: kind = .indicator
    case .scale: kind = .scale
    case .unspecified, .UNRECOGNIZED:
      throw .invalid([Violation("\(field).kind", "is missing or unknown")])
    }
    self.init(
      id: message.id, text: LocalizedText(message.text), kind: kind, isOptional: message.optional,
      choices: message.choices.map { Choice(code: $0.code, label: LocalizedText($0.label)) },
      askedIf: message.hasAskedIf ? try Condition(message.askedIf, field: "\(field).asked_if") : nil,
      meaning: message.meaning == 0 ? 1 : message.meaning)
  }

  fileprivate var message: Binhchon_V1_Question {
    var message = Binhchon_V1_Question()
    message.id = id
    message.text = text.message
    switch kind {
    case .ordinal: message.kind = .ordinal
    case .single: message.kind = .single
    case .multiple(let votesAllowed):
      message.kind = .multiple
      message.votesAllowed = votesAllowed
    case .indicator: message.kind = .indicator
    case .scale: message.kind = .scale
    }
    message.optional = isOptional
    message.choices = choices.map { choice in
      var message = Binhchon_V1_Choice()
      message.code = choice.code
      message.label = choice.label.message
      return message
    }
    if let askedIf { message.askedIf = askedIf.message }
    message.meaning = meaning
    return message
  }
}

extension TextQuestion {
  fileprivate init(_ message: Binhchon_V1_TextQuestion, field: String) throws(Refusal) {
    self.init(
      id: message.id, text: LocalizedText(message.text),
      mostBytes: message.mostBytes == 0 ? Self.usualMostBytes : message.mostBytes,
      askedIf: message.hasAskedIf ? try Condition(message.askedIf, field: "\(field).asked_if") : nil)
  }

  fileprivate var message: Binhchon_V1_TextQuestion {
    .with {
      ($0.id, $0.text, $0.mostBytes) = (id, text.message, mostBytes)
      if let askedIf { $0.askedIf = askedIf.message }
    }
  }
}

extension Policy {
  fileprivate init(_ message: Binhchon_V1_Policy) throws(Refusal) {
    guard let precision = TimePrecision(message.timePrecision) else {
      throw .invalid([Violation("poll.policy.time_precision", "is unknown")])
    }
    let anonymity: Anonymity
    switch message.anonymity {
    case .unspecified, .pseudonymous: anonymity = .pseudonymous
    case .anonymous: anonymity = .anonymous
    case .UNRECOGNIZED: throw .invalid([Violation("poll.policy.anonymity", "is unknown")])
    }
    self.init(
      timePrecision: precision, onePerCredential: message.onePerCredential, cooldown: message.cooldownMs,
      burst: message.hasBurst ? Burst(presses: message.burst.presses, within: message.burst.withinMs) : nil,
      late: message.late == nil ? Self.usualLate : message.lateMs,
      smallestGroup: message.smallGroups == nil ? Self.usualSmallestGroup : message.k, anonymity: anonymity,
      paperEntries: message.paperEntries == 0 ? Self.usualPaperEntries : message.paperEntries)
  }

  fileprivate var message: Binhchon_V1_Policy {
    var message = Binhchon_V1_Policy()
    message.timePrecision = timePrecision.message
    message.onePerCredential = onePerCredential
    message.cooldownMs = cooldown
    if let burst {
      message.burst.presses = burst.presses
      message.burst.withinMs = burst.within
    }
    message.lateMs = late
    message.k = smallestGroup
    message.anonymity = anonymity == .anonymous ? .anonymous : .pseudonymous
    message.paperEntries = paperEntries
    return message
  }
}

extension KioskPage {
  /// What the message leaves out is as usual.
  fileprivate init(_ message: Binhchon_V1_KioskPage, showing questions: [Question]) throws(Refusal) {
    self.init()
    if message.languages.isEmpty {
      languages = Self.usualLanguages(of: questions)
    } else {
      // One more than there may be is enough to see that they are too many.
      let known = message.languages.prefix(Self.mostLanguages + 1).compactMap(Language.init(code:))
      guard known.count == message.languages.count else {
        throw .invalid([Violation("poll.kiosk.languages", "must be tags such as vi, en or km")])
      }
      languages = known
    }
    if message.idleTimeoutMs != 0 { idleTimeout = message.idleTimeoutMs }
    if message.hasThanks { thanks = LocalizedText(message.thanks) }
    if message.thanksDurationMs != 0 { thanksDuration = message.thanksDurationMs }
    self.questions = Array(message.questions.prefix(Self.mostQuestions + 1))
  }

  fileprivate var message: Binhchon_V1_KioskPage {
    var message = Binhchon_V1_KioskPage()
    message.languages = languages.map(\.code)
    message.idleTimeoutMs = idleTimeout
    message.thanks = thanks.message
    message.thanksDurationMs = thanksDuration
    message.questions = questions
    return message
  }
}

extension Poll {
  /// Reads a poll that keeps every rule of publication.
  init(_ message: Binhchon_V1_Poll) throws(Refusal) {
    let id: PollID
    let unit: UnitPath
    var units: [Unit] = []
    do {
      id = try PollID(message.id)
      unit = try UnitPath(message.unit)
      for message in message.units {
        units.append(Unit(path: try UnitPath(message.path), name: LocalizedText(message.name)))
      }
    } catch {
      throw .invalid(error)
    }
    var questions: [Question] = []
    for (index, question) in message.questions.enumerated() {
      questions.append(try Question(question, field: "poll.questions[\(index)]"))
    }
    var texts: [TextQuestion] = []
    for (index, question) in message.texts.enumerated() {
      texts.append(try TextQuestion(question, field: "poll.texts[\(index)]"))
    }
    self.init(
      id: id, title: LocalizedText(message.title), unit: unit, units: units, questions: questions,
      policy: try Policy(message.policy),
      opensAt: message.opensAtMs == 0 ? nil : Timestamp(milliseconds: message.opensAtMs),
      closesAt: message.closesAtMs == 0 ? nil : Timestamp(milliseconds: message.closesAtMs),
      kiosk: try KioskPage(message.kiosk, showing: questions),
      texts: texts)

    let violations = violations()
    guard violations.isEmpty else {
      throw .invalid(violations.map { Violation("poll.\($0.field)", $0.problem) })
    }
    guard hasOptions else {
      throw Refusal(
        code: .invalidArgument, reason: .noOptions, message: "a poll needs a question, and every question two choices",
        violations: [Violation("poll.questions", "offer nothing to choose")])
    }
  }
}

extension Poll {
  /// As it is told: with its version and status.
  func message(isClosed: Bool, at now: Timestamp) -> Binhchon_V1_Poll {
    var message = Binhchon_V1_Poll()
    message.id = id.rawValue
    message.version = version
    message.title = title.message
    message.unit = unit.rawValue
    message.units = units.map { unit in
      var message = Binhchon_V1_Unit()
      message.path = unit.path.rawValue
      message.name = unit.name.message
      return message
    }
    message.questions = questions.map(\.message)
    message.policy = policy.message
    message.opensAtMs = opensAt?.milliseconds ?? 0
    message.closesAtMs = closesAt?.milliseconds ?? 0
    message.status = isClosed || !isOpen(at: now) ? .closed : .open
    message.kiosk = kiosk.message
    message.texts = texts.map(\.message)
    return message
  }

  /// The same with what is worked out for people: its hash, and the breaks in the trends of its questions.
  ///
  /// - Parameter listed: what is known of this poll; versions later than this one do not matter.
  func message(isClosed: Bool, at now: Timestamp, in listed: ListedPoll?) -> Binhchon_V1_Poll {
    var message = message(isClosed: isClosed, at: now)
    message.definitionHash = listed?.definitionHash(ofVersion: version) ?? definitionHash
    let versions = listed?.versions.filter { $0.version <= version } ?? []
    if versions.smallestGroup > 1, policy.smallestGroup == 1 { message.kInForce = versions.smallestGroup }
    message.trendBreaks = Polling.trendBreaks(versions).map { trendBreak in
      var message = Binhchon_V1_TrendBreak()
      message.question = trendBreak.question
      message.version = trendBreak.version
      message.aspects = trendBreak.aspects.map(\.rawValue)
      return message
    }
    return message
  }
}

extension PollChange.Weight {
  var message: Binhchon_V1_ChangeWeight {
    switch self {
    case .none: .unspecified
    case .wording: .wording
    case .rules: .rules
    case .meaning: .meaning
    }
  }
}
