internal import Polling

/// Writes a campaign in the format that `CampaignFile` reads, so that it can be changed and published again.
enum CampaignWriter {
  static func yaml(_ campaign: Campaign) -> String {
    var lines = ["# \(campaign.id), version \(campaign.version)", "id: \(quoted(campaign.id.rawValue))"]
    lines += label("title", campaign.title, "")
    lines.append("period:")
    lines.append("  from: \(campaign.period.start)")
    lines.append("  until: \(campaign.period.end)")
    lines.append("unit: \(quoted(campaign.unit.rawValue))")
    lines.append("level: \(campaign.level.word)")
    lines.append("subjects: \(list(campaign.subjects.map(\.rawValue)))")
    if !campaign.fields.isEmpty { lines.append("fields:") }
    for field in campaign.fields {
      lines.append("  - code: \(quoted(field.code))")
      lines += label("label", field.label, "    ")
      if !field.aliases.isEmpty { lines.append("    aliases: \(list(field.aliases))") }
      if !field.counterparts.isEmpty { lines.append("    counterparts:") }
      for counterpart in field.counterparts {
        lines.append("      - campaign: \(quoted(counterpart.campaign.rawValue))")
        lines.append("        code: \(quoted(counterpart.code))")
      }
    }
    if campaign.allowsNoField { lines.append("allow-no-field: true") }
    if !campaign.topics.isEmpty { lines.append("topics:") }
    for topic in campaign.topics {
      lines.append("  - code: \(quoted(topic.code))")
      lines.append("    kind: \(topic.kind.rawValue)")
      lines += label("label", topic.label, "    ")
    }
    if !campaign.legalBases.isEmpty { lines.append("legal-bases:") }
    for basis in campaign.legalBases {
      lines.append("  - id: \(quoted(basis.id.rawValue))")
      lines.append("    kind: \(basis.kind.rawValue)")
      lines.append("    number: \(quoted(basis.number))")
      lines.append("    issuer: \(quoted(basis.issuer))")
      if let date = basis.date { lines.append("    date: \(date)") }
      if !basis.implements.isEmpty { lines.append("    implements: \(list(basis.implements.map(\.rawValue)))") }
    }
    if !campaign.requiredItems.isEmpty {
      lines.append("required-items: \(list(campaign.requiredItems.map(\.rawValue)))")
    }
    lines += figures(campaign) + screening(campaign.screening)
    if let vote = campaign.vote { lines += self.vote(vote) }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func figures(_ campaign: Campaign) -> [String] {
    var lines = campaign.figures.isEmpty ? [] : ["figures:"]
    for figure in campaign.figures {
      lines.append("  - name: \(quoted(figure.name))")
      switch figure.origin {
      case .stated(let value): lines.append("    stated: \(value)")
      case .sum(let parts): lines.append("    sum: \(list(parts))")
      case .unknown: lines.append("    unknown: true")
      }
    }
    if !campaign.rules.isEmpty { lines.append("rules:") }
    for rule in campaign.rules {
      lines.append("  - parts: \(list(rule.parts))")
      lines.append("    whole: \(quoted(rule.whole))")
    }
    return lines
  }

  private static func screening(_ policy: ScreeningPolicy) -> [String] {
    let moves = [("two-persons", policy.twoPersons), ("documented", policy.documented)].filter { !$0.1.isEmpty }
    let lines = moves.map { "  \($0): \(list($1.map(\.word).sorted()))" }
    return lines.isEmpty ? [] : ["screening:"] + lines
  }

  private static func vote(_ vote: NomineeVote) -> [String] {
    var lines = ["vote:", "  method: \(vote.method.word)"]
    switch vote.method {
    case .approval: break
    case .choose(let most): lines.append("  choose: \(most)")
    case .scale(let levels), .jury(let levels): lines.append("  levels: \(levels)")
    }
    if let quorum = vote.quorum { lines.append("  quorum: \(quorum.numerator)/\(quorum.denominator)") }
    if let threshold = vote.threshold { lines.append("  threshold: \(threshold.numerator)/\(threshold.denominator)") }
    if vote.mustExceedThreshold { lines.append("  must-exceed-threshold: true") }
    if let places = vote.places { lines.append("  places: \(places)") }
    lines.append("  ties: \(vote.ties.rawValue)")
    return lines
  }

  private static func label(_ key: String, _ text: LocalizedText, _ indent: String) -> [String] {
    ["\(indent)\(key):", "\(indent)  vi: \(quoted(text.vi))"]
      + (text.en.isEmpty ? [] : ["\(indent)  en: \(quoted(text.en))"])
  }

  private static func list(_ texts: [String]) -> String {
    let items = texts.map { text in
      let quoted = quoted(text)
      // Within brackets a comma would end a plain one.
      return quoted.first != "\"" && text.contains(",") ? "\"\(text)\"" : quoted
    }
    return "[" + items.joined(separator: ", ") + "]"
  }

  private static func quoted(_ text: String) -> String { PollWriter.quoted(text) }
}
