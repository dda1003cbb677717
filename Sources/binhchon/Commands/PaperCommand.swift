import ArgumentParser
internal import Schema

struct PaperCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "paper", Text(vi: "Các lô phiếu giấy.", en: "Batches of paper sheets."),
    examples: [
      ("binhchon paper list --poll hai-chau-hai-long", Text(vi: "các lô đang ở bước nào", en: "how all of them stand")),
      (
        "binhchon paper resolve t8 --poll hai-chau-hai-long --keep 2 --why 'đối chiếu tờ gốc'",
        Text(vi: "hai lần nhập khác nhau: lần hai đúng", en: "the entries differ: the second one is right")
      ),
      ("binhchon paper accept t8 --poll hai-chau-hai-long", Text(vi: "đưa vào kết quả", en: "count it")),
      (
        "binhchon paper reverse t8 --poll hai-chau-hai-long --why 'tờ của đơn vị khác'",
        Text(vi: "đề nghị rút; người khác thêm --confirm", en: "propose to take it back; another person: --confirm")
      ),
    ],
    subcommands: [
      ListPaper.self, ShowPaper.self, PaperRows.self, PutManifest.self, ResolvePaper.self, AcceptPaper.self,
      ReversePaper.self, ResetPaper.self, DiscardPaper.self, AuditPaper.self, PaperMaps.self,
    ])
}

/// Which batch.
struct BatchOptions: ParsableArguments {
  @Argument(help: .text(vi: "Mã lô.", en: "The batch's code.", value: "batch"))
  var batch: String

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String
}

extension CommandContext {
  /// Enters an act and tells how the batch stands then.
  func enter(
    _ act: Binhchon_V1_EnterPaperActRequest.OneOf_Act, _ place: BatchOptions
  ) async throws -> SysExit {
    let batch = try await withPaper(poll: place.poll) { try await $0.enter(act, in: place.batch) }
    try console.tell(PaperBatchRecord(batch))
    return .ok
  }
}

struct ListPaper: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Liệt kê các lô của một cuộc bình chọn.", en: "List the batches of a poll."),
    examples: [
      ("binhchon paper list --poll hai-chau-hai-long --json", Text(vi: "cho chương trình", en: "for programs"))
    ])

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  func run(_ context: CommandContext) async throws -> SysExit {
    for batch in try await context.withPaper(poll: poll, { try await $0.batches() }) {
      try context.console.tell(PaperBatchRecord(batch))
    }
    return .ok
  }
}

struct ShowPaper: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "show", Text(vi: "Một lô: ai làm gì, khi nào, từ tệp nào.", en: "A batch: who did what, when, from which file."),
    examples: [
      ("binhchon paper show t8 --poll hai-chau-hai-long", Text(vi: "lô t8", en: "batch t8")),
      (
        "binhchon paper show t8 --poll hai-chau-hai-long --figure hai-chau/mot-cua,hai-long,RHL",
        Text(vi: "một con số từ những dòng nào, của ai", en: "which rows a number comes from, and whose")
      ),
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  @Option(
    help: .text(
      vi: "Con số này từ đâu: đơn vị[,ngày][,câu hỏi[,lựa chọn]].",
      en: "Where this number comes from: unit[,day][,question[,choice]].", value: "figure"))
  var figure: FigureWord?

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    try await context.withPaper(poll: place.poll) { client in
      let batch = try await client.known(place.batch)
      guard let figure else { return try console.tell(PaperBatchRecord(batch)) }
      var isFirst = true
      try await client.eachPage(of: place.batch, figure: figure.figure) { page in
        if isFirst { try console.tell(PaperFigureRecord(figure, page, batch)) }
        isFirst = false
        try console.tell(page, of: place.batch)
      }
    }
    return .ok
  }
}

struct PutManifest: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "manifest", Text(vi: "Lập hoặc sửa bảng kê của một lô.", en: "Put or change the manifest of a batch."),
    examples: [
      (
        "binhchon paper manifest t8 bang-ke.yaml --poll hai-chau-hai-long --why 'sót một tờ'",
        Text(vi: "điều phối viên sửa", en: "a coordinator changes it")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  @Argument(help: .text(vi: "Bảng kê (YAML).", en: "The manifest (YAML)."))
  var file: String

  @Option(help: .text(vi: "Lý do sửa.", en: "Why it is changed."))
  var why: String = ""

  func run(_ context: CommandContext) async throws -> SysExit {
    var act = Binhchon_V1_PaperManifestAct()
    act.manifest = try ManifestFile.read(try readText(file), file: file)
    act.why = why
    return try await context.enter(.putManifest(act), place)
  }
}

struct ResolvePaper: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "resolve", Text(vi: "Quyết định giữa hai lần nhập khác nhau.", en: "Decide between two entries that differ."),
    examples: [
      (
        "binhchon paper resolve t8 --poll hai-chau-hai-long --drop 1 --why 'sai trang'",
        Text(vi: "bỏ lần một, nhập lại", en: "the first one is entered again")
      ),
      (
        "binhchon paper resolve t8 --poll hai-chau-hai-long --cell 'hai-chau/mot-cua 2025-08-31 hai-long RHL' "
          + "--value 612 --why 'tờ T-04'",
        Text(
          vi: "một ô theo tờ gốc; sửa ô cuối cùng là chốt", en: "one count as the sheet says; the last one settles it")
      ),
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  @Option(help: .text(vi: "Lần nhập đúng: 1 hoặc 2.", en: "The entry that is right: 1 or 2."))
  var keep: UInt32?

  @Option(help: .text(vi: "Lần nhập sai, phải nhập lại: 1 hoặc 2.", en: "The entry that is wrong: 1 or 2."))
  var drop: UInt32?

  @Option(
    help: .text(
      vi: "Ô phải sửa, như `paper show` in ra: đơn vị, ngày, câu hỏi, lựa chọn.",
      en: "The count to correct, as `paper show` prints it: unit, day, question, choice.", value: "cell"))
  var cell: FigureWord?

  @Option(help: .text(vi: "Số đúng của ô ấy.", en: "What it is."))
  var value: UInt64?

  @Option(help: .text(vi: "Lý do.", en: "Why."))
  var why: String

  func validate() throws {
    guard [keep != nil, drop != nil, cell != nil].count(where: { $0 }) == 1, (cell == nil) == (value == nil) else {
      throw ValidationError(
        Text(
          vi: "cần một trong --keep, --drop, --cell với --value.", en: "one of --keep, --drop, --cell with --value.")(
            .ambient))
    }
    guard cell.map({ $0.day != nil }) ?? true else {
      throw ValidationError(Text(vi: "--cell phải có ngày.", en: "--cell must have a day.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    var act = Binhchon_V1_PaperResolution()
    act.why = why
    if let keep { act.keep = keep }
    if let drop { act.drop = drop }
    if let cell, let value {
      (act.correct.unit, act.correct.day, act.correct.subject) = (cell.unit, cell.day ?? "", cell.subject)
      act.correct.count = value
    }
    return try await context.enter(.resolve(act), place)
  }
}

struct AcceptPaper: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "accept", Text(vi: "Duyệt một lô: tất cả vào kết quả cùng lúc.", en: "Accept a batch: all of it counts at once."),
    examples: [("binhchon paper accept t8 --poll hai-chau-hai-long", Text(vi: "lô t8", en: "batch t8"))])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  func run(_ context: CommandContext) async throws -> SysExit {
    try await context.enter(.accept(true), place)
  }
}

struct ReversePaper: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "reverse", Text(vi: "Rút một lô khỏi kết quả, hai người.", en: "Take a batch out of the figures, by two persons."),
    examples: [
      (
        "binhchon paper reverse t8 --poll hai-chau-hai-long --confirm",
        Text(vi: "người thứ hai", en: "the second person")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  @Option(help: .text(vi: "Lý do đề nghị rút.", en: "Why it is proposed."))
  var why: String?

  @Flag(help: .text(vi: "Xác nhận đề nghị của người khác.", en: "Confirm what another person proposed."))
  var confirm = false

  @Option(help: .text(vi: "Bỏ đề nghị, lý do.", en: "Withdraw the proposal; why.", value: "why"))
  var withdraw: String?

  func validate() throws {
    guard [why != nil, confirm, withdraw != nil].count(where: { $0 }) == 1 else {
      throw ValidationError(
        Text(vi: "cần một trong --why, --confirm, --withdraw.", en: "one of --why, --confirm and --withdraw.")(.ambient)
      )
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    if let why { return try await context.enter(.proposeReversal(why), place) }
    if let withdraw { return try await context.enter(.withdrawReversal(withdraw), place) }
    return try await context.enter(.confirmReversal(true), place)
  }
}

struct ResetPaper: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "reset", Text(vi: "Bỏ mọi lần nhập của một lô chưa duyệt.", en: "Drop all entries of a batch not yet accepted."),
    examples: [
      (
        "binhchon paper reset t8 --poll hai-chau-hai-long --why 'nhầm lô'",
        Text(vi: "nhập lại từ đầu", en: "begin anew")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  @Option(help: .text(vi: "Lý do.", en: "Why."))
  var why: String

  func run(_ context: CommandContext) async throws -> SysExit {
    try await context.enter(.reset(why), place)
  }
}

struct DiscardPaper: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "discard", Text(vi: "Bỏ lần nhập dở của chính mình.", en: "Drop your own entry that is not final."),
    examples: [
      (
        "binhchon paper discard t8 --poll hai-chau-hai-long --entry 1 --why 'nhầm tệp'",
        Text(vi: "lần một", en: "the first one")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  @Option(help: .text(vi: "Lần nhập 1 hoặc 2.", en: "Entry 1 or 2."))
  var entry: UInt32

  @Option(help: .text(vi: "Lý do.", en: "Why."))
  var why: String

  func run(_ context: CommandContext) async throws -> SysExit {
    var act = Binhchon_V1_PaperDiscard()
    (act.entry, act.why) = (entry, why)
    return try await context.enter(.discardEntry(act), place)
  }
}
