internal import Polling

/// What a definition says, for a person to compare with the papers.
struct CampaignSummary {
  private let campaign: Campaign

  init(_ campaign: Campaign) {
    self.campaign = campaign
  }

  func lines(_ language: Language) -> [String] {
    let sections = [general(language), fields(language), legalBases(language), figures(language)]
    return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
  }

  private func general(_ language: Language) -> [String] {
    // The last day is what people write, the day after it what the rules know.
    let last = Day(number: campaign.period.end.number &- 1)
    let days = [campaign.period.start, last].map { LocalTime.spoken(day: $0.description) }
    var lines = [
      Self.text(campaign.title, language),
      "\(campaign.id) · \(campaign.unit) · \(campaign.level.label(language)) · \(days.joined(separator: " – "))",
      Text(vi: "Đề cử: ", en: "Nominees: ")(language)
        + campaign.subjects.map { $0.label(language) }.joined(separator: ", "),
    ]
    let items = campaign.requiredItems.map(\.rawValue).joined(separator: ", ")
    if !items.isEmpty { lines.append(Text(vi: "Mục bắt buộc: ", en: "Required items: ")(language) + items) }
    let moves = campaign.screening.twoPersons.map(\.word).sorted().joined(separator: ", ")
    if !moves.isEmpty { lines.append(Text(vi: "Cần hai người: ", en: "Two persons: ")(language) + moves) }
    if let vote = campaign.vote {
      lines.append(Text(vi: "Bỏ phiếu: ", en: "Vote: ")(language) + vote.method.label(language))
    }
    return lines
  }

  private func fields(_ language: Language) -> [String] {
    var table = Table(
      headings: [Text(vi: "LĨNH VỰC", en: "FIELD")(language), Text(vi: "TÊN", en: "LABEL")(language)],
      sides: [.left, .left])
    table.rows = campaign.fields.map { [$0.code, Self.text($0.label, language)] }
    return table.rows.isEmpty ? [] : table.lines()
  }

  private func legalBases(_ language: Language) -> [String] {
    var table = Table(
      headings: [
        Text(vi: "CĂN CỨ", en: "LEGAL BASIS")(language), Text(vi: "NGÀY", en: "DATE")(language),
        Text(vi: "CƠ QUAN", en: "ISSUER")(language), Text(vi: "CỤ THỂ HÓA", en: "CARRIES OUT")(language),
      ], sides: [.left, .left, .left, .left])
    table.rows = campaign.legalBases.map { basis in
      [
        basis.number, basis.date.map { LocalTime.spoken(day: $0.description) } ?? "–", basis.issuer,
        campaign.legalBases.chain(from: basis.id).dropFirst().map(\.number).joined(separator: " → "),
      ]
    }
    return table.rows.isEmpty ? [] : table.lines()
  }

  private func figures(_ language: Language) -> [String] {
    let readings = campaign.readings
    let figures = Figures(language: language)
    var table = Table(
      headings: [
        Text(vi: "SỐ LIỆU", en: "FIGURE")(language), Text(vi: "GIÁ TRỊ", en: "VALUE")(language),
        Text(vi: "NGUỒN", en: "ORIGIN")(language),
      ], sides: [.left, .right, .left])
    table.rows = campaign.figures.map { figure in
      let reading = readings[figure.name] ?? .unknown
      return [figure.name, reading.value.map { figures.count($0.magnitude) } ?? "–", reading.label(language)]
    }
    let rules = campaign.rules.map { rule in
      let outcome =
        rule.check(readings) == .holds
        ? Text(vi: "đúng", en: "holds")
        : Text(vi: "chưa kiểm tra được: còn số chưa biết", en: "open: a figure is unknown")
      return "\(rule.parts.joined(separator: " + ")) = \(rule.whole): \(outcome(language))"
    }
    return (table.rows.isEmpty ? [] : table.lines()) + rules
  }

  private static func text(_ text: LocalizedText, _ language: Language) -> String {
    Text(vi: text.vi, en: text.en.isEmpty ? text.vi : text.en)(language)
  }
}
