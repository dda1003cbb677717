import Foundation
internal import Polling
internal import Yams

/// The definition of a poll as a YAML file.
enum PollFile {
  /// Reads and checks a definition; every mistake is told at once, with its line.
  static func read(_ text: String, file: String) throws(ClientError) -> Poll {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = YAMLReader()
    let poll = reader.poll(root)
    if let poll, reader.problems.isEmpty {
      for violation in poll.violations() {
        reader.fail(path: violation.field, Text(verbatim: "\(violation.field) \(violation.problem)"))
      }
      for (index, question) in poll.questions.enumerated() where question.choices.count < 2 {
        reader.fail(
          path: "questions[\(index)].choices",
          Text(vi: "câu hỏi cần ít nhất hai lựa chọn [NO_OPTIONS]", en: "a question needs two choices [NO_OPTIONS]"))
      }
      if poll.questions.isEmpty {
        reader.fail(
          path: "questions",
          Text(vi: "cần ít nhất một câu hỏi [NO_OPTIONS]", en: "there must be a question [NO_OPTIONS]"))
      }
    }
    if let error = reader.error(.badData, file: file) { throw error }
    guard let poll else {
      throw ClientError(.badData, Text(vi: "\(file): không đọc được", en: "\(file): cannot be read"))
    }
    return poll
  }

  static func parse(instant text: String) -> Timestamp? {
    guard let date = try? Date(text, strategy: .iso8601) else { return nil }
    let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
    guard abs(milliseconds) < 1e15 else { return nil }
    return Timestamp(milliseconds: Int64(milliseconds))
  }
}

extension YAMLReader {
  fileprivate mutating func poll(_ node: Node) -> Poll? {
    let keys = mapping(
      node, "", keys: ["id", "title", "unit", "units", "questions", "policy", "opens", "closes", "kiosk"])
    let id: PollID? = name(keys["id"], "id", in: node) { text throws(InvalidValue) in try PollID(text) }
    let unit: UnitPath? = name(keys["unit"], "unit", in: node) { text throws(InvalidValue) in try UnitPath(text) }
    let title = localized(keys["title"], "title", in: node)
    let units = sequence(keys["units"], "units", required: "units", in: node).enumerated().map { index, node in
      self.unit(node, "units[\(index)]")
    }
    let questions = sequence(keys["questions"], "questions", required: "questions", in: node).enumerated().map {
      index, node in question(node, "questions[\(index)]")
    }
    let policy = keys["policy"].map { self.policy($0) } ?? Policy()
    let opens = keys["opens"].flatMap { instant($0, "opens_at_ms") }
    let closes = keys["closes"].flatMap { instant($0, "closes_at_ms") }
    let kiosk = keys["kiosk"].map { self.kiosk($0) } ?? KioskPage()
    guard let id, let unit else { return nil }
    return Poll(
      id: id, title: title, unit: unit, units: units.compactMap { $0 }, questions: questions, policy: policy,
      opensAt: opens, closesAt: closes, kiosk: kiosk)
  }

  private mutating func unit(_ node: Node, _ path: String) -> Polling.Unit? {
    let keys = mapping(node, path, keys: ["path", "name"])
    let place: UnitPath? = name(keys["path"], "\(path).path", in: node) { text throws(InvalidValue) in
      try UnitPath(text)
    }
    let name = localized(keys["name"], "\(path).name", in: node)
    return place.map { Polling.Unit(path: $0, name: name) }
  }

  private mutating func question(_ node: Node, _ path: String) -> Question {
    let keys = mapping(node, path, keys: ["id", "text", "kind", "votes-allowed", "optional", "asked-if", "choices"])
    let id = text(keys["id"], "\(path).id", required: "id", in: node)
    let wording = localized(keys["text"], "\(path).text", in: node)
    let kind = kind(keys, path, in: node)
    let isOptional = keys["optional"].flatMap { flag($0, "\(path).optional") } ?? false
    let choices = sequence(keys["choices"], "\(path).choices", required: "choices", in: node).enumerated().map {
      index, node in
      let path = "\(path).choices[\(index)]"
      let keys = mapping(node, path, keys: ["code", "label"])
      return Choice(
        code: text(keys["code"], "\(path).code", required: "code", in: node),
        label: localized(keys["label"], "\(path).label", in: node))
    }
    let condition = keys["asked-if"].map { self.condition($0, "\(path).asked_if") }
    return Question(
      id: id, text: wording, kind: kind, isOptional: isOptional, choices: choices, askedIf: condition)
  }

  private mutating func condition(_ node: Node, _ path: String) -> Condition {
    let keys = mapping(node, path, keys: ["question", "choices"])
    let question = text(keys["question"], "\(path).question", required: "question", in: node)
    let choices = sequence(keys["choices"], "\(path).choices", required: "choices", in: node).enumerated().map {
      index, node in text(node, "\(path).choices[\(index)]") ?? ""
    }
    return Condition(question: question, choices: choices)
  }

  private mutating func kind(_ keys: [String: Node], _ path: String, in parent: Node) -> Question.Kind {
    let word = text(keys["kind"], "\(path).kind", required: "kind", in: parent)
    let allowed = keys["votes-allowed"]
    let count = allowed.flatMap { text($0, "\(path).votes_allowed") }
    if let allowed, word != "multiple" {
      fail(allowed, Text(vi: "chỉ dùng với kind: multiple", en: "goes with kind: multiple only"))
    }
    switch word {
    case "ordinal": return .ordinal
    case "single": return .single
    case "multiple":
      guard let number = count.flatMap(UInt32.init) else {
        fail(
          allowed ?? keys["kind"],
          Text(vi: "kind: multiple cần votes-allowed là một số", en: "kind: multiple needs a number of votes-allowed"))
        return .single
      }
      return .multiple(votesAllowed: number)
    case "": return .single
    default:
      fail(keys["kind"], Text(vi: "cần ordinal, single hoặc multiple", en: "must be ordinal, single or multiple"))
      return .single
    }
  }

  private mutating func instant(_ node: Node, _ path: String) -> Timestamp? {
    guard let text = text(node, path) else { return nil }
    guard let instant = PollFile.parse(instant: text) else {
      fail(
        node,
        Text(vi: "cần thời điểm dạng 2025-11-22T08:00:00+07:00", en: "must be a time like 2025-11-22T08:00:00+07:00"))
      return nil
    }
    return instant
  }

  mutating func localized(_ node: Node?, _ path: String, in parent: Node) -> LocalizedText {
    guard let node else {
      let name = path.split(separator: ".").last.map(String.init) ?? path
      fail(parent, Text(vi: "thiếu khóa “\(name)”", en: "key “\(name)” is missing"))
      return LocalizedText(vi: "", en: "")
    }
    let keys = mapping(node, path, keys: ["vi", "en"])
    return LocalizedText(
      vi: text(keys["vi"], "\(path).vi", required: "vi", in: node),
      en: keys["en"].flatMap { text($0, "\(path).en") } ?? "")
  }

  private mutating func name<Value>(
    _ node: Node?, _ path: String, in parent: Node, _ make: (String) throws(InvalidValue) -> Value
  ) -> Value? {
    let key = path.split(separator: ".").last.map(String.init) ?? path
    let raw = text(node, path, required: key, in: parent)
    guard node?.scalar != nil else { return nil }
    do {
      return try make(raw)
    } catch {
      fail(node, Text(verbatim: error.problem))
      return nil
    }
  }
}
