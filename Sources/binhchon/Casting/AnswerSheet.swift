internal import Polling
internal import Schema

/// Answers as somebody wrote them, held against the questions of a poll.
struct AnswerSheet: Sendable, Equatable {
  /// Question id to choice codes; an empty id means the poll's only required question.
  var entries: [(question: String, choices: [String])]

  init(choice: String) {
    entries = [("", [choice])]
  }

  init(entries: [(question: String, choices: [String])]) {
    self.entries = entries
  }

  /// Reads `Q=CODE[,CODE]…` arguments.
  init(arguments: [String]) throws(ClientError) {
    entries = []
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw ClientError(
          .usage, Text(vi: "--answer \(argument) sai dạng", en: "--answer \(argument) is malformed"),
          next: Text(
            vi: "viết CÂU_HỎI=MÃ hoặc CÂU_HỎI=MÃ,MÃ", en: "write QUESTION=CODE or QUESTION=CODE,CODE"))
      }
      entries.append((parts[0], parts[1].split(separator: ",").map(String.init)))
    }
  }

  static func == (left: AnswerSheet, right: AnswerSheet) -> Bool {
    left.entries.elementsEqual(right.entries) { $0 == $1 }
  }

  /// The answers for a ballot. What the server alone can decide is left to it.
  func answers(in poll: Binhchon_V1_Poll) throws(ClientError) -> [Binhchon_V1_Answer] {
    var answers: [Binhchon_V1_Answer] = []
    for (id, codes) in entries {
      let question = try id.isEmpty ? Self.onlyQuestion(of: poll) : Self.question(id, in: poll)
      for code in codes where !question.choices.contains(where: { $0.code == code }) {
        let known = question.choices.map(\.code).joined(separator: " ")
        throw ClientError(
          .badData,
          Text(
            vi: "câu hỏi \(question.id) không có lựa chọn \(code)",
            en: "question \(question.id) has no choice \(code)"),
          next: Text(vi: "chọn một trong: \(known)", en: "choose one of: \(known)"), reason: "INVALID_FIELD")
      }
      var answer = Binhchon_V1_Answer()
      answer.question = question.id
      answer.choices = codes
      answers.append(answer)
    }
    return answers
  }

  private static func question(_ id: String, in poll: Binhchon_V1_Poll) throws(ClientError) -> Binhchon_V1_Question {
    guard let question = poll.questions.first(where: { $0.id == id }) else {
      let known = poll.questions.map(\.id).joined(separator: " ")
      throw ClientError(
        .badData, Text(vi: "cuộc bình chọn không có câu hỏi \(id)", en: "the poll has no question \(id)"),
        next: Text(vi: "các câu hỏi: \(known)", en: "its questions: \(known)"), reason: "INVALID_FIELD")
    }
    return question
  }

  private static func onlyQuestion(of poll: Binhchon_V1_Poll) throws(ClientError) -> Binhchon_V1_Question {
    let required = poll.questions.filter { !$0.optional }
    if required.count == 1 { return required[0] }
    if poll.questions.count == 1 { return poll.questions[0] }
    let known = poll.questions.map(\.id).joined(separator: " ")
    throw ClientError(
      .badData,
      Text(vi: "cuộc bình chọn có nhiều câu hỏi", en: "the poll has more than one question"),
      next: Text(
        vi: "trả lời từng câu bằng --answer CÂU_HỎI=MÃ; các câu hỏi: \(known)",
        en: "answer each one with --answer QUESTION=CODE; its questions: \(known)"), reason: "INVALID_FIELD")
  }

  /// Some valid answers, for demonstrations.
  static func random(in poll: Binhchon_V1_Poll, using generator: inout some RandomNumberGenerator) -> AnswerSheet {
    var entries: [(question: String, choices: [String])] = []
    for question in poll.questions {
      let given = entries.map { Answer(question: $0.question, choices: $0.choices) }
      let isAsked = !question.hasAskedIf || Condition(question.askedIf).holds(in: given)
      guard isAsked, let choice = question.choices.randomElement(using: &generator) else { continue }
      entries.append((question.id, [choice.code]))
    }
    return AnswerSheet(entries: entries)
  }
}
