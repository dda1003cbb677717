import ArgumentParser
import Foundation
internal import Polling
internal import Schema
internal import TLS

struct OpenVote: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "open-vote", Text(vi: "Mở cuộc bỏ phiếu chọn đề cử.", en: "Open a vote on a campaign's nominees."),
    examples: [
      (
        "binhchon campaign open-vote --campaign dan-van-kheo --codes --key hom-phieu.key",
        Text(vi: "bỏ phiếu kín bằng mã in sẵn", en: "secret, by printed codes")
      ),
      (
        "binhchon campaign open-vote --campaign dan-van-kheo --juror dong-da/lan --juror dong-da/minh --live",
        Text(vi: "hội đồng chấm điểm công khai", en: "a jury, in the open")
      ),
    ],
    notes: Text(
      vi: """
        Bỏ phiếu kín: khóa mở hòm phiếu được tạo ở đây, trong tệp --key, và máy chủ không có. Mất tệp này thì không ai kiểm \
        phiếu được nữa: giữ một bản sao ở nơi khác, và đừng để người quản trị máy chủ giữ nó. Kiểm phiếu xong tệp bị xóa; \
        hãy xóa cả bản sao.
        """,
      en: """
        In a secret vote the key that opens the ballots is made here, in the file --key, and the server has it not. If it is \
        lost nobody can count: keep one copy in another place, and do not let the server's administrator keep it. After the \
        count the file is removed; remove the copy too.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: VotePlaceOptions

  @Flag(help: .text(vi: "Bỏ phiếu bằng mã một lần.", en: "Vote with one-time codes."))
  var codes = false

  @Option(
    help: .text(
      vi: "Người được bỏ phiếu, theo chứng thư: đơn vị/tên.", en: "Who may vote, as in certificates: unit/name.",
      value: "person"))
  var juror: [String] = []

  @Option(
    help: .text(vi: "Bỏ phiếu kín: nơi giữ khóa, tệp mới.", en: "A secret vote: where its key is kept, a new file."))
  var key: String?

  @Option(
    help: .text(
      vi: "Ít hơn số phiếu này thì không mở (mặc định 5).", en: "Fewer ballots are not opened (5 by default)."))
  var fewest: UInt32 = 0

  @Flag(help: .text(vi: "Xem được kết quả khi đang bỏ phiếu.", en: "Figures are told while it is open."))
  var live = false

  func validate() throws {
    func refuse(_ text: Text) -> ValidationError { ValidationError(text(.ambient)) }
    guard codes != !juror.isEmpty else {
      throw refuse(Text(vi: "cần --codes hoặc --juror.", en: "name --codes or --juror."))
    }
    if codes, key == nil { throw refuse(Text(vi: "--codes cần --key.", en: "--codes needs --key.")) }
    if key != nil, live { throw refuse(Text(vi: "phiếu kín không có --live.", en: "a secret vote is not --live.")) }
    if key == nil, fewest != 0 { throw refuse(Text(vi: "--fewest cần --key.", en: "--fewest needs --key.")) }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    var request = Binhchon_V1_OpenNomineeVoteRequest()
    if codes {
      request.codes = true
    } else {
      request.named.persons = juror
    }
    request.live = live
    let file = key.map { VoteKeyFile(path: $0) }
    if let file {
      request.secrecy.publicKey = Data(try file.make(for: place.name).publicKey)
      request.secrecy.fewest = fewest
    }
    let state: Binhchon_V1_NomineeVoteState
    do {
      state = try await context.withVote(place) { try await $0.open(request) }
    } catch let refusal as Refusal where refusal.isCertain {
      file?.withdraw()
      throw refusal
    }
    try context.console.tell(NomineeVoteRecord(state))
    return .ok
  }
}

struct MakeVoteCodes: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "codes", Text(vi: "Tạo mã bỏ phiếu một lần để in.", en: "Make one-time voting codes to be printed."),
    examples: [
      (
        "binhchon campaign codes --campaign dan-van-kheo --count 200 -o ma.csv",
        Text(vi: "CSV để trộn thư; .txt: mỗi dòng một mã", en: "CSV for mail merge; .txt: a code per line")
      ),
      (
        "binhchon campaign codes --campaign dan-van-kheo --count 200 -o ma.html",
        Text(vi: "phiếu có mã QR, mười phiếu một tờ A4", en: "slips with QR codes, ten to a sheet of A4")
      ),
    ],
    notes: Text(
      vi: "Máy chủ chỉ giữ mã băm. Tệp này là nơi duy nhất có các mã: in xong thì xóa.",
      en: "The server keeps hashes only. This file alone has the codes: remove it when they are printed."))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: VotePlaceOptions

  @Option(help: .text(vi: "Số mã, nhiều nhất 2000.", en: "How many codes, 2000 at most."))
  var count: Int

  @Option(
    name: [.customShort("o"), .long],
    help: .text(vi: "Tệp mới: .csv, .txt hoặc .html.", en: "A new file: .csv, .txt or .html."))
  var output: String

  func validate() throws {
    guard (1...2_000).contains(count) else {
      throw ValidationError(Text(vi: "--count từ 1 đến 2000.", en: "--count is 1 to 2000.")(.ambient))
    }
    guard VoteCodeSheet.Format(path: output) != nil else {
      throw ValidationError(
        Text(vi: "--output kết thúc bằng .csv, .txt hoặc .html.", en: "--output ends with .csv, .txt or .html.")(
          .ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    guard let format = VoteCodeSheet.Format(path: output) else { return .usage }
    var generator = SystemRandomNumberGenerator()
    let codes = (0..<count).map { _ in EnrolmentCode(using: &generator).text }
    var sheet = VoteCodeSheet(campaign: place.campaign, vote: place.vote, codes: codes)
    if format == .html {
      let campaign = try await context.withCampaigns { try await $0.campaign(place.campaign) }
      sheet.title = LocalizedText(vi: campaign.title.vi, en: campaign.title.en)
    }
    // First the file: a code that is good and that nobody has would be missed by the quorum.
    let unfinished = output + ".part"
    do throws(TLSError) {
      guard access(output, F_OK) != 0 else { throw TLSError(.fileUnwritable, "\(output) is there", advice: "") }
      try writePrivateFile(sheet.text(format, context.console.language), to: unfinished)
    } catch {
      throw ClientError(
        .cannotCreate, Text(vi: "không tạo được \(output)", en: "cannot make \(output)"),
        why: Text(verbatim: error.description))
    }
    let issued: UInt64
    do {
      issued = try await context.withVote(place) { try await $0.issue(codes) }
    } catch let refusal as Refusal where refusal.isCertain {
      // They are good for nothing.
      _ = unlink(unfinished)
      throw refusal
    }
    guard rename(unfinished, output) == 0 else {
      throw ClientError(
        .cannotCreate, Text(vi: "các mã ở \(unfinished)", en: "the codes are in \(unfinished)"),
        why: systemMessage(errno))
    }
    try context.console.tell(CodesRecord(file: output, codes: count, issued: issued))
    return .ok
  }
}

struct CastVote: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "vote", Text(vi: "Bỏ một phiếu.", en: "Cast a ballot."),
    examples: [
      (
        "binhchon campaign vote --campaign dan-van-kheo --code - --choose mo-hinh-01 --choose mo-hinh-07",
        Text(vi: "bằng mã, đọc từ bàn phím", en: "with a code, read from the keyboard")
      ),
      (
        "binhchon campaign vote --campaign dan-van-kheo --choose mo-hinh-01=9 --choose mo-hinh-07=7",
        Text(vi: "giám khảo, bằng chứng thư của mình", en: "a juror, by their certificate")
      ),
    ],
    notes: Text(
      vi: """
        Phiếu kín được niêm phong ngay ở máy này; máy chủ không đọc được. Không ai đổi được phiếu đã bỏ. Những gì ở dòng lệnh \
        thì người khác trên máy đọc được: trên máy dùng chung hãy nhập mã và lựa chọn bằng --code - và --choose -.
        """,
      en: """
        The ballot of a secret vote is sealed on this machine; the server cannot read it. Nobody can change a ballot that was \
        cast. What is on the command line others on the machine can read: on a shared one give code and choices with \
        --code - and --choose -.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: VotePlaceOptions

  @Option(help: .text(vi: "Mã bỏ phiếu; -: một dòng từ bàn phím.", en: "The code; -: a line of standard input."))
  var code: String?

  @Option(
    help: .text(
      vi: "Đề cử được chọn; có mức thì thêm =mức; -: từ bàn phím, cách nhau bằng dấu cách.",
      en: "A nominee; with =level where there are levels; -: from standard input, with spaces between.",
      value: "nominee[=level]"))
  var choose: [String] = []

  func run(_ context: CommandContext) async throws -> SysExit {
    let typed = try Self.typed(code, context.console)
    let choices =
      choose == ["-"]
      ? Self.line(context.console, Text(vi: "Lựa chọn:", en: "Choices:")).split(separator: " ").map(String.init)
      : choose
    let response = try await context.withVote(place) { client in
      let state = try await client.state()
      let ballot = try state.ballot(choices)
      return try await client.cast(try Self.sealed(ballot, state, place.name), code: typed)
    }
    try context.console.tell(
      VoteCastRecord(campaign: place.campaign, vote: place.vote, replayed: response.replayed))
    return .ok
  }

  private static func typed(_ code: String?, _ console: Console) throws(ClientError) -> String {
    guard let code else { return "" }
    let text = code == "-" ? line(console, Text(vi: "Mã bỏ phiếu:", en: "Code:")) : code
    do throws(InvalidValue) {
      return try EnrolmentCode(text).text
    } catch {
      throw ClientError(
        .badData, Text(vi: "mã bỏ phiếu không đúng", en: "this is no code"), why: Text(verbatim: error.problem),
        next: Text(vi: "xem lại từng chữ trên phiếu", en: "compare it with the sheet, letter by letter"),
        reason: "NOT_ENTITLED")
    }
  }

  private static func line(_ console: Console, _ prompt: Text) -> String {
    if isatty(STDIN_FILENO) == 1 { console.say(prompt) }
    return (readLine() ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func sealed(
    _ ballot: NomineeBallot, _ state: Binhchon_V1_NomineeVoteState, _ name: String
  ) throws(ClientError) -> Binhchon_V1_CastNomineeVoteRequest.OneOf_Ballot {
    guard state.hasSecrecy else {
      var marks = Binhchon_V1_NomineeMarks()
      marks.marks = ballot.marks.map { mark in
        var message = Binhchon_V1_NomineeMark()
        (message.nominee, message.level) = (mark.nominee.rawValue, mark.level)
        return message
      }
      return .open(marks)
    }
    let sheet = ballot.sheet(of: state.nomineeIDs) ?? []
    do throws(TLSError) {
      let sealed = try HPKE.seal(
        sheet, to: Array(state.secrecy.publicKey), info: VoteDefinition.sealingInfo, associated: Array(name.utf8))
      return .sealed(Data(sealed))
    } catch {
      throw ClientError(
        .internalError,
        Text(vi: "không niêm phong được phiếu; chưa gửi gì", en: "the ballot cannot be sealed; not sent"),
        why: Text(verbatim: error.description))
    }
  }
}

struct CloseVote: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "close-vote", Text(vi: "Kết thúc và kiểm phiếu.", en: "End a vote and count it."),
    examples: [
      (
        "binhchon campaign close-vote --campaign dan-van-kheo --key hom-phieu.key",
        Text(vi: "phiếu kín: mở hòm phiếu rồi xóa khóa", en: "secret: opens the ballots, then removes the key")
      ),
      ("binhchon campaign close-vote --campaign dan-van-kheo", Text(vi: "công khai", en: "open")),
      (
        "binhchon campaign close-vote --campaign dan-van-kheo --give-up 'mất khóa'",
        Text(vi: "hủy, không kiểm phiếu", en: "given up, never counted")
      ),
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: VotePlaceOptions

  @Option(help: .text(vi: "Khóa của hòm phiếu.", en: "The key of a secret vote."))
  var key: String?

  @Option(help: .text(vi: "Hủy cuộc bỏ phiếu, lý do.", en: "Give the vote up; why.", value: "why"))
  var giveUp: String?

  func validate() throws {
    if key != nil, giveUp != nil {
      throw ValidationError(Text(vi: "Chọn --key hoặc --give-up.", en: "Choose --key or --give-up.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let file = key.map { VoteKeyFile(path: $0) }
    let how: Binhchon_V1_CloseNomineeVoteRequest.OneOf_How
    if let file {
      how = .privateKey(Data(try file.read(for: place.name)))
    } else {
      how = giveUp.map { .giveUp($0) } ?? .count(true)
    }
    let state = try await context.withVote(place) { client in
      // With a key, one that is closed already had its answer lost: the key is still to be removed.
      let known = try await client.state()
      return file != nil && known.phase.isClosed ? known : try await client.close(how)
    }
    // First: what came of the vote can be asked again.
    try file?.destroy()
    try context.console.tell(NomineeVoteRecord(state))
    return .ok
  }
}

struct VoteResult: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "result", Text(vi: "Phiếu, tiến trình và kết quả bỏ phiếu.", en: "The sheet of a vote, how it stands, its result."),
    examples: [
      ("binhchon campaign result --campaign dan-van-kheo", Text(vi: "một lần", en: "once")),
      (
        "binhchon campaign result --campaign dan-van-kheo --watch --json",
        Text(vi: "mỗi khi thay đổi, đến khi kết thúc", en: "whenever it changes, until it is closed")
      ),
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: VotePlaceOptions

  @Flag(help: .text(vi: "Theo dõi đến khi kết thúc.", en: "Watch until it is closed."))
  var watch = false

  func run(_ context: CommandContext) async throws -> SysExit {
    try await context.withVote(place) { client in
      if watch {
        try await client.watch { try context.console.tell(NomineeVoteRecord($0)) }
      } else {
        try context.console.tell(NomineeVoteRecord(try await client.state()))
      }
    }
    return .ok
  }
}

struct ListJury: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "jury", Text(vi: "Hội đồng, và điểm mỗi người đã chấm.", en: "The jury, and what each one gave."),
    examples: [("binhchon campaign jury --campaign dan-van-kheo", Text(vi: "phiếu công khai", en: "of an open vote"))],
    notes: Text(
      vi: "Phiếu kín không cho biết gì ở đây; điểm chỉ hiện khi kết quả đã được công bố.",
      en: "Of a secret vote nothing is told here; marks are told when the figures are."))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: VotePlaceOptions

  func run(_ context: CommandContext) async throws -> SysExit {
    let state = try await context.withVote(place) { try await $0.state() }
    guard !state.byCodes, !state.hasSecrecy else {
      throw ClientError(
        .badData,
        Text(vi: "cuộc bỏ phiếu này không công khai theo tên", en: "nobody is told by name how this vote went"),
        reason: "VOTE_STAGE")
    }
    guard state.hasFigures else {
      throw ClientError(
        .badData, Text(vi: "kết quả chưa công bố", en: "its figures are not told yet"),
        next: Text(vi: "kết thúc bằng `campaign close-vote`", en: "end it with `campaign close-vote`"),
        reason: "VOTE_STAGE")
    }
    for person in state.persons {
      try context.console.tell(JurorRecord(person, state.ballots.first { $0.person == person }))
    }
    return .ok
  }
}

extension Refusal {
  /// Whether nothing was done: other refusals leave open what became of the call.
  fileprivate var isCertain: Bool {
    switch StatusCode(rawValue: code) {
    // Not who may: that can change between two attempts, of which the first may have been taken.
    case .invalidArgument, .notFound, .alreadyExists, .failedPrecondition: true
    default: false
    }
  }
}
