import ArgumentParser

/// Help texts in the language of this run.
enum Help {
  static func examples(_ examples: [(command: String, meaning: Text)]) -> String {
    let lines = examples.flatMap { ["  # " + $0.meaning(.ambient)] + broken($0.command) }
    return ([Text(vi: "Ví dụ:", en: "Examples:")(.ambient)] + lines).joined(separator: "\n")
  }

  /// A command over several lines where it is longer than the help's 80 columns, as a shell takes it.
  private static func broken(_ command: String) -> [String] {
    guard command.count > 76, let cut = command.prefix(74).ranges(of: " --").last else { return ["  " + command] }
    return ["  \(command[..<cut.lowerBound]) \\", "     " + command[cut.lowerBound...]]
  }

  static let exitCodes = Text(
    vi: """
      Mã thoát: 0 xong · 64 sai cú pháp · 65 dữ liệu sai hoặc bị từ chối · 66 thiếu tệp · 69 không tới được máy chủ · \
      70 lỗi bên trong · 73/74 không ghi hoặc đọc được · 75 thử lại sau · 76 sai giao thức · 77 không được phép · \
      78 sai cấu hình · 130 dừng bằng Ctrl-C.
      Biến môi trường: BINHCHON_SERVER, BINHCHON_IDENTITY, BINHCHON_PROFILE, BINHCHON_LANG, NO_COLOR.
      """,
    en: """
      Exit codes: 0 done · 64 usage · 65 bad or refused input · 66 no such file · 69 server unreachable · \
      70 internal error · 73/74 cannot create, input/output · 75 try again · 76 protocol · 77 not permitted · \
      78 configuration · 130 stopped by Ctrl-C.
      Environment: BINHCHON_SERVER, BINHCHON_IDENTITY, BINHCHON_PROFILE, BINHCHON_LANG, NO_COLOR.
      """)(.ambient)
}

extension ArgumentHelp {
  static func text(vi: String, en: String, value: String? = nil) -> ArgumentHelp {
    ArgumentHelp(Text(vi: vi, en: en)(.ambient), valueName: value)
  }
}

extension CommandConfiguration {
  /// A command whose help begins with what it does and examples.
  static func command(
    _ name: String, _ abstract: Text, examples: [(command: String, meaning: Text)], notes: Text? = nil,
    subcommands: [any ParsableCommand.Type] = [], defaultSubcommand: (any ParsableCommand.Type)? = nil
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: abstract(.ambient),
      discussion: Help.examples(examples) + (notes.map { "\n\n" + $0(.ambient) } ?? ""), subcommands: subcommands,
      defaultSubcommand: defaultSubcommand)
  }
}
