internal import Polling
internal import Schema
internal import Yams

/// A list of commendations as a YAML file.
enum AwardFile {
  /// Reads it; every mistake of its form is told at once, with its line. Rules are the server's.
  static func read(_ text: String, file: String) throws(ClientError) -> Binhchon_V1_AwardList {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = CampaignReader()
    let list = reader.awards(root)
    if let error = reader.yaml.error(.badData, file: file) { throw error }
    return list
  }
}

extension CampaignReader {
  fileprivate mutating func awards(_ node: Node) -> Binhchon_V1_AwardList {
    let keys = yaml.mapping(
      node, "", keys: ["id", "unit", "issuer", "legal-basis", "kind", "level", "period", "topic", "lines"])
    var message = Binhchon_V1_AwardList()
    message.id = yaml.text(keys["id"], "id", required: "id", in: node)
    message.unit = yaml.text(keys["unit"], "unit", required: "unit", in: node)
    message.issuer = yaml.text(keys["issuer"], "issuer", required: "issuer", in: node)
    message.legalBasis = keys["legal-basis"].flatMap { yaml.text($0, "legal_basis") } ?? ""
    let kinds = AwardKind.allCases.map { ($0.rawValue, $0) }
    message.kind = word(keys["kind"], "kind", in: node, from: kinds)?.rawValue ?? ""
    let levels = CampaignLevel.allCases.map { ($0.word, $0) }
    message.level = word(keys["level"], "level", in: node, from: levels)?.word ?? ""
    if let period = keys["period"] {
      let keys = yaml.mapping(period, "period", keys: ["from", "until"])
      message.firstDay = day(keys["from"], "period.from", required: "from", in: period)?.description ?? ""
      message.endDay = day(keys["until"], "period.until", required: "until", in: period)?.description ?? ""
    } else {
      yaml.fail(node, .missingKey("period"))
    }
    message.topic = keys["topic"].flatMap { yaml.text($0, "topic") } ?? ""
    message.lines = list(keys["lines"], "lines", required: true, in: node) { $0.awardLine($1, $2, unit: message.unit) }
    return message
  }

  /// - Parameter unit: of who names none.
  private mutating func awardLine(_ node: Node, _ path: String, unit: String) -> Binhchon_V1_AwardLine? {
    let keys = yaml.mapping(node, path, keys: ["kind", "name", "unit", "unsplit", "among"])
    let kinds = SubjectKind.allCases.map { ($0.rawValue, $0) }
    var line = Binhchon_V1_AwardLine()
    if let count = keys["unsplit"] {
      guard let text = yaml.text(count, "\(path).unsplit"), let value = UInt32(text) else {
        yaml.fail(count, Text(vi: "cần một số nguyên", en: "must be a whole number"))
        return nil
      }
      line.unsplit.count = value
      line.unsplit.among = words(keys["among"], "\(path).among", in: node, from: kinds).map(\.rawValue)
      return line
    }
    line.named.kind = word(keys["kind"], "\(path).kind", in: node, from: kinds)?.rawValue ?? ""
    line.named.name = yaml.text(keys["name"], "\(path).name", required: "name", in: node)
    line.named.unit = keys["unit"].flatMap { yaml.text($0, "\(path).unit") } ?? unit
    return line
  }
}
