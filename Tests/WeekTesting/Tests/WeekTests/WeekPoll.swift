import Foundation
import Polling
import Schema
import SeededRandom
import Server

/// The polls of a week; each kiosk shows one.
enum WeekPoll: Int, CaseIterable {
  /// With a cooldown, a burst rule and a closing in the midst of presses.
  case closing
  /// One ballot per dossier, and fewer dossiers than ballots.
  case dossiers
  /// Published when there are presses already.
  case unready
  /// No time finer than the hour, so no numbers.
  case secret

  var id: PollID { get throws { try PollID("poll-\(rawValue)") } }
  var precision: TimePrecision { self == .secret ? .hour : .second }
  static let cooldown: Int64 = 1_000
  static let burstWithin: Int64 = 10_000

  private static let base = Result { try HaiChauPoll.poll() }

  func poll(closesAt: Timestamp, late: Int64) throws -> Poll {
    var poll = try Self.base.get()
    poll.id = try id
    switch self {
    case .closing:
      poll.closesAt = closesAt
      poll.policy = Policy(
        cooldown: Self.cooldown, burst: Policy.Burst(presses: 3, within: Self.burstWithin), late: late)
    case .dossiers: poll.policy = Policy(onePerCredential: true)
    case .unready: poll.policy = Policy()
    case .secret: poll.policy = Policy(timePrecision: .hour)
    }
    return poll
  }

  /// What a press at a kiosk that shows this poll makes; its number is added by the spool.
  func ballot(_ id: BallotID, at wall: Timestamp, _ random: inout SplitMix64) -> Binhchon_V1_Ballot {
    var ballot = Binhchon_V1_Ballot()
    ballot.ballotID = Data(id.bytes)
    ballot.poll = "poll-\(rawValue)"
    ballot.pollVersion = 1
    ballot.unit = "hai-chau/mot-cua/quay-01"
    ballot.channel = .kiosk
    ballot.deviceTimeMs = wall.floored(to: precision).milliseconds
    var answer = Binhchon_V1_Answer()
    answer.question = "hai-long"
    answer.choices = [["RHL", "HL", "BT", "KHL", "RKHL"].randomElement(using: &random) ?? "HL"]
    // No such choice: refused for good.
    if UInt8.random(in: 0..<30, using: &random) == 0 { answer.choices = ["X"] }
    ballot.answers = [answer]
    if self == .dossiers { ballot.credential = "H\(UInt8.random(in: 0..<8, using: &random))" }
    return ballot
  }
}
