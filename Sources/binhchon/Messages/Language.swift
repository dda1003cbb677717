/// The languages we speak.
enum Language: String, Sendable, CaseIterable {
  case vi
  case en

  /// The language of this run before the command line is parsed, for help texts: `--lang` among the raw arguments, then
  /// the environment.
  static let ambient = Language(
    arguments: CommandLine.arguments, environment: ProcessEnvironment.current.variables)

  init(arguments: [String], environment: [String: String]) {
    var asked: String?
    for (index, argument) in arguments.enumerated() {
      if argument == "--" { break }
      if argument == "--lang", index + 1 < arguments.count { asked = arguments[index + 1] }
      if argument.hasPrefix("--lang=") { asked = String(argument.dropFirst("--lang=".count)) }
    }
    self = asked.flatMap(Language.init(rawValue:)) ?? Language(environment: environment)
  }

  /// `BINHCHON_LANG`, then the locale by POSIX's order, then Vietnamese: `C.UTF-8` names no language.
  init(environment: [String: String]) {
    let own = environment["BINHCHON_LANG"] ?? ""
    self = Language(rawValue: own) ?? Language.ofLocale(environment) ?? .vi
  }

  private static func ofLocale(_ environment: [String: String]) -> Language? {
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
      guard let value = environment[name], !value.isEmpty else { continue }
      return Language.allCases.first { value.lowercased().hasPrefix($0.rawValue) }
    }
    return nil
  }
}

/// One message in every language: a language without its words does not compile.
struct Text: Sendable, Equatable {
  var vi: String
  var en: String
  /// By language tag, where others wrote it in more: our own words have none.
  var others: [String: String] = [:]

  init(vi: String, en: String, others: [String: String] = [:]) {
    self.vi = vi
    self.en = en
    self.others = others
  }

  /// The same in every language: names, numbers, what others said.
  init(verbatim: String) {
    self.init(vi: verbatim, en: verbatim)
  }

  func callAsFunction(_ language: Language) -> String {
    switch language {
    case .vi: vi
    case .en: en
    }
  }
}
