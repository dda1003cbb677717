internal import Polling
internal import Schema

/// What a campaign comes to. Every count of cases says what to ask for to see them.
struct CampaignReportRecord: ToldRecord {
  struct Count: Encodable {
    var kind: String?
    var registrantKind: String?
    var field: String?
    var state: String?
    var count: Int64
  }
  struct Figure: Encodable {
    var name: String
    /// Nil: nobody said.
    var papers: Int64?
    var derived: Bool
    /// Nil: it cannot be counted.
    var counted: Int64?
  }
  struct Rule: Encodable {
    var rule: String
    /// `holds`, `open`, or `CONTROL_TOTAL_MISMATCH`.
    var outcome: String
    var expected: Int64?
    var actual: Int64?
  }
  struct Awards: Encodable {
    var list: String
    var issuer: String
    var legalBasis: String?
    var kind: String
    var level: String
    var from: String
    var until: String
    var topic: String?
    var collective: Int64
    var individual: Int64
    var model: Int64
    var household: Int64
    /// Nobody says how many are of which kind.
    var unsplit: Int64
    var all: Int64
  }
  struct Recipient: Encodable {
    var kind: String
    var name: String
    var unit: String
    var legalBases: [String]
  }
  struct Review: Encodable {
    var id: String
    var unit: String
    var due: String
  }
  struct Status: Encodable {
    var year: UInt32
    var status: String
    var count: UInt32
  }
  struct Decision: Encodable {
    var decision: String
    var number: String
    var count: UInt32
    var recognised: UInt32
  }

  var campaign: String
  var version: UInt32
  var title: String
  var unit: String
  var level: String
  var from: String
  var until: String
  var acts: UInt64
  var registered: Int64
  var recognised: Int64
  var cases: [Count]
  var figures: [Figure]
  var rules: [Rule]
  var decisions: [Decision]
  var certificates: UInt32
  var handedOver: UInt32
  var reprints: UInt32
  var awards: [Awards]
  var namedRecipients: UInt32
  var acrossBases: [Recipient]
  var teams: UInt32
  var visits: UInt32
  var visitedUnits: UInt32
  var overdue: [Review]
  var statuses: [Status]

  init(_ message: Binhchon_V1_CampaignReport, by aspects: [CaseAspect]) {
    func some(_ text: String) -> String? { text.isEmpty ? nil : text }
    (campaign, version, title) = (message.campaign, message.version, message.title.vi)
    (unit, level, from, until) = (message.unit, message.level, message.firstDay, message.endDay)
    acts = message.acts
    registered = message.cases.reduce(0) { $0 + Int64($1.count) }
    recognised = message.cases.reduce(0) { $0 + ($1.state == "recognised" ? Int64($1.count) : 0) }
    cases = Self.split(message.cases, aspects)
    figures = message.figures.map { figure in
      Figure(
        name: figure.name, papers: figure.stated == nil ? nil : figure.papers, derived: figure.derived,
        counted: figure.found == nil ? nil : figure.counted)
    }
    rules = message.rules.map { reading in
      let words = "\(reading.rule.parts.joined(separator: " + ")) = \(reading.rule.whole)"
      if reading.holds || reading.open {
        return Rule(rule: words, outcome: reading.holds ? "holds" : "open", expected: nil, actual: nil)
      }
      return Rule(
        rule: words, outcome: "CONTROL_TOTAL_MISMATCH", expected: reading.expected, actual: reading.actual)
    }
    decisions = message.decisions.map {
      Decision(decision: $0.id, number: $0.number, count: $0.count, recognised: $0.recognised)
    }
    (certificates, handedOver, reprints) = (message.certificates, message.handedOver, message.reprints)
    awards = message.awards.map { award in
      func count(_ kind: String) -> Int64 { award.counts.first { $0.kind == kind }?.count ?? 0 }
      return Awards(
        list: award.list, issuer: award.issuer, legalBasis: some(award.legalBasis), kind: award.kind,
        level: award.level, from: award.firstDay, until: award.endDay, topic: some(award.topic),
        collective: count("collective"), individual: count("individual"), model: count("model"),
        household: count("household"), unsplit: count(""), all: award.counts.reduce(0) { $0 + $1.count })
    }
    namedRecipients = message.namedRecipients
    acrossBases = message.acrossBases.map {
      Recipient(kind: $0.kind, name: $0.name, unit: $0.unit, legalBases: $0.legalBases)
    }
    (teams, visits, visitedUnits) = (message.teams, message.visits, message.visitedUnits)
    overdue = message.overdue.map { Review(id: $0.id, unit: $0.unit, due: $0.due) }
    statuses = message.statuses.map { Status(year: $0.year, status: $0.status, count: $0.count) }
  }

  private static func split(_ cases: [Binhchon_V1_CaseCount], _ aspects: [CaseAspect]) -> [Count] {
    var counts: [Count] = []
    for found in cases {
      var row = Count(count: Int64(found.count))
      if aspects.contains(.kind) { row.kind = found.kind }
      if aspects.contains(.registrantKind) { row.registrantKind = found.registrantKind }
      if aspects.contains(.field) { row.field = found.field }
      if aspects.contains(.state) { row.state = found.state }
      if let place = counts.firstIndex(where: { $0.key == row.key }) {
        counts[place].count += row.count
      } else {
        counts.append(row)
      }
    }
    return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  func lines(_ language: Language) -> [String] {
    var lines = [
      "\(campaign) · \(title)",
      Text(
        vi: "  \(unit), từ \(from) đến trước \(until), \(acts) việc trong sổ",
        en: "  \(unit), \(from) to before \(until), \(acts) acts in its register")(language),
    ]
    lines += cases.map { count in
      let words = count.key.map { word in
        SubjectKind(rawValue: word).map { $0.label(language) } ?? Text.state(word)(language)
      }
      return "  \(words.joined(separator: " · ")): \(count.count)"
    }
    for figure in figures where figure.papers != nil {
      let counted = figure.counted.map(String.init) ?? "–"
      lines.append(
        Text(
          vi: "  \(figure.name): hồ sơ ghi \(figure.papers ?? 0), đếm được \(counted)",
          en: "  \(figure.name): the papers say \(figure.papers ?? 0), counted \(counted)")(language))
    }
    for rule in rules {
      var line = "  \(rule.rule): \(rule.outcome)"
      if let expected = rule.expected, let actual = rule.actual { line += " expected=\(expected) actual=\(actual)" }
      lines.append(line)
    }
    lines += decisions.map { "  \($0.number): \($0.recognised)/\($0.count)" }
    if certificates > 0 {
      lines.append(
        Text(
          vi: "  chứng nhận: \(certificates), đã trao \(handedOver), in lại \(reprints)",
          en: "  certificates: \(certificates), handed over \(handedOver), printed again \(reprints)")(language))
    }
    if !acrossBases.isEmpty {
      lines.append(
        Text(
          vi: "  được khen theo nhiều văn bản: \(acrossBases.count) (trong \(namedRecipients) có tên)",
          en: "  commended under several documents: \(acrossBases.count) (of \(namedRecipients) with names)")(language))
    }
    if visits > 0 || teams > 0 {
      lines.append(
        Text(
          vi: "  kiểm tra: \(teams) đoàn, \(visits) cuộc, \(visitedUnits) đơn vị",
          en: "  inspections: \(teams) teams, \(visits) visits, \(visitedUnits) units")(language))
    }
    lines += overdue.map {
      Text(vi: "  QUÁ HẠN: \($0.id) \($0.unit) \($0.due)", en: "  OVERDUE: \($0.id) \($0.unit) \($0.due)")(language)
    }
    lines += statuses.map { "  \($0.year) \($0.status): \($0.count)" }
    return lines
  }
}

extension CampaignReportRecord.Count {
  /// What it is split by, in the order of the columns.
  fileprivate var key: [String] { [kind, registrantKind, field, state].compactMap { $0 } }
}
