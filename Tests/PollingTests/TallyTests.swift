import SeededRandom
import Testing

@testable import Polling

struct CellTests {
  /// Votes + undervotes = votes allowed, per question, for every ballot that may be cast.
  @Test(arguments: [[], ["a"]], [[], ["x"], ["x", "y"]])
  func votesAndUndervotes(_ single: [String], _ multiple: [String]) throws {
    let poll = try Sample.poll()
    let ballot = try Sample.ballot([
      Answer(question: "muc-do", choices: ["HL"]), Answer(question: "quay", choices: single),
      Answer(question: "ly-do", choices: multiple),
    ])
    #expect(poll.violations(in: ballot) == [])
    let record = CastVoteRecord(
      ballot: ballot, receivedTime: Sample.time, skewMilliseconds: nil, day: Day(of: Sample.time), flags: [.clock],
      source: "")
    let cells = record.cells(in: poll)
    #expect(Set(cells.map(\.key)).count == cells.count)
    for question in poll.questions {
      var sum: Int64 = 0
      for (key, count) in cells {
        switch key.subject {
        case .votes(question.id, _), .undervotes(question.id): sum += count
        default: break
        }
      }
      #expect(sum == Int64(question.votesAllowed))
    }
    #expect(cells.filter { $0.key.subject == .ballots }.map(\.count) == [1])
    for (key, count) in cells {
      #expect(count > 0)
      #expect((key.unit, key.channel, key.flags, key.day) == (ballot.unit, .kiosk, .clock, Day(of: Sample.time)))
    }
  }

  @Test func countedVersionIsTheBallotsUnlessItNamesNone() throws {
    var ballot = try Sample.ballot()
    ballot.pollVersion = 3
    func record(_ version: UInt32?) -> CastVoteRecord {
      CastVoteRecord(
        ballot: ballot, countedVersion: version, receivedTime: Sample.time, skewMilliseconds: nil,
        day: Day(number: 0), flags: [], source: "")
    }
    #expect(record(nil).countedVersion == 3)
    ballot.pollVersion = 0
    #expect(record(4).countedVersion == 4)
  }
}

struct WindowTests {
  static let rows: [(String, String, String)] = [
    // today, day, windows
    ("2020-10-14", "2020-10-14", "today thisWeek thisMonth"),
    ("2020-10-14", "2020-10-13", "yesterday thisWeek thisMonth"),
    ("2020-10-14", "2020-10-12", "thisWeek thisMonth"), ("2020-10-14", "2020-10-11", "thisMonth"),
    ("2020-10-14", "2020-10-18", "thisWeek thisMonth"), ("2020-10-14", "2020-10-19", "thisMonth"),
    ("2020-10-14", "2019-10-14", ""), ("2020-10-14", "2020-09-30", ""),
    // Thursday the first: a week over the month's start.
    ("2020-10-01", "2020-09-30", "yesterday thisWeek"), ("2020-10-01", "2020-09-28", "thisWeek"),
    ("2020-10-01", "2020-09-27", ""), ("2020-10-01", "2020-10-04", "thisWeek thisMonth"),
    // A Monday and a Sunday.
    ("2020-10-12", "2020-10-11", "yesterday thisMonth"), ("2020-10-11", "2020-10-05", "thisWeek thisMonth"),
    ("2020-10-11", "2020-10-12", "thisMonth"), ("2021-01-01", "2020-12-31", "yesterday thisWeek"),
    ("2020-03-01", "2020-02-29", "yesterday thisWeek"),
  ]

  @Test(arguments: rows)
  func contains(_ today: String, _ day: String, _ expected: String) throws {
    let (today, day) = (try #require(Day.named(today)), try #require(Day.named(day)))
    let windows = Window.allCases.filter { $0.contains(day, today: today) }
    #expect(windows.map { "\($0)" }.joined(separator: " ") == (expected + " total").trimmingPrefix(" "))
  }

  @Test(arguments: [Int32.min, .max])
  func ends(_ number: Int32) {
    for window in Window.allCases {
      for other in [number, number == .min ? number + 1 : number - 1, 0] {
        _ = window.contains(Day(number: other), today: Day(number: number))
      }
    }
    #expect(Window.today.contains(Day(number: number), today: Day(number: number)))
  }
}

struct TallyCellsTests {
  /// The Hải Châu fixture: the visits of its page on Wednesday 2020-10-14, as ballots.
  static let haiChau: [(day: String, ballots: Int64)] = [
    ("2020-10-14", 1_927), ("2020-10-13", 7_117), ("2020-10-12", 13_207), ("2020-10-11", 100_000),
    ("2020-10-01", 94_534), ("2020-09-30", 17_000_000), ("2012-02-29", 812_300),
  ]

  private static func key(
    _ subject: CellKey.Subject = .ballots, _ day: String = "2020-10-14", unit: String = "hai-chau/quay-01",
    _ channel: Channel = .kiosk, _ flags: RecordFlags = []
  ) throws -> CellKey {
    CellKey(
      subject: subject, unit: try UnitPath(unit), channel: channel, flags: flags, day: try #require(Day.named(day)))
  }

  private static func ballots(_ tally: Tally) -> [Int64] { tally.windows.map(\.ballots) }

  @Test func theFiveNumbersOfHaiChau() throws {
    var cells = TallyCells()
    for (day, ballots) in Self.haiChau { cells.fold([try Self.key(.ballots, day): ballots]) }
    let tally = cells.tally(
      unit: try UnitPath("hai-chau"), channel: nil, today: try #require(Day.named("2020-10-14")),
      poll: try Sample.poll(), revision: 7)
    #expect(tally.windows.map(\.window) == [.today, .yesterday, .thisWeek, .thisMonth, .total])
    #expect(Self.ballots(tally) == [1_927, 7_117, 22_251, 216_785, 18_029_085])
    #expect(tally.revision == 7)
  }

  /// On Thursday the first a week may exceed its month.
  @Test func aWeekOverTheMonthsStart() throws {
    let cells = TallyCells([
      try Self.key(.ballots, "2020-09-28"): 300, try Self.key(.ballots, "2020-10-01"): 100,
    ])
    let tally = cells.tally(
      unit: try UnitPath("hai-chau"), channel: nil, today: try #require(Day.named("2020-10-01")),
      poll: try Sample.poll(), revision: 1)
    #expect(Self.ballots(tally) == [100, 0, 400, 100, 400])
  }

  @Test func unitsChannelsAndFlags() throws {
    let cells = TallyCells([
      try Self.key(): 1, try Self.key(unit: "hai-chau/quay-02"): 2, try Self.key(unit: "hai-chau"): 4,
      try Self.key(unit: "hai-chau-2"): 8, try Self.key(.ballots, "2020-10-14", .paper): 16,
      try Self.key(.ballots, "2020-10-14", .kiosk, .clock): 32,
      try Self.key(.ballots, "2020-10-14", .kiosk, .burst): 64,
      try Self.key(.votes(question: "muc-do", choice: "HL")): 3,
      try Self.key(.votes(question: "muc-do", choice: "HL"), "2020-10-14", .kiosk, .burst): 100,
      try Self.key(.undervotes(question: "quay"), "2020-10-14", .kiosk, .clock): 5,
    ])
    let today = try #require(Day.named("2020-10-14"))
    func window(_ unit: String, _ channel: Channel? = nil) throws -> Tally.WindowCount {
      let tally = cells.tally(
        unit: try UnitPath(unit), channel: channel, today: today, poll: try Sample.poll(), revision: 1)
      return try #require(tally.windows.first)
    }
    let all = try window("hai-chau")
    #expect(all.ballots == 55)
    #expect(all.flaggedBallots == 64)
    #expect(all.channels == [.kiosk: 39, .paper: 16])
    #expect(all.questions[0].codes == ["RKHL", "KHL", "BT", "HL", "RHL"])
    #expect(all.questions[0].counts == [0, 0, 0, 3, 0])
    #expect(all.questions.map(\.undervotes) == [0, 5, 0])
    #expect(try window("hai-chau/quay-02").ballots == 2)
    #expect(try window("hai-chau", .paper).ballots == 16)
    #expect(try window("hai-chau", .paper).channels == [.paper: 16])
    #expect(try window("hai-chau", .web).ballots == 0)
    #expect(try window("nowhere").questions[0].counts == [0, 0, 0, 0, 0])
  }

  /// Folding commit by commit gives what folding everything at once gives, and both what adding up cells by hand does.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func foldIsASum(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let poll = try Sample.poll()
    let units = try ["hai-chau", "hai-chau/a", "hai-chau/a/b", "hai-chau/c"].map { try UnitPath($0) }
    let today = try #require(Day.named("2020-10-01"))
    var sum: [CellKey: Int64] = [:]
    var folded = TallyCells()
    for _ in 0..<200 {
      var delta: [CellKey: Int64] = [:]
      for _ in 0..<10 {
        let subjects: [CellKey.Subject] = [
          .ballots, .votes(question: "muc-do", choice: "HL"), .votes(question: "ly-do", choice: "x"),
          .undervotes(question: "ly-do"),
        ]
        let key = CellKey(
          subject: subjects[Int(random.next() % 4)], unit: units[Int(random.next() % 4)],
          channel: random.next() % 2 == 0 ? .kiosk : .web, flags: RecordFlags(rawValue: UInt8(random.next() % 32)),
          day: Day(number: today.number - 40 + Int32(random.next() % 48)))
        delta[key, default: 0] += Int64(random.next() % 7) - 1
      }
      folded.fold(delta)
      sum.merge(delta, uniquingKeysWith: +)
    }
    let atOnce = TallyCells(sum)
    for unit in units {
      for channel in [nil, Channel.kiosk] {
        let tally = folded.tally(unit: unit, channel: channel, today: today, poll: poll, revision: 1)
        #expect(tally == atOnce.tally(unit: unit, channel: channel, today: today, poll: poll, revision: 1))
        for window in tally.windows {
          func count(_ wanted: (CellKey) -> Bool) -> Int64 {
            sum.filter {
              unit.contains($0.key.unit) && (channel ?? $0.key.channel) == $0.key.channel
                && window.window.contains($0.key.day, today: today) && wanted($0.key)
            }.values.reduce(0, +)
          }
          #expect(window.ballots == count { $0.subject == .ballots && $0.flags.isCounted })
          #expect(window.flaggedBallots == count { $0.subject == .ballots && !$0.flags.isCounted })
          #expect(
            window.boundBallots == count { $0.subject == .ballots && $0.flags.isCounted && $0.flags.contains(.bound) })
          #expect(
            window.questions[0].counts[3]
              == count { $0.subject == .votes(question: "muc-do", choice: "HL") && $0.flags.isCounted })
          #expect(
            window.questions[2].undervotes
              == count { $0.subject == .undervotes(question: "ly-do") && $0.flags.isCounted })
        }
      }
    }
  }

  @Test(arguments: [Int32.min, .max])
  func theEndsOfTime(_ number: Int32) throws {
    var key = try Self.key()
    key.day = Day(number: number)
    let cells = TallyCells([key: .max])
    let tally = cells.tally(
      unit: key.unit, channel: nil, today: key.day, poll: try Sample.poll(), revision: 1)
    #expect(tally.windows.first?.ballots == .max)
  }
}

extension Day {
  /// By looking for it: independent of the arithmetic under test only in the other direction.
  static func named(_ text: String) -> Day? {
    (14_000...20_000).lazy.map { Day(number: $0) }.first { $0.description == text }
  }
}
