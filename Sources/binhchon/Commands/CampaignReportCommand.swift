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
        "binhchon campaign nominations --campaign dong-da-2023 --field CULTURE_SOCIETY",
        Text(vi: "các hồ sơ đứng sau một con số", en: "the cases behind a number")
      ),
    ],
    notes: Text(
      vi: "--by: kind, registrant-kind, field, state. Số chưa biết in là “–”, không phải 0.",
      en: "--by: kind, registrant-kind, field, state. What nobody knows is “–”, not 0."))

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Các phong trào; mặc định tất cả.", en: "Campaigns; all if left out.", value: "id"))
  var campaigns: [String] = []

  @Option(help: .text(vi: "Tách theo gì.", en: "What to split by.", value: "a,b"))
  var by: String = "registrant-kind,state"

  @Option(help: .text(vi: "Chỉ đơn vị này và cấp dưới.", en: "Only this unit and those below it."))
  var unit: String = ""

  func validate() throws {
    guard aspects.count == by.split(separator: ",").count, !aspects.isEmpty else {
      throw ValidationError(
        Text(vi: "--by: kind, registrant-kind, field, state.", en: "--by: kind, registrant-kind, field, state.")(
          .ambient))
    }
  }

  private var aspects: [CaseAspect] { by.split(separator: ",").compactMap { CaseAspect(rawValue: String($0)) } }

  func run(_ context: CommandContext) async throws -> SysExit {
    let reports = try await context.withCampaigns { client in
      var names = campaigns
      if names.isEmpty { names = try await client.campaigns().map(\.id) }
      var reports: [Binhchon_V1_CampaignReport] = []
      for name in names { reports.append(try await client.report(of: name, unit: unit)) }
      return reports
    }
    let records = reports.map { CampaignReportRecord($0, by: aspects) }
    if context.console.json {
      for record in records { try context.console.print(json: record) }
      return .ok
    }
    for record in records {
      for line in record.lines(context.console.language) { try context.console.print(line) }
    }
    for line in CampaignReportRecord.table(records, context.console.language) { try context.console.print(line) }
    return .ok
  }
}

/// What cases are counted by.
enum CaseAspect: String {
  case kind
  case registrantKind = "registrant-kind"
  case field
  case state
}
