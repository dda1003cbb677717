internal import Polling
internal import Yams

extension CampaignReader {
  mutating func identifier<Record>(_ node: Node?, _ path: String, in parent: Node) -> RecordID<Record>? {
    let text = yaml.text(node, path, required: Self.key(path), in: parent)
    guard node?.scalar != nil else { return nil }
    guard let id = try? RecordID<Record>(text) else {
      yaml.fail(node, Campaign.Problem.noName.text)
      return nil
    }
    return id
  }

  mutating func label(_ node: Node?, _ path: String, in parent: Node) -> LocalizedText {
    guard let node else {
      yaml.fail(parent, .missingKey(Self.key(path)))
      return LocalizedText(vi: "", en: "")
    }
    let keys = yaml.mapping(node, path, keys: ["vi", "en"])
    return LocalizedText(
      vi: yaml.text(keys["vi"], "\(path).vi", required: "vi", in: node),
      en: keys["en"].flatMap { yaml.text($0, "\(path).en") } ?? "")
  }

  /// A date like 2023-01-31.
  mutating func day(_ node: Node?, _ path: String, required key: String, in parent: Node) -> Day? {
    guard let node else {
      yaml.fail(parent, .missingKey(key))
      return nil
    }
    return yaml.day(node, path)
  }

  /// One of these words.
  mutating func word<Value>(_ node: Node?, _ path: String, in parent: Node, from words: [(String, Value)]) -> Value? {
    let text = yaml.text(node, path, required: Self.key(path), in: parent)
    guard node?.scalar != nil else { return nil }
    guard let value = words.first(where: { $0.0 == text })?.1 else {
      let known = words.map(\.0).joined(separator: ", ")
      yaml.fail(node, Text(vi: "“\(text)” không có trong: \(known)", en: "“\(text)” is none of: \(known)"))
      return nil
    }
    return value
  }

  mutating func words<Value>(_ node: Node?, _ path: String, in parent: Node, from words: [(String, Value)]) -> [Value] {
    list(node, path, required: true, in: parent) { $0.word($1, $2, in: parent, from: words) }
  }

  /// The items that could be read; of the others it was said what is wrong.
  mutating func list<Item>(
    _ node: Node?, _ path: String, required: Bool = false, in parent: Node,
    _ item: (inout CampaignReader, Node, String) -> Item?
  ) -> [Item] {
    if node == nil, !required { return [] }
    var items: [Item] = []
    for (index, node) in yaml.sequence(node, path, required: Self.key(path), in: parent).enumerated() {
      if let item = item(&self, node, "\(path)[\(index)]") { items.append(item) }
    }
    return items
  }

  /// The key in the file of a path in the message: `legal-bases` of `legal_bases`.
  private static func key(_ path: String) -> String {
    let last = path.split(separator: ".").last.map(String.init) ?? path
    return last.replacing("_", with: "-")
  }
}

extension Text {
  static func missingKey(_ key: String) -> Text {
    Text(vi: "thiếu khóa “\(key)”", en: "key “\(key)” is missing")
  }
}
