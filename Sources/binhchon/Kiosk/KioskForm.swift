internal import Schema

/// What a kiosk shows of a poll: one question with one key per choice.
struct KioskForm: Sendable, Equatable {
  struct Choice: Sendable, Equatable {
    var key: Character
    var code: String
    var label: Text
  }

  static let keys: [Character] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]

  /// Of the poll.
  var version: UInt32
  var title: Text
  var question: String
  var wording: Text
  /// From worst to best, so that colour may say it too; otherwise all choices look alike.
  var isOrdered: Bool
  var choices: [Choice]

  /// Throws where one tap cannot answer the poll.
  init(_ poll: Binhchon_V1_Poll) throws(ClientError) {
    func unfit(_ why: Text) -> ClientError {
      ClientError(
        .badData,
        Text(
          vi: "máy đánh giá không hiển thị được cuộc bình chọn \(poll.id)",
          en: "a kiosk cannot show the poll \(poll.id)"), why: why)
    }
    if poll.policy.onePerCredential {
      throw unfit(Text(vi: "mỗi phiếu phải kèm mã hồ sơ", en: "every ballot must name a dossier"))
    }
    let required = poll.questions.filter { !$0.optional }
    guard let question = required.isEmpty ? poll.questions.first : required.first, required.count <= 1 else {
      throw unfit(
        Text(vi: "cần đúng một câu hỏi bắt buộc", en: "it must have exactly one question that is not optional"))
    }
    guard (2...Self.keys.count).contains(question.choices.count) else {
      throw unfit(
        Text(vi: "câu hỏi cần từ 2 đến 10 lựa chọn", en: "its question must have 2 to 10 choices"))
    }
    version = poll.version
    title = poll.title.text
    self.question = question.id
    wording = question.text.text
    isOrdered = question.kind == .ordinal
    choices = zip(Self.keys, question.choices).map { key, choice in
      Choice(key: key, code: choice.code, label: choice.label.text)
    }
  }

  func choice(for key: Character) -> Int? {
    choices.firstIndex { $0.key == key }
  }

  func answers(_ choice: Int) -> [Binhchon_V1_Answer] {
    var answer = Binhchon_V1_Answer()
    answer.question = question
    answer.choices = [choices[choice].code]
    return [answer]
  }
}
