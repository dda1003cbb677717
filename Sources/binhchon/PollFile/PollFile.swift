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
    let title = translated(keys["title"], "title", in: node)
    let units = sequence(keys["units"], "units", required: "units", in: node).enumerated().map { index, node in
      self.unit(node, "units[\(index)]")
    }
    let (questions, texts) = questions(keys["questions"], in: node)
    let policy = keys["policy"].map { self.policy($0) } ?? Policy()
    let opens = keys["opens"].flatMap { instant($0, "opens_at_ms") }
    let closes = keys["closes"].flatMap { instant($0, "closes_at_ms") }
    let kiosk =
      keys["kiosk"].map { self.kiosk($0, showing: questions) }
      ?? KioskPage(languages: KioskPage.usualLanguages(of: questions))
    guard let id, let unit else { return nil }
    return Poll(
      id: id, title: title, unit: unit, units: units.compactMap { $0 }, questions: questions, policy: policy,
      opensAt: opens, closesAt: closes, kiosk: kiosk, texts: texts)
  }

  private mutating func unit(_ node: Node, _ path: String) -> Polling.Unit? {
    let keys = mapping(node, path, keys: ["path", "name"])
    let place: UnitPath? = name(keys["path"], "\(path).path", in: node) { text throws(InvalidValue) in
      try UnitPath(text)
    }
    let name = translated(keys["name"], "\(path).name", in: node)
    return place.map { Polling.Unit(path: $0, name: name) }
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
    localized(node, path, in: parent, others: false)
  }

  /// The same with its translations to other languages.
  mutating func translated(_ node: Node?, _ path: String, in parent: Node) -> LocalizedText {
    localized(node, path, in: parent, others: true)
  }

  private mutating func localized(_ node: Node?, _ path: String, in parent: Node, others: Bool) -> LocalizedText {
    guard let node else {
      let name = path.split(separator: ".").last.map(String.init) ?? path
      fail(parent, Text(vi: "thiếu khóa “\(name)”", en: "key “\(name)” is missing"))
      return LocalizedText(vi: "", en: "")
    }
    let own = ["vi", "en"]
    let tags = others ? node.mapping?.keys.compactMap(\.string).filter { !own.contains($0) } ?? [] : []
    let keys = mapping(node, path, keys: own + tags)
    // In the order that the value has them in, so that what is wrong with one is told of its line.
    let sorted = tags.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return LocalizedText(
      vi: text(keys["vi"], "\(path).vi", required: "vi", in: node),
      en: keys["en"].flatMap { text($0, "\(path).en") } ?? "",
      others: sorted.enumerated().map { place, tag in
        LocalizedText.Translation(
          language: tag, text: keys[tag].flatMap { text($0, "\(path).others[\(place)]") } ?? "")
      })
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
