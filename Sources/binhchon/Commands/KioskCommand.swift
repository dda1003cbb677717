import ArgumentParser
import Foundation
internal import Kiosk

struct Kiosk: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "run",
    Text(
      vi: "Máy đánh giá: toàn màn hình, mỗi phím một đánh giá.", en: "A kiosk page: full screen, one key per rating."),
    examples: [
      (
        "binhchon kiosk --poll hai-chau-hai-long --unit hai-chau/mot-cua/quay-03",
        Text(vi: "mở trang đánh giá ở quầy 03", en: "the page at counter 03")
      ),
      (
        "printf '5 4 5' | binhchon kiosk --poll hai-chau-hai-long --unit hai-chau/mot-cua/quay-03",
        Text(vi: "nhận phím từ một ống", en: "keys from a pipe")
      ),
    ],
    notes: Text(
      vi: """
        Phím 1–9 và 0 chọn mức, l hoặc Tab đổi ngôn ngữ, Ctrl-C kết thúc (trừ khi --locked). Trang lý do: số để chọn hoặc bỏ \
        chọn, Enter hay + là xong, 0, - hay Backspace là bỏ qua; đánh giá đã được tính từ phím đầu. Với --dossier: quét mã \
        trước khi chọn, hoặc phím d rồi gõ. Chạm được trong trình giả lập cửa sổ dòng lệnh. Mỗi đánh giá được ghi vào đĩa \
        trước lời cảm ơn. Chứng thư do `binhchon kiosk enrol` đặt được tự gia hạn khi chạy.

        Từ ống: 5 là một đánh giá, 2(13) kèm lý do 1 và 3 trên cùng dòng, =MÃ đến hết dòng là hồ sơ của đánh giá kế tiếp.
        """,
      en: """
        Keys 1–9 and 0 choose, l or Tab switches the language, Ctrl-C ends (unless --locked). On the reasons' page digits \
        pick and unpick, Enter or + is done, 0, - or Backspace skips; the rating has counted since its first key. With \
        --dossier: scan the code before choosing, or press d and type. In a terminal emulator the page can be touched. Every \
        rating is on the disk before the thanks. A certificate from `binhchon kiosk enrol` is renewed in time while it runs.

        From a pipe: 5 is a rating, 2(13) one with its reasons 1 and 3 on the same line, =NUMBER up to the end of the line \
        is the dossier of the next rating.
        """))

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  @Option(help: .text(vi: "Đơn vị nơi đặt máy.", en: "The unit it stands at.", value: "path"))
  var unit: String

  @Option(help: .text(vi: "Kênh.", en: "The channel."))
  var channel = ChannelWord(.kiosk)

  @OptionGroup var about: ProcedureOptions

  @Option(
    help: .text(
      vi: "Khi kết thúc, chờ bao nhiêu giây cho phiếu chưa gửi.",
      en: "At the end, how long to wait for unsent ratings.",
      value: "seconds"))
  var wait: Int = 30

  @Option(
    help: .text(
      vi:
        "Thư mục giữ đánh giá đến khi máy chủ đã nhận, mỗi máy một thư mục; mặc định ~/.local/state/binhchon/kiosk/….",
      en: "Where ratings are kept until the server has them, one per kiosk; default ~/.local/state/binhchon/kiosk/….",
      value: "dir"))
  var spool: String?

  @Option(
    help: .text(
      vi: "Giữ nhiều nhất bấy nhiêu đánh giá chưa gửi.", en: "How many ratings may wait to be sent.", value: "n"))
  var capacity: Int = 1_000_000

  @Flag(
    help: .text(
      vi: "Nhận mã hồ sơ (máy quét kiểu bàn phím, hoặc gõ) trước khi đánh giá.",
      en: "Take a dossier's number (from a keyboard-wedge scanner, or typed) before the rating."))
  var dossier = false

  @Flag(
    help: .text(
      vi: "Không phím nào đóng được trang: Ctrl-C, Ctrl-Z, Ctrl-\\ bị bỏ qua, chỉ SIGTERM kết thúc.",
      en: "No key ends the page: Ctrl-C, Ctrl-Z and Ctrl-\\ are ignored, only SIGTERM ends it."))
  var locked = false

  @Flag(
    help: .text(
      vi: "Với phím từ ống: in “kept N” ngay khi đánh giá đã nằm trên đĩa, cho thiết bị tự cảm ơn.",
      en: "With keys from a pipe: print “kept N” as soon as a rating is on the disk, for hardware that says thanks."))
  var acknowledge = false

  var ignoredSignals: [Int32] { locked ? [SIGINT, SIGQUIT, SIGTSTP, SIGHUP] : [] }

  func validate() throws {
    guard (0...86_400).contains(wait) else {
      throw ValidationError(Text(vi: "--wait từ 0 đến 86400.", en: "--wait is 0 to 86400.")(.ambient))
    }
    guard (1...100_000_000).contains(capacity) else {
      throw ValidationError(Text(vi: "--capacity từ 1 đến 100000000.", en: "--capacity is 1 to 100000000.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let spool = try spool ?? SpoolPlace.directory(unit: unit, context.environment)
    var configuration = Spool.Configuration()
    configuration.capacity = capacity
    let bounds = configuration
    return try await context.withService { service in
      let session = KioskSession(
        service: service, poll: poll, unit: unit, channel: channel.channel, console: console, patience: .seconds(wait),
        spoolPath: spool, spoolConfiguration: bounds,
        options: KioskOptions(
          takesDossier: dossier, isLocked: locked, acknowledges: acknowledge, language: context.flags.lang,
          procedure: about.procedure))
      let isScreen = isatty(STDIN_FILENO) == 1 && console.outputIsTerminal && !console.json
      // On the terminal that the page fills nothing else is written.
      let renewal = try keepIdentity(context, isSilent: isScreen && console.errorIsTerminal)
      defer { renewal.cancel() }
      let summary =
        isScreen
        ? try await session.runScreen() : try await session.runPipe(ByteSource(descriptor: STDIN_FILENO))
      if console.json {
        try console.print(json: SummaryRecord(summary: summary))
      } else {
        try console.print(summary.text(console.figures))
      }
      if summary.unconfirmed > 0 { return .tryAgain }
      if Task.isCancelled { throw CancellationError() }
      return isScreen ? .interrupted : summary.status
    }
  }

  /// Renews the certificate in time, while the kiosk runs.
  private func keepIdentity(_ context: CommandContext, isSilent: Bool) throws -> Task<Void, Never> {
    let settings = try ConnectionSettings(context.flags, context.environment)
    return Task {
      await KioskRenewal.keep(settings, connect: { try RPCEnrolmentClient($0, logger: context.logger) }) { result in
        switch result {
        case _ where isSilent: break
        case .success(.notDue): break
        case .success(.renewed(let expires)):
          let end = LocalTime.spoken(milliseconds: expires.multipliedReportingOverflow(by: 1_000).partialValue)
          context.console.say(Text(vi: "đã đổi chứng thư, hạn mới \(end)", en: "certificate renewed, until \(end)"))
        case .failure(let error):
          let why = (error as? ClientError) ?? (error as? Refusal).map { ClientError($0, server: nil) }
          context.console.say(
            Text(
              vi: "chưa đổi được chứng thư, sẽ thử lại: \(why?.what.vi ?? "\(error)")",
              en: "the certificate could not be renewed, will try again: \(why?.what.en ?? "\(error)")"))
        }
      }
    }
  }
}
