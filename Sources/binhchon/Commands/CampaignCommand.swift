import ArgumentParser
internal import CampaignMessages
internal import Polling
internal import Schema

struct Campaigns: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "campaign",
    Text(
      vi: "Phong trào thi đua: từ đăng ký đến công nhận và khen thưởng.",
      en: "Emulation campaigns: from registration to recognition and commendation."),
    examples: [
      (
        "binhchon campaign validate examples/dan-van-kheo.yaml",
        Text(vi: "phong trào “Dân vận khéo” của một quận", en: "a district's campaign")
      ),
      ("binhchon campaign publish examples/dan-van-kheo.yaml", Text(vi: "người quản trị", en: "the administrator")),
      (
        "binhchon campaign import dang-ky.xlsx --campaign dong-da-2023 --control-total 613",
        Text(vi: "văn thư nhập danh sách đăng ký", en: "a clerk imports registrations")
      ),
      (
        "binhchon campaign move n-1 n-2 accept --campaign dong-da-2023 --why 'đủ điều kiện'",
        Text(vi: "người thẩm định", en: "a screener")
      ),
      ("binhchon campaign report dong-da-2023", Text(vi: "số liệu tổng hợp", en: "what all of it comes to")),
    ],
    subcommands: [
      ValidateCampaign.self, PublishCampaign.self, ListCampaigns.self, ShowCampaign.self, ExportCampaign.self,
      Nominate.self, ImportNominations.self, ListNominations.self, ShowNomination.self, MoveNominations.self,
      Decide.self, ListDecisions.self, Recognise.self, CertificateCommand.self, AwardCommand.self, ListAwards.self,
      InspectCommand.self, SetModelStatus.self, CampaignReportCommand.self, HandbookCommand.self, OpenVote.self,
      MakeVoteCodes.self, CastVote.self, CloseVote.self, VoteResult.self, ListJury.self,
    ])
}

/// Which campaign.
struct CampaignOption: ParsableArguments {
  @Option(help: .text(vi: "Phong trào.", en: "The campaign.", value: "id"))
  var campaign: String
}

struct ValidateCampaign: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "validate",
    Text(
      vi: "Kiểm tra tệp định nghĩa một phong trào và in ra cách hiểu nó.",
      en: "Check the definition of a campaign and print what it says."),
    examples: [
      ("binhchon campaign validate examples/dan-van-kheo.yaml", Text(vi: "cho người đọc", en: "for people")),
      ("binhchon campaign validate --json phong-trao.yaml", Text(vi: "cho chương trình", en: "for programs")),
    ],
    notes: Text(
      vi: "Không cần máy chủ. Mọi chỗ sai được báo cùng lúc, kèm dòng và cột (mã thoát 65).",
      en: "Needs no server. Every mistake is told with its line and column (exit code 65).")
  )

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tệp YAML.", en: "A YAML file."))
  var file: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let campaign = try CampaignFile.read(try readText(file), file: file)
    try console.tell(campaign)
    console.say(Text(vi: "\(file): hợp lệ", en: "\(file): fine"))
    return .ok
  }
}

struct PublishCampaign: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "publish",
    Text(vi: "Công bố một phong trào, hoặc bản mới của nó.", en: "Publish a campaign, or a new version of it."),
    examples: [
      ("binhchon campaign publish examples/dan-van-kheo.yaml", Text(vi: "vai trò admin", en: "role admin"))
    ],
    notes: Text(
      vi: "Cùng nội dung thì không đổi gì. Hồ sơ đã đăng ký đi theo quy tắc của bản lúc đăng ký.",
      en: "The same content again changes nothing. What was registered goes by the rules of its version."))

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tệp YAML.", en: "A YAML file."))
  var file: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let campaign = try CampaignFile.read(try readText(file), file: file)
    let response = try await context.withCampaigns {
      try await $0.enter(.publish(Binhchon_V1_Campaign(campaign)), in: campaign.id.rawValue)
    }
    try context.console.tell(
      PublishedCampaign(campaign: campaign.id.rawValue, version: response.version, unchanged: response.replayed))
    return .ok
  }
}

struct PublishedCampaign: ToldRecord {
  var campaign: String
  var version: UInt32
  var unchanged: Bool

  func lines(_ language: Language) -> [String] {
    let note = unchanged ? Text(vi: " (không đổi)", en: " (unchanged)")(language) : ""
    return [Text(vi: "\(campaign): bản \(version)", en: "\(campaign): version \(version)")(language) + note]
  }
}

struct ListCampaigns: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Liệt kê các phong trào.", en: "List the campaigns."),
    examples: [("binhchon campaign list --json", Text(vi: "cho chương trình", en: "for programs"))])

  @OptionGroup var options: GlobalOptions

  func run(_ context: CommandContext) async throws -> SysExit {
    for campaign in try await context.withCampaigns({ try await $0.campaigns() }) {
      try context.console.tell(CampaignSummaryRecord(campaign))
    }
    return .ok
  }
}

struct CampaignSummaryRecord: ToldRecord {
  var campaign: String
  var version: UInt32
  var title: String
  var from: String
  var until: String
  var unit: String
  var level: String
  var nominations: UInt32
  var recognised: UInt32

  init(_ message: Binhchon_V1_CampaignSummary) {
    campaign = message.id
    version = message.version
    title = message.title.vi
    (from, until) = (message.firstDay, message.endDay)
    (unit, level) = (message.unit, message.level)
    (nominations, recognised) = (message.nominations, message.recognised)
  }

  func lines(_ language: Language) -> [String] {
    [
      "\(campaign) · \(title)",
      Text(
        vi: "  \(unit), từ \(from) đến trước \(until), bản \(version): \(nominations) đăng ký, \(recognised) công nhận",
        en:
          "  \(unit), \(from) to before \(until), version \(version): \(nominations) nominations, \(recognised) recognised"
      )(
        language),
    ]
  }
}

struct ShowCampaign: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "show", Text(vi: "Xem định nghĩa của một phong trào.", en: "Show a campaign's definition."),
    examples: [("binhchon campaign show dong-da-2023", Text(vi: "bản mới nhất", en: "the newest version"))])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Phong trào.", en: "The campaign.", value: "id"))
  var campaign: String

  @Option(help: .text(vi: "Bản nào; mặc định bản mới nhất.", en: "Which version; the newest if left out."))
  var version: UInt32 = 0

  func run(_ context: CommandContext) async throws -> SysExit {
    try context.console.tell(try await context.definition(campaign, version: version))
    return .ok
  }
}

struct ExportCampaign: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "export",
    Text(
      vi: "In định nghĩa đã công bố (YAML), công bố lại thì vẫn là nó.",
      en: "Print a published definition (YAML); published again it is the same."),
    examples: [
      ("binhchon campaign export dong-da-2023 > phong-trao.yaml", Text(vi: "để sửa rồi công bố", en: "to change it"))
    ])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Phong trào.", en: "The campaign.", value: "id"))
  var campaign: String

  @Option(help: .text(vi: "Bản nào; mặc định bản mới nhất.", en: "Which version; the newest if left out."))
  var version: UInt32 = 0

  func run(_ context: CommandContext) async throws -> SysExit {
    let definition = try await context.definition(campaign, version: version)
    if context.console.json {
      try context.console.tell(definition)
    } else {
      try context.console.printVerbatim(CampaignWriter.yaml(definition))
    }
    return .ok
  }
}

extension Console {
  fileprivate func tell(_ campaign: Campaign) throws {
    if json {
      try print(json: CampaignRecord(campaign))
    } else {
      for line in CampaignSummary(campaign).lines(language) { try print(line) }
    }
  }
}

extension CommandContext {
  fileprivate func definition(_ id: String, version: UInt32) async throws -> Campaign {
    try Campaign.read(try await withCampaigns { try await $0.campaign(id, version: version) })
  }
}

extension Campaign {
  /// As a server told it.
  static func read(_ message: Binhchon_V1_Campaign) throws(ClientError) -> Campaign {
    do { return try Campaign(message) } catch {
      throw ClientError(
        .protocol, Text(vi: "không hiểu định nghĩa của máy chủ", en: "the server's definition cannot be read"),
        why: Text(verbatim: "\(error)"),
        next: Text(vi: "so sánh phiên bản hai bên bằng --version", en: "compare the versions of both sides"))
    }
  }
}
