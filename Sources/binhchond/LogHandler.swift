import FoundationEssentials
import Glibc
import Logging

/// Log lines on standard error: text for people and journald, JSON for collectors. No personal data is ever given to it.
struct LineLogHandler: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var format: Configuration.LogFormat
  /// Under systemd, journald reads the priority from `<N>` at the start of a line (sd-daemon(3)).
  var hasJournalPriority: Bool
  var label: String

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadata
    if let given = event.metadata { fields.merge(given) { _, new in new } }
    if let error = event.error { fields["error"] = "\(error)" }
    let sorted = fields.sorted { $0.key < $1.key }
    var line: String
    switch format {
    case .text:
      line = hasJournalPriority ? "<\(event.level.journalPriority)>" : Self.time() + " "
      line += "\(event.level.rawValue) \(event.message)"
      for (key, value) in sorted { line += " \(key)=\(Self.quoted(value.description))" }
    case .json:
      line =
        "{\"time\":\"\(Self.time())\",\"level\":\"\(event.level.rawValue)\",\"message\":\(Self.json("\(event.message)"))"
      for (key, value) in sorted { line += ",\(Self.json(key)):\(Self.json(value.description))" }
      line += "}"
    }
    // One write per line, so that lines of several threads do not mix. A closed stderr is no reason to stop serving.
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func time() -> String {
    Date().formatted(.iso8601)
  }

  /// As it is when it is a plain word, else in quotes: a value cannot forge another field or line.
  private static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    return isPlain ? text : json(text)
  }

  private static func json(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }
}

extension Logger.Level {
  /// syslog(3) priorities.
  fileprivate var journalPriority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
