/// The configuration file that `init` writes: every key, commented out where the default does.
enum ConfigurationTemplate {
  /// - Parameter values: key path → text, where it is not the default.
  static func text(_ values: [String: String]) -> String {
    var lines = [
      "# BinhChon server configuration. Every key with its default; relative paths are relative to this file.",
      "# `binhchond serve --help` explains them, `binhchond check-config FILE` checks them.",
      "",
    ]
    var section = ""
    for key in ConfigurationKey.all {
      let parts = key.path.split(separator: ".")
      let name = parts.last.map(String.init) ?? key.path
      let prefix = parts.count > 1 ? String(parts[0]) : ""
      if prefix != section {
        section = prefix
        lines.append("\(section):")
      }
      let indent = prefix.isEmpty ? "" : "  "
      let value = values[key.path] ?? key.defaultText
      lines.append("\(indent)# \(key.help)")
      lines.append(value.isEmpty ? "\(indent)# \(name):" : "\(indent)\(name): \(value)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
