internal import Polling
internal import Yams

/// The definition of a campaign as a YAML file.
enum CampaignFile {
  /// Reads and checks a definition; every mistake is told at once, with its line.
  static func read(_ text: String, file: String) throws(ClientError) -> Campaign {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = CampaignReader()
    let campaign = reader.campaign(root)
    if let campaign, reader.yaml.problems.isEmpty {
      for breach in campaign.breaches() { reader.yaml.fail(path: breach.field, breach.text) }
    }
    if let error = reader.yaml.error(.badData, file: file) { throw error }
    guard let campaign else {
      throw ClientError(.badData, Text(vi: "\(file): không đọc được", en: "\(file): cannot be read"))
    }
    return campaign
  }
}

/// Reads a campaign part by part. Paths are those of `Campaign.Breach.field`.
struct CampaignReader {
  var yaml = YAMLReader()

  mutating func campaign(_ node: Node) -> Campaign? {
    let keys = yaml.mapping(
      node, "",
      keys: [
        "id", "title", "period", "unit", "level", "subjects", "fields", "allow-no-field", "topics", "legal-bases",
        "required-items", "figures", "rules", "screening", "vote",
      ])
    let id: RecordID<Campaign>? = identifier(keys["id"], "id", in: node)
    let unit = unit(keys["unit"], in: node)
    let title = label(keys["title"], "title", in: node)
    let period = period(keys["period"], in: node)
    let level = word(keys["level"], "level", in: node, from: CampaignLevel.allCases.map { ($0.word, $0) })
    let subjects = words(keys["subjects"], "subjects", in: node, from: SubjectKind.allCases.map { ($0.rawValue, $0) })
    let allowsNoField = keys["allow-no-field"].flatMap { yaml.flag($0, "allow_no_field") } ?? false
    let fields =
      keys["fields"] == nil && allowsNoField
      ? [] : list(keys["fields"], "fields", required: true, in: node) { $0.field($1, $2) }
    let topics = list(keys["topics"], "topics", in: node) { $0.topic($1, $2) }
    let legalBases = list(keys["legal-bases"], "legal_bases", in: node) { $0.legalBasis($1, $2) }
    let items =
      keys["required-items"].map {
        words($0, "required_items", in: node, from: NominationItem.allCases.map { ($0.rawValue, $0) })
      } ?? []
    let figures = list(keys["figures"], "figures", in: node) { $0.figure($1, $2) }
    let rules = list(keys["rules"], "rules", in: node) { $0.rule($1, $2) }
    let screening = keys["screening"].map { self.screening($0) } ?? ScreeningPolicy()
    let vote = keys["vote"].flatMap { self.vote($0) }
    guard let id, let unit, let period, let level else { return nil }
    return Campaign(
      id: id, title: title, period: period, unit: unit, level: level, subjects: subjects, fields: fields,
      allowsNoField: allowsNoField, topics: topics, legalBases: legalBases, requiredItems: items, figures: figures,
      rules: rules, screening: screening, vote: vote)
  }

  private mutating func period(_ node: Node?, in parent: Node) -> ReportingPeriod? {
    guard let node else {
      yaml.fail(parent, .missingKey("period"))
      return nil
    }
    let keys = yaml.mapping(node, "period", keys: ["from", "until"])
    let from = day(keys["from"], "period.from", required: "from", in: node)
    let until = day(keys["until"], "period.until", required: "until", in: node)
    guard let from, let until else { return nil }
    guard let period = ReportingPeriod(start: from, end: until) else {
      yaml.fail(keys["until"], Text(vi: "phải sau ngày from", en: "must be after from"))
      return nil
    }
    return period
  }

  private mutating func unit(_ node: Node?, in parent: Node) -> UnitPath? {
    let text = yaml.text(node, "unit", required: "unit", in: parent)
    guard node?.scalar != nil else { return nil }
    guard let unit = try? UnitPath(text) else {
      yaml.fail(
        node,
        Text(
          vi: "cần 1 đến 8 tên nối bằng “/”, mỗi tên gồm chữ cái ASCII, chữ số, “-”, “_” hoặc “.”",
          en: "must be 1 to 8 names joined by '/', each of ASCII letters, digits, '-', '_' or '.'"))
      return nil
    }
    return unit
  }

  private mutating func field(_ node: Node, _ path: String) -> CampaignField? {
    let keys = yaml.mapping(node, path, keys: ["code", "label", "aliases", "counterparts"])
    return CampaignField(
      code: yaml.text(keys["code"], "\(path).code", required: "code", in: node),
      label: label(keys["label"], "\(path).label", in: node),
      aliases: list(keys["aliases"], "\(path).aliases", in: node) { $0.yaml.text($1, $2) },
      counterparts: list(keys["counterparts"], "\(path).counterparts", in: node) { $0.counterpart($1, $2) })
  }

  private mutating func counterpart(_ node: Node, _ path: String) -> CampaignField.Counterpart? {
    let keys = yaml.mapping(node, path, keys: ["campaign", "code"])
    let campaign: RecordID<Campaign>? = identifier(keys["campaign"], "\(path).campaign", in: node)
    let code = yaml.text(keys["code"], "\(path).code", required: "code", in: node)
    return campaign.map { CampaignField.Counterpart(campaign: $0, code: code) }
  }

  private mutating func topic(_ node: Node, _ path: String) -> CampaignTopic? {
    let keys = yaml.mapping(node, path, keys: ["code", "kind", "label"])
    let kinds = CampaignTopic.Kind.allCases.map { ($0.rawValue, $0) }
    return CampaignTopic(
      code: yaml.text(keys["code"], "\(path).code", required: "code", in: node),
      kind: keys["kind"].flatMap { word($0, "\(path).kind", in: node, from: kinds) } ?? .topic,
      label: label(keys["label"], "\(path).label", in: node))
  }

  private mutating func legalBasis(_ node: Node, _ path: String) -> LegalBasis? {
    let keys = yaml.mapping(node, path, keys: ["id", "kind", "number", "issuer", "date", "implements"])
    let id: RecordID<LegalBasis>? = identifier(keys["id"], "\(path).id", in: node)
    let kind = word(keys["kind"], "\(path).kind", in: node, from: LegalBasis.Kind.allCases.map { ($0.rawValue, $0) })
    let number = yaml.text(keys["number"], "\(path).number", required: "number", in: node)
    let issuer = yaml.text(keys["issuer"], "\(path).issuer", required: "issuer", in: node)
    let date = keys["date"].flatMap { day($0, "\(path).date", required: "date", in: node) }
    let implemented: [RecordID<LegalBasis>] = list(keys["implements"], "\(path).implements", in: node) {
      $0.identifier($1, $2, in: node)
    }
    guard let id, let kind else { return nil }
    return LegalBasis(id: id, kind: kind, number: number, issuer: issuer, date: date, implements: implemented)
  }
}
