import ArgumentParser
internal import Schema

struct Kiosks: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "kiosks",
    Text(
      vi: "Các máy đánh giá: có lần bấm nào bị mất không, máy nào im lặng.",
      en: "The kiosks: whether any press is missing, and which are silent."),
    examples: [
      ("binhchon kiosks", Text(vi: "mọi máy trong phạm vi chứng thư", en: "all within the certificate's units")),
      ("binhchon kiosks --unit hai-chau/mot-cua --days", Text(vi: "theo từng ngày", en: "day by day")),
      (
        "binhchon kiosks --check --quiet",
        Text(vi: "cho cron: mã thoát 1 nếu có cảnh báo", en: "for cron: exit 1 on an alarm")
      ),
      (
        "binhchon kiosks corrections hai-chau-hai-long",
        Text(vi: "phiếu đến sau niêm phong", en: "ballots that came after the seal")
      ),
    ],
    subcommands: [ListKiosks.self, ListCorrections.self], defaultSubcommand: ListKiosks.self)
}

struct ListKiosks: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Liệt kê các máy đánh giá và số lần bấm.", en: "List the kiosks and their presses."),
    examples: [
      ("binhchon kiosks list --json", Text(vi: "mỗi dòng một máy", en: "one per line")),
      ("binhchon kiosks list --check --silent 1h", Text(vi: "cho cron", en: "for cron")),
    ],
    notes: Text(
      vi: """
        Với mỗi máy, cho mỗi ngày của đồng hồ máy: bấm = tính + gắn cờ + trùng + từ chối + muộn + chờ. Cột ĐỦ nói có đúng thế \
        không; LỆCH là có lần bấm bị mất hoặc thừa. Vai trò official, coordinator, auditor hoặc admin.
        """,
      en: """
        For every kiosk and every day of its clock: presses = counted + flagged + duplicate + rejected + late + pending. The \
        column LAW says whether that holds; BROKEN means that presses are missing or too many. Role official, coordinator, \
        auditor or admin.
        """))

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Chỉ đơn vị này và dưới nó.", en: "Only this unit and below."))
  var unit: String = ""

  @Option(
    help: .text(
      vi: "Im lặng quá lâu là cảnh báo: 90s, 10m, 2h, 1d.",
      en: "Silence longer than this is an alarm: 90s, 10m, 2h, 1d."))
  var silent = Span(milliseconds: 600_000)

  @Flag(help: .text(vi: "Theo từng ngày.", en: "Day by day."))
  var days = false

  @Flag(
    help: .text(
      vi: "Thoát với mã 1 nếu có cảnh báo hoặc không có máy nào.",
      en: "Exit with 1 if there is an alarm, or no kiosk."))
  var check = false

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    var request = Binhchon_V1_ListKiosksRequest()
    request.unit = unit
    request.silentMs = silent.milliseconds
    request.days = days
    let response = try await context.withService { [request] in try await $0.listKiosks(request) }
    if console.json {
      for kiosk in response.kiosks { try console.print(json: KioskRecord(kiosk, asOfMs: response.asOfMs)) }
    } else if !response.kiosks.isEmpty, console.verbosity >= 0 {
      let columns = console.outputIsTerminal ? TerminalMode.size.columns : nil
      for line in KioskTable.lines(response, console.figures, columns: columns) { try console.print(line) }
    }
    if response.kiosks.isEmpty, check || !console.json {
      console.say(Text(vi: "chưa có máy đánh giá nào", en: "there is no kiosk yet"))
    }
    return check && Self.isAlarming(response) ? .negative : .ok
  }

  /// Whoever checks expects kiosks: a list without any is an alarm too.
  static func isAlarming(_ response: Binhchon_V1_ListKiosksResponse) -> Bool {
    response.kiosks.isEmpty || response.kiosks.contains { !$0.alarms.isEmpty }
  }
}

struct ListCorrections: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "corrections",
    Text(
      vi: "Phiếu đến sau khi niêm phong: được giữ, không nằm trong số liệu nào.",
      en: "Ballots that came after a poll's seal: kept, in no figure."),
    examples: [
      ("binhchon kiosks corrections hai-chau-hai-long --json", Text(vi: "mỗi dòng một phiếu", en: "one per line"))
    ])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Cuộc bình chọn.", en: "The poll."))
  var poll: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    var request = Binhchon_V1_ListCorrectionsRequest()
    request.poll = poll
    let corrections = try await context.withService { [request] in try await $0.listCorrections(request) }
    if console.json {
      for correction in corrections { try console.print(json: CorrectionRecord(correction)) }
    } else if corrections.isEmpty {
      console.say(Text(vi: "không có phiếu nào đến sau niêm phong", en: "no ballot came after the seal"))
    } else {
      for line in CorrectionTable.lines(corrections, console.language) { try console.print(line) }
    }
    return .ok
  }
}

/// A span of time as one types it: 90s, 10m, 2h, 1d.
struct Span: ExpressibleByArgument, Sendable {
  var milliseconds: Int64

  init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
      (1...100_000).contains(count)
    else { return nil }
    milliseconds = count * unit
  }

  var defaultValueDescription: String { "\(milliseconds / 60_000)m" }
}
