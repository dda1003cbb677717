internal import Polling
internal import Schema

/// A poll for programs, with the words of the YAML format.
struct PollRecord: Encodable {
  struct Localized: Encodable {
    var vi: String
    var en: String
    var others: [String: String]?

    init(_ text: Binhchon_V1_LocalizedText) {
      vi = text.vi
      en = text.en
      if !text.others.isEmpty {
        others = Dictionary(text.others.map { ($0.language, $0.text) }, uniquingKeysWith: { first, _ in first })
      }
    }
  }
  struct Unit: Encodable {
    var path: String
    var name: Localized
  }
  struct Choice: Encodable {
    var code: String
    var label: Localized
  }
  struct Test: Encodable {
    var question: String
    var choices: [String]
  }
  /// A test by itself, or several.
  struct Condition: Encodable {
    var question: String?
    var choices: [String]?
    var all: [Test]?
    var any: [Test]?

    init(_ condition: Polling.Condition) {
      let tests = condition.tests.map { Test(question: $0.question, choices: $0.choices) }
      if tests.count == 1 {
        (question, choices) = (tests.first?.question, tests.first?.choices)
      } else if condition.join == .all {
        all = tests
      } else {
        any = tests
      }
    }
  }
  struct TrendBreak: Encodable {
    var question: String
    var version: UInt32
    var aspects: [String]
  }
  struct Question: Encodable {
    var id: String
    var kind: String
    var text: Localized
    var votesAllowed: UInt32?
    var optional: Bool
    var choices: [Choice]
    var askedIf: Condition?
    var meaning: UInt32?
  }
  struct FreeText: Encodable {
    var id: String
    var text: Localized
    var mostBytes: UInt32
    var askedIf: Condition?
  }
  struct Burst: Encodable {
    var presses: UInt32
    var withinMs: Int64
  }
  struct Kiosk: Encodable {
    var languages: [String]
    var idleTimeoutMs: Int64
    var thanks: Localized
    var thanksDurationMs: Int64
    var questions: [String]
  }

  var id: String
  var version: UInt32
  var status: String
  var title: Localized
  var unit: String
  var units: [Unit]
  var questions: [Question]
  var texts: [FreeText]?
  var timePrecision: String
  var onePerCredential: Bool
  var cooldownMs: Int64
  var burst: Burst?
  var lateMs: Int64?
  var kiosk: Kiosk?
  var k: UInt32
  var kInForce: UInt32?
  var paperEntries: UInt32
  var anonymity: String
  var definitionHash: String?
  var trendBreaks: [TrendBreak]
  var opens: String?
  var closes: String?

  init(_ poll: Binhchon_V1_Poll) {
    id = poll.id
    version = poll.version
    status = poll.status.word
    title = Localized(poll.title)
    unit = poll.unit
    units = poll.units.map { Unit(path: $0.path, name: Localized($0.name)) }
    questions = poll.questions.map { question in
      Question(
        id: question.id, kind: question.kind.word, text: Localized(question.text),
        votesAllowed: question.kind == .multiple ? question.votesAllowed : nil, optional: question.optional,
        choices: question.choices.map { Choice(code: $0.code, label: Localized($0.label)) },
        askedIf: question.hasAskedIf ? Condition(Polling.Condition(question.askedIf)) : nil,
        meaning: question.meaning > 1 ? question.meaning : nil)
    }
    texts =
      poll.texts.isEmpty
      ? nil
      : poll.texts.map {
        FreeText(
          id: $0.id, text: Localized($0.text), mostBytes: $0.mostBytes,
          askedIf: $0.hasAskedIf ? Condition(Polling.Condition($0.askedIf)) : nil)
      }
    timePrecision = poll.policy.timePrecision.word
    onePerCredential = poll.policy.onePerCredential
    cooldownMs = poll.policy.cooldownMs
    burst =
      poll.policy.hasBurst
      ? Burst(presses: poll.policy.burst.presses, withinMs: poll.policy.burst.withinMs) : nil
    lateMs = poll.policy.late != nil ? poll.policy.lateMs : nil
    kiosk =
      poll.hasKiosk
      ? Kiosk(
        languages: poll.kiosk.languages, idleTimeoutMs: poll.kiosk.idleTimeoutMs,
        thanks: Localized(poll.kiosk.thanks), thanksDurationMs: poll.kiosk.thanksDurationMs,
        questions: poll.kiosk.questions) : nil
    k = poll.policy.smallGroups == nil ? 1 : poll.policy.k
    kInForce = poll.kInForce > 0 ? poll.kInForce : nil
    paperEntries = poll.policy.paperEntries == 1 ? 1 : 2
    anonymity = poll.policy.anonymity.word
    definitionHash = poll.definitionHash.isEmpty ? nil : poll.definitionHash
    trendBreaks = poll.trendBreaks.map {
      TrendBreak(question: $0.question, version: $0.version, aspects: $0.aspects)
    }
    opens = poll.opensAtMs == 0 ? nil : LocalTime.iso(milliseconds: poll.opensAtMs)
    closes = poll.closesAtMs == 0 ? nil : LocalTime.iso(milliseconds: poll.closesAtMs)
  }
}
