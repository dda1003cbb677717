import Polling
import Testing

@Suite struct SatisfactionRuleTests {
  private static let today = Day(number: 20_000)

  /// So many satisfied of so many, by how many days ago.
  private static func days(_ shares: [Int: (UInt64, UInt64)]) -> SatisfactionRules.Days {
    var days: SatisfactionRules.Days = [:]
    for (ago, (satisfied, total)) in shares {
      days[today.advanced(by: -ago)] = LevelCounts([0, total - satisfied, 0, satisfied, 0])
    }
    return days
  }

  private static func steady(_ ago: ClosedRange<Int>, _ share: (UInt64, UInt64)) -> [Int: (UInt64, UInt64)] {
    Dictionary(uniqueKeysWithValues: ago.map { ($0, share) })
  }

  private static var rules: SatisfactionRules { SatisfactionRules(AlertThresholds(), today: today) }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var shares: [Int: (UInt64, UInt64)]
    var isStanding = false
    /// Days ago since which it stands, its count and n; nil: no alert.
    var expected: (Int, UInt64, UInt64)?
  }

  @Test(arguments: [
    Case(testDescription: "no answers", shares: [:], expected: nil),
    Case(testDescription: "29 answers are too few", shares: [0: (0, 29)], expected: nil),
    Case(testDescription: "30 are enough", shares: [0: (23, 30)], expected: (0, 23, 30)),
    Case(testDescription: "exactly the threshold is not under it", shares: [0: (80, 100)], expected: nil),
    Case(testDescription: "just under it", shares: [0: (79, 100)], expected: (0, 79, 100)),
    Case(testDescription: "a week together", shares: steady(0...6, (3, 5)), expected: (1, 21, 35)),
    Case(
      testDescription: "since the day it fell under",
      shares: steady(0...3, (0, 10)).merging(steady(4...10, (10, 10))) { $1 },
      // 6 good and 1 bad of 7 days are 86 %, 5 and 2 are 71 %.
      expected: (2, 30, 70)),
    Case(
      testDescription: "above the threshold and within the margin it goes on", shares: [8: (70, 100), 1: (81, 100)],
      expected: (8, 81, 100)),
    Case(testDescription: "beyond the margin it ends", shares: [8: (70, 100), 1: (82, 100)], expected: nil),
    Case(testDescription: "a week without answers ends it", shares: [9: (70, 100)], expected: nil),
    Case(testDescription: "within the margin nothing begins", shares: [0: (81, 100)], expected: nil),
    Case(
      testDescription: "raised earlier today it goes on", shares: [0: (81, 100)], isStanding: true,
      expected: (0, 81, 100)),
    Case(testDescription: "and ends beyond the margin", shares: [0: (82, 100)], isStanding: true, expected: nil),
  ])
  func index(_ test: Case) throws {
    let (poll, unit) = (try PollID("p"), try UnitPath("u/q"))
    let alert = Self.rules.index(Self.days(test.shares), of: poll, at: unit, isStanding: test.isStanding)
    #expect(alert?.subject == test.expected.map { _ in .index(poll, unit) })
    #expect(alert?.since == test.expected.map { Self.today.advanced(by: -$0.0).start })
    #expect(alert?.count == test.expected?.1 && alert?.n == test.expected?.2)
  }

  @Test(arguments: [
    Case(testDescription: "nothing to compare with", shares: [0: (0, 100)], expected: nil),
    Case(testDescription: "29 answers before are too few", shares: [20: (27, 29), 0: (0, 100)], expected: nil),
    Case(testDescription: "as before", shares: steady(0...41, (9, 10)), expected: nil),
    Case(
      // 90 % of 280; three standard deviations of 10 answers are 28 percent points.
      testDescription: "a bad day", shares: steady(1...41, (9, 10)).merging([0: (6, 10)]) { $1 }, expected: (0, 6, 10)),
    Case(
      testDescription: "nine answers are no day to judge", shares: steady(1...41, (9, 10)).merging([0: (5, 9)]) { $1 },
      expected: nil),
    Case(
      testDescription: "a bad day, then bad enough days",
      shares: steady(3...41, (9, 10)).merging(
        [2: (5, 10), 1: (7, 10), 0: (7, 10)]) { $1 }, expected: (2, 19, 30)),
    Case(
      testDescription: "a bad day, then days as before",
      shares: steady(3...41, (9, 10)).merging(
        [2: (6, 10), 1: (10, 10), 0: (10, 10)]) { $1 }, expected: nil),
    Case(
      // Each day .97 deviations low: .47 a day beyond the slack, over 5 on the eleventh.
      testDescription: "small falls add up",
      shares: steady(14...41, (9, 10)).merging(steady(0...13, (8, 10))) { $1 }, expected: (3, 32, 40)),
    Case(
      testDescription: "one bad answer after none is no drop",
      shares: steady(1...41, (10, 10)).merging([0: (19, 20)]) { $1 }, expected: nil),
    Case(
      testDescription: "half of them after none bad is one",
      shares: steady(1...41, (10, 10)).merging([0: (10, 20)]) { $1 }, expected: (0, 10, 20)),
    Case(
      testDescription: "raised earlier today, and still low",
      shares: steady(1...41, (9, 10)).merging([0: (7, 10)]) { $1 },
      isStanding: true, expected: (0, 7, 10)),
    Case(
      testDescription: "the same day would not raise it", shares: steady(1...41, (9, 10)).merging([0: (7, 10)]) { $1 },
      expected: nil),
    Case(
      testDescription: "raised earlier today, and as before again", shares: steady(0...41, (9, 10)), isStanding: true,
      expected: nil),
    Case(testDescription: "no answers today", shares: steady(1...41, (9, 10)), isStanding: true, expected: nil),
  ])
  func drop(_ test: Case) throws {
    let (poll, unit) = (try PollID("p"), try UnitPath("u/q"))
    let alert = Self.rules.drop(Self.days(test.shares), of: poll, at: unit, isStanding: test.isStanding)
    #expect(alert?.subject == test.expected.map { _ in .drop(poll, unit) })
    #expect(alert?.since == test.expected.map { Self.today.advanced(by: -$0.0).start })
    #expect(alert?.count == test.expected?.1 && alert?.n == test.expected?.2)
  }

  /// A share that wanders around a limit raises an alert once, and lowers it once.
  @Test func aShareAroundTheThresholdDoesNotFlap() throws {
    let (poll, unit) = (try PollID("p"), try UnitPath("u/q"))
    var (isStanding, changes) = (false, 0)
    for satisfied: UInt64 in [83, 79, 80, 79, 81, 80, 79, 81, 82, 80, 81, 80] {
      let alert = Self.rules.index(
        Self.days([0: (satisfied, 100)]), of: poll, at: unit, isStanding: isStanding)
      if (alert != nil) != isStanding { changes += 1 }
      isStanding = alert != nil
    }
    #expect(changes == 2 && !isStanding)
  }

  @Test func whoSeesPublishedFiguresOnlyIsToldNoCount() throws {
    let (poll, unit) = (try PollID("p"), try UnitPath("u/q"))
    let days = Self.days(Self.steady(1...41, (9, 10)).merging([0: (1, 47)]) { $1 })
    var window = BurstWindow(AlertThresholds())
    window.add(47, poll: poll, unit: unit, at: Timestamp(milliseconds: 0))
    let alerts = [
      Self.rules.index(days, of: poll, at: unit, isStanding: false),
      Self.rules.drop(days, of: poll, at: unit, isStanding: false),
      window.alerts(at: Timestamp(milliseconds: 0)).first,
    ]
    for alert in alerts {
      let told = try #require(alert)
      let shown = told.withoutCounts
      #expect(told.n >= 47 && shown.n == 0 && shown.count == 0 && shown.subject == told.subject)
      for text in [shown.words.vi, shown.words.en] {
        #expect(!text.isEmpty && !text.contains("47") && !text.contains("\(told.n)"))
      }
    }
  }
}

@Suite struct BurstWindowTests {
  private static func at(_ minute: Int64) -> Timestamp { Timestamp(milliseconds: (1_000_000 + minute) * 60_000) }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Minute and votes.
    var votes: [(Int64, UInt64)]
    var now: Int64
    /// Since which minute, and how many; nil: no burst.
    var expected: (Int64, UInt64)?
  }

  @Test(arguments: [
    Case(testDescription: "nothing", votes: [], now: 0, expected: nil),
    Case(testDescription: "four", votes: [(0, 4)], now: 0, expected: nil),
    Case(testDescription: "five at once", votes: [(0, 5)], now: 0, expected: (0, 5)),
    Case(testDescription: "five within the window", votes: [(0, 2), (14, 3)], now: 14, expected: (0, 5)),
    Case(testDescription: "five over a longer time", votes: [(0, 2), (15, 3)], now: 15, expected: nil),
    Case(testDescription: "over, and still told", votes: [(0, 5)], now: 479, expected: (0, 5)),
    Case(testDescription: "forgotten", votes: [(0, 5)], now: 480, expected: nil),
    Case(testDescription: "it goes on with half", votes: [(0, 5), (10, 3), (20, 2)], now: 20, expected: (0, 8)),
    Case(testDescription: "another one", votes: [(0, 5), (60, 6)], now: 60, expected: (60, 6)),
    Case(testDescription: "a few later are no other one", votes: [(0, 5), (60, 4)], now: 60, expected: (0, 5)),
    Case(testDescription: "a clock that was put back", votes: [(60, 5)], now: 0, expected: nil),
  ])
  func bursts(_ test: Case) throws {
    var window = BurstWindow(AlertThresholds())
    for (minute, votes) in test.votes {
      window.add(votes, poll: try PollID("p"), unit: try UnitPath("u/1"), at: Self.at(minute))
      // Counters have nothing to do with one another.
      window.add(1, poll: try PollID("p"), unit: try UnitPath("u/2"), at: Self.at(minute))
    }
    let alerts = window.alerts(at: Self.at(test.now))
    #expect(alerts.map(\.subject) == (test.expected == nil ? [] : [.burst(try PollID("p"), try UnitPath("u/1"))]))
    #expect(alerts.first?.since == test.expected.map { Self.at($0.0) })
    #expect(alerts.first?.count == test.expected?.1)
  }
}

@Suite struct KioskRuleTests {
  private static let now = Timestamp(milliseconds: 1_000_000_000)

  @Test(
    arguments: [(nil, nil), (0, nil), (59, nil), (60, "60 min"), (119, "119 min"), (150, "2 h"), (-5, nil)]
      as [(Int64?, String?)])
  func silence(_ minutes: Int64?, _ words: String?) {
    let seen = minutes.map { Timestamp(milliseconds: Self.now.milliseconds - $0 * 60_000) }
    let alert = KioskStanding(kiosk: "kiosk/u/k", lastSeen: seen).silence(AlertThresholds(), at: Self.now)
    #expect(alert?.words.en == words.map { "kiosk silent for \($0)" })
    #expect(alert?.since == words.flatMap { _ in seen })
  }

  @Test func gaps() {
    func key(_ missing: UInt64, _ first: UInt64, _ isLawKept: Bool) -> String? {
      KioskStanding(
        kiosk: "kiosk/u/k", lastSeen: nil, missing: missing, firstMissing: first, isLawKept: isLawKept
      ).gap()?.subject.key
    }
    #expect(key(0, 0, true) == nil)
    #expect(key(3, 7, true) == "gap/7/kiosk/u/k")
    #expect(key(3, 7, false) == "gap/7/kiosk/u/k")
    #expect(key(0, 0, false) == "gap/0/kiosk/u/k")
    for (missing, words) in [(3, "presses are missing"), (0, "presses do not add up")] as [(UInt64, String)] {
      let gap = KioskStanding(kiosk: "kiosk/u/k", lastSeen: nil, missing: missing, firstMissing: 7, isLawKept: false)
      let told = gap.gap()?.withoutCounts
      #expect(told?.n == 0 && told?.words.en == words)
    }
  }
}

@Suite struct AlertKeyTests {
  @Test(arguments: [
    "index/p/u", "drop/p/u/mot-cua/quay-01", "burst/p/u/q", "silent/kiosk/u/mot-cua/k", "gap/17/kiosk/u/k",
  ])
  func keysAreReadAsWritten(_ key: String) {
    #expect(AlertSubject(key: key)?.key == key)
    #expect(AlertSubject(key: key)?.unit?.rawValue.hasPrefix("u") == true)
  }

  @Test(arguments: [
    "", "/", "index", "index/p", "index/p/", "index//u", "index/p/u/", "other/p/u", "silent/kiosk/u", "silent/",
    "gap/x/kiosk/u/k",
    "gap/017/kiosk/u/k", "gap/-1/kiosk/u/k", "gap/1/kiosk/u", "INDEX/p/u",
    "index/p/" + String(repeating: "u", count: 2_000),
  ])
  func othersAreNone(_ key: String) {
    #expect(AlertSubject(key: key) == nil)
  }
}

@Suite struct AlertActTests {
  private static func at(_ second: Int64) -> Timestamp { Timestamp(milliseconds: second * 1_000) }

  @Test(arguments: [
    AlertAct.acknowledged(""), .acknowledged("tôi xem"), .assigned(owner: "", due: nil),
    .assigned(owner: "Chị Lan, tổ 2", due: Timestamp(milliseconds: 1_700_000_000_000)), .commented("a b"), .closed(""),
  ])
  func bodiesAreReadAsWritten(_ act: AlertAct) {
    #expect(AlertAct(name: act.name, body: act.body) == act)
  }

  @Test func othersAreNone() {
    for (name, body) in [("opened", ""), ("assigned", "soon Lan"), ("assigned", "")] {
      #expect(AlertAct(name: name, body: Array(body.utf8)) == nil)
    }
    #expect(AlertAct(name: "closed", body: [0xFF]) == nil)
  }

  @Test func whatWasDoneAddsUp() {
    var handling = AlertHandling()
    let acts: [AlertAct?] = [
      .acknowledged("xem"), .assigned(owner: "Lan", due: Self.at(99)), nil, .commented("gọi rồi"), .closed("xong"),
    ]
    for (place, act) in acts.enumerated() {
      handling.apply(act, number: UInt64(place + 1), by: "o\(place)", at: Self.at(Int64(place + 10)))
    }
    #expect(handling.acts == 5 && handling.owner == "Lan" && handling.due == Self.at(99))
    #expect(handling.comments.map(\.text) == ["xem", "gọi rồi", "xong"])
    // Raised before it was closed, or nobody knows when: closed. Raised anew: open, and nobody has seen it.
    for since in [nil, Self.at(1), Self.at(14)] {
      #expect(handling.standing(since: since).closed?.by == "o4")
      #expect(handling.standing(since: since).acknowledged?.by == "o0")
    }
    #expect(handling.standing(since: Self.at(15)).closed == nil)
    #expect(handling.standing(since: Self.at(15)).acknowledged == nil)
    handling.apply(.acknowledged(""), number: 6, by: "p", at: Self.at(20))
    #expect(handling.standing(since: Self.at(15)).acknowledged?.by == "p")
    for number in 7...40 { handling.apply(.commented("\(number)"), number: UInt64(number), by: "p", at: Self.at(30)) }
    #expect(handling.comments.count == AlertHandling.mostComments && handling.comments.last?.text == "40")
  }
}
