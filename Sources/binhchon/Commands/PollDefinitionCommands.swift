import ArgumentParser
internal import Polling
internal import Schema

// Definitions of polls as files: checked, compared, and written from what is published.

struct ValidatePoll: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "validate",
    Text(vi: "Kiểm tra tệp định nghĩa một cuộc bình chọn.", en: "Check the definition of a poll."),
    examples: [
      ("binhchon polls validate examples/mot-cua.yaml", Text(vi: "không cần máy chủ", en: "needs no server"))
    ],
    notes: Text(
      vi: "Mọi chỗ sai được báo cùng lúc, kèm dòng và cột (mã thoát 65).",
      en: "Every mistake is told at once, with its line and column (exit code 65)."))

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tệp YAML.", en: "A YAML file."))
  var file: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let poll = try PollFile.read(try readText(file), file: file)
    if console.json {
      try console.print(json: ValidRecord(file, poll))
    } else {
      try console.print("\(poll.id) sha-256 \(poll.definitionHash)")
    }
    console.say(
      Text(
        vi: "\(file): hợp lệ, \(poll.questions.count) câu hỏi", en: "\(file): fine, \(poll.questions.count) question(s)"
      ))
    return .ok
  }
}

struct ValidRecord: Encodable {
  var file: String
  var poll: String
  var questions: Int
  var definitionHash: String

  init(_ file: String, _ poll: Polling.Poll) {
    self.file = file
    (self.poll, questions, definitionHash) = (poll.id.rawValue, poll.questions.count, poll.definitionHash)
  }
}

struct DiffPoll: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "diff",
    Text(
      vi: "So sánh một định nghĩa với bản mới nhất đã công bố, hoặc với một tệp khác.",
      en: "Compare a definition with the newest published version, or with another file."),
    examples: [
      ("binhchon polls diff phieu.yaml", Text(vi: "với máy chủ", en: "with the server")),
      ("binhchon polls diff phieu.yaml --poll mot-cua", Text(vi: "với một cuộc khác", en: "with another poll")),
      ("binhchon polls diff cu.yaml moi.yaml", Text(vi: "hai tệp, không cần máy chủ", en: "two files, no server")),
    ],
    notes: Text(
      vi:
        "Mã thoát 0: như nhau; 1: khác nhau. “đứt chuỗi”: câu hỏi không còn hỏi điều cũ, số liệu trước và sau không so được.",
      en: "Exit code 0: the same; 1: different. “trend break”: a question asks something else, figures do not compare.")
  )

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tệp YAML.", en: "A YAML file."))
  var file: String

  @Argument(help: .text(vi: "Tệp mới hơn để so.", en: "A newer file to compare it with."))
  var newer: String?

  @Option(
    help: .text(vi: "Cuộc bình chọn trên máy chủ; mặc định theo tệp.", en: "The server's poll; as the file says."))
  var poll: String?

  func validate() throws {
    guard newer == nil || poll == nil else {
      throw ValidationError(
        Text(vi: "--poll chỉ đi với một tệp.", en: "--poll goes with one file only.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let read = try PollFile.read(try readText(file), file: file)
    let (old, new): (Polling.Poll, Polling.Poll)
    if let newer {
      (old, new) = (read, try PollFile.read(try readText(newer), file: newer))
    } else {
      let name = poll ?? read.id.rawValue
      let message = try await context.withService { try await $0.getPoll(name, version: 0) }
      (old, new) = (try Polling.Poll(message), read)
    }
    let difference = PollDifference(from: old, to: new)
    if console.json {
      try console.print(json: difference.record)
    } else {
      for line in difference.lines(console.language) { try console.print(line) }
    }
    return difference.isNone ? .ok : .negative
  }
}

struct ExportPoll: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "export",
    Text(
      vi: "In định nghĩa của một bản đã công bố (YAML), công bố lại thì vẫn là nó.",
      en: "Print the definition of a published version (YAML); published again it is the same."),
    examples: [
      ("binhchon polls export mot-cua --version 1 > ban-1.yaml", Text(vi: "bản đầu tiên", en: "the first version"))
    ])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Cuộc bình chọn.", en: "The poll."))
  var id: String

  @Option(help: .text(vi: "Bản nào; mặc định bản mới nhất.", en: "Which version; the newest if left out."))
  var version: UInt32 = 0

  func run(_ context: CommandContext) async throws -> SysExit {
    let poll = try await context.withService { try await $0.getPoll(id, version: version) }
    if context.console.json {
      try context.console.print(json: PollRecord(poll))
    } else {
      try context.console.printVerbatim(PollWriter.yaml(poll))
    }
    return .ok
  }
}
