internal import Polling
internal import Yams

/// One nomination as a person fills it in: a YAML file, or options.
struct NominationForm {
  var id: String?
  var kind: String?
  var name = ""
  var unit: String?
  var registrant: (kind: String, name: String)?
  var field: String?
  var topics: [String] = []
  var isNewTask = false
  var isHardTask = false
  var items: [NominationItem: String] = [:]

  /// Reads a file; every mistake of its form is told at once, with its line.
  static func read(_ text: String, file: String) throws(ClientError) -> NominationForm {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = CampaignReader()
    let form = reader.form(root)
    if let error = reader.yaml.error(.badData, file: file) { throw error }
    return form
  }

  fileprivate init() {}

  /// - Parameters:
  ///   - registrant: `collective:Tổ dân vận 5`.
  ///   - items: `goals=Mỗi tổ một tuyến phố`.
  init(
    id: String?, kind: String?, name: String, unit: String?, registrant: String?, field: String?, topics: [String],
    items: [String]
  ) throws(ClientError) {
    self.init()
    (self.id, self.kind, self.name, self.unit, self.field) = (id, kind, name, unit, field)
    self.topics = topics
    if let registrant {
      let parts = registrant.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw Self.wrong(Text(vi: "--registrant cần LOẠI:TÊN", en: "--registrant must be KIND:NAME"))
      }
      self.registrant = (parts[0], parts[1])
    }
    for item in items {
      let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let key = NominationItem(rawValue: parts[0]) else {
        throw Self.wrong(Text(vi: "--item cần MỤC=NỘI DUNG: \(item)", en: "--item must be ITEM=TEXT: \(item)"))
      }
      self.items[key] = parts[1]
    }
  }

  /// By the campaign's rules.
  func nomination(in campaign: Campaign) throws(ClientError) -> Nomination {
    func kind(_ text: String) throws(ClientError) -> SubjectKind {
      guard let kind = SubjectKind(written: text) else {
        throw Self.wrong(Text(vi: "không có loại “\(text)”", en: "there is no kind “\(text)”"))
      }
      return kind
    }
    var subject = campaign.subjects.count == 1 ? campaign.subjects.first : nil
    if let text = self.kind { subject = try kind(text) }
    guard let subject else { throw Self.wrong(Text(vi: "thiếu kind", en: "kind is missing")) }
    var place = campaign.unit
    if let unit {
      let whole = (try? UnitPath(unit)).flatMap { campaign.unit.contains($0) ? $0 : nil }
      guard let found = whole ?? (try? UnitPath("\(campaign.unit)/\(unit)")) else {
        throw Self.wrong(Text(vi: "“\(unit)” không phải đơn vị", en: "“\(unit)” is no unit"))
      }
      place = found
    }
    var who: Registrant?
    if let registrant { who = Registrant(kind: try kind(registrant.kind), name: registrant.name) }
    let nominee = Nominee(kind: subject, name: name, unit: place, registrant: who)
    var code: String?
    if let field {
      do { code = try campaign.field(named: field).code } catch {
        throw Self.wrong(
          Text(vi: "“\(field)” không có trong lĩnh vực", en: "“\(field)” is none of the fields"), error.reason.code)
      }
    }
    var tags: [String] = []
    for topic in topics {
      guard let found = campaign.topic(written: topic) else {
        throw Self.wrong(Text(vi: "không có chủ đề “\(topic)”", en: "there is no topic “\(topic)”"), "UNKNOWN_TOPIC")
      }
      tags.append(found)
    }
    let made = id.map { try? RecordID<Nomination>($0) } ?? NominationSheet.id(of: nominee, in: campaign)
    guard let made else { throw Self.wrong(Campaign.Problem.noName.text) }
    var items = items
    if items[.name] == nil { items[.name] = name }
    let nomination = Nomination(
      id: made, campaign: campaign.id, campaignVersion: campaign.version, nominee: nominee, field: code, topics: tags,
      isNewTask: isNewTask, isHardTask: isHardTask, items: items)
    let violations = campaign.violations(in: nomination).map(\.told)
    if !violations.isEmpty {
      throw ClientError(
        .badData, Text(vi: "hồ sơ chưa hợp lệ", en: "the nomination breaks a rule"),
        why: Text(
          vi: violations.map(\.vi).joined(separator: "; "), en: violations.map(\.en).joined(separator: "; ")),
        reason: "INVALID_FIELD")
    }
    return nomination
  }

  private static func wrong(_ text: Text, _ reason: String = "INVALID_FIELD") -> ClientError {
    ClientError(.badData, text, reason: reason)
  }
}

extension CampaignReader {
  fileprivate mutating func form(_ node: Node) -> NominationForm {
    let keys = yaml.mapping(
      node, "",
      keys: ["id", "kind", "name", "unit", "registrant", "field", "topics", "new-task", "hard-task", "items"])
    var form = NominationForm()
    form.id = keys["id"].flatMap { yaml.text($0, "id") }
    form.kind = keys["kind"].flatMap { yaml.text($0, "kind") }
    form.name = yaml.text(keys["name"], "name", required: "name", in: node)
    form.unit = keys["unit"].flatMap { yaml.text($0, "unit") }
    form.field = keys["field"].flatMap { yaml.text($0, "field") }
    if let node = keys["registrant"] {
      let keys = yaml.mapping(node, "registrant", keys: ["kind", "name"])
      form.registrant = (
        yaml.text(keys["kind"], "registrant.kind", required: "kind", in: node),
        yaml.text(keys["name"], "registrant.name", required: "name", in: node)
      )
    }
    form.topics = list(keys["topics"], "topics", in: node) { $0.yaml.text($1, $2) }
    form.isNewTask = keys["new-task"].flatMap { yaml.flag($0, "new-task") } ?? false
    form.isHardTask = keys["hard-task"].flatMap { yaml.flag($0, "hard-task") } ?? false
    if let node = keys["items"] {
      let values = yaml.mapping(node, "items", keys: NominationItem.allCases.map(\.rawValue))
      for item in NominationItem.allCases {
        form.items[item] = values[item.rawValue].flatMap { yaml.text($0, "items.\(item.rawValue)") }
      }
    }
    return form
  }
}
