internal import Polling
internal import Schema

/// Writes a published poll in the format that `PollFile` reads, so that it can be changed and published again.
enum PollWriter {
  static func yaml(_ poll: Binhchon_V1_Poll) -> String {
    var lines: [String] = []
    lines.append("# \(poll.id), version \(poll.version), \(poll.status.word)")
    if !poll.definitionHash.isEmpty { lines.append("# sha-256 \(poll.definitionHash)") }
    for trendBreak in poll.trendBreaks {
      let what = trendBreak.aspects.joined(separator: ", ")
      lines.append(
        "# trend break: \(trendBreak.question) asks something else from version \(trendBreak.version) (\(what))")
    }
    if poll.kInForce > 0 { lines.append("# k \(poll.kInForce) of an earlier version stays in force") }
    lines.append("id: \(quoted(poll.id))")
    lines += text("title", poll.title, "")
    lines.append("unit: \(quoted(poll.unit))")
    if poll.opensAtMs != 0 { lines.append("opens: \(LocalTime.iso(milliseconds: poll.opensAtMs))") }
    if poll.closesAtMs != 0 { lines.append("closes: \(LocalTime.iso(milliseconds: poll.closesAtMs))") }
    lines.append("policy:")
    lines.append("  time-precision: \(poll.policy.timePrecision.word)")
    lines.append("  one-per-credential: \(poll.policy.onePerCredential)")
    lines.append("  cooldown: \(PollDuration.text(poll.policy.cooldownMs))")
    if poll.policy.hasBurst {
      let burst = poll.policy.burst
      lines.append("  burst: {presses: \(burst.presses), within: \(PollDuration.text(burst.withinMs))}")
    }
    if poll.policy.late != nil { lines.append("  late-until-seal: \(PollDuration.text(poll.policy.lateMs))") }
    // An older server does not say: it left nothing out.
    lines.append("  k: \(poll.policy.smallGroups == nil ? 1 : poll.policy.k)")
    lines.append("  anonymity: \(poll.policy.anonymity.word)")
    lines.append(
      "  paper-entries: \(poll.policy.paperEntries == 0 ? Policy.usualPaperEntries : poll.policy.paperEntries)")
    if poll.hasKiosk { lines += kiosk(poll.kiosk) }
    lines.append("units:")
    for unit in poll.units {
      lines.append("  - path: \(quoted(unit.path))")
      lines += text("name", unit.name, "    ")
    }
    lines.append("questions:")
    for question in poll.questions {
      lines.append("  - id: \(quoted(question.id))")
      lines.append("    kind: \(question.kind.word)")
      if question.kind == .multiple { lines.append("    votes-allowed: \(question.votesAllowed)") }
      if question.optional { lines.append("    optional: true") }
      if question.hasAskedIf { lines += askedIf(Condition(question.askedIf)) }
      if question.meaning > 1 { lines.append("    meaning: \(question.meaning)") }
      lines += text("text", question.text, "    ")
      lines.append("    choices:")
      for choice in question.choices {
        lines.append("      - code: \(quoted(choice.code))")
        lines += text("label", choice.label, "        ")
      }
    }
    for question in poll.texts {
      lines += ["  - id: \(quoted(question.id))", "    kind: text", "    most-bytes: \(question.mostBytes)"]
      if question.hasAskedIf { lines += askedIf(Condition(question.askedIf)) }
      lines += text("text", question.text, "    ")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func askedIf(_ condition: Condition) -> [String] {
    func test(_ test: Condition.Test) -> String {
      "{question: \(quoted(test.question)), choices: [\(test.choices.map(quoted).joined(separator: ", "))]}"
    }
    if condition.tests.count == 1, let only = condition.tests.first { return ["    asked-if: \(test(only))"] }
    return ["    asked-if:", "      \(condition.join == .all ? "all" : "any"):"]
      + condition.tests.map { "        - \(test($0))" }
  }

  private static func kiosk(_ page: Binhchon_V1_KioskPage) -> [String] {
    ["kiosk:", "  languages: [\(page.languages.joined(separator: ", "))]"]
      + ["  idle-timeout: \(PollDuration.text(page.idleTimeoutMs))"] + text("thanks", page.thanks, "  ")
      + ["  thanks-duration: \(PollDuration.text(page.thanksDurationMs))"]
      + (page.questions.isEmpty ? [] : ["  questions: [\(page.questions.map(quoted).joined(separator: ", "))]"])
  }

  private static func text(_ key: String, _ text: Binhchon_V1_LocalizedText, _ indent: String) -> [String] {
    var lines = ["\(indent)\(key):", "\(indent)  vi: \(quoted(text.vi))"]
    if !text.en.isEmpty { lines.append("\(indent)  en: \(quoted(text.en))") }
    return lines + text.others.map { "\(indent)  \($0.language): \(quoted($0.text))" }
  }

  /// Plain where YAML cannot take it for anything else; otherwise in double quotes (YAML 1.2, 7.3.1).
  static func quoted(_ text: String) -> String {
    let isPlain =
      text.first?.isLetter == true && text.allSatisfy { $0.isLetter || $0.isNumber || " -_./,()".contains($0) }
      && text.last != " " && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    if isPlain { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        // Controls, and what YAML takes for an end of line.
        if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
          || [0x2028, 0x2029, 0xFEFF].contains(scalar.value)
        {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

extension Binhchon_V1_TimePrecision {
  var word: String {
    switch self {
    case .unspecified, .second: "second"
    case .minute: "minute"
    case .hour: "hour"
    case .day: "day"
    case .UNRECOGNIZED(let number): "precision-\(number)"
    }
  }
}

extension Binhchon_V1_Anonymity {
  var word: String {
    switch self {
    case .unspecified, .pseudonymous: "pseudonymous"
    case .anonymous: "anonymous"
    case .UNRECOGNIZED(let number): "anonymity-\(number)"
    }
  }
}

extension Binhchon_V1_QuestionKind {
  /// Whether its choices go from worst to best.
  var isOrdered: Bool { self == .ordinal || self == .indicator || self == .scale }

  var word: String {
    switch self {
    case .ordinal: "ordinal"
    case .single: "single"
    case .multiple: "multiple"
    case .indicator: "indicator"
    case .scale: "scale0to10"
    case .unspecified: "unspecified"
    case .UNRECOGNIZED(let number): "kind-\(number)"
    }
  }
}
