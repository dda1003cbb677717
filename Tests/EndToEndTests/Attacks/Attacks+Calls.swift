import Foundation
import Schema
import SwiftProtobuf

extension Attack {
  private static let poll = "hai-chau-hai-long"
  private static let unit = "hai-chau/mot-cua/quay-01"

  private enum Caller {
    case kiosk, official, admin, nobody

    func identity(_ attacker: Attacker) -> String? {
      switch self {
      case .kiosk: attacker.kiosk
      case .official: attacker.official
      case .admin: attacker.admin
      case .nobody: nil
      }
    }
  }

  private static func calls(
    _ name: String, as caller: Caller = .kiosk, _ bytes: @escaping @Sendable () throws -> [UInt8]
  ) -> Attack {
    Attack(name) { attacker in
      let tls = try attacker.logIn(as: caller.identity(attacker))
      tls.send(try bytes())
      tls.receive()
    }
  }

  /// One CastBallots message, and the end of input.
  private static func message(_ payload: [UInt8], id: UInt32 = 1) -> [UInt8] {
    RawBytes.request(id, BallotMethods.service, "CastBallots", flags: 2) + RawBytes.data(id, payload)
      + RawBytes.data(id, flags: 5)
  }

  private static func bytes(_ message: some SwiftProtobuf.Message) throws -> [UInt8] {
    Array(try message.serializedData())
  }

  private static func cast(_ id: UInt32, _ change: (inout Binhchon_V1_Ballot) -> Void) throws -> [UInt8] {
    var ballot = Ballots.ballot()
    change(&ballot)
    return RawBytes.request(
      id, BallotMethods.service, "CastBallot", try bytes(Ballots.request(ballot)))
  }

  static let calls: [Attack] = [
    calls("unknown services and methods") {
      let services = RawBytes.ids(2_000) { RawBytes.request($0, "none.\($0)", "None") }
      let methods = RawBytes.ids(2_000) { RawBytes.request($0 + 4_000, BallotMethods.service, "M\($0)") }
      return services + methods
    },
    calls("a service's name of 3 MiB") { RawBytes.request(1, String(repeating: "s", count: 3 << 20), "M") },
    calls("names that are no UTF-8") {
      RawBytes.frame(1, type: 1, RawBytes.field(1, [0xff, 0xfe]) + RawBytes.field(2, [0xc0, 0x80])).times(500)
    },
    calls("methods of other roles") {
      var close = Binhchon_V1_ClosePollRequest()
      close.poll = poll
      var code = Binhchon_V1_CreateKioskCodeRequest()
      (code.unit, code.name) = ("hai-chau/mot-cua", "quay-66")
      return try RawBytes.request(1, PollMethods.service, "ClosePoll", bytes(close))
        + RawBytes.request(3, EnrolmentMethods.service, "CreateKioskCode", bytes(code))
        + RawBytes.request(5, BallotMethods.service, "VoidBallot")
        + RawBytes.request(7, PollMethods.service, "PublishPoll", bytes(DossierPoll.publishRequest))
    },
    calls("a poll of a hundred thousand empty questions", as: .admin) {
      RawBytes.request(
        1, PollMethods.service, "PublishPoll", RawBytes.field(1, RawBytes.field(6, []).times(100_000)))
    },
    calls("a poll of a hundred thousand empty units", as: .admin) {
      RawBytes.request(
        1, PollMethods.service, "PublishPoll", RawBytes.field(1, RawBytes.field(5, []).times(100_000)))
    },
    calls("guesses of enrolment codes", as: .nobody) {
      try RawBytes.ids(300) { id in
        var request = Binhchon_V1_EnrolRequest()
        request.code = "\(1_000 + id)-AAAA-BBBB-CCCC"
        request.signingRequest = Data(repeating: 0x30, count: 200)
        return try RawBytes.request(id, EnrolmentMethods.service, "Enrol", bytes(request))
      }
    },
    calls("a certificate request of 3 MiB", as: .nobody) {
      var request = Binhchon_V1_EnrolRequest()
      request.signingRequest = Data(repeating: 0x30, count: 3 << 20)
      return try RawBytes.request(1, EnrolmentMethods.service, "Enrol", bytes(request))
    },
    calls("certificate requests that are none") {
      try RawBytes.ids(100) { id in
        var request = Binhchon_V1_RenewRequest()
        request.signingRequest = Data((0..<300).map { _ in .random(in: 0...255) })
        return try RawBytes.request(id, EnrolmentMethods.service, "Renew", bytes(request))
      }
    },
    calls("other services without a certificate", as: .nobody) {
      try cast(1) { _ in } + RawBytes.request(3, TallyMethods.service, "ListPolls")
    },
    calls("profiles of polls with names of 1 MiB") {
      var request = Binhchon_V1_GetProfileRequest()
      request.poll = String(repeating: "ă", count: 1 << 19)
      request.etag = String(repeating: "e", count: 1 << 20)
      return try RawBytes.request(1, KioskMethods.service, "GetProfile", bytes(request))
    },
    calls("lists of units with names of 3 MiB", as: .official) {
      var request = Binhchon_V1_ListKiosksRequest()
      request.unit = String(repeating: "a/", count: 3 << 19)
      request.silentMs = .min
      return try RawBytes.request(1, KioskMethods.service, "ListKiosks", bytes(request))
    },
    calls("combining marks without end", as: .official) {
      var request = Binhchon_V1_GetTallyRequest()
      request.poll = "a" + String(repeating: "\u{301}", count: 3 << 19)
      return try RawBytes.request(1, TallyMethods.service, "GetTally", bytes(request))
    },
  ]

  static let ballots: [Attack] = [
    calls("a million empty ballots in one message") { message(RawBytes.field(1, []).times(1_000_000)) },
    calls("a million empty answers in one ballot") {
      message(RawBytes.field(1, RawBytes.field(7, []).times(1_000_000)))
    },
    calls("a million empty choices in one answer") {
      message(RawBytes.field(1, RawBytes.field(7, RawBytes.field(2, []).times(1_000_000))))
    },
    calls("a million empty days in a kiosk's report") {
      message(RawBytes.field(4, RawBytes.field(9, []).times(1_000_000)))
    },
    calls("a million empty presses") { message(RawBytes.field(4, []) + RawBytes.field(3, []).times(1_000_000)) },
    Attack("millions of empty ballots at once") { attacker in
      let tls = try attacker.logIn(as: attacker.kiosk)
      let message = message(RawBytes.field(1, []).times(1_000_000), id: 1)
      for _ in 0..<8 { tls.send(message) }
      tls.receive()
    },
    calls("one id again and again in one message") {
      var request = Binhchon_V1_CastBallotsRequest()
      request.ballots = Array(repeating: Ballots.ballot(), count: 300)
      return try message(bytes(request))
    },
    calls("one id with other answers") {
      let id = Ballots.newID()
      return try RawBytes.ids(5) { stream in
        try cast(stream) { $0 = Ballots.ballot(Ballots.levels[Int(stream) / 2], id: id) }
      }
    },
    calls("ids that are none") {
      try RawBytes.ids(100) { id in
        try cast(id) { $0.ballotID = Data(repeating: UInt8(id), count: Int(id) / 2) }
      }
    },
    calls("strings of 500 KB in every field") {
      let long = String(repeating: "x", count: 500_000)
      return try cast(1) { ballot in
        (ballot.poll, ballot.unit, ballot.credential) = (long, long, long)
        ballot.answers[0].question = long
        ballot.answers[0].choices = [long]
      }
    },
    calls("combining marks as a credential") {
      try cast(1) { $0.credential = "a" + String(repeating: "\u{301}", count: 1 << 20) }
    },
    calls("strings that are no UTF-8") {
      let poll = RawBytes.field(2, [0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80])
      return RawBytes.request(1, BallotMethods.service, "CastBallot", RawBytes.field(1, poll))
    },
    calls("no such poll") {
      try RawBytes.ids(500) { id in try cast(id) { $0.poll = "poll-\(id)" } }
    },
    calls("units out of scope") {
      try RawBytes.ids(500) { id in try cast(id) { $0.unit = "thanh-khe/quay-\(id)" } }
    },
    calls("units as deep as can be") {
      try cast(1) { $0.unit = String(repeating: "hai-chau/", count: 10_000) + "quay" }
    },
    calls("times at both ends of time") {
      let times: [Int64] = [.min, .min + 1, -1, 0, .max - 1, .max]
      return try RawBytes.ids(6) { id in try cast(id) { $0.deviceTimeMs = times[Int(id) / 2] } }
    },
    calls("sent at both ends of time") {
      try RawBytes.ids(2) { id in
        var request = Ballots.request(Ballots.ballot())
        request.sentTimeMs = id == 1 ? .min : .max
        return try RawBytes.request(id, BallotMethods.service, "CastBallot", bytes(request))
      }
    },
    calls("kiosks' reports with absurd counts") {
      try RawBytes.ids(50) { id in
        var request = Binhchon_V1_CastBallotsRequest()
        request.kiosk.spool = Data((0..<16).map { _ in .random(in: 0...255) })
        request.kiosk.presses = .max
        request.kiosk.highestSequence = .max
        (request.kiosk.pending, request.kiosk.held, request.kiosk.capacity) = (.max, .max, .max)
        request.kiosk.version = String(repeating: "v", count: 10_000)
        request.kiosk.poll = poll
        request.kiosk.days = [Int32.min, -1, 0, .max].map { day in
          var presses = Binhchon_V1_DayPresses()
          (presses.day, presses.presses, presses.pending) = (day, .max, .max)
          return presses
        }
        var ballot = Ballots.ballot()
        ballot.kioskSequence = .max - UInt64(id)
        request.ballots = [ballot]
        var mark = Binhchon_V1_PressMark()
        (mark.ballot, mark.recent) = (.max, .max)
        mark.sincePreviousMs = .min
        request.presses = [mark]
        request.sentTimeMs = id.isMultiple(of: 4) ? .min : .max
        return try message(bytes(request), id: id)
      }
    },
    calls("sequences with a gap at every number") {
      var request = Binhchon_V1_CastBallotsRequest()
      request.kiosk.spool = Data((0..<16).map { _ in .random(in: 0...255) })
      (request.kiosk.presses, request.kiosk.highestSequence, request.kiosk.poll) = (3_000, 3_000, poll)
      request.ballots = (0..<300).map { index in
        var ballot = Ballots.ballot()
        ballot.kioskSequence = UInt64(index) * 1_000_003 + 1
        return ballot
      }
      return try message(bytes(request))
    },
    calls("castings that say nothing") {
      RawBytes.ids(300) { RawBytes.request($0, BallotMethods.service, "CastBallots", flags: 2) }
    },
  ]
}
