import ArgumentParser
internal import Polling
internal import Schema

struct AwardCommand: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "award", Text(vi: "Ghi một danh sách khen thưởng.", en: "Enter a list of commendations."),
    examples: [
      (
        "binhchon campaign award khen-thuong.yaml --campaign dong-da-2023 --control-total 15",
        Text(vi: "đúng 15 khen thưởng thì mới ghi", en: "15 awards exactly, or nothing is taken")
      )
    ],
    notes: Text(
      vi: """
        Tệp YAML: id, unit, issuer, legal-basis (mã trong phong trào), kind (GIAY_KHEN, BANG_KHEN, KHEN_THUONG, BIEU_DUONG),
        level, period: {from, until}, topic, lines: mỗi dòng {kind, name, unit}, hoặc {unsplit: 20, among: [collective,
        individual]} khi không ai nói có bao nhiêu của mỗi loại. Cùng người, hai văn bản: hai khen thưởng.
        """,
      en: """
        A YAML file: id, unit, issuer, legal-basis (an id of the campaign's), kind (GIAY_KHEN, BANG_KHEN, KHEN_THUONG,
        BIEU_DUONG), level, period: {from, until}, topic, lines: each {kind, name, unit}, or {unsplit: 20, among:
        [collective, individual]} where nobody says how many are of which. One recipient under two documents: two awards.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Tệp YAML.", en: "A YAML file."))
  var file: String

  @Option(help: .text(vi: "Có bao nhiêu khen thưởng.", en: "How many awards there must be.", value: "count"))
  var controlTotal: Int64?

  func run(_ context: CommandContext) async throws -> SysExit {
    var act = Binhchon_V1_AwardAct()
    act.list = try AwardFile.read(try readText(file), file: file)
    if let controlTotal { act.controlTotal.count = controlTotal }
    let entered = act
    let response = try await context.withCampaigns { try await $0.enter(.award(entered), in: place.campaign) }
    try context.console.tell(EnteredRecord(id: act.list.id, unchanged: response.replayed))
    return .ok
  }
}

struct ListAwards: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "awards", Text(vi: "Các danh sách khen thưởng.", en: "Lists of commendations."),
    examples: [
      (
        "binhchon campaign awards --campaign dong-da-2023",
        Text(vi: "từng danh sách, từng dòng", en: "list by list, line by line")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  func run(_ context: CommandContext) async throws -> SysExit {
    for list in try await context.withCampaigns({ try await $0.awards(of: place.campaign) }) {
      try context.console.tell(AwardListRecord(list))
    }
    return .ok
  }
}

struct AwardListRecord: ToldRecord {
  struct Row: Encodable {
    var kind: String?
    var name: String?
    var unit: String?
    var unsplit: UInt32?
    var among: [String]?
  }

  var list: String
  var unit: String
  var issuer: String
  var legalBasis: String?
  var kind: String
  var level: String
  var from: String
  var until: String
  var topic: String?
  var rows: [Row]

  private enum CodingKeys: String, CodingKey {
    case list, unit, issuer, legalBasis, kind, level, from, until, topic
    case rows = "lines"
  }

  init(_ message: Binhchon_V1_AwardList) {
    (list, unit, issuer, kind, level) = (message.id, message.unit, message.issuer, message.kind, message.level)
    legalBasis = message.legalBasis.isEmpty ? nil : message.legalBasis
    (from, until) = (message.firstDay, message.endDay)
    topic = message.topic.isEmpty ? nil : message.topic
    rows = message.lines.map { line in
      switch line.line {
      case .named(let named): Row(kind: named.kind, name: named.name, unit: named.unit)
      case .unsplit(let unsplit): Row(unsplit: unsplit.count, among: unsplit.among)
      case nil: Row()
      }
    }
  }

  func lines(_ language: Language) -> [String] {
    let about = [issuer, kind, legalBasis, topic].compactMap { $0 }.joined(separator: " · ")
    return ["\(list): \(about)"]
      + rows.map { row in
        if let count = row.unsplit {
          return Text(
            vi: "  \(count) không tách (\(row.among?.joined(separator: ", ") ?? ""))",
            en: "  \(count) unsplit (\(row.among?.joined(separator: ", ") ?? ""))")(language)
        }
        return "  \(row.kind ?? ""): \(row.name ?? ""), \(row.unit ?? "")"
      }
  }
}
