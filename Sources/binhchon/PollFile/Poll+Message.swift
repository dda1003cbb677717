internal import Polling
internal import Schema

// A definition: message → value, as a server tells it.

extension Polling.Poll {
  /// Throws `ClientError` for names that are none: a server that keeps the protocol sends no such.
  init(_ message: Binhchon_V1_Poll) throws(ClientError) {
    do throws(InvalidValue) {
      self.init(
        id: try PollID(message.id), version: message.version, title: LocalizedText(message.title),
        unit: try UnitPath(message.unit),
        units: try message.units.map { (unit) throws(InvalidValue) in
          Polling.Unit(path: try UnitPath(unit.path), name: LocalizedText(unit.name))
        },
        questions: message.questions.map(Question.init), policy: Policy(message.policy),
        opensAt: message.opensAtMs == 0 ? nil : Timestamp(milliseconds: message.opensAtMs),
        closesAt: message.closesAtMs == 0 ? nil : Timestamp(milliseconds: message.closesAtMs),
        kiosk: KioskPage(message.kiosk),
        texts: message.texts.map(TextQuestion.init))
    } catch {
      throw ClientError(
        .protocol, Text(vi: "máy chủ gửi một cuộc bình chọn không hợp lệ", en: "the server sent a poll that is none"),
        why: Text(verbatim: error.description))
    }
  }
}

extension LocalizedText {
  fileprivate init(_ message: Binhchon_V1_LocalizedText) {
    self.init(
      vi: message.vi, en: message.en,
      others: message.others.map { Translation(language: $0.language, text: $0.text) })
  }
}

extension Question {
  fileprivate init(_ message: Binhchon_V1_Question) {
    let kind: Kind =
      switch message.kind {
      case .multiple: .multiple(votesAllowed: message.votesAllowed)
      case .ordinal: .ordinal
      case .indicator: .indicator
      case .scale: .scale
      // One choice without an order is the weakest that can be assumed of a kind to come.
      case .single, .unspecified, .UNRECOGNIZED: .single
      }
    self.init(
      id: message.id, text: LocalizedText(message.text), kind: kind, isOptional: message.optional,
      choices: message.choices.map { Choice(code: $0.code, label: LocalizedText($0.label)) },
      askedIf: message.hasAskedIf ? Condition(message.askedIf) : nil,
      meaning: message.meaning == 0 ? 1 : message.meaning)
  }
}

extension TextQuestion {
  init(_ message: Binhchon_V1_TextQuestion) {
    self.init(
      id: message.id, text: LocalizedText(message.text), mostBytes: message.mostBytes,
      askedIf: message.hasAskedIf ? Condition(message.askedIf) : nil)
  }
}

extension Condition {
  init(_ message: Binhchon_V1_Condition) {
    func tests(_ messages: [Binhchon_V1_AnswerTest]) -> [Test] {
      messages.map { Test(question: $0.question, choices: $0.choices) }
    }
    if !message.all.isEmpty {
      self.init(.all, tests(message.all))
    } else if !message.any.isEmpty {
      self.init(.any, tests(message.any))
    } else {
      self.init(question: message.question, choices: message.choices)
    }
  }
}

extension Policy {
  /// What an older server does not say was not there: it left nothing out of figures.
  fileprivate init(_ message: Binhchon_V1_Policy) {
    self.init(
      timePrecision: TimePrecision(rawValue: UInt8(clamping: message.timePrecision.rawValue)) ?? .second,
      onePerCredential: message.onePerCredential, cooldown: message.cooldownMs,
      burst: message.hasBurst
        ? Burst(presses: message.burst.presses, within: message.burst.withinMs) : nil,
      late: message.late == nil ? Self.usualLate : message.lateMs,
      smallestGroup: message.smallGroups == nil ? 1 : message.k,
      anonymity: message.anonymity == .anonymous ? .anonymous : .pseudonymous,
      paperEntries: message.paperEntries == 0 ? Self.usualPaperEntries : message.paperEntries)
  }
}

extension KioskPage {
  fileprivate init(_ message: Binhchon_V1_KioskPage) {
    self.init()
    let known = message.languages.compactMap(Language.init(code:))
    if !known.isEmpty { languages = known }
    if message.idleTimeoutMs != 0 { idleTimeout = message.idleTimeoutMs }
    if message.hasThanks { thanks = LocalizedText(message.thanks) }
    if message.thanksDurationMs != 0 { thanksDuration = message.thanksDurationMs }
    questions = message.questions
  }
}
