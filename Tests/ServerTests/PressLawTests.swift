import Ledger
import Polling
import Testing

@testable import Server

/// What is said of a kiosk's account, row by row.
@Suite struct PressLawTests {
  static let rows: [(presses: UInt64, waiting: UInt64, answered: UInt64, pending: Int64, isKept: Bool)] = [
    (0, 0, 0, 0, true), (10, 0, 10, 0, true),
    // On their way.
    (10, 3, 7, 3, true),
    // Answered here, and the answer was lost: the kiosk will ask again.
    (10, 3, 9, 1, true), (10, 3, 10, 0, true),
    // Forgotten by the kiosk and never seen here.
    (10, 0, 9, 1, false), (10, 3, 6, 4, false),
    // More than were pressed.
    (10, 0, 11, -1, false), (10, 3, 11, -1, false), (0, 0, 1, -1, false),
    (.max, 0, 0, .max, false), (0, 0, .max, -.max, false), (.max, .max, 0, .max, true),
  ]

  @Test(arguments: rows)
  func theLaw(_ row: (presses: UInt64, waiting: UInt64, answered: UInt64, pending: Int64, isKept: Bool)) {
    let law = PressLaw(presses: row.presses, waiting: row.waiting, answered: row.answered)
    #expect(law.pending == row.pending)
    #expect(law.isKept == row.isKept)
  }

  static let now = BallotIntakeTests.now
  static let today = Day(of: now)
  static let yesterday = Day(number: today.number - 1)

  static func report(_ change: (inout KioskReport) -> Void = { _ in }) throws -> KioskReport {
    var report = KioskReport(
      kiosk: "kiosk/hai-chau/k1", unit: try UnitPath("hai-chau"), spool: SpoolID(high: 1, low: 1), presses: 10,
      highestSequence: 10, pending: 2, held: 0, capacity: 1_000, version: "1", skewMilliseconds: 20,
      hasSetAsideSpool: false,
      days: [.init(day: today, presses: 4, pending: 2), .init(day: yesterday, presses: 6, pending: 0)], at: now)
    change(&report)
    return report
  }

  static func account(_ change: (inout KioskAccount) -> Void = { _ in }) throws -> KioskAccount {
    var account = KioskAccount(
      kiosk: "kiosk/hai-chau/k1", spool: SpoolID(high: 1, low: 1), report: try report(), mark: SpoolMark(highest: 8),
      days: [
        today: PressCounts(counted: 2),
        yesterday: PressCounts(counted: 1, flagged: 1, late: 1, corrected: 1, duplicate: 1, rejected: 1),
      ])
    change(&account)
    return account
  }

  struct Case: Sendable {
    var what: String
    var alarms: [KioskAlarm]
    var isCurrent = true
    var change: @Sendable (inout KioskAccount) throws -> Void
  }

  static let cases: [Case] = [
    Case(what: "all is well", alarms: []) { _ in },
    Case(what: "a press of yesterday is missing", alarms: [.lawBroken]) { $0.days[yesterday]?.rejected = 0 },
    Case(what: "a press is under another day", alarms: [.lawBroken]) {
      $0.days[yesterday]?.rejected = 0
      $0.days[today]?.rejected = 1
      $0.report?.days[0].pending = 1
      $0.report?.pending = 1
    },
    Case(what: "one too many", alarms: [.lawBroken]) { $0.days[yesterday]?.counted = 2 },
    Case(what: "of a day it does not speak of any more", alarms: []) {
      $0.days[Day(number: 18_300)] = PressCounts(counted: 5)
      $0.report?.presses = 15
      $0.report?.highestSequence = 15
    },
    Case(what: "a gap that is on its way", alarms: []) { $0.mark = SpoolMark(highest: 10, gaps: [3...4]) },
    Case(what: "a gap that nothing explains", alarms: [.gap]) { $0.mark = SpoolMark(highest: 10, gaps: [3...5]) },
    Case(what: "missing beyond all gaps", alarms: [.gap]) {
      $0.mark = SpoolMark(highest: 10, gaps: [3...4], beyond: 1, beyondFrom: 7)
    },
    Case(what: "a gap of presses without a number", alarms: []) {
      $0.mark = SpoolMark(highest: 10, gaps: [3...5], unnumbered: 1)
    },
    Case(what: "a gap of presses before it accounted for them", alarms: []) {
      $0.mark = SpoolMark(highest: 110, gaps: [1...102])
      $0.report?.highestSequence = 110
    },
    Case(what: "a spool that was copied", alarms: [.numberedTwice]) { $0.mark = SpoolMark(highest: 8, renumbered: 1) },
    Case(what: "never seen", alarms: [.neverSeen]) {
      $0 = KioskAccount(kiosk: "kiosk/hai-chau/k2", spool: nil)
    },
    Case(what: "spools that are not told apart", alarms: []) {
      $0.spool = .others
      $0.report = nil
    },
    Case(what: "heard of ten minutes ago", alarms: []) {
      $0.report?.at = Timestamp(milliseconds: now.milliseconds - 600_000)
    },
    Case(what: "silent", alarms: [.silent]) { $0.report?.at = Timestamp(milliseconds: now.milliseconds - 600_001) },
    Case(what: "silent for ever", alarms: [.silent]) { $0.report?.at = Timestamp(milliseconds: .min) },
    Case(what: "an earlier spool is silent, and that is all it can be", alarms: [], isCurrent: false) {
      $0.report?.at = Timestamp(milliseconds: 0)
      $0.report?.skewMilliseconds = .min
    },
    Case(what: "an earlier spool that lost presses", alarms: [.lawBroken], isCurrent: false) {
      $0.days[yesterday]?.counted = 0
    },
    Case(what: "four fifths full", alarms: [.spoolNearlyFull]) {
      $0.report?.pending = 800
      $0.report?.presses = 808
    },
    Case(what: "a damaged spool", alarms: [.spoolSetAside]) { $0.report?.hasSetAsideSpool = true },
    Case(what: "five minutes off", alarms: []) { $0.report?.skewMilliseconds = -300_000 },
    Case(what: "more than five minutes off", alarms: [.clockWrong]) { $0.report?.skewMilliseconds = 300_001 },
    Case(what: "as far off as can be", alarms: [.clockWrong]) { $0.report?.skewMilliseconds = .min },
  ]

  @Test(arguments: cases) func alarms(_ row: Case) throws {
    var account = try Self.account()
    try row.change(&account)
    let judgement = KioskJudgement(account, isCurrent: row.isCurrent, now: Self.now, silentAfter: 600_000)
    #expect(judgement.alarms == row.alarms, "\(row.what)")
    #expect(judgement.isLawKept == !row.alarms.contains(.lawBroken))
  }

  /// The 17th spool of a kiosk: its presses are among those of all that are not told apart.
  @Test func aSpoolWithoutAnAccountOfItsOwnIsNotJudged() throws {
    let accounts = try [
      Self.account {
        $0.days = [:]
        $0.mark = SpoolMark()
      },
      Self.account {
        $0.spool = .others
        $0.report = nil
      },
    ]
    #expect(accounts.judged(now: Self.now, silentAfter: 600_000).map(\.judgement.alarms) == [[], []])
    #expect(
      accounts.prefix(1).map { $0 }.judged(now: Self.now, silentAfter: 600_000).map(\.judgement.isLawKept) == [false])
  }

  @Test func theSpoolThatReportedLastSpeaksForItsKiosk() throws {
    let accounts = try [
      Self.account(),
      Self.account {
        $0.spool = SpoolID(high: 0, low: 7)
        $0.report?.at = Timestamp(milliseconds: 0)
      },
      Self.account {
        $0.kiosk = "kiosk/hai-chau/k2"
        $0.report?.at = Timestamp(milliseconds: 0)
      },
    ]
    let judged = accounts.judged(now: Self.now, silentAfter: 600_000)
    #expect(judged.map(\.judgement.alarms) == [[], [], [.silent]])
  }
}
