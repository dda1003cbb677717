internal import Polling
internal import Schema

/// Writes a published poll in the format that `PollFile` reads, so that it can be changed and published again.
enum PollWriter {
  static func yaml(_ poll: Binhchon_V1_Poll) -> String {
    var lines: [String] = []
    lines.append("# \(poll.id), version \(poll.version), \(poll.status.word)")
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
    if poll.policy.hasLateMs { lines.append("  late-until-seal: \(PollDuration.text(poll.policy.lateMs))") }
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
      if question.hasAskedIf {
        let choices = question.askedIf.choices.map(quoted).joined(separator: ", ")
        lines.append("    asked-if: {question: \(quoted(question.askedIf.question)), choices: [\(choices)]}")
      }
      lines += text("text", question.text, "    ")
      lines.append("    choices:")
      for choice in question.choices {
        lines.append("      - code: \(quoted(choice.code))")
        lines += text("label", choice.label, "        ")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func kiosk(_ page: Binhchon_V1_KioskPage) -> [String] {
    ["kiosk:", "  languages: [\(page.languages.joined(separator: ", "))]"]
      + ["  idle-timeout: \(PollDuration.text(page.idleTimeoutMs))"] + text("thanks", page.thanks, "  ")
      + ["  thanks-duration: \(PollDuration.text(page.thanksDurationMs))"]
  }

  private static func text(_ key: String, _ text: Binhchon_V1_LocalizedText, _ indent: String) -> [String] {
    var lines = ["\(indent)\(key):", "\(indent)  vi: \(quoted(text.vi))"]
    if !text.en.isEmpty { lines.append("\(indent)  en: \(quoted(text.en))") }
    return lines
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
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          result += "\\x" + (digits.count == 1 ? "0" : "") + digits
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

extension Binhchon_V1_QuestionKind {
  var word: String {
    switch self {
    case .ordinal: "ordinal"
    case .single: "single"
    case .multiple: "multiple"
    case .unspecified: "unspecified"
    case .UNRECOGNIZED(let number): "kind-\(number)"
    }
  }
}

extension Binhchon_V1_Poll {
  /// What is sent to be published.
  init(_ poll: Poll) {
    self.init()
    id = poll.id.rawValue
    title = .init(poll.title)
    unit = poll.unit.rawValue
    units = poll.units.map { unit in
      var message = Binhchon_V1_Unit()
      message.path = unit.path.rawValue
      message.name = .init(unit.name)
      return message
    }
    questions = poll.questions.map(Binhchon_V1_Question.init)
    policy = .init(poll.policy)
    kiosk = .init(poll.kiosk)
    opensAtMs = poll.opensAt?.milliseconds ?? 0
    closesAtMs = poll.closesAt?.milliseconds ?? 0
  }
}

extension Binhchon_V1_Question {
  fileprivate init(_ question: Question) {
    self.init()
    id = question.id
    text = .init(question.text)
    switch question.kind {
    case .ordinal: kind = .ordinal
    case .single: kind = .single
    case .multiple(let allowed):
      kind = .multiple
      votesAllowed = allowed
    }
    optional = question.isOptional
    choices = question.choices.map { choice in
      var message = Binhchon_V1_Choice()
      message.code = choice.code
      message.label = .init(choice.label)
      return message
    }
    if let condition = question.askedIf {
      askedIf.question = condition.question
      askedIf.choices = condition.choices
    }
  }
}

extension Binhchon_V1_Policy {
  fileprivate init(_ policy: Policy) {
    self.init()
    timePrecision = Binhchon_V1_TimePrecision(rawValue: Int(policy.timePrecision.rawValue)) ?? .unspecified
    onePerCredential = policy.onePerCredential
    cooldownMs = policy.cooldown
    if let limit = policy.burst {
      burst.presses = limit.presses
      burst.withinMs = limit.within
    }
    lateMs = policy.late
  }
}

extension Binhchon_V1_KioskPage {
  fileprivate init(_ page: KioskPage) {
    self.init()
    languages = page.languages.map(\.code)
    idleTimeoutMs = page.idleTimeout
    thanks = .init(page.thanks)
    thanksDurationMs = page.thanksDuration
  }
}

extension Binhchon_V1_LocalizedText {
  fileprivate init(_ text: LocalizedText) {
    self.init()
    vi = text.vi
    en = text.en
  }
}
