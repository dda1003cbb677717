extension Campaign {
  /// What can be wrong with one field of a campaign.
  public enum Problem: Hashable, Sendable {
    case missing
    case noName
    case twice
    /// Too many to be looked at.
    case tooMany(limit: Int)
    case tooLong
    /// Two fields would match the same words.
    case ambiguous
    case unknownReference(String)
    /// A document carries out one that is younger than itself.
    case youngerBasis(String)
    case circular
    case levelEnded
    case negative
    case broken(expected: Int64, actual: Int64)
    case notBetween(Int64, Int64)
  }

  public struct Breach: Hashable, Sendable {
    public var field: String
    public var problem: Problem
  }

  /// Every rule that a campaign must keep to be published, each breach with its field; empty: it may be published.
  public func violations() -> [Violation] {
    breaches().map { Violation($0.field, $0.problem.description) }
  }

  /// The same with the problem as a value, for those who tell it in other words.
  public func breaches() -> [Breach] {
    var check = CampaignCheck()
    check.label(title, "title")
    if let end = level.endedOn { check.holds(period.start < end, "level", .levelEnded) }
    check.holds(!subjects.isEmpty, "subjects", .missing)
    check.unique(subjects.map(\.rawValue), "subjects")
    check.unique(requiredItems.map(\.rawValue), "required_items")
    checkFields(&check)
    check.limited(topics, 500, "topics") { check, topic, field in check.label(topic.label, "\(field).label") }
    check.names(topics.prefix(500).map(\.code), "topics", "code")
    checkLegalBases(&check)
    checkFigures(&check)
    if let vote { check.breaches += vote.breaches() }
    return check.breaches
  }

  private func checkFields(_ check: inout CampaignCheck) {
    check.holds(!fields.isEmpty || allowsNoField, "fields", .missing)
    check.names(fields.prefix(200).map(\.code), "fields", "code")
    var taken: [String: String] = [:]
    check.limited(fields, 200, "fields") { check, item, field in
      check.label(item.label, "\(field).label")
      check.limited(item.aliases, 100, "\(field).aliases") { check, alias, field in check.text(alias, field) }
      for name in item.names.prefix(103) {
        guard let folded = FoldedText(name)?.text else { continue }
        check.holds((taken[folded] ?? item.code) == item.code, field, .ambiguous)
        taken[folded] = item.code
      }
      check.limited(item.counterparts, 100, "\(field).counterparts") { check, counterpart, field in
        check.holds(Name.isValid(counterpart.code), "\(field).code", .noName)
      }
      check.unique(
        item.counterparts.prefix(100).map(\.campaign.rawValue), "\(field).counterparts")
    }
  }

  private func checkLegalBases(_ check: inout CampaignCheck) {
    let bases = Array(legalBases.prefix(100))
    check.unique(bases.map(\.id.rawValue), "legal_bases", "id")
    for (index, basis) in bases.enumerated() {
      check.holds(!bases.prefix(index).contains { $0.isSame(as: basis) }, "legal_bases[\(index)].number", .twice)
    }
    let known = Dictionary(bases.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    check.limited(legalBases, 100, "legal_bases") { check, basis, field in
      check.holds(basis.foldedNumber != nil, "\(field).number", .missing)
      check.text(basis.issuer, "\(field).issuer", required: true)
      check.limited(basis.implements, 10, "\(field).implements") { check, id, field in
        guard let other = known[id] else { return check.add(field, .unknownReference(id.rawValue)) }
        if let date = basis.date, let earlier = other.date {
          check.holds(earlier <= date, field, .youngerBasis(other.number))
        }
        // The document is met again on the way from one that it carries out.
        check.holds(!bases.chain(from: id).contains { $0.id == basis.id }, field, .circular)
      }
    }
  }

  private func checkFigures(_ check: inout CampaignCheck) {
    let names = figures.prefix(200).map(\.name)
    check.names(names, "figures", "name")
    let stated = Set(figures.prefix(200).filter { !$0.isSum }.map(\.name).filter(Name.isValid))
    check.limited(figures, 200, "figures") { check, figure, field in
      switch figure.origin {
      case .stated(let value): check.holds(value >= 0, "\(field).stated", .negative)
      case .sum(let parts):
        check.holds(!parts.isEmpty, "\(field).sum", .missing)
        check.known(parts, stated, "\(field).sum")
      case .unknown: break
      }
    }
    let known = Set(names.filter(Name.isValid)).union(CountedFigure.allCases.map(\.rawValue))
    let readings = self.readings
    check.limited(rules, 100, "rules") { check, rule, field in
      check.holds(!rule.parts.isEmpty, "\(field).parts", .missing)
      check.known(rule.parts, known, "\(field).parts")
      check.known([rule.whole], known, "\(field).whole")
      if case .broken(let expected, let actual) = rule.check(readings) {
        check.add(field, .broken(expected: expected, actual: actual))
      }
    }
  }
}

extension Campaign.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: "is missing"
    case .noName: "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'"
    case .twice: "is there twice"
    case .tooMany(let limit): "are more than \(limit)"
    case .tooLong: "is longer than \(FoldedText.longest) bytes"
    case .ambiguous: "is written like another field"
    case .unknownReference(let name): "names \(name), which is not there"
    case .youngerBasis(let number): "is dated after what carries it out: \(number)"
    case .circular: "carries out itself"
    case .levelEnded: "did not exist any more when the period began"
    case .negative: "is less than 0"
    case .broken(let expected, let actual):
      "does not add up: CONTROL_TOTAL_MISMATCH expected=\(expected) actual=\(actual)"
    case .notBetween(let least, let most): "must be \(least) to \(most)"
    }
  }
}

/// Collects breaches; of every list, only as much is looked at as its limit allows: a peer chooses how long it is.
struct CampaignCheck {
  var breaches: [Campaign.Breach] = []

  mutating func add(_ field: String, _ problem: Campaign.Problem) {
    breaches.append(Campaign.Breach(field: field, problem: problem))
  }

  mutating func holds(_ holds: Bool, _ field: String, _ problem: @autoclosure () -> Campaign.Problem) {
    if !holds { add(field, problem()) }
  }

  mutating func text(_ text: String, _ field: String, required: Bool = false) {
    if text.utf8.count > FoldedText.longest { return add(field, .tooLong) }
    if required { holds(FoldedText(text) != nil, field, .missing) }
  }

  mutating func label(_ label: LocalizedText, _ field: String) {
    text(label.vi, "\(field).vi", required: true)
    text(label.en, "\(field).en")
  }

  mutating func limited<Item>(
    _ items: [Item], _ limit: Int, _ field: String, _ each: (inout CampaignCheck, Item, String) -> Void
  ) {
    holds(items.count <= limit, field, .tooMany(limit: limit))
    for (index, item) in items.prefix(limit).enumerated() { each(&self, item, "\(field)[\(index)]") }
  }

  /// Names that must be among others. Only names are hashed, and told: a peer's text may be made to take hours.
  mutating func known(_ names: [String], _ known: Set<String>, _ field: String) {
    holds(names.count <= 50, field, .tooMany(limit: 50))
    for name in names.prefix(50) {
      if !Name.isValid(name) {
        add(field, .noName)
      } else {
        holds(known.contains(name), field, .unknownReference(name))
      }
    }
  }

  /// Names that must be such, and different.
  mutating func names(_ names: [String], _ field: String, _ key: String) {
    for (index, name) in names.enumerated() { holds(Name.isValid(name), "\(field)[\(index)].\(key)", .noName) }
    unique(names.map { Name.isValid($0) ? $0 : nil }, field, key)
  }

  /// Nil ones, and what is too long to be hashed, are not compared.
  mutating func unique(_ values: [String?], _ field: String, _ key: String? = nil) {
    var met: Set<String> = []
    for (index, value) in values.enumerated() {
      guard let value, value.utf8.count <= 4 * FoldedText.longest else { continue }
      holds(met.insert(value).inserted, "\(field)[\(index)]" + (key.map { ".\($0)" } ?? ""), .twice)
    }
  }
}
