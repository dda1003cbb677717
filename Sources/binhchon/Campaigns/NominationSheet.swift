internal import Paper
internal import Polling

/// A file of nominations, read by a campaign's rules: what each row says, or all that is wrong with it. All in one pass.
struct NominationSheet {
  struct Problem {
    /// `UNKNOWN_FIELD`, `E201`, …
    var code: String
    var row: Int?
    /// From 0.
    var column: Int?
    var value = ""
    var text: Text
    /// A warning does not.
    var blocks = true
  }

  struct Row {
    var number: Int
    /// Nil: it has errors.
    var nomination: Nomination?
    var problems: [Problem]
    /// As read.
    var cells: [String]
  }

  let table: TextTable
  let columns: [NominationColumn?]
  private(set) var rows: [Row] = []
  /// Of the file as a whole.
  private(set) var problems: [Problem] = []

  private let campaign: Campaign

  static func known(_ headings: [String]) -> Int {
    let known = headings.compactMap { NominationColumn(heading: $0) }
    return known.contains(.name) ? Set(known).count : 0
  }

  init(_ table: TextTable, in campaign: Campaign) {
    self.table = table
    self.campaign = campaign
    columns = table.columns.map { NominationColumn(heading: $0.heading) }
    checkColumns()
    var taken: [RecordID<Nomination>: Int] = [:]
    for source in table.rows {
      var row = read(source)
      if let id = row.nomination?.id {
        if let first = taken[id] {
          row.problems.append(
            Problem(
              code: "ROW_TWICE", row: row.number,
              text: Text(vi: "trùng với dòng \(first)", en: "says what row \(first) says")))
          row.nomination = nil
        } else {
          taken[id] = row.number
        }
      }
      rows.append(row)
    }
    if rows.isEmpty {
      problems.append(Problem(code: "E119", text: Text(vi: "tệp không có dòng nào", en: "the file has no rows")))
    }
  }

  var nominations: [Nomination] { rows.compactMap(\.nomination) }
  var errors: Int { problems.count(where: \.blocks) + rows.reduce(0) { $0 + $1.problems.count(where: \.blocks) } }

  private mutating func checkColumns() {
    for (column, field) in columns.enumerated() {
      let heading = table.columns[column].heading
      if let field, field != .note, field != .rejects, let first = columns.firstIndex(of: field), first < column {
        problems.append(
          Problem(
            code: "E117", column: column, value: heading,
            text: Text(
              vi: "cùng nghĩa với cột “\(table.columns[first].heading)”",
              en: "means what column “\(table.columns[first].heading)” means")))
      } else if field == nil, !heading.isEmpty {
        problems.append(
          Problem(
            code: "W303", column: column, value: heading, text: Text(vi: "cột không dùng", en: "a column nobody uses"),
            blocks: false))
      }
      let verdict = table.columns[column].encoding
      if field != nil, verdict.confidence < EncodingVerdict.sure {
        problems.append(
          Problem(
            code: "W301", column: column, value: verdict.sample,
            text: Text(
              vi: "bảng mã chưa chắc: \(verdict.encoding.name) \(verdict.confidence) %",
              en: "the encoding is not sure: \(verdict.encoding.name) \(verdict.confidence)%"), blocks: false))
      }
    }
  }

  private func read(_ source: TextTable.Row) -> Row {
    var problems = source.findings.map { finding in
      Problem(
        code: finding.code.rawValue, row: finding.row, column: finding.column, value: finding.value,
        text: Text(finding.code.title), blocks: finding.code.blocks)
    }
    func cell(_ field: NominationColumn) -> String { columns.firstIndex(of: field).map { source.cells[$0] } ?? "" }
    func fail(_ field: NominationColumn, _ code: String, _ text: Text) {
      problems.append(
        Problem(
          code: code, row: source.number, column: columns.firstIndex(of: field), value: cell(field), text: text))
    }
    func kind(_ field: NominationColumn, default other: SubjectKind?) -> SubjectKind? {
      let text = cell(field)
      if text.isEmpty, let other { return other }
      guard let kind = SubjectKind(written: text) else {
        fail(
          field, text.isEmpty ? "E204" : "UNKNOWN_KIND",
          text.isEmpty
            ? Text(vi: "thiếu “\(field.label.vi)”", en: "“\(field.label.en)” is missing")
            : Text(vi: "không phải tập thể, cá nhân, mô hình hay hộ gia đình", en: "is none of the kinds"))
        return nil
      }
      return kind
    }
    let subject = kind(.kind, default: campaign.subjects.count == 1 ? campaign.subjects.first : nil)
    let unit = readUnit(cell(.unit))
    if unit == nil {
      fail(
        .unit, "E205", Text(vi: "không phải mã đơn vị như \(campaign.unit)/…", en: "is no path like \(campaign.unit)/…")
      )
    }
    var registrant: Registrant?
    if subject == .model, let who = kind(.registrantKind, default: nil) {
      registrant = Registrant(kind: who, name: cell(.registrant))
    }
    var field: String?
    if !cell(.field).isEmpty {
      do { field = try campaign.field(named: cell(.field)).code } catch {
        fail(
          .field, error.reason.code,
          Text(vi: "không có trong lĩnh vực của phong trào", en: "is none of the campaign's fields"))
      }
    }
    var topics: [String] = []
    for name in cell(.topics).split(whereSeparator: { $0 == ";" || $0 == "\n" }) {
      if let topic = campaign.topic(written: String(name)) {
        if !topics.contains(topic) { topics.append(topic) }
      } else {
        fail(.topics, "UNKNOWN_TOPIC", Text(vi: "không có chủ đề “\(name)”", en: "there is no topic “\(name)”"))
      }
    }
    var items: [NominationItem: String] = [:]
    for item in NominationItem.allCases {
      let text = item == .name ? cell(.name) : cell(.item(item))
      if !text.isEmpty { items[item] = text }
    }
    var row = Row(number: source.number, nomination: nil, problems: [], cells: source.cells)
    // Also where one of them could not be read: all that is wrong is told at once.
    if let subject = subject ?? campaign.subjects.first {
      let nominee = Nominee(
        kind: subject, name: cell(.name), unit: unit ?? campaign.unit, registrant: registrant)
      let given = cell(.id)
      let id: RecordID<Nomination>? = given.isEmpty ? Self.id(of: nominee, in: campaign) : (try? RecordID(given))
      if let id {
        let nomination = Nomination(
          id: id, campaign: campaign.id, campaignVersion: campaign.version, nominee: nominee, field: field,
          topics: topics, isNewTask: Self.isYes(cell(.newTask)), isHardTask: Self.isYes(cell(.hardTask)), items: items)
        // What is wrong with a field that could not be read was said already.
        let said = Set(
          problems.filter(\.blocks).compactMap(\.column).compactMap { columns.indices.contains($0) ? columns[$0] : nil }
        )
        for violation in campaign.violations(in: nomination) {
          let column = NominationColumn(violation: violation.field)
          if let column, said.contains(column) { continue }
          problems.append(
            Problem(
              code: violation.problem == "is missing" ? "E204" : "INVALID_FIELD", row: source.number,
              column: column.flatMap { columns.firstIndex(of: $0) }, value: column.map(cell) ?? "",
              text: violation.told))
        }
        if !problems.contains(where: \.blocks) { row.nomination = nomination }
      } else {
        fail(.id, "INVALID_FIELD", Campaign.Problem.noName.text)
      }
    }
    row.problems = problems
    return row
  }

  /// A path, whole or below the campaign's unit; nothing is the campaign's unit.
  private func readUnit(_ text: String) -> UnitPath? {
    if text.isEmpty { return campaign.unit }
    if let unit = try? UnitPath(text), campaign.unit.contains(unit) { return unit }
    return try? UnitPath("\(campaign.unit)/\(text)")
  }

  private static func isYes(_ text: String) -> Bool {
    guard let key = FoldedText(text)?.unaccented else { return false }
    return ["x", "co", "yes", "true", "1", "v"].contains(key)
  }

  /// The same nominee has the same id, however often its file is sent, and mended: then the server says that there is
  /// another content under it.
  static func id(of nominee: Nominee, in campaign: Campaign) -> RecordID<Nomination>? {
    let parts = [
      "BinhChon nomination", campaign.id.rawValue, nominee.kind.rawValue, nominee.unit.rawValue,
      FoldedText(nominee.name)?.text ?? "", nominee.registrant?.kind.rawValue ?? "",
      nominee.registrant.flatMap { FoldedText($0.name)?.text } ?? "",
    ]
    let digest = SHA256.digest(of: Array(parts.joined(separator: "\u{0}").utf8))
    return try? RecordID("n-" + digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }
}

extension Campaign {
  /// The code of a topic that is called so, whatever the spelling.
  func topic(written text: String) -> String? {
    guard let key = FoldedText(text)?.text else { return nil }
    return topics.first { topic in
      [topic.code, topic.label.vi, topic.label.en].contains { FoldedText($0)?.text == key }
    }?.code
  }
}

extension NominationColumn {
  /// The column that a field of a message comes from.
  fileprivate init?(violation field: String) {
    switch field {
    case "nominee.kind": self = .kind
    case "nominee.name": self = .name
    case "nominee.unit": self = .unit
    case "nominee.registrant": self = .registrantKind
    case "nominee.registrant.name": self = .registrant
    case "field": self = .field
    default:
      if field.hasPrefix("topics") {
        self = .topics
      } else if field.hasPrefix("items."), let item = NominationItem(rawValue: String(field.dropFirst(6))) {
        self = item == .name ? .name : .item(item)
      } else {
        return nil
      }
    }
  }
}

extension Violation {
  /// In words of the file's reader.
  var told: Text {
    let vietnamese =
      switch problem {
      case "is missing": "bị thiếu"
      case "is missing or too long": "bị thiếu hoặc quá dài"
      case "is too long": "quá dài"
      case "is none of the campaign's": "không có trong phong trào"
      case "is not put forward in this campaign": "không thuộc đối tượng của phong trào"
      case "goes with a model only": "chỉ dùng cho mô hình"
      case "must be who carries it out": "phải ghi ai thực hiện mô hình"
      default: problem
      }
    return Text(vi: "\(field) \(vietnamese)", en: "\(field) \(problem)")
  }
}
