internal import Polling
internal import Schema

// A definition: value → message, as it is sent to be published.

extension Binhchon_V1_Poll {
  /// What is sent to be published.
  init(_ poll: Poll) {
    self.init()
    id = poll.id.rawValue
    title = .init(poll.title)
    unit = poll.unit.rawValue
    units = poll.units.map { unit in
      var message = Binhchon_V1_Unit()
      message.path = unit.path.rawValue
      message.name = .init(unit.name)
      return message
    }
    questions = poll.questions.map(Binhchon_V1_Question.init)
    policy = .init(poll.policy)
    kiosk = .init(poll.kiosk)
    texts = poll.texts.map { question in
      .with {
        ($0.id, $0.text, $0.mostBytes) = (question.id, .init(question.text), question.mostBytes)
        if let condition = question.askedIf { $0.askedIf = .init(condition) }
      }
    }
    opensAtMs = poll.opensAt?.milliseconds ?? 0
    closesAtMs = poll.closesAt?.milliseconds ?? 0
  }
}

extension Binhchon_V1_Question {
  fileprivate init(_ question: Question) {
    self.init()
    id = question.id
    text = .init(question.text)
    switch question.kind {
    case .ordinal: kind = .ordinal
    case .single: kind = .single
    case .multiple(let allowed):
      kind = .multiple
      votesAllowed = allowed
    case .indicator: kind = .indicator
    case .scale: kind = .scale
    }
    optional = question.isOptional
    choices = question.choices.map { choice in
      var message = Binhchon_V1_Choice()
      message.code = choice.code
      message.label = .init(choice.label)
      return message
    }
    if let condition = question.askedIf { askedIf = .init(condition) }
    meaning = question.meaning
  }
}

extension Binhchon_V1_Condition {
  fileprivate init(_ condition: Condition) {
    self.init()
    let tests = condition.tests.map { test in
      var message = Binhchon_V1_AnswerTest()
      message.question = test.question
      message.choices = test.choices
      return message
    }
    if tests.count == 1, let test = tests.first {
      question = test.question
      choices = test.choices
    } else if condition.join == .all {
      all = tests
    } else {
      any = tests
    }
  }
}

extension Binhchon_V1_Policy {
  fileprivate init(_ policy: Policy) {
    self.init()
    timePrecision = Binhchon_V1_TimePrecision(rawValue: Int(policy.timePrecision.rawValue)) ?? .unspecified
    onePerCredential = policy.onePerCredential
    cooldownMs = policy.cooldown
    if let limit = policy.burst {
      burst.presses = limit.presses
      burst.withinMs = limit.within
    }
    lateMs = policy.late
    k = policy.smallestGroup
    anonymity = policy.anonymity == .anonymous ? .anonymous : .pseudonymous
    paperEntries = policy.paperEntries
  }
}

extension Binhchon_V1_KioskPage {
  fileprivate init(_ page: KioskPage) {
    self.init()
    languages = page.languages.map(\.code)
    idleTimeoutMs = page.idleTimeout
    thanks = .init(page.thanks)
    thanksDurationMs = page.thanksDuration
    questions = page.questions
  }
}

extension Binhchon_V1_LocalizedText {
  fileprivate init(_ text: LocalizedText) {
    self.init()
    vi = text.vi
    en = text.en
    others = text.others.map { translation in
      var message = Binhchon_V1_Translation()
      message.language = translation.language
      message.text = translation.text
      return message
    }
  }
}
