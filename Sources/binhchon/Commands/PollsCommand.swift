import ArgumentParser
internal import Polling
internal import Schema

struct Polls: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "polls", Text(vi: "Các cuộc bình chọn: xem, kiểm tra, công bố, đóng.", en: "Polls: list, check, publish, close."),
    examples: [
      ("binhchon polls", Text(vi: "danh sách", en: "the list")),
      (
        "binhchon polls example > phieu.yaml; binhchon polls publish phieu.yaml",
        Text(vi: "bắt đầu từ một ví dụ", en: "begin with an example")
      ),
      (
        "binhchon polls close hai-chau-hai-long --reason 'Hết năm 2025'",
        Text(vi: "kết thúc một cuộc bình chọn", en: "end a poll")
      ),
    ],
    subcommands: [
      ListPolls.self, ShowPoll.self, ValidatePoll.self, DiffPoll.self, PublishPoll.self, ExportPoll.self,
      ClosePoll.self,
      ExamplePoll.self,
    ],
    defaultSubcommand: ListPolls.self)
}

struct ListPolls: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Liệt kê các cuộc bình chọn.", en: "List the polls."),
    examples: [("binhchon polls list --json", Text(vi: "mỗi dòng một cuộc", en: "one per line"))])

  @OptionGroup var options: GlobalOptions

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let polls = try await context.withService { try await $0.listPolls() }
    if console.json {
      for poll in polls { try console.print(json: PollRecord(poll)) }
      return .ok
    }
    if polls.isEmpty {
      console.say(Text(vi: "máy chủ chưa có cuộc bình chọn nào", en: "the server has no poll yet"))
      return .ok
    }
    let language = console.language
    var table = Table(
      headings: [
        Text(vi: "MÃ", en: "ID")(language), Text(vi: "BẢN", en: "VERSION")(language),
        Text(vi: "TRẠNG THÁI", en: "STATUS")(language), Text(vi: "ĐƠN VỊ", en: "UNIT")(language),
        Text(vi: "TÊN", en: "TITLE")(language),
      ], sides: [.left, .right, .left, .left, .left])
    table.rows = polls.map {
      [$0.id, String($0.version), $0.status.label(language), $0.unit, $0.title.text(language)]
    }
    for line in table.lines() { try console.print(line) }
    return .ok
  }
}

struct ShowPoll: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "show", Text(vi: "In định nghĩa một cuộc bình chọn (YAML).", en: "Print a poll's definition (YAML)."),
    examples: [
      (
        "binhchon polls show hai-chau-hai-long > phieu.yaml",
        Text(vi: "sửa rồi công bố lại được", en: "to change and publish again")
      )
    ])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Cuộc bình chọn.", en: "The poll."))
  var id: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let poll = try await context.withService { try await $0.poll(named: id) }
    if context.console.json {
      try context.console.print(json: PollRecord(poll))
    } else {
      try context.console.printVerbatim(PollWriter.yaml(poll))
    }
    return .ok
  }
}

struct PublishPoll: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "publish",
    Text(vi: "Công bố một cuộc bình chọn, hoặc bản mới của nó.", en: "Publish a poll, or a new version of it."),
    examples: [
      ("binhchon polls publish examples/hai-chau-hai-long.yaml", Text(vi: "công bố", en: "publish")),
      ("binhchon polls publish --dry-run phieu.yaml", Text(vi: "chỉ kiểm tra tệp", en: "only check the file")),
    ],
    notes: Text(
      vi: "Công bố lại đúng nội dung cũ không thay đổi gì. `binhchon polls example` in ra một tệp mẫu.",
      en: "Publishing the same content again changes nothing. `binhchon polls example` prints a file to begin with."))

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tệp YAML.", en: "A YAML file."))
  var file: String

  @Flag(help: .text(vi: "Chỉ kiểm tra tệp, không cần máy chủ.", en: "Only check the file; needs no server."))
  var dryRun = false

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let definition = try PollFile.read(try readText(file), file: file)
    let poll = Binhchon_V1_Poll(definition)
    if dryRun {
      if console.json { try console.print(json: ValidRecord(file, definition)) }
      console.say(
        Text(vi: "\(file): hợp lệ; không công bố (--dry-run)", en: "\(file): fine; not published (--dry-run)"))
      return .ok
    }
    let response = try await context.withService { try await $0.publishPoll(poll) }
    let published = response.poll
    let (id, version) = (published.id, published.version)
    let change = PollChange.Weight(response.change)
    let breaks = published.trendBreaks.filter { $0.version == version }
    if console.json {
      try console.print(
        json: PublishRecord(
          poll: id, version: version, unchanged: response.unchanged, change: change?.word,
          trendBreaks: response.unchanged ? [] : breaks.map(\.question),
          definitionHash: published.definitionHash.isEmpty ? nil : published.definitionHash,
          kInForce: published.kInForce > 0 ? published.kInForce : nil))
      return .ok
    }
    let language = console.language
    if response.unchanged {
      let same = Text(
        vi: "\(id): không có gì mới, vẫn là bản \(version)", en: "\(id): nothing new, still version \(version)")
      try console.print(same(language))
      return .ok
    }
    let done = Text(vi: "\(id): đã công bố bản \(version)", en: "\(id): published as version \(version)")
    try console.print(done(language) + (change.map { "; \($0.words(language))" } ?? ""))
    if !breaks.isEmpty {
      let names = breaks.map(\.question).joined(separator: ", ")
      let told = Text(
        vi: "đứt chuỗi số liệu từ bản này: \(names)", en: "figures begin anew with this version: \(names)")
      try console.print(told(language))
    }
    if published.kInForce > 0 {
      let k = published.kInForce
      let told = Text(
        vi: "k \(k) của bản trước vẫn có hiệu lực: phiếu từ trước nằm trong cùng số liệu",
        en: "k \(k) of an earlier version stays in force: ballots from before are in the same figures")
      try console.print(told(language))
    }
    return .ok
  }
}

struct PublishRecord: Encodable {
  var poll: String
  var version: UInt32
  var unchanged: Bool
  /// wording, rules or meaning; left out for a first version.
  var change: String?
  /// Questions whose trends break with this version.
  var trendBreaks: [String]
  var definitionHash: String?
  /// Of an earlier version; this one's says 1.
  var kInForce: UInt32?
}

struct ClosePoll: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "close", Text(vi: "Kết thúc một cuộc bình chọn.", en: "End a poll."),
    examples: [
      ("binhchon polls close hai-chau-hai-long --reason 'Hết năm 2025'", Text(vi: "có lý do", en: "with the reason"))
    ])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Cuộc bình chọn.", en: "The poll."))
  var id: String

  @Option(help: .text(vi: "Vì sao; được ghi vào sổ.", en: "Why; it is kept in the ledger."))
  var reason: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    var request = Binhchon_V1_ClosePollRequest()
    request.poll = id
    request.reason = reason
    let poll = try await context.withService { try await $0.closePoll(request) }
    if console.json {
      try console.print(json: PollRecord(poll))
    } else {
      try console.print("\(poll.id): \(poll.status.label(console.language))")
    }
    return .ok
  }
}

struct ExamplePoll: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "example", Text(vi: "In một tệp định nghĩa mẫu.", en: "Print an example of a definition."),
    examples: [("binhchon polls example > phieu.yaml", Text(vi: "rồi sửa tệp này", en: "then change it"))])

  @OptionGroup var options: GlobalOptions

  func run(_ context: CommandContext) async throws -> SysExit {
    try context.console.printVerbatim(PollExample.haiChau)
    return .ok
  }
}
