import Foundation
internal import Polling
internal import Schema

/// What somebody wrote, to be left once the ballot that it came with is kept. Nothing in it tells which one that is.
struct Remark: Sendable {
  let request: Binhchon_V1_LeaveCommentRequest

  /// - Parameters:
  ///   - question: nil: the first of the poll's that is put to who answered so.
  ///   - answers: of the ballot that it comes with. Nobody after us knows them.
  init(
    _ text: String, answering question: String?, of factory: BallotFactory, after answers: [Binhchon_V1_Answer]
  ) throws(ClientError) {
    let poll = factory.poll
    let texts = poll.texts.map(TextQuestion.init)
    let given = answers.map { Answer(question: $0.question, choices: $0.choices) }
    let named = question.map { id in texts.first { $0.id == id } }
    guard let asked = named ?? texts.first(where: { $0.isAsked(after: given) }) ?? texts.first else {
      let known = poll.texts.map(\.id).joined(separator: " ")
      throw ClientError(
        .badData,
        Text(
          vi: "cuộc bình chọn \(poll.id) không có câu hỏi để viết ý kiến như vậy",
          en: "poll \(poll.id) has no such free text"),
        next: known.isEmpty ? nil : Text(vi: "chọn một trong: \(known)", en: "choose one of: \(known)"))
    }
    guard asked.isAsked(after: given) else {
      throw ClientError(
        .badData,
        Text(
          vi: "câu hỏi \(asked.id) chỉ dành cho người trả lời khác",
          en: "\(asked.id) is put only to who answered otherwise"),
        next: Text(vi: "gửi lại không có --comment", en: "send it without --comment"))
    }
    if let problem = asked.problem(with: text) {
      throw ClientError(
        .badData, Text(vi: "ý kiến không gửi được", en: "the comment cannot be sent"), why: Text(verbatim: problem))
    }
    let id = CommentID(random: (.random(in: .min ... .max), .random(in: .min ... .max)))
    request = .with {
      $0.commentID = Data(id.bytes)
      ($0.poll, $0.pollVersion, $0.question) = (poll.id, poll.version, asked.id)
      ($0.unit, $0.text) = (factory.unit, text)
    }
  }
}
