import ArgumentParser
internal import Polling
internal import Schema

struct CampaignReportCommand: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "report",
    Text(
      vi: "Số liệu tổng hợp: đăng ký, công nhận, khen thưởng, kiểm tra.",
      en: "What campaigns come to: registered, recognised, commended, inspected."),
    examples: [
      ("binhchon campaign report", Text(vi: "mọi phong trào, một bảng", en: "all campaigns, one table")),
      (
        "binhchon campaign report dong-da-2023 --by registrant-kind,field",
        Text(vi: "theo loại người đăng ký và lĩnh vực", en: "by kind of registrant and field")
      ),
      (
        "binhchon campaign report --table awards --csv > khen-thuong.csv",
        Text(vi: "một bảng, cho bảng tính", en: "one table, for a spreadsheet")
      ),
      (
        "binhchon campaign nominations --campaign dong-da-2023 --field CULTURE_SOCIETY",
        Text(vi: "các hồ sơ đứng sau một con số", en: "the cases behind a number")
      ),
    ],
    notes: Text(
      vi: """
        --by: kind, registrant-kind, field, state. --table: combined, cases (đối tượng × lĩnh vực × cấp × kỳ), awards,
        across-bases (một người, nhiều văn bản), inspections, overdue. Số chưa biết in là “–”, không phải 0.
        """,
      en: """
        --by: kind, registrant-kind, field, state. --table: combined, cases (kind × field × level × period), awards,
        across-bases (one recipient, several documents), inspections, overdue. What nobody knows is “–”, not 0.
        """))

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Các phong trào; mặc định tất cả.", en: "Campaigns; all if left out.", value: "id"))
  var campaigns: [String] = []

  @Option(help: .text(vi: "Tách theo gì.", en: "What to split by.", value: "a,b"))
  var by: String = "registrant-kind,state"

  @Option(help: .text(vi: "Chỉ đơn vị này và cấp dưới.", en: "Only this unit and those below it."))
  var unit: String = ""

  @Option(help: .text(vi: "Chỉ in bảng này; lặp lại được.", en: "Only this table; may come again.", value: "name"))
  var table: [CampaignTableName] = []

  @Flag(help: .text(vi: "Một bảng, dạng CSV.", en: "One table, as CSV."))
  var csv = false

  func validate() throws {
    guard !csv || table.count == 1 && !options.json else {
      throw ValidationError(
        Text(vi: "--csv cần đúng một --table, không có --json.", en: "--csv goes with one --table, without --json.")(
          .ambient))
    }
    guard aspects.count == by.split(separator: ",").count, !aspects.isEmpty else {
      throw ValidationError(
        Text(vi: "--by: kind, registrant-kind, field, state.", en: "--by: kind, registrant-kind, field, state.")(
          .ambient))
    }
  }

  private var aspects: [CaseAspect] { by.split(separator: ",").compactMap { CaseAspect(rawValue: String($0)) } }

  func run(_ context: CommandContext) async throws -> SysExit {
    let reported = try await context.withCampaigns { client in
      var names = campaigns
      if names.isEmpty { names = try await client.campaigns().map(\.id) }
      var reported: [ReportedCampaign] = []
      for name in names {
        let report = try await client.report(of: name, unit: unit)
        let definition = try Campaign.read(try await client.campaign(name, version: report.version))
        reported.append(ReportedCampaign(definition: definition, report: report))
      }
      return reported
    }
    if !table.isEmpty {
      for name in table { try tell(name.table(reported, on: Day(of: .now)), context.console) }
      return .ok
    }
    let records = reported.map { CampaignReportRecord($0.report, by: aspects) }
    if context.console.json {
      for record in records { try context.console.print(json: record) }
      return .ok
    }
    for record in records {
      for line in record.lines(context.console.language) { try context.console.print(line) }
    }
    try tell(.combined(reported), context.console)
    return .ok
  }

  private func tell(_ table: CampaignTable, _ console: Console) throws {
    if csv {
      try console.printVerbatim(table.csv)
      for note in table.notes { console.say(note) }
      return
    }
    if console.json {
      for record in table.records { try console.print(json: record) }
      return
    }
    try console.print()
    try console.print(table.title(console.language))
    for line in table.lines(console.language) { try console.print(line) }
    for note in table.notes { try console.print(note(console.language)) }
  }
}

/// What cases are counted by.
enum CaseAspect: String {
  case kind
  case registrantKind = "registrant-kind"
  case field
  case state
}
