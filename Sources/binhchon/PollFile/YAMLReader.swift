internal import Yams

/// A place in a YAML file, both from 1.
struct YAMLPlace: Sendable, Equatable {
  var line: Int
  var column: Int

  init(_ mark: Mark?) {
    line = mark?.line ?? 1
    column = mark?.column ?? 1
  }
}

/// What is wrong at one place of a YAML file.
struct YAMLProblem: Sendable, Equatable {
  var place: YAMLPlace
  var problem: Text
}

/// Reads a YAML mapping key by key, remembers where each value stood, and collects everything that is wrong: unknown
/// keys, missing keys and values of the wrong shape, all in one pass.
struct YAMLReader {
  private(set) var problems: [YAMLProblem] = []
  /// Where each value stood, by its path in the message: `questions[0].choices`.
  private(set) var places: [String: YAMLPlace] = [:]

  /// The document's one mapping. Throws what Yams says about text that is no YAML.
  static func root(of text: String, file: String, failing status: SysExit) throws(ClientError) -> Node {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw ClientError(status, Text(vi: "\(file): tệp rỗng", en: "\(file): the file is empty"))
      }
      return node
    } catch let error as ClientError {
      throw error
    } catch {
      throw ClientError(
        status, Text(vi: "\(file): không phải YAML", en: "\(file): not YAML"), why: Text(verbatim: "\(error)"))
    }
  }

  mutating func fail(_ node: Node?, _ problem: Text) {
    problems.append(YAMLProblem(place: YAMLPlace(node?.mark), problem: problem))
  }

  mutating func fail(path: String, _ problem: Text) {
    problems.append(YAMLProblem(place: place(of: path), problem: problem))
  }

  /// The place of a path, or of the nearest one around it.
  func place(of path: String) -> YAMLPlace {
    var path = path[...]
    while true {
      if let place = places[String(path)] { return place }
      guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return places[""] ?? YAMLPlace(nil) }
      path = path[..<cut]
    }
  }

  /// The values of a mapping with these keys and no others.
  mutating func mapping(_ node: Node, _ path: String, keys: [String]) -> [String: Node] {
    places[path] = YAMLPlace(node.mark)
    guard let mapping = node.mapping else {
      fail(node, Text(vi: "cần các cặp khóa: giá trị", en: "must be a mapping of keys to values"))
      return [:]
    }
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string, keys.contains(name) else {
        let known = keys.joined(separator: ", ")
        fail(
          key,
          Text(
            vi: "không có khóa “\(key.string ?? "?")”; các khóa: \(known)",
            en: "unknown key “\(key.string ?? "?")”; known keys: \(known)"))
        continue
      }
      values[name] = value
    }
    return values
  }

  mutating func text(_ node: Node?, _ path: String, required name: String, in parent: Node) -> String {
    guard let node else {
      fail(parent, Text(vi: "thiếu khóa “\(name)”", en: "key “\(name)” is missing"))
      return ""
    }
    return text(node, path) ?? ""
  }

  mutating func text(_ node: Node, _ path: String) -> String? {
    places[path] = YAMLPlace(node.mark)
    guard let scalar = node.scalar else {
      fail(node, Text(vi: "cần một giá trị đơn", en: "must be a single value"))
      return nil
    }
    return scalar.string
  }

  mutating func flag(_ node: Node, _ path: String) -> Bool? {
    switch text(node, path) {
    case "true": return true
    case "false": return false
    case nil: return nil
    case _?:
      fail(node, Text(vi: "cần true hoặc false", en: "must be true or false"))
      return nil
    }
  }

  mutating func sequence(_ node: Node?, _ path: String, required name: String, in parent: Node) -> [Node] {
    guard let node else {
      fail(parent, Text(vi: "thiếu khóa “\(name)”", en: "key “\(name)” is missing"))
      return []
    }
    places[path] = YAMLPlace(node.mark)
    guard let sequence = node.sequence else {
      fail(node, Text(vi: "cần một danh sách (các dòng bắt đầu bằng “-”)", en: "must be a list (lines with “-”)"))
      return []
    }
    return Array(sequence)
  }

  /// All problems as one error that names file, line and column of each.
  func error(_ status: SysExit, file: String) -> ClientError? {
    guard !problems.isEmpty else { return nil }
    let sorted = problems.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
    func list(_ language: Language) -> String {
      sorted.map { "\(file):\($0.place.line):\($0.place.column): \($0.problem(language))" }.joined(separator: "\n    ")
    }
    return ClientError(
      status,
      Text(vi: "\(file) có \(problems.count) chỗ sai", en: "\(file) is wrong in \(problems.count) place(s)"),
      why: Text(vi: list(.vi), en: list(.en)), reason: "INVALID_FIELD")
  }
}

extension YAMLProblem {
  fileprivate func callAsFunction(_ language: Language) -> String { problem(language) }
}
