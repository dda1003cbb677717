internal import Polling
internal import Schema

/// How a vote on nominees stands, for people and programs.
struct NomineeVoteRecord: ToldRecord {
  struct Nominee: Encodable {
    var id: String
    var name: String
  }
  struct Standing: Encodable {
    var nominee: String
    var rank: UInt32?
    var votes: UInt64
    var points: UInt64
    /// Exactly, as a fraction: votes per ballot, or points per vote.
    var measure: String?
    var outcome: String
  }
  struct Figures: Encodable {
    var ballots: UInt64
    var votesAllowed: UInt64
    var votes: UInt64
    var overvotes: UInt64
    var undervotes: UInt64
    var spoilt: UInt64
    var quorum: Bool
    var standings: [Standing]
  }

  var campaign: String
  var vote: String
  var phase: String
  var unit: String
  var method: String
  var most: UInt32?
  var nominees: [Nominee]
  var byCodes: Bool
  var persons: [String]
  var isSecret: Bool
  var fewest: UInt32?
  var isLive: Bool
  var entitled: UInt64
  var figures: Figures?
  var why: String?
  private let stage: Text

  private enum CodingKeys: String, CodingKey {
    case campaign, vote, phase, unit, method, most, nominees, byCodes, persons, fewest, entitled, figures, why
    case isSecret = "secret"
    case isLive = "live"
  }

  init(_ message: Binhchon_V1_NomineeVoteState) {
    (campaign, vote) = (message.place.campaign, message.place.vote)
    (phase, stage) = message.phase.words
    unit = message.unit
    method = message.method.word
    most = message.most == 0 ? nil : message.most
    nominees = message.nominees.map { Nominee(id: $0.id, name: $0.name) }
    byCodes = message.byCodes
    persons = message.persons
    isSecret = message.hasSecrecy
    fewest = message.hasSecrecy ? message.secrecy.fewest : nil
    isLive = message.live
    entitled = message.entitled
    figures = message.hasFigures ? Figures(message.figures) : nil
    why = message.why.isEmpty ? nil : message.why
  }

  func lines(_ language: Language) -> [String] {
    let voters = byCodes ? Text(vi: "phiếu mã", en: "codes") : Text(vi: "người có tên", en: "named persons")
    let kind = isSecret ? Text(vi: "bỏ phiếu kín", en: "secret") : Text(vi: "bỏ phiếu công khai", en: "open")
    var lines = [
      "\(campaign)/\(vote): \(stage(language))",
      "  \(kind(language)), \(method)\(most.map { " \($0)" } ?? ""); \(entitled) \(voters(language))",
    ]
    if let why { lines.append("  " + why) }
    guard let figures else { return lines + nominees.map { "  \($0.id)  \($0.name)" } }
    lines.append(
      Text(
        vi: """
            \(figures.ballots) phiếu: \(figures.votes) lượt chọn + \(figures.overvotes) chọn quá + \(figures.undervotes) bỏ \
          trống = \(figures.votesAllowed) × \(figures.ballots)\(figures.spoilt == 0 ? "" : "; \(figures.spoilt) phiếu hỏng")
          """,
        en: """
            \(figures.ballots) ballots: \(figures.votes) votes + \(figures.overvotes) overvotes + \(figures.undervotes) \
          undervotes = \(figures.votesAllowed) × \(figures.ballots)\(figures.spoilt == 0 ? "" : "; \(figures.spoilt) spoilt")
          """)(language))
    let names = Dictionary(nominees.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    var table = Table(
      headings: [
        "", Text(vi: "Đề cử", en: "Nominee")(language), Text(vi: "Lượt", en: "Votes")(language),
        Text(vi: "Điểm", en: "Points")(language), Text(vi: "Kết quả", en: "Outcome")(language),
      ], sides: [.right, .left, .right, .right, .left])
    table.rows = figures.standings.map { standing in
      [
        standing.rank.map { "\($0)" } ?? "–", "\(standing.nominee)  \(names[standing.nominee] ?? "")",
        "\(standing.votes)",
        "\(standing.points)", Binhchon_V1_NomineeOutcome.text(standing.outcome)(language),
      ]
    }
    return lines + table.lines().map { "  " + $0 }
  }
}

extension NomineeVoteRecord.Figures {
  fileprivate init(_ message: Binhchon_V1_NomineeFigures) {
    ballots = message.ballots
    votesAllowed = message.votesAllowed
    votes = message.votes
    overvotes = message.overvotes
    undervotes = message.undervotes
    spoilt = message.spoilt
    quorum = message.quorum
    standings = message.standings.map { standing in
      NomineeVoteRecord.Standing(
        nominee: standing.nominee, rank: standing.rank == 0 ? nil : standing.rank, votes: standing.votes,
        points: standing.points,
        measure: standing.hasMeasure ? "\(standing.measure.numerator)/\(standing.measure.denominator)" : nil,
        outcome: standing.outcome.word)
    }
  }
}

extension Binhchon_V1_NomineeVotePhase {
  fileprivate var words: (String, Text) {
    switch self {
    case .unspecified, .UNRECOGNIZED: ("unknown", Text(vi: "không rõ", en: "unknown"))
    case .open: ("open", Text(vi: "đang bỏ phiếu", en: "open"))
    case .counted: ("counted", Text(vi: "đã kiểm phiếu", en: "counted"))
    case .tooFew:
      ("too-few", Text(vi: "quá ít phiếu: không mở hòm phiếu", en: "too few ballots: they were not opened"))
    case .givenUp: ("given-up", Text(vi: "đã hủy, không kiểm phiếu", en: "given up, not counted"))
    }
  }
}

extension Binhchon_V1_NomineeVoteMethod {
  fileprivate var word: String {
    switch self {
    case .unspecified, .UNRECOGNIZED: "unknown"
    case .approval: "approval"
    case .choose: "choose"
    case .scale: "scale"
    case .jury: "jury"
    }
  }
}

extension Binhchon_V1_NomineeOutcome {
  fileprivate var word: String {
    switch self {
    case .unspecified, .UNRECOGNIZED: "unknown"
    case .chosen: "chosen"
    case .notChosen: "not-chosen"
    case .tied: "tied"
    case .noQuorum: "no-quorum"
    }
  }

  fileprivate static func text(_ word: String) -> Text {
    switch word {
    case "chosen": Text(vi: "được chọn", en: "chosen")
    case "not-chosen": Text(vi: "không được chọn", en: "not chosen")
    case "tied": Text(vi: "bằng nhau, chưa quyết", en: "tied, undecided")
    case "no-quorum": Text(vi: "không đủ số người bỏ phiếu", en: "no quorum")
    default: Text(verbatim: word)
    }
  }
}

/// What each juror gave, of an open vote.
struct JurorRecord: ToldRecord {
  struct Mark: Encodable {
    var nominee: String
    var level: UInt32
  }
  var person: String
  var voted: Bool
  var marks: [Mark]

  init(_ person: String, _ ballot: Binhchon_V1_OpenNomineeBallot?) {
    self.person = person
    voted = ballot != nil
    marks = ballot?.marks.map { Mark(nominee: $0.nominee, level: $0.level) } ?? []
  }

  func lines(_ language: Language) -> [String] {
    let given = marks.map { "\($0.nominee)=\($0.level)" }.joined(separator: " ")
    return ["\(person): \(voted ? given : Text(vi: "chưa bỏ phiếu", en: "has not voted")(language))"]
  }
}

/// That a ballot was cast, and nothing of what is in it.
struct VoteCastRecord: ToldRecord {
  var campaign: String
  var vote: String
  var replayed: Bool

  func lines(_ language: Language) -> [String] {
    [
      replayed
        ? Text(vi: "phiếu này đã được ghi từ trước", en: "this ballot was there already")(language)
        : Text(vi: "đã bỏ phiếu", en: "the ballot is cast")(language)
    ]
  }
}

/// Where codes are now.
struct CodesRecord: ToldRecord {
  var file: String
  var codes: Int
  var issued: UInt64

  func lines(_ language: Language) -> [String] {
    [
      Text(
        vi: "\(file): \(codes) mã; cuộc bỏ phiếu có \(issued) mã", en: "\(file): \(codes) codes; the vote has \(issued)"
      )(
        language)
    ]
  }
}
