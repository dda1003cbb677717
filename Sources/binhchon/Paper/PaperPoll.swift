internal import Polling
internal import Schema

extension Polling.Poll {
  /// The server's poll as the value that paper is checked against. Throws `ClientError` for names that are none: a
  /// server that keeps the protocol sends no such.
  init(_ message: Binhchon_V1_Poll) throws(ClientError) {
    do throws(InvalidValue) {
      self.init(
        id: try PollID(message.id), version: message.version, title: LocalizedText(message.title),
        unit: try UnitPath(message.unit),
        units: try message.units.map { (unit) throws(InvalidValue) in
          Polling.Unit(path: try UnitPath(unit.path), name: LocalizedText(unit.name))
        },
        questions: message.questions.map(Question.init),
        opensAt: message.opensAtMs == 0 ? nil : Timestamp(milliseconds: message.opensAtMs),
        closesAt: message.closesAtMs == 0 ? nil : Timestamp(milliseconds: message.closesAtMs))
    } catch {
      throw ClientError(
        .protocol, Text(vi: "máy chủ gửi một cuộc bình chọn không hợp lệ", en: "the server sent a poll that is none"),
        why: Text(verbatim: error.description))
    }
  }
}

extension LocalizedText {
  fileprivate init(_ message: Binhchon_V1_LocalizedText) {
    self.init(vi: message.vi, en: message.en)
  }
}

extension Question {
  fileprivate init(_ message: Binhchon_V1_Question) {
    let kind: Kind =
      switch message.kind {
      case .multiple: .multiple(votesAllowed: message.votesAllowed)
      case .ordinal: .ordinal
      // One choice without an order is the weakest that can be assumed of a kind to come.
      case .single, .unspecified, .UNRECOGNIZED: .single
      }
    self.init(
      id: message.id, text: LocalizedText(message.text), kind: kind, isOptional: message.optional,
      choices: message.choices.map { Choice(code: $0.code, label: LocalizedText($0.label)) },
      askedIf: message.hasAskedIf
        ? Condition(question: message.askedIf.question, choices: message.askedIf.choices) : nil)
  }
}
