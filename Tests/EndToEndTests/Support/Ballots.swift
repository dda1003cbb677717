import Foundation
import Polling
import Schema

/// Ballots of the Hải Châu poll as a kiosk makes them.
enum Ballots {
  static let poll = "hai-chau-hai-long"
  static let levels = ["RKHL", "KHL", "BT", "HL", "RHL"]

  static func newID(time: Date = Date(), precision: TimePrecision = .second) -> Data {
    let id = BallotID(
      time: Timestamp(milliseconds: Int64(time.timeIntervalSince1970 * 1000)), precision: precision,
      random: (.random(in: .min ... .max), .random(in: .min ... .max)))
    return Data(id.bytes)
  }

  static func ballot(
    _ choice: String = "HL", id: Data = newID(), unit: String = "hai-chau/mot-cua/quay-01", poll: String = poll,
    credential: String = ""
  ) -> Binhchon_V1_Ballot {
    var ballot = Binhchon_V1_Ballot()
    ballot.ballotID = id
    ballot.poll = poll
    ballot.pollVersion = 1
    ballot.unit = unit
    ballot.channel = .kiosk
    ballot.deviceTimeMs = Int64(Date().timeIntervalSince1970) * 1000
    var answer = Binhchon_V1_Answer()
    answer.question = "hai-long"
    answer.choices = [choice]
    ballot.answers = [answer]
    ballot.credential = credential
    return ballot
  }

  static func request(_ ballot: Binhchon_V1_Ballot) -> Binhchon_V1_CastBallotRequest {
    var request = Binhchon_V1_CastBallotRequest()
    request.ballot = ballot
    return request
  }
}
