import Foundation
import Ledger
import Polling
import RPC
import Schema
import Testing

@testable import Server

/// Presses that arrive after the closing of their poll, and those of devices whose clock is wrong.
extension KioskCastingTests {
  static func close(_ assembly: Assembly) async throws {
    var request = Binhchon_V1_ClosePollRequest()
    request.poll = "p"
    request.reason = "done"
    _ = try await admin(assembly).call(PollMethods.closePoll, request)
  }

  @Test(arguments: [true, false])
  func whatWasMadeBeforeTheClosingIsTakenUntilTheSealAndKeptAfterIt(_ isByHand: Bool) async throws {
    let closing = Timestamp(milliseconds: Self.start.milliseconds + Self.minute)
    try await Self.withKiosk(
      poll: PollChange {
        $0.policy.lateMs = Self.hour
        if !isByHand { $0.closesAtMs = closing.milliseconds }
      }
    ) { assembly, clock, kiosk in
      let ballots = (0..<4).map { _ in kiosk.press() }
      #expect(
        Self.words(try await kiosk.send(kiosk.request([ballots[0]], waiting: Array(ballots[1...])))) == ["counted"])
      clock.advance(Self.minute)
      if isByHand { try await Self.close(assembly) }
      clock.advance(1_000)
      let after = kiosk.press()
      let late = kiosk.request(
        [ballots[0], ballots[1], ballots[2], after], [2: { $0.repeated = true }], waiting: [ballots[3]])
      #expect(
        Self.words(try await kiosk.send(late)) == ["again counted", "counted late", "flagged late", "POLL_SEALED"])
      clock.advance(Self.hour)
      let sealed = kiosk.request([ballots[1], ballots[3], after])
      for _ in 1...2 {
        #expect(Self.words(try await kiosk.send(sealed)) == ["again counted late", "POLL_SEALED", "POLL_SEALED"])
      }
      #expect(try await Self.counted(assembly) == [2, 1])
      let account = try #require(try await Self.list(assembly).first)
      let total = account.total
      #expect([total.presses, total.counted, total.flagged, total.late] == [5, 1, 1, 3])
      #expect([total.lateCounted, total.corrections] == [1, 2])
      #expect(account.isLawKept)
      let list = try await Self.corrections(assembly)
      #expect(list.map(\.ballotID) == [after.ballotID, ballots[3].ballotID])
      #expect(list.map(\.ballot.answers) == [after.answers, ballots[3].answers])
      #expect(list.map(\.kiosk) == ["kiosk/hai-chau/mot-cua/k1", "kiosk/hai-chau/mot-cua/k1"])
    }
  }

  @Test(arguments: [1, 5] as [UInt32])
  func whatOnePersonAnsweredTooLateIsShownToWhoSeesCounts(_ k: UInt32) async throws {
    try await Self.withKiosk(poll: PollChange { $0.policy.k = k }) { assembly, clock, kiosk in
      let ballot = kiosk.press()
      try await Self.close(assembly)
      clock.advance(Self.hour)
      #expect(Self.words(try await kiosk.send(kiosk.request([ballot]))) == ["POLL_SEALED"])
      #expect(try await Self.corrections(assembly).map(\.ballot.answers) == [ballot.answers])
      #expect(try await Self.corrections(assembly).map(\.ballotID) == [ballot.ballotID])
      let list = try await Self.corrections(assembly, as: "official/hai-chau/o")
      let told = list.map(\.ballot)
      for id in list.map(\.ballotID) + told.map(\.ballotID) { #expect(id == (k > 1 ? Data() : ballot.ballotID)) }
      #expect(told.map(\.answers) == [k > 1 ? [] : ballot.answers])
      #expect(told.map { $0.deviceTimeMs == 0 } == [k > 1])
    }
  }

  /// A kiosk's presses are its counter's ballots: n, by the minute.
  @Test(arguments: [1, 5] as [UInt32])
  func howOftenAKioskWasPressedIsShownToWhoSeesCounts(_ k: UInt32) async throws {
    try await Self.withKiosk(poll: PollChange { $0.policy.k = k }) { assembly, _, kiosk in
      let ballots = [kiosk.press(), kiosk.press()]
      _ = try await kiosk.send(kiosk.request(ballots))
      let exact = try #require(try await Self.list(assembly, as: "auditor/hai-chau/u").first)
      #expect((exact.total.counted, exact.today.counted, exact.days.map(\.counts.counted)) == (2, 2, [2]))
      #expect(exact.highestSequence == 2 && exact.acknowledgedThrough == 2 && !exact.countsHidden)
      for role in ["official", "coordinator"] {
        let told = try #require(try await Self.list(assembly, as: "\(role)/hai-chau/o").first)
        #expect((told == exact) == (k == 1))
        guard k > 1 else { continue }
        #expect(told.countsHidden && !told.hasTotal && !told.hasToday && told.days.isEmpty && told.gaps.isEmpty)
        #expect(
          [told.pending, told.held, told.highestSequence, told.acknowledgedThrough, told.missing].allSatisfy { $0 == 0 }
        )
        // How it stands is told all the same.
        #expect(told.alarms == exact.alarms && told.isLawKept && told.lastSeenMs == exact.lastSeenMs)
      }
      // What was left out once is not told because a later version says so.
      var again = Binhchon_V1_PublishPollRequest()
      again.poll = try HaiChauPoll.poll().message(isClosed: false, at: Self.start)
      (again.poll.id, again.poll.policy.k) = ("p", 1)
      _ = try await Self.admin(assembly).call(PollMethods.publishPoll, again)
      #expect(try await Self.list(assembly).map(\.countsHidden) == [k > 1])
    }
  }

  /// Ids tell the hour of who was promised to remain unknown, too.
  @Test func nobodyIsToldIdsOfAnAnonymousPollButWhoSeesCounts() async throws {
    try await Self.withKiosk(
      poll: PollChange {
        ($0.policy.k, $0.policy.anonymity, $0.policy.timePrecision) = (1, .anonymous, .hour)
        $0.policy.lateMs = Self.hour
      }
    ) { assembly, clock, kiosk in
      let ballot = kiosk.press { ballot in
        let hour = Timestamp(milliseconds: ballot.deviceTimeMs).floored(to: .hour)
        ballot.ballotID = Data(BallotID(time: hour, precision: .hour, random: (1, 2)).bytes)
        (ballot.deviceTimeMs, ballot.kioskSequence) = (hour.milliseconds, 0)
      }
      try await Self.close(assembly)
      clock.advance(Self.hour)
      #expect(Self.words(try await kiosk.send(kiosk.request([ballot]))) == ["POLL_SEALED"])
      #expect(try await Self.corrections(assembly).map(\.ballotID) == [ballot.ballotID])
      let told = try await Self.corrections(assembly, as: "official/hai-chau/o")
      #expect(told.flatMap { [$0.ballotID, $0.ballot.ballotID] } == [Data(), Data()])
      #expect(told.map(\.ballot.answers) == [ballot.answers])
    }
  }

  @Test func aPollThatIsNotOpenYetKeepsItsPressesWaiting() async throws {
    try await Self.withKiosk(poll: PollChange { $0.opensAtMs = Self.start.milliseconds + Self.minute }) {
      assembly, clock, kiosk in
      let ballot = kiosk.press()
      #expect(Self.words(try await kiosk.send(kiosk.request([ballot]))) == ["POLL_NOT_OPEN"])
      var account = try #require(try await Self.list(assembly).first)
      #expect(account.total.pending == 1)
      #expect(account.pending == 1)
      #expect(account.isLawKept)
      clock.advance(Self.minute)
      #expect(Self.words(try await kiosk.send(kiosk.request([ballot]))) == ["counted"])
      account = try #require(try await Self.list(assembly).first)
      #expect(account.total.pending == 0)
    }
  }

  // MARK: Clocks

  struct ClockCase: Sendable {
    var what: String
    var error: Int64
    var mark: @Sendable (inout Binhchon_V1_PressMark) -> Void
    /// The clock is right again when it sends.
    var isMended: Bool
    var words: String
    var day: String
  }

  static let day: Int64 = 24 * hour
  /// A press at 10:00 on 20 November, sent at once or an hour later.
  static let clocks: [ClockCase] = [
    ClockCase(what: "right", error: 0, mark: { _ in }, isMended: false, words: "counted", day: "2026-11-20"),
    ClockCase(what: "2 h slow", error: -2 * hour, mark: { _ in }, isMended: false, words: "counted", day: "2026-11-20"),
    ClockCase(
      what: "3 days fast", error: 3 * day, mark: { _ in }, isMended: false, words: "counted", day: "2026-11-20"),
    ClockCase(
      what: "battery dead (1970)", error: -start.milliseconds + day, mark: { $0.clockUnset = true }, isMended: false,
      words: "counted clock", day: "2026-11-20"),
    ClockCase(
      what: "battery dead, mended before it was sent", error: -start.milliseconds + day,
      mark: {
        $0.clockUnset = true
        $0.clockForward = true
      }, isMended: true, words: "counted clock", day: "2026-11-20"),
    ClockCase(
      what: "set forward in mid-day", error: -2 * hour, mark: { $0.clockForward = true }, isMended: true,
      words: "counted clock", day: "2026-11-20"),
    ClockCase(
      what: "3 days fast, set back before it was sent", error: 3 * day, mark: { $0.clockBackward = true },
      isMended: true, words: "counted clock", day: "2026-11-20"),
  ]

  @Test(arguments: clocks) func aClockThatIsWrongCostsNoPress(_ row: ClockCase) async throws {
    try await Self.withKiosk { assembly, clock, kiosk in
      kiosk.clockError = row.error
      let ballot = kiosk.press()
      clock.advance(Self.hour)
      if row.isMended { kiosk.clockError = 0 }
      let response = try await kiosk.send(kiosk.request([ballot], [0: row.mark]))
      #expect(Self.words(response) == [row.words], "\(row.what)")
      #expect(response.results.first?.receipt.day == row.day, "\(row.what)")
      let account = try #require(try await Self.list(assembly).first)
      #expect(account.isLawKept)
      // Accounted for under the day that its clock showed.
      #expect(account.days.map(\.day) == [PressDay.day(of: Timestamp(milliseconds: ballot.deviceTimeMs)).description])
    }
  }
}
