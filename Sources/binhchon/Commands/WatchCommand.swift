import ArgumentParser
import Foundation

struct Watch: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "watch", Text(vi: "Theo dõi kết quả đang chạy.", en: "Watch a tally live."),
    examples: [
      ("binhchon watch --poll hai-chau-hai-long", Text(vi: "bảng theo dõi, phím ? để xem các phím", en: "the dashboard; ? shows its keys")),
      (
        "binhchon watch --poll hai-chau-hai-long --unit hai-chau/mot-cua --channel kiosk",
        Text(vi: "một đơn vị, một kênh", en: "one unit, one channel")
      ),
      (
        "binhchon watch --poll hai-chau-hai-long --json",
        Text(vi: "mỗi lần cập nhật một đối tượng JSON", en: "one JSON object per update")
      ),
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var which: TallyOptions

  @Option(
    help: .text(
      vi: "Ít nhất bấy nhiêu mili giây giữa hai lần cập nhật.", en: "At least so long between updates.", value: "ms"))
  var interval: UInt32 = 250

  @Flag(help: .text(vi: "In một lần rồi thôi.", en: "Print once and end."))
  var once = false

  @Flag(help: .text(vi: "Từng dòng một, dù có màn hình.", en: "Line by line, on a terminal too."))
  var plain = false

  func validate() throws {
    guard (50...3_600_000).contains(interval) else {
      throw ValidationError(Text(vi: "--interval từ 50 đến 3600000.", en: "--interval is 50 to 3600000.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    return try await context.withService { service in
      let poll = try await service.poll(named: which.poll)
      let model = WatchModel(
        poll: poll, unit: which.unit, channel: which.channel?.channel ?? .unspecified, language: console.language)
      if isatty(STDIN_FILENO) == 1, console.outputIsTerminal, !console.json, !once, !plain {
        try await DashboardSession(service: service, model: model, interval: interval, console: console).run()
      } else {
        try await WatchSession(service: service, model: model, interval: interval, console: console)
          .runLines(once: once)
      }
      return .ok
    }
  }
}
