/// The configuration file that `init` writes: every key, commented out where the default does.
enum ConfigurationTemplate {
  static func text(trustDomain: String) -> String {
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
      let value = key.path == "trust_domain" ? trustDomain : key.defaultText
      lines.append("\(indent)# \(key.help)")
      // "1.3" is a number to YAML and a version to us; all else reads the same without quotes.
      let text = Double(value) != nil && value.contains(".") ? "\"\(value)\"" : value
      lines.append(value.isEmpty ? "\(indent)# \(name):" : "\(indent)\(name): \(text)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
