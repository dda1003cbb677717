import ArgumentParser
import Foundation

extension Language: ExpressibleByArgument {}
extension ColorChoice: ExpressibleByArgument {}

/// The options of every command.
struct GlobalOptions: ParsableArguments {
  @Option(help: .text(vi: "Máy chủ.", en: "The server.", value: "host:port"))
  var server: String?

  @Option(
    help: .text(
      vi: "Chứng thư: PATH.pem và PATH.key, với ca.pem cùng thư mục.",
      en: "Who you are: PATH.pem and PATH.key, with ca.pem in the same directory.", value: "path"))
  var identity: String?

  @Option(
    help: .text(
      vi: "Tên mà chứng thư của máy chủ phải mang, nếu khác tên trong --server.",
      en: "The name the server's certificate must carry, if not that of --server.", value: "name"))
  var serverName: String?

  @Option(help: .text(vi: "Hồ sơ kết nối đã lưu.", en: "A saved profile.", value: "name"))
  var profile: String?

  @Option(help: .text(vi: "Ngôn ngữ.", en: "Language."))
  var lang: Language?

  @Flag(help: .text(vi: "In JSON, mỗi dòng một đối tượng.", en: "Print JSON, one object per line."))
  var json = false

  @Option(help: .text(vi: "Dùng màu.", en: "Use colour."))
  var color = ColorChoice.auto

  @Flag(name: .shortAndLong, help: .text(vi: "Nói nhiều hơn; -vv: cả nhật ký.", en: "Say more; -vv: the log too."))
  var verbose: Int

  @Flag(name: .shortAndLong, help: .text(vi: "Chỉ nói khi có lỗi.", en: "Say nothing but errors."))
  var quiet = false

  var flags: ConnectionSettings.Flags {
    .init(server: server, identity: identity, serverName: serverName, profile: profile, lang: lang)
  }

  func console(_ environment: ProcessEnvironment) -> Console {
    let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    let errorIsTerminal = isatty(STDERR_FILENO) == 1
    return Console(
      language: ConnectionSettings.language(flags, environment), json: json, verbosity: quiet ? -1 : verbose,
      style: Style(choice: color, environment: environment, isTerminal: outputIsTerminal),
      errorStyle: Style(choice: color, environment: environment, isTerminal: errorIsTerminal),
      outputIsTerminal: outputIsTerminal, errorIsTerminal: errorIsTerminal,
      redraws: Console.redraws(isTerminal: errorIsTerminal, json: json, environment))
  }
}
