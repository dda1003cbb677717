import Foundation
internal import Polling
internal import Schema

/// What somebody wrote, to be left once the ballot that it came with is kept. Nothing in it tells which one that is.
struct Remark: Sendable {
  let request: Binhchon_V1_LeaveCommentRequest

  /// - Parameter question: nil: the poll's first.
  init(_ text: String, answering question: String?, of factory: BallotFactory) throws(ClientError) {
    let poll = factory.poll
    guard let asked = question.map({ id in poll.texts.first { $0.id == id } }) ?? poll.texts.first else {
      let known = poll.texts.map(\.id).joined(separator: " ")
      throw ClientError(
        .badData,
        Text(
          vi: "cuộc bình chọn \(poll.id) không có câu hỏi để viết ý kiến như vậy",
          en: "poll \(poll.id) has no such free text"),
        next: known.isEmpty ? nil : Text(vi: "chọn một trong: \(known)", en: "choose one of: \(known)"))
    }
    let rules = TextQuestion(id: asked.id, text: LocalizedText(vi: "", en: ""), mostBytes: asked.mostBytes)
    if let problem = rules.problem(with: text) {
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
