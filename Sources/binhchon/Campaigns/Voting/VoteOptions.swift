import ArgumentParser
import Foundation
internal import Polling
internal import Schema

/// Which vote.
struct VotePlaceOptions: ParsableArguments {
  @Option(help: .text(vi: "Phong trào.", en: "The campaign.", value: "id"))
  var campaign: String

  @Option(help: .text(vi: "Lần bỏ phiếu, nếu có nhiều lần.", en: "Which vote, if there are several.", value: "name"))
  var vote = "vote"

  var message: Binhchon_V1_NomineeVotePlace {
    var message = Binhchon_V1_NomineeVotePlace()
    (message.campaign, message.vote) = (campaign, vote)
    return message
  }

  /// As the server names it.
  var name: String { "\(campaign)/\(vote)" }
}

extension Binhchon_V1_NomineeVoteState {
  /// The rules as far as a ballot must know them. Nil: of a newer server.
  private var rules: NomineeVote? {
    switch method {
    case .approval: NomineeVote(method: .approval)
    case .choose: NomineeVote(method: .choose(most))
    case .scale: NomineeVote(method: .scale(levels: most))
    case .jury: NomineeVote(method: .jury(points: most))
    case .unspecified, .UNRECOGNIZED: nil
    }
  }

  var nomineeIDs: [RecordID<Nomination>] { nominees.compactMap { try? RecordID($0.id) } }

  /// A ballot that can be counted as it is meant: no overvotes.
  ///
  /// - Parameter choices: nominees, each with `=` and a level where there are levels.
  func ballot(_ choices: [String]) throws(ClientError) -> NomineeBallot {
    let ids = nomineeIDs
    guard let rules, ids.count == nominees.count, let count = NomineeCount(rules, nominees: ids) else {
      throw ClientError(
        .protocol, Text(vi: "không hiểu cách bỏ phiếu này", en: "this way of voting is not known"),
        next: Text(vi: "so sánh phiên bản hai bên bằng --version", en: "compare the versions of both sides"))
    }
    // A code is spent once: nobody casts a blank ballot by ending the input too early.
    if choices.isEmpty { throw Self.wrong(Text(vi: "chưa chọn đề cử nào", en: "no nominee is chosen")) }
    var marks: [NomineeBallot.Mark] = []
    for choice in choices {
      let parts = choice.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let id = try? RecordID<Nomination>(String(parts[0])), ids.contains(id) else {
        throw Self.wrong(Text(vi: "“\(choice)” không có trên phiếu", en: "“\(choice)” is not on the sheet"))
      }
      if rules.levels == nil, parts.count == 1 {
        marks.append(NomineeBallot.Mark(id))
      } else if let levels = rules.levels, parts.count == 2, let level = UInt32(parts[1]), (1...levels).contains(level)
      {
        marks.append(NomineeBallot.Mark(id, level: level))
      } else {
        throw Self.wrong(
          rules.levels.map { Text(vi: "“\(choice)”: cần =1 đến =\($0)", en: "“\(choice)”: must end with =1 to =\($0)") }
            ?? Text(vi: "“\(choice)”: không có mức", en: "“\(choice)”: there are no levels"))
      }
    }
    let ballot = NomineeBallot(marks)
    guard Set(marks.map(\.nominee)).count == marks.count, count.problem(with: ballot) == nil else {
      throw Self.wrong(Text(vi: "một đề cử được chọn hai lần", en: "a nominee is chosen twice"))
    }
    guard rules.levels != nil || UInt64(marks.count) <= count.votesAllowed else {
      throw Self.wrong(
        Text(vi: "chọn nhiều nhất \(count.votesAllowed) đề cử", en: "choose \(count.votesAllowed) nominees at most"))
    }
    return ballot
  }

  private static func wrong(_ why: Text) -> ClientError {
    ClientError(
      .badData, Text(vi: "phiếu chưa hợp lệ, chưa gửi gì", en: "the ballot breaks a rule; nothing was sent"), why: why,
      next: Text(
        vi: "xem phiếu bằng `binhchon campaign result --campaign …`",
        en: "see the sheet with `binhchon campaign result --campaign …`"), reason: "INVALID_BALLOT")
  }
}

extension Binhchon_V1_NomineeVotePhase {
  /// For good, as far as is known: of a newer server's phases nobody can tell.
  var isClosed: Bool {
    switch self {
    case .counted, .tooFew, .givenUp: true
    case .open, .unspecified, .UNRECOGNIZED: false
    }
  }
}
