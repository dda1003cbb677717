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
  struct Question: Encodable {
    var id: String
    var kind: String
    var text: Localized
    var votesAllowed: UInt32?
    var optional: Bool
    var choices: [Choice]
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
        choices: question.choices.map { Choice(code: $0.code, label: Localized($0.label)) })
    }
    timePrecision = poll.policy.timePrecision.word
    onePerCredential = poll.policy.onePerCredential
    opens = poll.opensAtMs == 0 ? nil : LocalTime.iso(milliseconds: poll.opensAtMs)
    closes = poll.closesAtMs == 0 ? nil : LocalTime.iso(milliseconds: poll.closesAtMs)
  }
}
