internal import Polling
internal import Schema

/// Where a nomination stands after an act.
struct StandingRecord: ToldRecord {
  struct Duplicate: Encodable {
    var nomination: String
    var same: Bool
  }

  var nomination: String
  var state: String
  var proposed: String?
  var duplicates: [Duplicate]
  var unchanged: Bool

  init(_ standing: Binhchon_V1_NominationStanding, isNew: Bool) {
    nomination = standing.nomination
    state = standing.state
    proposed = standing.proposed.isEmpty ? nil : standing.proposed
    duplicates = standing.duplicates.map { Duplicate(nomination: $0.nomination, same: $0.same) }
    unchanged = !isNew
  }

  func lines(_ language: Language) -> [String] {
    var line = "\(nomination): \(Text.state(state)(language))"
    if let proposed {
      line += Text(vi: " · \(proposed): chờ người thứ hai", en: " · \(proposed): awaits a second person")(language)
    }
    if unchanged { line += Text(vi: " (không đổi)", en: " (unchanged)")(language) }
    return [line]
      + duplicates.map { duplicate in
        duplicate.same
          ? Text(
            vi: "  cùng tên, cùng đơn vị với \(duplicate.nomination)",
            en: "  has the name and unit of \(duplicate.nomination)")(
              language)
          : Text(
            vi: "  khác mỗi dấu với \(duplicate.nomination)", en: "  differs by marks only from \(duplicate.nomination)"
          )(
            language)
      }
  }
}

/// One case of a list.
struct NominationRecord: Encodable {
  struct Registrant: Encodable {
    var kind: String
    var name: String
  }

  var nomination: String
  var kind: String
  var name: String
  var unit: String
  var registrant: Registrant?
  var field: String?
  var topics: [String]
  var state: String
  var proposed: String?
  var duplicates: [String]
  var decisions: [String]

  init(_ row: Binhchon_V1_NominationRow) {
    self.init(row.nomination, row.standing, row.decisions)
  }

  init(_ message: Binhchon_V1_Nomination, _ standing: Binhchon_V1_NominationStanding, _ decisions: [String]) {
    nomination = message.id
    (kind, name, unit) = (message.kind, message.name, message.unit)
    if message.hasRegistrant {
      registrant = Registrant(kind: message.registrant.kind, name: message.registrant.name)
    }
    field = message.field.isEmpty ? nil : message.field
    topics = message.topics
    state = standing.state
    proposed = standing.proposed.isEmpty ? nil : standing.proposed
    duplicates = standing.duplicates.map(\.nomination)
    self.decisions = decisions
  }

  static func table(_ records: [NominationRecord], _ language: Language) -> [String] {
    var table = Table(
      headings: [
        Text(vi: "MÃ", en: "ID")(language), Text(vi: "TÊN", en: "NAME")(language),
        Text(vi: "ĐƠN VỊ", en: "UNIT")(language), Text(vi: "NGƯỜI ĐĂNG KÝ", en: "REGISTRANT")(language),
        Text(vi: "LĨNH VỰC", en: "FIELD")(language), Text(vi: "BƯỚC", en: "STATE")(language),
      ], sides: [.left, .left, .left, .left, .left, .left])
    table.rows = records.map { record in
      [
        record.nomination, TextWidth.fit(record.name, 40), record.unit,
        TextWidth.fit(record.registrant?.name ?? "–", 28), record.field ?? "–",
        Text.state(record.state)(language) + (record.proposed.map { " · \($0)?" } ?? ""),
      ]
    }
    return table.lines()
      + [Text(vi: "\(records.count) hồ sơ", en: "\(records.count) nominations")(language)]
  }
}

/// One case with all that was done with it.
struct NominationDetail: ToldRecord {
  struct Step: Encodable {
    var act: UInt64
    var move: String
    var from: String
    var to: String
    var by: String
    var second: String?
    var reason: String?
    var document: String?
    var at: String
  }
  struct Proposal: Encodable {
    var move: String
    var by: String
    var reason: String
    var document: String
  }

  var nomination: NominationRecord
  var campaignVersion: UInt32
  var newTask: Bool
  var hardTask: Bool
  var items: [String: String]
  var registeredBy: String
  var registeredAt: String
  var history: [Step]
  var proposal: Proposal?
  var statuses: [String: String]
  var certificates: [UInt32]

  init(_ message: Binhchon_V1_GetNominationResponse) {
    func some(_ text: String) -> String? { text.isEmpty ? nil : text }
    nomination = NominationRecord(message.nomination, message.standing, message.decisions)
    campaignVersion = message.nomination.campaignVersion
    (newTask, hardTask) = (message.nomination.newTask, message.nomination.hardTask)
    items = Dictionary(message.nomination.items.map { ($0.item, $0.text) }, uniquingKeysWith: { first, _ in first })
    registeredBy = message.by
    registeredAt = LocalTime.iso(milliseconds: message.atMs)
    history = message.history.map {
      Step(
        act: $0.act, move: $0.move, from: $0.from, to: $0.to, by: $0.by, second: some($0.second),
        reason: some($0.reason), document: some($0.document), at: LocalTime.iso(milliseconds: $0.atMs))
    }
    if message.hasProposal {
      proposal = Proposal(
        move: message.proposal.move, by: message.proposal.by, reason: message.proposal.reason,
        document: message.proposal.document)
    }
    statuses = Dictionary(
      message.statuses.map { (String($0.year), $0.status) }, uniquingKeysWith: { first, _ in first })
    certificates = message.certificates
  }

  func lines(_ language: Language) -> [String] {
    var lines = [
      "\(nomination.nomination): \(nomination.name)",
      "  \(nomination.unit) · \(nomination.field ?? "–") · \(Text.state(nomination.state)(language))",
    ]
    if let registrant = nomination.registrant { lines.append("  \(registrant.kind): \(registrant.name)") }
    for item in NominationItem.allCases {
      if let text = items[item.rawValue] { lines.append("  \(item.label(language)): \(text)") }
    }
    lines.append(
      Text(vi: "  \(registeredAt) đăng ký \(registeredBy)", en: "  \(registeredAt) registered \(registeredBy)")(
        language))
    for step in history {
      let people = step.second.map { "\(step.by) + \($0)" } ?? step.by
      let said = [step.document, step.reason].compactMap { $0 }.joined(separator: " – ")
      lines.append("  \(step.at) \(step.move) → \(step.to) \(people)\(said.isEmpty ? "" : " – \(said)")")
    }
    if let proposal {
      lines.append(
        Text(
          vi: "  \(proposal.by) đề nghị \(proposal.move), chờ người thứ hai",
          en: "  \(proposal.by) proposed \(proposal.move): awaits a second person")(language))
    }
    for (year, status) in statuses.sorted(by: { $0.key < $1.key }) { lines.append("  \(year): \(status)") }
    if !certificates.isEmpty {
      let serials = certificates.map(String.init).joined(separator: ", ")
      lines.append(Text(vi: "  chứng nhận số \(serials)", en: "  certificate \(serials)")(language))
    }
    return lines
  }
}

extension Text {
  /// A state of screening.
  static func state(_ word: String) -> Text {
    let vietnamese: String? =
      switch word {
      case "registered": "đã đăng ký"
      case "submitted": "đã nộp"
      case "received": "đã tiếp nhận"
      case "eligible": "đủ điều kiện"
      case "returned": "trả lại để sửa"
      case "rejected": "bị loại"
      case "voting": "đang bỏ phiếu"
      case "awaiting": "chờ công nhận"
      case "recognised": "đã công nhận"
      default: nil
      }
    return Text(vi: vietnamese ?? word, en: word)
  }
}
