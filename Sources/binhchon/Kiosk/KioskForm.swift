internal import Polling
internal import Schema

/// What a kiosk shows of a poll: one question with one key per choice, and what is asked after some of them.
struct KioskForm: Sendable, Equatable {
  struct Choice: Sendable, Equatable {
    var key: Character
    var code: String
    var label: Text
  }

  /// A question that may be skipped: the reasons, put to who chose one of some levels, or one that the poll wants put after
  /// every rating.
  struct FollowUp: Sendable, Equatable {
    var question: String
    var wording: Text
    /// Of answers before it. Nil: it is always asked.
    var askedIf: Condition?
    /// How many may be picked.
    var votesAllowed: Int
    var choices: [Choice]

    func choice(for key: Character) -> Int? {
      choices.firstIndex { $0.key == key }
    }

    /// 0 where it is no mark.
    var skipKey: Character { choice(for: "0") == nil ? "0" : "-" }
  }

  /// Of a choice in its place; a mark has the key of its digit.
  static let keys: [Character] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", ten]
  /// 0 is the key that skips.
  static let reasonKeys = keys.prefix(9)
  /// The eleventh level, the mark 10 for one: no digit is left. On pads without it `x` will do.
  static let ten: Character = "+"

  /// Of the poll.
  var version: UInt32
  var title: Text
  var question: String
  var wording: Text
  /// From worst to best, so that colour and faces may say it too; otherwise all choices look alike.
  var isOrdered: Bool
  var choices: [Choice]
  /// In the poll's order.
  var followUps: [FollowUp]
  /// Every rating must name a dossier.
  var needsDossier: Bool
  var manners: KioskManners

  /// Throws where one tap cannot answer the poll.
  init(_ poll: Binhchon_V1_Poll) throws(ClientError) {
    func unfit(_ why: Text) -> ClientError {
      ClientError(
        .badData,
        Text(
          vi: "máy đánh giá không hiển thị được cuộc bình chọn \(poll.id)",
          en: "a kiosk cannot show the poll \(poll.id)"), why: why)
    }
    let required = poll.questions.filter { !$0.optional }
    guard let question = required.isEmpty ? poll.questions.first : required.first, required.count <= 1 else {
      throw unfit(
        Text(vi: "cần đúng một câu hỏi bắt buộc", en: "it must have exactly one question that is not optional"))
    }
    guard (2...Self.keys.count).contains(question.choices.count) else {
      throw unfit(
        Text(vi: "câu hỏi cần từ 2 đến 11 lựa chọn", en: "its question must have 2 to 11 choices"))
    }
    version = poll.version
    title = poll.title.text
    self.question = question.id
    wording = question.text.text
    isOrdered = question.kind.isOrdered
    choices = Self.choices(question, keys: Self.keys[...])
    let wanted = Set(poll.kiosk.questions)
    followUps = poll.questions.compactMap { other in
      // What depends on an answer that a kiosk never gives is never asked.
      let condition = other.hasAskedIf ? Condition(other.askedIf) : nil
      let isReason = condition?.tests.contains { $0.question == question.id } ?? false
      guard other.optional, other.id != question.id, isReason || wanted.contains(other.id),
        (1...Self.reasonKeys.count).contains(other.choices.count)
      else { return nil }
      return FollowUp(
        question: other.id, wording: other.text.text, askedIf: condition,
        votesAllowed: other.kind == .multiple ? Int(max(1, min(other.votesAllowed, 100))) : 1,
        choices: Self.choices(other, keys: Self.reasonKeys))
    }
    needsDossier = poll.policy.onePerCredential
    manners = KioskManners(poll.kiosk, written: Set(poll.questions.flatMap { $0.text.others.map(\.language) }))
  }

  private static func choices(_ question: Binhchon_V1_Question, keys: ArraySlice<Character>) -> [Choice] {
    let isMark = question.kind == .indicator || question.kind == .scale
    return zip(keys, question.choices).map { key, choice in
      let digit = choice.code.count == 1 ? choice.code.first ?? Self.ten : Self.ten
      return Choice(key: isMark ? digit : key, code: choice.code, label: choice.label.text)
    }
  }

  /// How to press what has no digit.
  var keyHint: Text? {
    guard let last = choices.last, last.key == Self.ten else { return nil }
    return last.label.followed(by: Text(vi: ": phím + hoặc x", en: ": key + or x"))
  }

  func choice(for key: Character) -> Int? {
    choices.firstIndex { $0.key == (key == "x" || key == "X" ? Self.ten : key) }
  }

  /// What is asked after this choice.
  func followUps(after choice: Int) -> FollowUpQueue {
    let codes = choices.indices.contains(choice) ? [choices[choice].code] : []
    return FollowUpQueue(codes.isEmpty ? [] : followUps, after: Answer(question: question, choices: codes))
  }

  func answers(_ choice: Int) -> [Binhchon_V1_Answer] {
    [Binhchon_V1_Answer(PickedAnswer(question: question, choices: [choices[choice].code]))]
  }
}

/// How a kiosk treats whoever stands before it. Durations are milliseconds.
struct KioskManners: Sendable, Equatable {
  /// Those offered; the first is the one that the next citizen finds.
  var languages = [KioskLanguage.vietnamese, .english]
  /// After so long without a key the page is as it was for the first visitor.
  var idle: Int64 = 30_000
  /// At least two seconds, so that it is seen; not much more, because the next person waits.
  var thanks: Int64 = 2_000
  var thanksText = Text(vi: "Xin cảm ơn Ông/Bà!", en: "Thank you!")

  init() {}

  /// What an older server leaves out is as usual; what it says is kept within bounds.
  ///
  /// - Parameter written: languages, beside ours, that questions are there in.
  init(_ page: Binhchon_V1_KioskPage, written: Set<String> = []) {
    let offered = page.languages.filter { Language(rawValue: $0) != nil || written.contains($0) }
      .map(KioskLanguage.init(tag:))
    if !offered.isEmpty { languages = offered }
    if page.idleTimeoutMs > 0 { idle = min(600_000, max(5_000, page.idleTimeoutMs)) }
    if page.thanksDurationMs > 0 { thanks = min(10_000, max(500, page.thanksDurationMs)) }
    if page.hasThanks, !page.thanks.vi.isEmpty { thanksText = page.thanks.text }
  }

  /// After this one, round and round.
  func language(after language: KioskLanguage) -> KioskLanguage {
    guard let index = languages.firstIndex(of: language) else { return languages.first ?? language }
    return languages[(index + 1) % languages.count]
  }
}

/// What was picked in one question.
struct PickedAnswer: Sendable, Equatable {
  var question: String
  var choices: [String]
}

extension Binhchon_V1_Answer {
  init(_ picked: PickedAnswer) {
    self.init()
    question = picked.question
    choices = picked.choices
  }
}
