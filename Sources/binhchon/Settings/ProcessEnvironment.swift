import Foundation

/// What the process was given by its surroundings, as a value so that rules about it can be tested.
struct ProcessEnvironment: Sendable {
  var variables: [String: String]

  static let current = ProcessEnvironment(variables: ProcessInfo.processInfo.environment)

  /// A variable that is set and not empty.
  subscript(name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// Whether the locale's character set can show Vietnamese letters.
  var isUTF8: Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      if let value = self[name] {
        let lowered = value.lowercased()
        return lowered.contains("utf-8") || lowered.contains("utf8")
      }
    }
    return false
  }

  /// `$XDG_CONFIG_HOME/binhchon`, else `~/.config/binhchon`; nil without a home.
  var configurationDirectory: String? {
    if let directory = self["XDG_CONFIG_HOME"], directory.hasPrefix("/") { return directory + "/binhchon" }
    return self["HOME"].map { $0 + "/.config/binhchon" }
  }

  /// `$XDG_STATE_HOME/binhchon`, else `~/.local/state/binhchon`; nil without a home.
  var stateDirectory: String? {
    if let directory = self["XDG_STATE_HOME"], directory.hasPrefix("/") { return directory + "/binhchon" }
    return self["HOME"].map { $0 + "/.local/state/binhchon" }
  }
}
