internal import Polling
internal import Yams

// What is asked: the questions of a definition.

extension YAMLReader {
  /// Questions with choices, then those that are answered in one's own words (`kind: text`), which no ballot answers.
  mutating func questions(_ node: Node?, in parent: Node) -> ([Question], [TextQuestion]) {
    var (questions, texts): ([Question], [TextQuestion]) = ([], [])
    for node in sequence(node, "questions", required: "questions", in: parent) {
      if node.mapping?["kind"]?.string == "text" {
        texts.append(textQuestion(node, "texts[\(texts.count)]"))
        continue
      }
      if !texts.isEmpty {
        fail(
          node,
          Text(
            vi: "câu hỏi có lựa chọn phải đứng trước câu hỏi kind: text",
            en: "a question with choices must stand before those of kind: text"))
      }
      questions.append(question(node, "questions[\(questions.count)]"))
    }
    return (questions, texts)
  }

  private mutating func textQuestion(_ node: Node, _ path: String) -> TextQuestion {
    let keys = mapping(node, path, keys: ["id", "text", "kind", "most-bytes", "asked-if"])
    return TextQuestion(
      id: text(keys["id"], "\(path).id", required: "id", in: node),
      text: translated(keys["text"], "\(path).text", in: node),
      mostBytes: keys["most-bytes"].flatMap { number($0, "\(path).most_bytes") } ?? TextQuestion.usualMostBytes,
      askedIf: keys["asked-if"].map { condition($0, "\(path).asked_if") })
  }

  private mutating func question(_ node: Node, _ path: String) -> Question {
    let keys = mapping(
      node, path, keys: ["id", "text", "kind", "votes-allowed", "optional", "asked-if", "meaning", "choices"])
    let id = text(keys["id"], "\(path).id", required: "id", in: node)
    let wording = translated(keys["text"], "\(path).text", in: node)
    let kind = kind(keys, path, in: node)
    let isOptional = keys["optional"].flatMap { flag($0, "\(path).optional") } ?? false
    let choices = choices(keys["choices"], "\(path).choices", of: kind, in: node)
    let condition = keys["asked-if"].map { self.condition($0, "\(path).asked_if") }
    return Question(
      id: id, text: wording, kind: kind, isOptional: isOptional, choices: choices, askedIf: condition,
      meaning: keys["meaning"].flatMap { number($0, "\(path).meaning") } ?? 1)
  }

  /// The marks from 0 to 10 need not be written out.
  private mutating func choices(
    _ node: Node?, _ path: String, of kind: Question.Kind, in parent: Node
  ) -> [Choice] {
    if node == nil, kind == .scale, let codes = kind.fixedCodes {
      return codes.map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) }
    }
    return sequence(node, path, required: "choices", in: parent).enumerated().map { index, node in
      let path = "\(path)[\(index)]"
      let keys = mapping(node, path, keys: ["code", "label"])
      return Choice(
        code: text(keys["code"], "\(path).code", required: "code", in: node),
        label: translated(keys["label"], "\(path).label", in: node))
    }
  }

  /// One test, or `all:` or `any:` with several.
  private mutating func condition(_ node: Node, _ path: String) -> Condition {
    for (word, join) in [("all", Condition.Join.all), ("any", .any)] where node.mapping?[word] != nil {
      let keys = mapping(node, path, keys: [word])
      let nodes = sequence(keys[word], "\(path).\(word)", required: word, in: node)
      // One alone is told of as a condition by itself.
      return Condition(
        join,
        nodes.enumerated().map { index, node in
          test(node, nodes.count == 1 ? path : "\(path).\(word)[\(index)]")
        })
    }
    return Condition(.all, [test(node, path)])
  }

  private mutating func test(_ node: Node, _ path: String) -> Condition.Test {
    let keys = mapping(node, path, keys: ["question", "choices"])
    let question = text(keys["question"], "\(path).question", required: "question", in: node)
    let choices = sequence(keys["choices"], "\(path).choices", required: "choices", in: node).enumerated().map {
      index, node in text(node, "\(path).choices[\(index)]") ?? ""
    }
    return Condition.Test(question: question, choices: choices)
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
    case "indicator": return .indicator
    case "scale0to10": return .scale
    case "multiple":
      guard let number = count.flatMap(UInt32.init) else {
        fail(
          allowed ?? keys["kind"],
          Text(vi: "kind: multiple cần votes-allowed là một số", en: "kind: multiple needs a number of votes-allowed"))
        return .single
      }
      return .multiple(votesAllowed: number)
    case "": break
    default:
      fail(
        keys["kind"],
        Text(
          vi: "cần ordinal, single, multiple, indicator, scale0to10 hoặc text",
          en: "must be ordinal, single, multiple, indicator, scale0to10 or text"))
    }
    return .single
  }

  mutating func number(_ node: Node, _ path: String) -> UInt32? {
    guard let text = text(node, path) else { return nil }
    if let number = UInt32(text) { return number }
    fail(node, Text(vi: "cần một số", en: "must be a number"))
    return nil
  }
}
