internal import Polling
internal import Yams

// How ballots are taken and how a kiosk shows a poll: the parts of a definition that may be left out.

extension YAMLReader {
  mutating func policy(_ node: Node) -> Policy {
    let keys = mapping(
      node, "policy",
      keys: [
        "time-precision", "one-per-credential", "cooldown", "burst", "late-until-seal", "k", "anonymity",
        "paper-entries",
      ])
    var policy = Policy()
    if let node = keys["time-precision"], let word = text(node, "policy.time_precision") {
      let precisions: [String: TimePrecision] = ["second": .second, "minute": .minute, "hour": .hour, "day": .day]
      if let precision = precisions[word] {
        policy.timePrecision = precision
      } else {
        fail(node, Text(vi: "cần second, minute, hour hoặc day", en: "must be second, minute, hour or day"))
      }
    }
    if let node = keys["one-per-credential"], let flag = flag(node, "policy.one_per_credential") {
      policy.onePerCredential = flag
    }
    if let cooldown = keys["cooldown"].flatMap({ duration($0, "policy.cooldown_ms") }) { policy.cooldown = cooldown }
    policy.burst = keys["burst"].map { burst($0) }
    if let late = keys["late-until-seal"].flatMap({ duration($0, "policy.late_ms") }) { policy.late = late }
    if let k = keys["k"].flatMap({ number($0, "policy.k") }) { policy.smallestGroup = k }
    if let node = keys["anonymity"], let word = text(node, "policy.anonymity") {
      let promises: [String: Policy.Anonymity] = ["pseudonymous": .pseudonymous, "anonymous": .anonymous]
      if let promise = promises[word] {
        policy.anonymity = promise
      } else {
        fail(node, Text(vi: "cần pseudonymous hoặc anonymous", en: "must be pseudonymous or anonymous"))
      }
    }
    if let entries = keys["paper-entries"].flatMap({ number($0, "policy.paper_entries") }) {
      policy.paperEntries = entries
    }
    return policy
  }

  private mutating func burst(_ node: Node) -> Policy.Burst {
    let keys = mapping(node, "policy.burst", keys: ["presses", "within"])
    if keys["presses"] == nil { fail(node, Text(vi: "thiếu khóa “presses”", en: "key “presses” is missing")) }
    let presses = keys["presses"].flatMap { number($0, "policy.burst.presses") } ?? 0
    if keys["within"] == nil { fail(node, Text(vi: "thiếu khóa “within”", en: "key “within” is missing")) }
    return Policy.Burst(
      presses: presses, within: keys["within"].flatMap { duration($0, "policy.burst.within_ms") } ?? 0)
  }

  mutating func kiosk(_ node: Node, showing questions: [Question]) -> KioskPage {
    let keys = mapping(node, "kiosk", keys: ["languages", "idle-timeout", "thanks", "thanks-duration", "questions"])
    var page = KioskPage(languages: KioskPage.usualLanguages(of: questions))
    if let node = keys["languages"] {
      page.languages = sequence(node, "kiosk.languages", required: "languages", in: node).enumerated().compactMap {
        index, node in
        guard let code = text(node, "kiosk.languages[\(index)]") else { return nil }
        if let language = KioskPage.Language(code: code) { return language }
        fail(node, Text(vi: "cần mã ngôn ngữ như vi, en, km", en: "must be a language tag such as vi, en or km"))
        return nil
      }
    }
    if let idle = keys["idle-timeout"].flatMap({ duration($0, "kiosk.idle_timeout_ms") }) { page.idleTimeout = idle }
    if let thanks = keys["thanks"] { page.thanks = translated(thanks, "kiosk.thanks", in: node) }
    if let duration = keys["thanks-duration"].flatMap({ duration($0, "kiosk.thanks_duration_ms") }) {
      page.thanksDuration = duration
    }
    if let node = keys["questions"] {
      page.questions = sequence(node, "kiosk.questions", required: "questions", in: node).enumerated().compactMap {
        index, node in text(node, "kiosk.questions[\(index)]")
      }
    }
    return page
  }

  /// Milliseconds.
  private mutating func duration(_ node: Node, _ path: String) -> Int64? {
    guard let text = text(node, path) else { return nil }
    guard let duration = PollDuration.parse(text) else {
      fail(node, Text(vi: "cần khoảng thời gian như 500ms, 2s, 5m, 1h, 7d", en: "must be like 500ms, 2s, 5m, 1h or 7d"))
      return nil
    }
    return duration
  }
}

/// Lengths of time as definitions write them: a whole number and its unit.
enum PollDuration {
  /// Longest first.
  private static let units: [(word: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
  ]

  static func parse(_ text: String) -> Int64? {
    let word = text.drop { $0.isASCII && $0.isNumber }
    guard let number = Int64(text.dropLast(word.count)), let unit = units.first(where: { $0.word == word }) else {
      return nil
    }
    let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
    return overflow ? nil : milliseconds
  }

  static func text(_ milliseconds: Int64) -> String {
    let unit = units.first { milliseconds != 0 && milliseconds % $0.milliseconds == 0 } ?? ("s", 1_000)
    return "\(milliseconds / unit.milliseconds)\(unit.word)"
  }
}
