internal import Polling
internal import Yams

/// The registry of units and procedures as a YAML file.
enum RegistryFile {
  /// Reads and checks it; every mistake is told at once, with its line.
  static func read(_ text: String, file: String) throws(ClientError) -> UnitRegistry {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = YAMLReader()
    let registry = reader.registry(root)
    if reader.problems.isEmpty {
      for fault in registry.faults() { reader.fail(path: fault.field, fault.text) }
    }
    if let error = reader.error(.badData, file: file) { throw error }
    return registry
  }
}

extension YAMLReader {
  fileprivate mutating func registry(_ node: Node) -> UnitRegistry {
    let keys = mapping(node, "", keys: ["units", "procedures"])
    let units = sequence(keys["units"], "units", required: "units", in: node).enumerated().compactMap { index, node in
      registeredUnit(node, "units[\(index)]")
    }
    let procedures = keys["procedures"].map { list in
      sequence(list, "procedures", required: "procedures", in: node).enumerated().compactMap { index, node in
        procedure(node, "procedures[\(index)]")
      }
    }
    return UnitRegistry(units: units, procedures: procedures ?? [])
  }

  private mutating func registeredUnit(_ node: Node, _ path: String) -> RegisteredUnit? {
    let keys = mapping(node, path, keys: ["code", "segment", "kind", "name", "placements", "successors"])
    let code = text(keys["code"], "\(path).code", required: "code", in: node)
    let segment = keys["segment"].flatMap { text($0, "\(path).segment") }
    let word = text(keys["kind"], "\(path).kind", required: "kind", in: node)
    let kind = UnitKind(word: word)
    if kind == nil, let place = keys["kind"] {
      let known = UnitKind.allCases.map(\.word).joined(separator: ", ")
      fail(place, Text(vi: "cần một trong: \(known)", en: "must be one of: \(known)"))
    }
    let name = localized(keys["name"], "\(path).name", in: node)
    let placements = sequence(keys["placements"], "\(path).placements", required: "placements", in: node)
      .enumerated().compactMap { index, node in placement(node, "\(path).placements[\(index)]") }
    let successions = keys["successors"].map { list in
      sequence(list, "\(path).successions", required: "successors", in: node).enumerated().compactMap { index, node in
        succession(node, "\(path).successions[\(index)]")
      }
    }
    return kind.map {
      RegisteredUnit(
        code: code, segment: segment, kind: $0, name: name, placements: placements, successions: successions ?? [])
    }
  }

  private mutating func placement(_ node: Node, _ path: String) -> RegisteredUnit.Placement? {
    let keys = mapping(node, path, keys: ["parent", "from", "to"])
    let parent = keys["parent"].flatMap { text($0, "\(path).parent") }
    guard let from = keys["from"] else {
      fail(node, Text(vi: "thiếu khóa “from”", en: "key “from” is missing"))
      return nil
    }
    let end = keys["to"].flatMap { day($0, "\(path).to") }
    return day(from, "\(path).from").map { RegisteredUnit.Placement(parent: parent, start: $0, end: end) }
  }

  private mutating func succession(_ node: Node, _ path: String) -> RegisteredUnit.Succession? {
    let keys = mapping(node, path, keys: ["unit", "how"])
    let successor = text(keys["unit"], "\(path).unit", required: "unit", in: node)
    let word = text(keys["how"], "\(path).how", required: "how", in: node)
    let kind = RegisteredUnit.Succession.Kind(word: word)
    if kind == nil, let place = keys["how"] {
      fail(place, Text(vi: "cần merged, renamed hoặc split", en: "must be merged, renamed or split"))
    }
    return kind.map { RegisteredUnit.Succession(successor: successor, kind: $0) }
  }

  private mutating func procedure(_ node: Node, _ path: String) -> Procedure? {
    let keys = mapping(node, path, keys: ["code", "name", "field"])
    let code = text(keys["code"], "\(path).code", required: "code", in: node)
    let name = localized(keys["name"], "\(path).name", in: node)
    let field = keys["field"].flatMap { text($0, "\(path).field") } ?? ""
    do {
      return Procedure(code: try ProcedureCode(code), name: name, field: field)
    } catch {
      if let place = keys["code"] { fail(place, Text(verbatim: error.problem)) }
      return nil
    }
  }
}
