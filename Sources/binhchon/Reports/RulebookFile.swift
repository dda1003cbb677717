internal import Polling
internal import Yams

/// A rulebook as a YAML file; see `rulebooks/`.
enum RulebookFile {
  /// Reads and checks a rulebook; every mistake is told at once, with its line.
  static func read(_ text: String, file: String) throws(ClientError) -> Rulebook {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = YAMLReader()
    let rulebook = reader.rulebook(root)
    if let rulebook, reader.problems.isEmpty {
      for violation in rulebook.violations() {
        reader.fail(path: violation.field, Text(verbatim: "\(violation.field) \(violation.problem)"))
      }
    }
    if let error = reader.error(.badData, file: file) { throw error }
    guard let rulebook else {
      throw ClientError(.badData, Text(vi: "\(file): không đọc được", en: "\(file): cannot be read"))
    }
    return rulebook
  }
}

extension YAMLReader {
  fileprivate mutating func rulebook(_ node: Node) -> Rulebook? {
    let keys = mapping(
      node, "",
      keys: [
        "id", "title", "legal-basis", "effective-from", "effective-to", "reservation", "indicators", "formulas",
        "indices",
      ])
    let id = text(keys["id"], "id", required: "id", in: node)
    let title = words(keys["title"], "title", in: node)
    let basis = text(keys["legal-basis"], "legal-basis", required: "legal-basis", in: node)
    if keys["effective-from"] == nil {
      fail(node, Text(vi: "thiếu khóa “effective-from”", en: "key “effective-from” is missing"))
    }
    let from = keys["effective-from"].flatMap { day($0, "effective-from") }
    let to = keys["effective-to"].flatMap { day($0, "effective-to") }
    let reservation = keys["reservation"].map { words($0, "reservation", in: node) }
    let indicators = list(keys["indicators"], "indicators").map { indicator($0, $1) }
    let formulas = list(keys["formulas"], "formulas").map { formula($0, $1) }
    let indices = list(keys["indices"], "indices").map { index($0, $1) }
    guard let from else { return nil }
    return Rulebook(
      id: id, title: title, legalBasis: basis, effectiveFrom: from, effectiveTo: to, reservation: reservation,
      indicators: indicators, formulas: formulas, indices: indices)
  }

  private mutating func indicator(_ node: Node, _ path: String) -> Indicator {
    let keys = mapping(node, path, keys: ["code", "title", "source", "highest"])
    let source: Indicator.Source
    switch text(keys["source"], "\(path).source", required: "source", in: node) {
    case "period": source = .period
    case "dossier", "": source = .dossier
    default:
      fail(keys["source"], Text(vi: "cần dossier hoặc period", en: "must be dossier or period"))
      source = .dossier
    }
    let highest = text(keys["highest"], "\(path).highest", required: "highest", in: node)
    if UInt32(highest) == nil, keys["highest"] != nil {
      fail(keys["highest"], Text(vi: "cần một số nguyên", en: "must be a whole number"))
    }
    return Indicator(
      code: text(keys["code"], "\(path).code", required: "code", in: node),
      title: words(keys["title"], "\(path).title", in: node), source: source, highest: UInt32(highest) ?? 1)
  }

  private mutating func formula(_ node: Node, _ path: String) -> ScoreFormula {
    let keys = mapping(node, path, keys: ["id", "title", "indicators", "grades"])
    return ScoreFormula(
      id: text(keys["id"], "\(path).id", required: "id", in: node),
      title: words(keys["title"], "\(path).title", in: node),
      indicators: texts(keys["indicators"], "\(path).indicators", required: "indicators", in: node),
      grades: list(keys["grades"], "\(path).grades").map { grade($0, $1) })
  }

  private mutating func grade(_ node: Node, _ path: String) -> Grade {
    let keys = mapping(node, path, keys: ["code", "label", "from"])
    if keys["from"] == nil { fail(node, Text(vi: "thiếu khóa “from”", en: "key “from” is missing")) }
    return Grade(
      code: text(keys["code"], "\(path).code", required: "code", in: node),
      label: words(keys["label"], "\(path).label", in: node),
      from: keys["from"].flatMap { fraction($0, "\(path).from") } ?? .zero)
  }

  private mutating func index(_ node: Node, _ path: String) -> SatisfactionIndex {
    let keys = mapping(node, path, keys: ["id", "title", "satisfied", "scale", "criteria"])
    let criteria = sequence(keys["criteria"], "\(path).criteria", required: "criteria", in: node)
    return SatisfactionIndex(
      id: text(keys["id"], "\(path).id", required: "id", in: node),
      title: words(keys["title"], "\(path).title", in: node),
      satisfied: texts(keys["satisfied"], "\(path).satisfied", required: "satisfied", in: node),
      criteria: criteria.enumerated().map { place, node in
        let path = "\(path).criteria[\(place)]"
        let keys = mapping(node, path, keys: ["question", "weight"])
        return SatisfactionIndex.Criterion(
          question: text(keys["question"], "\(path).question", required: "question", in: node),
          weight: keys["weight"].flatMap { fraction($0, "\(path).weight") })
      },
      scale: keys["scale"].flatMap { fraction($0, "\(path).scale") } ?? Rational(100))
  }

  /// The nodes of a list that may be left out, each with its path.
  private mutating func list(_ node: Node?, _ path: String) -> [(Node, String)] {
    guard let node else { return [] }
    return sequence(node, path, required: path, in: node).enumerated().map { ($1, "\(path)[\($0)]") }
  }

  private mutating func texts(_ node: Node?, _ path: String, required name: String, in parent: Node) -> [String] {
    sequence(node, path, required: name, in: parent).enumerated().compactMap { text($1, "\(path)[\($0)]") }
  }

  private mutating func fraction(_ node: Node, _ path: String) -> Rational? {
    guard let text = text(node, path) else { return nil }
    guard let value = Rational(text) else {
      fail(node, Text(vi: "cần số dạng 15, 0.8 hoặc 4/5", en: "must be a number like 15, 0.8 or 4/5"))
      return nil
    }
    return value
  }

  private mutating func words(_ node: Node?, _ path: String, in parent: Node) -> LocalizedText {
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
}
