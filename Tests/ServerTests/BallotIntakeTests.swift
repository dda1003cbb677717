import Foundation
import Logging
import Polling
import RPC
import Schema
import Tallies
import Testing

@testable import Server

/// What arrives as a ballot, row by row: what is kept, and why it is refused.
@Suite struct BallotIntakeTests {
  /// 2026-11-20T03:00:00Z, 10:00 in Hải Châu.
  static let now = Timestamp(milliseconds: 1_795_143_600_000)

  static func board() throws -> TallyBoard {
    var poll = try HaiChauPoll.poll()
    poll.version = 1
    var hourly = poll
    hourly.id = try PollID("hourly")
    hourly.policy = Policy(timePrecision: .hour, onePerCredential: true)
    return TallyBoard(
      epoch: "e", revision: 2, polls: [(poll, false), (hourly, false)], cells: [:], clock: .system(wall: { now }),
      carrier: CallCarrier(now: { now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
  }

  static func ballot(_ change: (inout Binhchon_V1_Ballot) -> Void = { _ in }) -> Binhchon_V1_Ballot {
    var ballot = Binhchon_V1_Ballot()
    ballot.ballotID = Data(BallotID(time: now, precision: .second, random: (1, 2)).bytes)
    ballot.poll = "hai-chau-hai-long"
    ballot.pollVersion = 1
    ballot.unit = "hai-chau/mot-cua/quay-01"
    ballot.channel = .kiosk
    ballot.deviceTimeMs = now.milliseconds
    var answer = Binhchon_V1_Answer()
    answer.question = "hai-long"
    answer.choices = ["HL"]
    ballot.answers = [answer]
    change(&ballot)
    return ballot
  }

  /// The record that a ballot becomes; its refusal thrown. The hash is what it hashes, cut to size.
  static func record(
    _ ballot: Binhchon_V1_Ballot, caller: String = "kiosk/hai-chau/mot-cua/k1", sentTime: Timestamp? = nil
  ) throws -> CastVoteRecord {
    let identity = try #require(Identity(uri: "spiffe://t/\(caller)", trustDomain: "t"))
    let intake = BallotIntake(hash: { Array(($0 + [UInt8](repeating: 0, count: 32)).prefix(32)) })
    switch try intake.admit(ballot, on: try board(), from: identity, sentTime: sentTime, now: now, field: "ballot") {
    case .admitted(let record, _): return record
    case .refused(let refusal, _): throw refusal
    }
  }

  @Test func aGoodBallotBecomesARecordThatSaysWhenAndFromWhom() throws {
    let record = try Self.record(Self.ballot { $0.kioskSequence = 7 })
    #expect(record.ballot.unit == (try UnitPath("hai-chau/mot-cua/quay-01")))
    #expect(record.ballot.answers == [Answer(question: "hai-long", choices: ["HL"])])
    #expect(record.ballot.kioskSequence == 7)
    #expect(record.countedVersion == 1)
    #expect(record.receivedTime == Self.now)
    #expect(record.skewMilliseconds == nil)
    #expect(record.day.description == "2026-11-20")
    #expect(record.flags == [])
    #expect(record.source == "kiosk/hai-chau/mot-cua/k1")
  }

  struct Refused: Sendable {
    var what: String
    var code: Code
    var reason: Binhchon_V1_Reason
    var field: String?
    var change: @Sendable (inout Binhchon_V1_Ballot) -> Void
  }

  static let refusals: [Refused] = [
    Refused(what: "no id", code: .invalidArgument, reason: .invalidBallotID, field: "ballot.ballot_id") {
      $0.ballotID = Data()
    },
    Refused(what: "a random id", code: .invalidArgument, reason: .invalidBallotID, field: "ballot.ballot_id") {
      $0.ballotID = Data(repeating: 0x44, count: 16)
    },
    Refused(
      what: "an id with milliseconds", code: .invalidArgument, reason: .invalidBallotID, field: "ballot.ballot_id"
    ) {
      $0.ballotID[5] &+= 1
    },
    Refused(
      what: "a time with milliseconds", code: .invalidArgument, reason: .invalidField, field: "ballot.device_time_ms"
    ) {
      $0.deviceTimeMs += 1
    },
    Refused(what: "no channel", code: .invalidArgument, reason: .invalidField, field: "ballot.channel") {
      $0.channel = .unspecified
    },
    Refused(what: "an unknown channel", code: .invalidArgument, reason: .invalidField, field: "ballot.channel") {
      $0.channel = .UNRECOGNIZED(99)
    },
    Refused(what: "paper from a kiosk", code: .permissionDenied, reason: .wrongRole, field: nil) {
      $0.channel = .paper
    },
    Refused(what: "a bad poll name", code: .invalidArgument, reason: .invalidField, field: "ballot.poll") {
      $0.poll = "a b"
    },
    Refused(what: "an unknown poll", code: .notFound, reason: .unknownPoll, field: nil) { $0.poll = "other" },
    Refused(what: "an unknown version", code: .notFound, reason: .unknownPoll, field: nil) { $0.pollVersion = 2 },
    Refused(what: "a bad unit", code: .invalidArgument, reason: .invalidField, field: "ballot.unit") {
      $0.unit = "a//b"
    },
    Refused(what: "a unit out of scope", code: .permissionDenied, reason: .outOfScope, field: nil) {
      $0.unit = "hai-chau"
    },
    Refused(what: "an unknown unit in scope", code: .notFound, reason: .unknownUnit, field: nil) {
      $0.unit = "hai-chau/mot-cua/quay-99"
    },
    Refused(what: "no answer", code: .invalidArgument, reason: .invalidField, field: "ballot.answers") {
      $0.answers = []
    },
    Refused(what: "two levels", code: .invalidArgument, reason: .invalidField, field: "ballot.answers[0].choices") {
      $0.answers[0].choices = ["HL", "RHL"]
    },
    Refused(what: "an unknown level", code: .invalidArgument, reason: .invalidField, field: "ballot.answers[0].choices")
    {
      $0.answers[0].choices = ["XX"]
    },
    Refused(
      what: "an unknown question", code: .invalidArgument, reason: .invalidField, field: "ballot.answers[0].question"
    ) {
      $0.answers[0].question = "q2"
    },
    Refused(what: "a blank credential", code: .invalidArgument, reason: .invalidField, field: "ballot.credential") {
      $0.credential = "   "
    },
    Refused(what: "a long credential", code: .invalidArgument, reason: .invalidField, field: "ballot.credential") {
      $0.credential = String(repeating: "x", count: 129)
    },
    Refused(
      what: "no credential where one is needed", code: .invalidArgument, reason: .invalidField,
      field: "ballot.credential"
    ) {
      $0.poll = "hourly"
      $0.ballotID = Data(BallotID(time: Self.now, precision: .hour, random: (1, 2)).bytes)
      $0.deviceTimeMs = 0
    },
  ]

  @Test(arguments: refusals.indices)
  func eachBreachIsRefusedWithItsReasonAndField(index: Int) throws {
    let row = Self.refusals[index]
    let refusal = #expect(throws: Refusal.self, "\(row.what)") { try Self.record(Self.ballot(row.change)) }
    #expect(refusal?.code == row.code, "\(row.what)")
    #expect(refusal?.reason == row.reason, "\(row.what)")
    if let field = row.field {
      #expect(refusal?.violations.contains { $0.field == field } == true, "\(row.what): \(String(describing: refusal))")
    }
    // What goes over the wire says the same.
    let status = try #require(refusal).status
    #expect(status.code == row.code.rawValue)
    #expect(status.details.contains { $0.typeURL == "type.googleapis.com/google.rpc.LocalizedMessage" })
  }

  @Test func aWrongClockIsCorrectedByItsSkew() throws {
    // The device believes it is 1970 and says so.
    let record = try Self.record(
      Self.ballot { $0.deviceTimeMs = 3_600_000 }, sentTime: Timestamp(milliseconds: 3_605_000))
    #expect(record.day.description == "2026-11-20")
    #expect(record.flags == [])
    #expect(record.skewMilliseconds == 3_605_000 - Self.now.milliseconds)
  }

  @Test func aClockOutOfBoundsIsFlaggedAndCountedWhenItArrived() throws {
    let record = try Self.record(Self.ballot { $0.deviceTimeMs -= 8 * 86_400_000 })
    #expect(record.day.description == "2026-11-20")
    #expect(record.flags == .clock)
    #expect(record.flags.isCounted)
  }

  @Test func oneDossierTypedTwoWaysIsOneCredentialAndAnotherPerPoll() throws {
    func credential(_ text: String, poll: String) throws -> [UInt8]? {
      let ballot = Self.ballot {
        $0.credential = text
        $0.poll = poll
        $0.ballotID = Data(BallotID(time: Self.now.floored(to: .hour), precision: .hour, random: (1, 2)).bytes)
        $0.deviceTimeMs = 0
      }
      return try Self.record(ballot).ballot.credential
    }
    let one = try credential("H17-1", poll: "hourly")
    #expect(one != nil)
    #expect(try credential(" h17-1 ", poll: "hourly") == one)
    #expect(try credential("H17-2", poll: "hourly") != one)
    #expect(try credential("H17-1", poll: "hai-chau-hai-long") != one)
  }
}
