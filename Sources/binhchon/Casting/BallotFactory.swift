import Foundation
internal import Polling
internal import Schema

/// Makes ballots for one poll. What a ballot says follows from its id and its answers alone, so that a ballot made again
/// under the same id has the same bytes, and the server sees a repetition.
struct BallotFactory: Sendable {
  var poll: Binhchon_V1_Poll
  var unit: String
  var channel: Binhchon_V1_Channel
  /// The code of the procedure that ballots are about; empty: they name none.
  var procedure = ""

  /// A ballot answered now.
  func make(
    _ answers: [Binhchon_V1_Answer], dossier: String? = nil, now: Timestamp,
    random: inout some RandomNumberGenerator
  ) -> Binhchon_V1_Ballot {
    let id = BallotID(time: now, precision: precision, random: (random.next(), random.next()))
    return make(answers, dossier: dossier, id: id)
  }

  /// The ballot of this id, now or again.
  func make(_ answers: [Binhchon_V1_Answer], dossier: String? = nil, id: BallotID) -> Binhchon_V1_Ballot {
    var ballot = Binhchon_V1_Ballot()
    ballot.ballotID = Data(id.bytes)
    ballot.poll = poll.id
    ballot.pollVersion = poll.version
    ballot.unit = unit
    ballot.channel = channel
    ballot.deviceTimeMs = id.time.milliseconds
    ballot.answers = answers
    ballot.credential = dossier ?? ""
    ballot.procedure = procedure
    return ballot
  }

  /// Reads a UUID in its usual form, and holds it against the poll's rules.
  func ballotID(_ text: String) throws(ClientError) -> BallotID {
    let advice = Text(
      vi: "mã phiếu là UUIDv7, đồng hồ làm tròn xuống theo cuộc bình chọn; bỏ --ballot-id để tạo mã mới",
      en: "a ballot id is a UUIDv7, its clock floored as the poll says; leave --ballot-id out to make one")
    func refused(_ why: Text) -> ClientError {
      ClientError(
        .badData, Text(vi: "mã phiếu \(text) không hợp lệ", en: "\(text) is no valid ballot id"), why: why,
        next: advice, reason: "INVALID_BALLOT_ID")
    }
    guard let id = Self.parse(text) else {
      throw refused(Text(vi: "không phải UUIDv7", en: "not a UUIDv7"))
    }
    guard id.time.floored(to: precision) == id.time else {
      throw refused(
        Text(
          vi: "đồng hồ trong mã chính xác hơn mức cuộc bình chọn cho phép",
          en: "its clock is finer than the poll's time precision"))
    }
    return id
  }

  static func parse(_ text: String) -> BallotID? {
    guard let uuid = UUID(uuidString: text) else { return nil }
    return try? BallotID(bytes: withUnsafeBytes(of: uuid.uuid) { Array($0) })
  }

  var precision: TimePrecision {
    switch poll.policy.timePrecision {
    case .minute: .minute
    case .hour: .hour
    case .day: .day
    case .second, .unspecified: .second
    // A precision this client does not know: the coarsest one is a multiple of whatever it may be.
    case .UNRECOGNIZED: .day
    }
  }
}

extension Timestamp {
  static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
}

/// A repeatable source of choices for demonstrations (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
