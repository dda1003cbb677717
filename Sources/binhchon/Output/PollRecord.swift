internal import Schema

/// A poll for programs, with the words of the YAML format.
struct PollRecord: Encodable {
  struct Localized: Encodable {
    var vi: String
    var en: String

    init(_ text: Binhchon_V1_LocalizedText) {
      vi = text.vi
      en = text.en
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
  struct Condition: Encodable {
    var question: String
    var choices: [String]
  }
  struct Question: Encodable {
    var id: String
    var kind: String
    var text: Localized
    var votesAllowed: UInt32?
    var optional: Bool
    var choices: [Choice]
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
  }

  var id: String
  var version: UInt32
  var status: String
  var title: Localized
  var unit: String
  var units: [Unit]
  var questions: [Question]
  var timePrecision: String
  var onePerCredential: Bool
  var cooldownMs: Int64
  var burst: Burst?
  var lateMs: Int64?
  var kiosk: Kiosk?
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
        askedIf: question.hasAskedIf
          ? Condition(question: question.askedIf.question, choices: question.askedIf.choices) : nil)
    }
    timePrecision = poll.policy.timePrecision.word
    onePerCredential = poll.policy.onePerCredential
    cooldownMs = poll.policy.cooldownMs
    burst =
      poll.policy.hasBurst
      ? Burst(presses: poll.policy.burst.presses, withinMs: poll.policy.burst.withinMs) : nil
    lateMs = poll.policy.hasLateMs ? poll.policy.lateMs : nil
    kiosk =
      poll.hasKiosk
      ? Kiosk(
        languages: poll.kiosk.languages, idleTimeoutMs: poll.kiosk.idleTimeoutMs,
        thanks: Localized(poll.kiosk.thanks), thanksDurationMs: poll.kiosk.thanksDurationMs) : nil
    opens = poll.opensAtMs == 0 ? nil : LocalTime.iso(milliseconds: poll.opensAtMs)
    closes = poll.closesAtMs == 0 ? nil : LocalTime.iso(milliseconds: poll.closesAtMs)
  }
}
