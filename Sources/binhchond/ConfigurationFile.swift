import FoundationEssentials
import Glibc
import Yams

extension Configuration {
  /// Reads a file, then lets the environment and flags override it.
  ///
  /// - Parameters:
  ///   - flags: key path → text, from the command line.
  /// - Throws: ``ConfigurationError``, naming file, line and column; ``Failure`` if there is no file to read.
  static func load(
    file: String, environment: [String: String], flags: [String: String] = [:]
  ) throws -> Configuration {
    guard access(file, F_OK) == 0 || errno != ENOENT else {
      throw Failure(
        .noInput,
        "\(file): \(Failure.systemReason); `binhchond init DIR` makes a data directory with DIR/binhchon.yaml")
    }
    guard access(file, R_OK) == 0, let data = FileManager.default.contents(atPath: file) else {
      throw Failure(.configuration, "\(file) cannot be read: \(Failure.systemReason)")
    }
    return try parse(
      String(decoding: data, as: UTF8.self), file: file, environment: environment, flags: flags)
  }

  /// ``load(file:environment:flags:)`` for a text at hand.
  static func parse(
    _ text: String, file: String, environment: [String: String] = [:], flags: [String: String] = [:]
  ) throws -> Configuration {
    var given: [String: (text: String, place: String)] = [:]
    for entry in try entries(of: text, file: file) {
      given[entry.path] = (entry.text, entry.place)
    }
    for key in ConfigurationKey.all {
      if let text = environment[key.variable] { given[key.path] = (text, key.variable) }
      if let text = flags[key.path] { given[key.path] = (text, "--\(key.path)") }
    }

    let directory = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let base = file.contains("/") ? (directory.isEmpty ? "/" : directory) : "."
    var configuration = Configuration()
    for key in ConfigurationKey.all {
      let (text, place) = given[key.path] ?? (key.defaultText, "default of \(key.path)")
      if text.isEmpty, key.defaultText.isEmpty { continue }
      do throws(ConfigurationKey.Problem) {
        try key.set(&configuration, key.isPath ? resolved(text, against: base) : text)
      } catch {
        throw ConfigurationError(place: place, problem: "\(key.path) \(error.text), not \"\(text)\"")
      }
    }
    return configuration
  }

  private static func resolved(_ path: String, against base: String) -> String {
    if path.hasPrefix("/") { return path }
    return path == "." ? base : "\(base)/\(path)"
  }

  private struct Entry {
    var path: String
    var text: String
    var place: String
  }

  /// Every scalar of the file with its dotted path and place; unknown keys are errors.
  private static func entries(of text: String, file: String) throws -> [Entry] {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw ConfigurationError(error, file: file)
    }
    guard let root else { return [] }

    func place(_ node: Node) -> String {
      node.mark.map { "\(file):\($0.line):\($0.column)" } ?? file
    }
    let known = ConfigurationKey.all.map(\.path)
    var entries: [Entry] = []
    func read(_ node: Node, under prefix: String) throws {
      guard let mapping = node.mapping else {
        throw ConfigurationError(place: place(node), problem: "must be keys with values, `key: value`")
      }
      for (key, value) in mapping {
        let path = prefix + (key.string ?? "")
        if let text = value.scalar?.string, known.contains(path) {
          // Every value is read as it is written: YAML would make 1.3 a number and `no` a boolean.
          entries.append(Entry(path: path, text: text == "~" || text == "null" ? "" : text, place: place(value)))
        } else if known.contains(where: { $0.hasPrefix(path + ".") }) {
          try read(value, under: path + ".")
        } else if known.contains(path) {
          throw ConfigurationError(place: place(value), problem: "\(path) must be a single value")
        } else {
          let hint = nearest(to: path, among: known).map { "; did you mean \($0)?" } ?? ""
          throw ConfigurationError(place: place(key), problem: "there is no key \(path)\(hint)")
        }
      }
    }
    try read(root, under: "")
    return entries
  }

  /// The known key that shares the most letters at its start and end, if it is close.
  private static func nearest(to path: String, among known: [String]) -> String? {
    func likeness(_ other: String) -> Int {
      let start = zip(path, other).prefix { $0 == $1 }.count
      let end = zip(path.reversed(), other.reversed()).prefix { $0 == $1 }.count
      return start + end
    }
    guard let best = known.max(by: { likeness($0) < likeness($1) }), likeness(best) * 2 >= best.count else {
      return nil
    }
    return best
  }
}

extension ConfigurationError {
  /// What the YAML parser found wrong, with its place.
  fileprivate init(_ error: YamlError, file: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(place: "\(file):\(mark.line):\(mark.column)", problem: "is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      self.init(
        place: "\(file):\(context.mark.line)", problem: "has twice: \(keys.sorted().joined(separator: ", "))")
    default: self.init(place: file, problem: "is not YAML: \(error)")
    }
  }
}
