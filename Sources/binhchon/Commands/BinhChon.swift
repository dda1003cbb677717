import ArgumentParser
internal import COpenSSL
import Foundation

@main
struct BinhChon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "binhchon",
    abstract: Text(
      vi: "Gửi đánh giá và theo dõi kết quả của một máy chủ BinhChon.",
      en: "Cast ratings and watch the tallies of a BinhChon server.")(.ambient),
    discussion: Help.examples([
      (
        "binhchon profile save demo --server 127.0.0.1:7443 --identity certs/official",
        Text(vi: "lưu kết nối để khỏi gõ lại", en: "keep a connection under a name")
      ),
      (
        "binhchon watch --poll hai-chau-hai-long",
        Text(vi: "theo dõi kết quả đang chạy", en: "watch the tally live")
      ),
      (
        "binhchon vote --poll hai-chau-hai-long --unit hai-chau/mot-cua/quay-01 --choice HL",
        Text(vi: "gửi một đánh giá", en: "cast one rating")
      ),
    ]) + "\n\n" + Help.exitCodes,
    version: "binhchon \(version) (\(openSSLVersion))",
    subcommands: [
      Vote.self, KioskCommands.self, Watch.self, TallyCommand.self, ReportCommand.self, ExportCommand.self, Polls.self,
      Ballots.self, Comments.self, Units.self, Kiosks.self, Import.self, PaperCommand.self, Campaigns.self,
      Ping.self, WhoAmI.self, ProfileCommand.self,
    ])

  static func main() async {
    switch Invocation(Array(CommandLine.arguments.dropFirst())) {
    case .run(let arguments): await main(arguments)
    case .help(let name):
      guard let group = configuration.subcommands.first(where: { $0.configuration.commandName == name }) else { return }
      print(helpMessage(for: group))
    case .unknown(let word, let group, let known):
      let error = ClientError.unknownCommand(word, group: group, known: known)
      // The defaults of all options always parse.
      guard var console = try? GlobalOptions.parse([]).console(.current) else { return }
      console.language = .ambient
      console.report(error)
      Foundation.exit(error.status.rawValue)
    }
  }

  static let version = "0.1.0"

  private static var openSSLVersion: String {
    OpenSSL_version(OPENSSL_VERSION).map { String(cString: $0) } ?? "OpenSSL"
  }
}
