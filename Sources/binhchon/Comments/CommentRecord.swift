internal import Polling
internal import Schema

/// A comment for programs.
struct CommentRecord: Encodable {
  var id: String
  var poll: String
  var pollVersion: UInt32
  var question: String
  var unit: String
  var day: String
  var text: String

  init(_ comment: Binhchon_V1_Comment) {
    id = comment.spokenID
    (poll, pollVersion, question) = (comment.poll, comment.pollVersion, comment.question)
    (unit, day, text) = (comment.unit, comment.day, comment.text)
  }
}

/// Comments for people: a line each.
struct CommentTable {
  private var table: Table

  init(_ language: Language) {
    table = Table(
      headings: [
        Text(vi: "NGÀY", en: "DAY"), Text(vi: "ĐƠN VỊ", en: "UNIT"), Text(vi: "CÂU HỎI", en: "QUESTION"),
        Text(vi: "MÃ", en: "ID"), Text(vi: "Ý KIẾN", en: "COMMENT"),
      ].map { $0(language) }, sides: [.left, .left, .left, .left, .left])
  }

  var isEmpty: Bool { table.rows.isEmpty }
  var lines: [String] { table.lines() }

  mutating func add(_ comment: Binhchon_V1_Comment) {
    table.rows.append([
      LocalTime.spoken(day: comment.day), comment.unit, comment.question, comment.spokenID, comment.text,
    ])
  }
}

extension Binhchon_V1_Comment {
  /// As people type it to delete it; empty: the server sent none.
  fileprivate var spokenID: String { (try? CommentID(bytes: commentID))?.description ?? "" }
}
