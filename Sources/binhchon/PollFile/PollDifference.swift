internal import Polling
internal import Schema

/// Two definitions of a poll, compared, in words and for programs.
struct PollDifference: Sendable {
  var hashes: (old: String, new: String)
  var change: PollChange

  init(from old: Polling.Poll, to new: Polling.Poll) {
    hashes = (old.definitionHash, new.definitionHash)
    change = PollChange(from: old, to: new)
  }

  /// By their hashes: an order of tests that asks the same people is no change, but another definition.
  var isNone: Bool { hashes.old == hashes.new }

  func lines(_ language: Language) -> [String] {
    if isNone { return [Text(vi: "như nhau", en: "the same")(language)] }
    let items = change.items.map { item in
      let subject = item.question.map { "\($0): " } ?? ""
      let isBreak = item.aspect.weight == .meaning
      let mark = isBreak ? Text(vi: "  [đứt chuỗi]", en: "  [trend break]")(language) : ""
      return "  \(subject)\(item.aspect.words(language))\(mark)"
    }
    return [change.weight.words(language)] + items
  }

  struct Record: Encodable {
    struct Item: Encodable {
      var question: String?
      var aspect: String
      var trendBreak: Bool
    }
    var same: Bool
    var change: String
    var oldHash: String
    var newHash: String
    var items: [Item]
  }

  var record: Record {
    Record(
      same: isNone, change: change.weight.word, oldHash: hashes.old, newHash: hashes.new,
      items: change.items.map {
        Record.Item(question: $0.question, aspect: $0.aspect.rawValue, trendBreak: $0.aspect.weight == .meaning)
      })
  }
}

extension PollChange.Weight {
  /// For programs.
  var word: String {
    switch self {
    case .none: "none"
    case .wording: "wording"
    case .rules: "rules"
    case .meaning: "meaning"
    }
  }

  /// Nil: the server did not say.
  init?(_ message: Binhchon_V1_ChangeWeight) {
    switch message {
    case .wording: self = .wording
    case .rules: self = .rules
    case .meaning: self = .meaning
    case .unspecified, .UNRECOGNIZED: return nil
    }
  }

  var words: Text {
    switch self {
    case .none: Text(vi: "chỉ khác cách viết", en: "written otherwise, nothing else")
    case .wording: Text(vi: "sửa câu chữ, hỏi như cũ", en: "a wording fix: it asks the same")
    case .rules:
      Text(vi: "đổi quy tắc hoặc thêm bớt câu hỏi", en: "other rules, or questions added or removed")
    case .meaning: Text(vi: "đổi ý nghĩa: số liệu bị đứt chuỗi", en: "a change of meaning: trends break")
    }
  }
}

extension PollChange.Aspect {
  fileprivate var words: Text {
    switch self {
    case .title: Text(vi: "tên", en: "title")
    case .units: Text(vi: "các đơn vị", en: "units")
    case .policy: Text(vi: "quy tắc nhận phiếu", en: "policy")
    case .times: Text(vi: "giờ mở, giờ đóng", en: "opening and closing")
    case .kiosk: Text(vi: "trang của máy đánh giá", en: "kiosk page")
    case .texts: Text(vi: "câu hỏi để viết ý kiến", en: "free text")
    case .added: Text(vi: "câu hỏi mới", en: "a new question")
    case .removed: Text(vi: "bỏ câu hỏi", en: "removed")
    case .place: Text(vi: "đổi chỗ", en: "in another place")
    case .text: Text(vi: "lời câu hỏi", en: "text")
    case .labels: Text(vi: "lời các lựa chọn", en: "labels of choices")
    case .choiceOrder: Text(vi: "thứ tự lựa chọn", en: "order of choices")
    case .optional: Text(vi: "bắt buộc hay không", en: "whether it may be left out")
    case .kind: Text(vi: "loại câu hỏi", en: "kind")
    case .codes: Text(vi: "mã các lựa chọn", en: "codes of choices")
    case .levelOrder: Text(vi: "thứ tự các mức", en: "order of levels")
    case .askedIf: Text(vi: "hỏi những ai", en: "who is asked")
    case .meaning: Text(vi: "ý nghĩa, theo người soạn", en: "meaning, as its author says")
    }
  }
}
