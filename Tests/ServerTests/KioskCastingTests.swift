import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import Synchronization
import Testing

@testable import Server

/// What becomes of a kiosk's presses, over a real ledger.
@Suite(.timeLimit(.minutes(1))) struct KioskCastingTests {
  static let start = BallotIntakeTests.now
  static let minute: Int64 = 60_000
  static let hour: Int64 = 3_600_000
  static let spool = Data(repeating: 7, count: 16)

  final class Clock: Sendable {
    private let time = Mutex(KioskCastingTests.start)

    var now: Timestamp { time.withLock { $0 } }

    func advance(_ milliseconds: Int64) {
      time.withLock { $0.milliseconds += milliseconds }
    }
  }

  /// A kiosk that counts its presses.
  struct Kiosk {
    let caller: InProcessTransport
    let clock: Clock
    var presses: UInt64 = 0
    var days: [Int32: UInt64] = [:]
    /// Its clock beside the true one.
    var clockError: Int64 = 0
    var poll = "hai-chau-hai-long"

    /// A press now.
    mutating func press(_ change: (inout Binhchon_V1_Ballot) -> Void = { _ in }) -> Binhchon_V1_Ballot {
      presses += 1
      var random = SystemRandomNumberGenerator()
      let time = Timestamp(milliseconds: max(86_400_000, clock.now.milliseconds + clockError)).floored(to: .second)
      let ballot = BallotIntakeTests.ballot { ballot in
        ballot.poll = poll
        ballot.ballotID = Data(BallotID(time: time, precision: .second, random: (random.next(), random.next())).bytes)
        ballot.deviceTimeMs = time.milliseconds
        ballot.kioskSequence = presses
        change(&ballot)
      }
      days[PressDay.day(of: Timestamp(milliseconds: ballot.deviceTimeMs)).number, default: 0] += 1
      return ballot
    }

    func request(
      _ ballots: [Binhchon_V1_Ballot], _ marks: [Int: (inout Binhchon_V1_PressMark) -> Void] = [:],
      waiting: [Binhchon_V1_Ballot] = []
    ) -> Binhchon_V1_CastBallotsRequest {
      var request = Binhchon_V1_CastBallotsRequest()
      request.ballots = ballots
      request.sentTimeMs = clock.now.milliseconds + clockError
      for (place, say) in marks.sorted(by: { $0.key < $1.key }) {
        var mark = Binhchon_V1_PressMark()
        mark.ballot = UInt32(place)
        say(&mark)
        request.presses.append(mark)
      }
      request.kiosk.spool = KioskCastingTests.spool
      request.kiosk.presses = presses
      request.kiosk.highestSequence = presses
      request.kiosk.pending = UInt64(ballots.count + waiting.count)
      request.kiosk.capacity = 1_000
      request.kiosk.version = "1.0\u{1B}[2J"
      request.kiosk.poll = poll
      request.kiosk.days = days.map { number, presses in
        var day = Binhchon_V1_DayPresses()
        day.day = number
        day.presses = presses
        day.pending = UInt64(
          (ballots + waiting).count { PressDay.day(of: Timestamp(milliseconds: $0.deviceTimeMs)).number == number })
        return day
      }
      return request
    }

    func send(_ request: Binhchon_V1_CastBallotsRequest) async throws -> Binhchon_V1_CastBallotsResponse {
      let call = try await caller.call(BallotMethods.castBallots)
      try await call.write(request)
      try await call.finish()
      var response: Binhchon_V1_CastBallotsResponse?
      for try await message in call.responses { response = message }
      return try #require(response)
    }
  }

  /// What is not as usual in the poll.
  struct PollChange {
    let apply: (inout Binhchon_V1_Poll) -> Void

    init(_ apply: @escaping (inout Binhchon_V1_Poll) -> Void) {
      self.apply = apply
    }
  }

  static func withKiosk(
    poll change: PollChange = PollChange { _ in },
    _ body: (Assembly, Clock, inout Kiosk) async throws -> Void
  ) async throws {
    let clock = Clock()
    let now: @Sendable () -> Timestamp = { clock.now }
    try await ServiceTests.withAssembly(now: now) { assembly in
      var request = Binhchon_V1_PublishPollRequest()
      request.poll = try HaiChauPoll.poll().message(isClosed: false, at: clock.now)
      request.poll.id = "p"
      change.apply(&request.poll)
      _ = try await admin(assembly).call(PollMethods.publishPoll, request)
      var kiosk = Kiosk(caller: ServiceTests.caller(assembly, "kiosk/hai-chau/mot-cua/k1"), clock: clock)
      kiosk.poll = "p"
      try await body(assembly, clock, &kiosk)
    }
  }

  static func admin(_ assembly: Assembly) -> InProcessTransport { ServiceTests.caller(assembly, "admin/hai-chau/a") }

  static func list(
    _ assembly: Assembly, as caller: String = "official/hai-chau/o", days: Bool = true
  ) async throws -> [Binhchon_V1_Kiosk] {
    var request = Binhchon_V1_ListKiosksRequest()
    request.days = days
    return try await ServiceTests.caller(assembly, caller).call(KioskMethods.listKiosks, request).kiosks
  }

  static func corrections(
    _ assembly: Assembly, as caller: String = "auditor/hai-chau/u"
  ) async throws -> [Binhchon_V1_Correction] {
    var request = Binhchon_V1_ListCorrectionsRequest()
    request.poll = "p"
    return try await ServiceTests.caller(assembly, caller).call(KioskMethods.listCorrections, request).corrections
  }

  static func counted(_ assembly: Assembly) async throws -> [UInt64] {
    var request = Binhchon_V1_GetTallyRequest()
    request.poll = "p"
    let tally = try await admin(assembly).call(TallyMethods.getTally, request).tally
    let total = try #require(tally.windows.first { $0.window == .total })
    return [total.ballots, total.flaggedBallots]
  }

  /// Receipts as words, refusals as their reasons.
  static func words(_ response: Binhchon_V1_CastBallotsResponse) -> [String] {
    response.results.map { result in
      switch result.result {
      case .receipt(let receipt):
        (receipt.replayed ? "again " : "") + (receipt.counted ? "counted" : "flagged") + (receipt.late ? " late" : "")
          + (receipt.clockFlagged ? " clock" : "")
      case .refused(let status):
        status.details.compactMap { try? Google_Rpc_ErrorInfo(unpackingAny: $0) }.first?.reason ?? "\(status.code)"
      case nil: "nothing"
      }
    }
  }

  // MARK: Flags

  @Test func pressesThatComeTooOftenAreKeptAndLeftOut() async throws {
    try await Self.withKiosk(
      poll: PollChange {
        $0.policy.cooldownMs = 5_000
        $0.policy.burst.presses = 3
        $0.policy.burst.withinMs = 60_000
      }
    ) { assembly, _, kiosk in
      let ballots = (0..<6).map { _ in kiosk.press() }
      let request = kiosk.request(
        ballots,
        [
          1: { $0.sincePreviousMs = 4_999 }, 2: { $0.sincePreviousMs = 5_000 }, 3: { $0.recent = 4 },
          4: { $0.repeated = true }, 5: { $0.clockForward = true },
        ])
      let response = try await kiosk.send(request)
      #expect(
        Self.words(response) == ["counted", "flagged", "counted", "flagged", "flagged", "counted clock"])
      #expect(try await Self.counted(assembly) == [3, 3])
      // A repetition that says otherwise changes nothing.
      let again = try await kiosk.send(kiosk.request(ballots))
      #expect(Self.words(again).map { $0.replacing("again ", with: "") } == Self.words(response))
      let account = try #require(try await Self.list(assembly).first)
      #expect([account.total.presses, account.total.counted, account.total.flagged] == [6, 3, 3])
      #expect(account.total.pending == 0)
      #expect(account.isLawKept)
      #expect(account.alarms == [])
    }
  }

  /// A second tap while the page thanks is no second vote, also where the poll asks for no cooldown.
  @Test func aRepetitionIsNeverCounted() async throws {
    try await Self.withKiosk { assembly, _, kiosk in
      let ballots = [kiosk.press(), kiosk.press(), kiosk.press()]
      let response = try await kiosk.send(
        kiosk.request(ballots, [1: { $0.repeated = true }, 2: { $0.sincePreviousMs = 1 }]))
      #expect(Self.words(response) == ["counted", "flagged", "counted"])
      #expect(try await Self.counted(assembly) == [2, 1])
    }
  }

  /// Without a report nothing is flagged and nothing is accounted for, on either way.
  @Test func aBallotWithoutAReportIsCountedAsBefore() async throws {
    try await Self.withKiosk(poll: PollChange { $0.policy.cooldownMs = 5_000 }) { assembly, clock, kiosk in
      var request = Binhchon_V1_CastBallotsRequest()
      request.ballots = [kiosk.press()]
      #expect(Self.words(try await kiosk.send(request)) == ["counted"])
      request.ballots = [kiosk.press { $0.answers[0].choices = ["XX"] }]
      let refused = try await kiosk.send(request)
      #expect(Self.words(refused) == ["INVALID_FIELD"])
      #expect(!refused.hasKiosk)
      #expect(try await Self.list(assembly) == [])
      // Marks alone would be a way around the account.
      request.presses = [Binhchon_V1_PressMark()]
      await #expect { try await kiosk.send(request) } throws: { ($0 as? RPCError)?.code == .invalidArgument }
      // And it is late as before.
      clock.advance(Self.minute)
      try await Self.close(assembly)
      request.presses = []
      request.ballots = [kiosk.press()]
      #expect(Self.words(try await kiosk.send(request)) == ["POLL_NOT_OPEN"])
    }
  }

  // MARK: Every column

  @Test func everyPressEndsInOneColumnAndTheDaysAddUp() async throws {
    try await Self.withKiosk(poll: PollChange { $0.policy.onePerCredential = true }) { assembly, clock, kiosk in
      func dossier(_ number: String) -> (inout Binhchon_V1_Ballot) -> Void { { $0.credential = number } }
      var ballots = [kiosk.press(dossier("A")), kiosk.press(dossier("a")), kiosk.press(dossier("B"))]
      ballots.append(kiosk.press(dossier(String(repeating: "x", count: 200))))
      ballots.append(
        kiosk.press {
          $0.credential = "C"
          $0.answers[0].choices = ["XX"]
        })
      ballots.append(
        kiosk.press {
          $0.credential = "D"
          $0.pollVersion = 9
        })
      clock.advance(Self.hour * 24)
      ballots.append(kiosk.press(dossier("E")))
      let first = try await kiosk.send(kiosk.request(ballots, [2: { $0.repeated = true }]))
      let words = ["counted", "ALREADY_RATED", "flagged", "INVALID_FIELD", "INVALID_FIELD", "UNKNOWN_POLL", "counted"]
      #expect(Self.words(first) == words)
      // The sixth waits for its version.
      #expect(first.kiosk.acknowledgedThrough == 5)
      #expect(first.kiosk.serverTimeMs == clock.now.milliseconds)
      #expect(!first.kiosk.ledgerEpoch.isEmpty)
      #expect(!first.kiosk.profileEtag.isEmpty)
      var account = try #require(try await Self.list(assembly).first)
      for _ in 1...2 {
        #expect(account.kiosk == "kiosk/hai-chau/mot-cua/k1")
        #expect([account.unit, account.name, account.version] == ["hai-chau/mot-cua", "k1", "1.0[2J"])
        #expect(account.spool == Self.spool)
        let total = account.total
        #expect([total.presses, total.counted, total.flagged, total.duplicate, total.rejected] == [7, 2, 1, 1, 2])
        #expect(total.pending == 1)
        #expect(account.pending == 1)
        #expect(account.gaps.map { [$0.first, $0.last] } == [[6, 6]])
        #expect(account.missing == 1)
        #expect(account.days.map(\.counts.presses) == [1, 6])
        #expect(account.days.map(\.counts.pending) == [0, 1])
        #expect(account.days.map(\.isLawKept) == [true, true])
        #expect(account.today.presses == 1)
        #expect(account.isLawKept)
        #expect(account.alarms == [])
        #expect(account.skewMs == 0)
        // The answer was lost: all of it goes again, and nothing changes.
        let again = try await kiosk.send(kiosk.request(ballots))
        #expect(Self.words(again).map { $0.replacing("again ", with: "") } == words)
        account = try #require(try await Self.list(assembly).first)
      }
    }
  }

  @Test func aKioskThatForgetsAPressIsFoundOut() async throws {
    try await Self.withKiosk { assembly, clock, kiosk in
      let ballots = [kiosk.press(), kiosk.press(), kiosk.press()]
      _ = try await kiosk.send(kiosk.request(Array(ballots[0...1]), waiting: [ballots[2]]))
      #expect(try await Self.list(assembly).map(\.isLawKept) == [true])
      // The third is gone from its disk.
      _ = try await kiosk.send(kiosk.request([]))
      var account = try #require(try await Self.list(assembly).first)
      #expect(!account.isLawKept)
      #expect(account.alarms == [.lawBroken])
      #expect(account.total.pending == 1)
      // It was found again.
      let response = try await kiosk.send(kiosk.request([ballots[2]]))
      #expect(response.kiosk.acknowledgedThrough == 3)
      account = try #require(try await Self.list(assembly).first)
      #expect(account.isLawKept)
      clock.advance(10 * Self.minute + 1)
      #expect(try await Self.list(assembly).map(\.alarms) == [[.silent]])
    }
  }

  /// A message that was overtaken by a later one does not take back what that one said.
  @Test func anOldMessageThatComesLateBreaksNothing() async throws {
    try await Self.withKiosk { assembly, _, kiosk in
      let first = kiosk.press()
      var old = kiosk.request([first])
      let second = kiosk.press()
      var new = kiosk.request([first, second])
      (old.kiosk.number, new.kiosk.number) = (4, 5)
      #expect(try await kiosk.send(new).kiosk.reportNumber == 5)
      let late = try await kiosk.send(old)
      #expect(Self.words(late) == ["again counted"])
      #expect(late.kiosk.reportNumber == 5)
      let account = try #require(try await Self.list(assembly).first)
      #expect(account.isLawKept)
      #expect(account.total.presses == 2)
    }
  }

  /// It has fewer presses than before, and says so as soon as it knows how far it had come.
  @Test func aKioskThatWasPutBackFromACopyIsHeard() async throws {
    try await Self.withKiosk { assembly, _, kiosk in
      let copy = kiosk
      let (first, second) = (kiosk.press(), kiosk.press())
      var request = kiosk.request([first, second])
      request.kiosk.number = 5
      _ = try await kiosk.send(request)
      kiosk = copy
      let third = kiosk.press()
      request = kiosk.request([third])
      request.kiosk.number = 1
      request.kiosk.number = try await kiosk.send(request).kiosk.reportNumber + 1
      #expect(try await kiosk.send(request).kiosk.reportNumber == 6)
      let account = try #require(try await Self.list(assembly).first)
      #expect(account.total.presses == 1)
      #expect(account.alarms.contains(.numberedTwice) && account.alarms.contains(.lawBroken))
    }
  }

  @Test func aHeartbeatIsASignOfLife() async throws {
    try await Self.withKiosk { assembly, clock, kiosk in
      kiosk.clockError = -2 * Self.hour
      let response = try await kiosk.send(kiosk.request([]))
      #expect(response.results == [])
      #expect(response.hasKiosk)
      let account = try #require(try await Self.list(assembly).first)
      #expect(account.lastSeenMs == clock.now.milliseconds)
      #expect(account.skewMs == -2 * Self.hour)
      #expect(account.alarms == [.clockWrong])
      #expect(account.isLawKept)
    }
  }

  // MARK: Who and what

  @Test func onlyAKioskSpeaksOfItsSpool() async throws {
    try await Self.withKiosk { assembly, clock, kiosk in
      let clerk = Kiosk(caller: ServiceTests.caller(assembly, "clerk/hai-chau/c"), clock: clock)
      await #expect { try await clerk.send(kiosk.request([])) } throws: { ($0 as? RPCError)?.code == .permissionDenied }
      for id in [Data(), Data(repeating: 1, count: 15), Data(repeating: 0, count: 16)] {
        var request = kiosk.request([])
        request.kiosk.spool = id
        await #expect { try await kiosk.send(request) } throws: { ($0 as? RPCError)?.code == .invalidArgument }
      }
    }
  }

  @Test func absurdNumbersTrapNowhere() async throws {
    try await Self.withKiosk { assembly, _, kiosk in
      var request = kiosk.request([kiosk.press()])
      request.sentTimeMs = .min
      request.kiosk.presses = .max
      request.kiosk.highestSequence = .max
      request.kiosk.pending = 0
      request.kiosk.held = .max
      request.kiosk.capacity = .max
      request.kiosk.days = (0..<1_000).map { number in
        var day = Binhchon_V1_DayPresses()
        day.day = number % 2 == 0 ? .max : .min
        day.presses = .max
        return day
      }
      var mark = Binhchon_V1_PressMark()
      mark.ballot = .max
      mark.sincePreviousMs = .min
      request.presses = [mark, mark]
      #expect(try await kiosk.send(request).results.count == 1)
      let account = try #require(try await Self.list(assembly).first)
      #expect(account.alarms.contains(.lawBroken))
    }
  }

  @Test func oneSeesTheKiosksOfOnesSubtree() async throws {
    try await Self.withKiosk { assembly, clock, kiosk in
      _ = try await kiosk.send(kiosk.request([]))
      #expect(try await Self.list(assembly, as: "admin/hai-chau/mot-cua/x").count == 1)
      #expect(try await Self.list(assembly, as: "auditor/thanh-khe/x").count == 0)
      var request = Binhchon_V1_ListKiosksRequest()
      request.unit = "hai-chau"
      let stranger = ServiceTests.caller(assembly, "coordinator/thanh-khe/x")
      await #expect { try await stranger.call(KioskMethods.listKiosks, request) } throws: {
        ($0 as? RPCError)?.code == .permissionDenied
      }
    }
  }

  // MARK: The log

  @Test func theLogSaysOnceThatPressesAreMissingAndOnceThatTheyAreBack() async throws {
    let log = LogLines()
    let reader = FixedReader()
    let watch = KioskWatch(reader: reader, logger: log.logger)
    let unit = try UnitPath("hai-chau")
    func look() async { await watch.look(at: [unit], now: PressLawTests.now) }
    reader.accounts.withLock { $0 = (try? [PressLawTests.account()]) ?? [] }
    await look()
    #expect(log.lines == [])
    reader.accounts.withLock { $0[0].days[PressLawTests.yesterday]?.counted = 0 }
    await look()
    await look()
    #expect(log.lines == ["error: the presses of a kiosk do not add up: see binhchon kiosks"])
    reader.accounts.withLock { $0[0].days[PressLawTests.yesterday]?.counted = 1 }
    await look()
    await look()
    #expect(log.lines.last == "notice: the presses of a kiosk add up again")
    reader.accounts.withLock { $0[0].mark = SpoolMark(highest: 10, gaps: [1...5]) }
    await look()
    #expect(log.lines.count == 3)
    #expect(log.lines.last == "error: numbers of a kiosk's presses are missing")
  }

  private final class FixedReader: LedgerReader {
    let accounts = Mutex<[KioskAccount]>([])

    func kiosks(within unit: UnitPath) async throws(LedgerFileError) -> [KioskAccount] { accounts.withLock { $0 } }

    func corrections(poll: PollID, after: UInt64, limit: Int) async throws(LedgerFileError) -> [Correction] { [] }

    func sliceCounts(after: UInt64, limit: Int, today: Day) async throws(LedgerFileError) -> SliceCounts {
      SliceCounts(through: after, last: after)
    }
  }

  final class LogLines: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
      let lines: LogLines
      var metadata: Logger.Metadata = [:]
      var logLevel = Logger.Level.info

      subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
      }

      func log(event: LogEvent) {
        lines.kept.withLock { $0.append("\(event.level): \(event.message)") }
      }
    }
  }
}
