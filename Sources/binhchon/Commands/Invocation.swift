import ArgumentParser

/// What was asked for, before the argument parser sees it: options of every command may also stand before the command,
/// a mistyped command is told with the nearest one, and the help of a group is that of the group.
enum Invocation: Equatable {
  case run([String])
  /// Help on this command.
  case help(String)
  /// There is no such command; `group` is what it was looked for in.
  case unknown(String, group: String?, known: [String])

  /// - Parameter arguments: without the program's name.
  init(_ arguments: [String]) {
    let commands = Self.commands
    var rest = arguments[...]
    var options: [String] = []
    while let first = rest.first, first.hasPrefix("-") {
      guard let taken = Self.option(rest) else {
        self = .run(arguments)
        return
      }
      options += taken
      rest = rest.dropFirst(taken.count)
    }
    guard let name = rest.popFirst() else {
      self = .run(arguments)
      return
    }
    if name == "help" {
      // Which language it is in was read from the arguments already.
      self = .run([name] + Self.words(rest))
      return
    }
    guard let command = commands.first(where: { $0.name == name }) else {
      self = .unknown(name, group: nil, known: commands.map(\.name))
      return
    }
    guard !command.subcommands.isEmpty else {
      self = .run([name] + options + rest)
      return
    }
    guard let word = rest.first, !word.hasPrefix("-") else {
      self = rest.contains("-h") || rest.contains("--help") ? .help(name) : .run([name] + options + rest)
      return
    }
    guard command.subcommands.contains(word) else {
      self = .unknown(word, group: name, known: command.subcommands)
      return
    }
    self = .run([name, word] + options + rest.dropFirst())
  }

  private static var commands: [(name: String, subcommands: [String])] {
    BinhChon.configuration.subcommands.map { command in (name(of: command), subcommands(of: command)) }
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? ""
  }

  private static func subcommands(of command: any ParsableCommand.Type) -> [String] {
    command.configuration.subcommands.map { name(of: $0) }
  }

  private static let valued: Set = ["--server", "--identity", "--server-name", "--profile", "--lang", "--color"]
  private static let flags: Set = ["--json", "--verbose", "--quiet", "-v", "-vv", "-q"]

  /// The option of every command that stands first, with its value; nil: it is none of those.
  private static func option(_ arguments: ArraySlice<String>) -> [String]? {
    guard let first = arguments.first else { return nil }
    if flags.contains(first) || valued.contains(String(first.prefix { $0 != "=" })) && first.contains("=") {
      return [first]
    }
    return valued.contains(first) && arguments.count > 1 ? Array(arguments.prefix(2)) : nil
  }

  private static func words(_ arguments: ArraySlice<String>) -> [String] {
    var rest = arguments
    var words: [String] = []
    while let first = rest.first {
      if let taken = option(rest) {
        rest = rest.dropFirst(taken.count)
      } else {
        words.append(first)
        rest = rest.dropFirst()
      }
    }
    return words
  }
}

extension ClientError {
  /// What to say to a command that is none.
  static func unknownCommand(_ word: String, group: String?, known: [String]) -> ClientError {
    let place = group.map { " \($0)" } ?? ""
    let all = known.joined(separator: ", ")
    let next =
      nearest(to: word, among: known).map {
        Text(vi: "ý bạn là `binhchon\(place) \($0)`?", en: "did you mean `binhchon\(place) \($0)`?")
      } ?? Text(vi: "các lệnh: \(all)", en: "the commands are: \(all)")
    return ClientError(
      .usage,
      Text(vi: "không có lệnh “binhchon\(place) \(word)”", en: "there is no command “binhchon\(place) \(word)”"),
      next: next)
  }

  private static func nearest(to word: String, among known: [String]) -> String? {
    let close = known.map { ($0, distance(Array(word), Array($0))) }.min { $0.1 < $1.1 }
    guard let (name, distance) = close, distance <= max(1, name.count / 3) else { return nil }
    return name
  }

  /// Letters to change, put in, leave out or swap (optimal string alignment).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
