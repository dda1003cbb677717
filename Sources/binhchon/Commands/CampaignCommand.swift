import ArgumentParser
internal import Polling

struct Campaigns: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "campaign", Text(vi: "Phong trào thi đua: kiểm tra định nghĩa.", en: "Emulation campaigns: check a definition."),
    examples: [
      (
        "binhchon campaign validate examples/dan-van-kheo.yaml",
        Text(vi: "phong trào “Dân vận khéo” của một quận", en: "a district's campaign")
      )
    ],
    subcommands: [ValidateCampaign.self])
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
      vi: "Không cần máy chủ, và chưa gửi gì lên đó. Mọi chỗ sai được báo cùng lúc, kèm dòng và cột (mã thoát 65).",
      en:
        "Needs no server, and sends nothing to one yet. Every mistake is told with its line and column (exit code 65).")
  )

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tệp YAML.", en: "A YAML file."))
  var file: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let campaign = try CampaignFile.read(try readText(file), file: file)
    if console.json {
      try console.print(json: CampaignRecord(campaign))
    } else {
      for line in CampaignSummary(campaign).lines(console.language) { try console.print(line) }
    }
    console.say(Text(vi: "\(file): hợp lệ", en: "\(file): fine"))
    return .ok
  }
}
