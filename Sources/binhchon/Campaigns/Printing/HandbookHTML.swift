internal import Polling

/// A handbook as one page of HTML: it can be read, searched and printed without a network, and without scripts.
struct HandbookHTML {
  private let handbook: Handbook
  private let language: Language
  /// Where the page will be published: QR codes of models lead there.
  private let address: String?
  private let unitNames: [UnitPath: String]

  /// - Parameters:
  ///   - address: of the published page, without a fragment; nil: no QR codes are drawn.
  ///   - unitNames: what units are called; those that are not there go by their paths.
  init(_ handbook: Handbook, _ language: Language, address: String? = nil, unitNames: [UnitPath: String] = [:]) {
    self.handbook = handbook
    self.language = language
    self.address = address
    self.unitNames = unitNames
  }

  var page: PrintedPage {
    let title = Text(vi: "Sổ tay điện tử", en: "Handbook")(language) + ": " + text(handbook.campaign.title)
    var body = "<header>\n<h1>\(escaped(title))</h1>\n<dl class=\"facts\">\n"
    for (label, value) in facts { body += fact(label, value) }
    body += "</dl>\n</header>\n" + search + contents + "<main>\n"
    for group in handbook.byField {
      body += "<section>\n<h2>\(escaped(label(group.field)))</h2>\n"
      for model in group.models { body += article(model) }
      body += "</section>\n"
    }
    if handbook.models.isEmpty {
      let nothing = Text(vi: "Chưa có mô hình nào được công nhận.", en: "No model is recognised yet.")
      body += "<p>\(escaped(nothing(language)))</p>\n"
    }
    body += "</main>\n"
    return PrintedPage(
      language: language, title: title, style: Self.style, script: handbook.models.isEmpty ? "" : Self.script,
      body: body)
  }

  // MARK: - Above the models

  private var facts: [(Text, String)] {
    let (campaign, position) = (handbook.campaign, handbook.position)
    let last = Day(number: campaign.period.end.number &- 1)
    let days = [campaign.period.start, last].map { LocalTime.spoken(day: $0.description) }
    let time = LocalTime.spoken(milliseconds: position.time.milliseconds)
    var facts = [(Text(vi: "Thời gian", en: "Period"), days.joined(separator: " – "))]
    if handbook.scope != campaign.unit { facts.append((Text(vi: "Chỉ gồm", en: "Only of"), name(handbook.scope))) }
    return facts + [
      (Text(vi: "Đơn vị tổ chức", en: "Organised by"), "\(name(campaign.unit)), \(campaign.level.label(language))"),
      (
        Text(vi: "Mô hình được công nhận", en: "Recognised models"),
        Figures(language: language).count(UInt64(handbook.models.count))
      ),
      (Text(vi: "Bản", en: "Version"), handbook.version),
      (
        Text(vi: "Theo sổ cái", en: "By the ledger"),
        Text(
          vi: "\(position.epoch), đến mục \(position.revision), \(time)",
          en: "\(position.epoch), up to entry \(position.revision), \(time)")(language)
      ),
    ]
  }

  /// Hidden until the script runs: without it there is nothing to search with but the browser.
  private var search: String {
    guard !handbook.models.isEmpty else { return "" }
    let label = Text(vi: "Tìm mô hình (có dấu hay không đều được)", en: "Search models (accents do not matter)")(
      language)
    return """
      <p class="search" id="search" hidden="hidden"><label for="words">\(escaped(label))</label>
      <input id="words" type="search" autocomplete="off"/> <output id="found" for="words"></output></p>

      """
  }

  private var contents: String {
    guard !handbook.models.isEmpty else { return "" }
    var list = "<nav aria-label=\"\(escaped(Text(vi: "Mục lục", en: "Contents")(language)))\">\n"
    for group in handbook.byField {
      let count = Figures(language: language).count(UInt64(group.models.count))
      list += "<details><summary>\(escaped(label(group.field))) (\(count))</summary>\n<ul>\n"
      for model in group.models {
        let nomination = model.nomination
        list += "<li><a href=\"#\(Self.anchor(nomination.id))\">\(escaped(nomination.nominee.name))</a></li>\n"
      }
      list += "</ul></details>\n"
    }
    return list + "</nav>\n"
  }

  // MARK: - One model

  private func article(_ model: Handbook.Model) -> String {
    let nomination = model.nomination
    let nominee = nomination.nominee
    let anchor = Self.anchor(nomination.id)
    var text = "<article id=\"\(anchor)\">\n<h3>\(escaped(nominee.name))</h3>\n"
    if let address, let code = QRCode("\(address)#\(anchor)") {
      text += "<a class=\"code\" href=\"#\(anchor)\">\(code.svg(label: nominee.name))</a>\n"
    }
    text += "<dl class=\"facts\">\n"
    if let registrant = nominee.registrant {
      text += fact(
        Text(vi: "Thực hiện", en: "Carried out by"), "\(registrant.name) (\(registrant.kind.label(language)))")
    }
    text += fact(Text(vi: "Đơn vị", en: "Unit"), name(nominee.unit))
    let topics = nomination.topics.compactMap { code in handbook.campaign.topics.first { $0.code == code } }
    var tags = topics.map { self.text($0.label) }
    if nomination.isNewTask { tags.append(Text(vi: "việc mới", en: "new task")(language)) }
    if nomination.isHardTask { tags.append(Text(vi: "việc khó", en: "hard task")(language)) }
    if !tags.isEmpty { text += fact(Text(vi: "Nội dung", en: "Topics"), tags.joined(separator: "; ")) }
    for decision in model.decisions {
      text += fact(
        Text(vi: "Công nhận", en: "Recognised"),
        Text(
          vi: "Quyết định số \(decision.number) ngày \(LocalTime.spoken(day: decision.date.description)), "
            + "\(decision.signer); \(decision.level.label.vi), năm \(decision.year)",
          en: "decision \(decision.number) of \(LocalTime.spoken(day: decision.date.description)), "
            + "\(decision.signer); \(decision.level.label.en), \(decision.year)")(language))
    }
    if !model.certificates.isEmpty {
      text += fact(
        Text(vi: "Chứng nhận số", en: "Certificate"), model.certificates.map { String($0) }.joined(separator: ", "))
    }
    for status in model.statuses {
      text += fact(Text(verbatim: String(status.year)), Self.label(status.status)(language))
    }
    text += "</dl>\n"
    let items = NominationItem.allCases.filter { $0 != .name }.compactMap { item in
      nomination.items[item].map { (item, $0) }
    }.filter { $0.1.contains { !$0.isWhitespace } }
    if !items.isEmpty {
      text += "<dl class=\"items\">\n"
      for (item, words) in items {
        let lines = words.split(whereSeparator: \.isNewline).map { escaped(String($0)) }
        text += "<dt>\(escaped(sentence(item.label)))</dt><dd>\(lines.joined(separator: "<br/>"))</dd>\n"
      }
      text += "</dl>\n"
    }
    return text + "</article>\n"
  }

  // MARK: - Words

  private func fact(_ label: Text, _ value: String) -> String {
    "<dt>\(escaped(label(language)))</dt><dd>\(escaped(value))</dd>\n"
  }

  private func label(_ field: CampaignField?) -> String {
    field.map { text($0.label) } ?? Text(vi: "Không thuộc lĩnh vực nào", en: "In no field")(language)
  }

  private func text(_ text: LocalizedText) -> String {
    Text(vi: text.vi, en: text.en.isEmpty ? text.vi : text.en)(language)
  }

  private func sentence(_ words: Text) -> String {
    let words = words(language)
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  private func name(_ unit: UnitPath) -> String { unitNames[unit] ?? unit.rawValue }

  private func escaped(_ text: String) -> String { ReportHTML.escaped(text) }

  private static func anchor(_ id: RecordID<Nomination>) -> String { "mo-hinh-\(id.rawValue)" }

  private static func label(_ status: ModelStatus) -> Text {
    switch status {
    case .maintained: Text(vi: "duy trì", en: "maintained")
    case .replicated: Text(vi: "nhân rộng", en: "replicated")
    case .ended: Text(vi: "đã kết thúc", en: "ended")
    }
  }
}
