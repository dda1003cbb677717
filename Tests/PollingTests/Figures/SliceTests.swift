import SeededRandom
import Testing

@testable import Polling

/// Slices of random records against a count of each record by itself.
struct SliceTests {
  @Test func oneRowTooManyIsNone() throws {
    let poll = try Sample.poll()
    var random = SplitMix64(seed: 3)
    let cells = try Self.cells(try Self.records(&random))
    let query = SliceQuery(unit: try UnitPath("hai-chau"), dimensions: [.day])
    let rows = cells.figures(query, of: poll).rows.count
    #expect(rows > 10)
    #expect(cells.figures(query, of: poll, mostRows: rows)?.rows.count == rows)
    #expect(cells.figures(query, of: poll, mostRows: rows - 1) == nil)
  }

  /// Beyond the limit a made-up procedure has no row of its own, and takes back from where it was counted.
  @Test func madeUpProceduresAreOneRow() throws {
    let poll = try Sample.poll()
    let unit = try UnitPath("hai-chau")
    func piece(_ codes: [String?], _ times: Int64 = 1) throws -> SliceCells {
      var cells = SliceCells()
      for code in codes {
        let key = FigureKey(
          day: Day(number: 1), unit: unit, procedure: try code.map { try ProcedureCode($0) }, source: "",
          channel: .kiosk, flags: [])
        cells.add(times, of: key, [], in: poll)
      }
      return cells
    }
    var all = SliceCells()
    all.fold(try piece(["1.1", nil]), mostProcedures: 2)
    all.fold(try piece(["1.2", "1.3", "1.1", nil]), mostProcedures: 2)
    all.fold(try piece(["1.3", "1.1"], -1), mostProcedures: 2)
    let rows = all.figures(SliceQuery(unit: unit, dimensions: [.procedure]), of: poll).rows
    #expect(rows.map { "\($0.labels[0]) \($0.ballots)" } == [" 2", "1.1 1", "other 1"])
  }

  /// Long names are memory too.
  @Test func theSizeIsAboutThatOfAllItHolds() throws {
    let poll = try Sample.poll()
    var cells = SliceCells()
    for number in 0..<100 {
      let key = FigureKey(
        day: Day(number: 1), unit: poll.unit, procedure: nil,
        source: String(repeating: "x", count: 8_000) + "\(number)", channel: .kiosk, flags: [])
      cells.add(1, of: key, [], in: poll)
    }
    #expect((100_000...120_000).contains(cells.size))
  }

  /// Acts may count votes without a ballot.
  @Test func aRowWithVotesOnlyIsShown() throws {
    let poll = try Sample.poll()
    var cells = SliceCells()
    let key = FigureKey(
      day: Day(number: 1), unit: poll.unit, procedure: nil, source: "", channel: .paper, flags: [])
    cells.add(2, of: key, .votes(question: "muc-do", choice: "HL"))
    let figures = cells.figures(SliceQuery(unit: poll.unit, dimensions: [.channel]), of: poll)
    #expect(figures.rows.count == 1)
    #expect(figures.total.questions[0].counts.reduce(0, +) == 2)
    cells.add(-2, of: key, .votes(question: "muc-do", choice: "HL"))
    #expect(cells.figures(SliceQuery(unit: poll.unit, dimensions: [.channel]), of: poll).rows.isEmpty)
  }

  private static let units = [
    "hai-chau/quay-01", "hai-chau/quay-02", "hai-chau/mot-cua/a", "hai-chau/mot-cua/b", "hai-chau/mot-cua-2",
    "hai-chau",
    "son-tra/quay-01",
  ]

  private static func records(_ random: inout SplitMix64, count: Int = 400) throws -> [CastVoteRecord] {
    let start = try #require(Day(iso: "2023-11-20"))
    return try (0..<count).map { number in
      var ballot = try Sample.ballot([
        Answer(question: "muc-do", choices: [["RKHL", "KHL", "BT", "HL", "RHL"].randomElement(using: &random)!]),
        Answer(question: "ly-do", choices: [[], ["x"], ["y", "z"]].randomElement(using: &random)!),
      ])
      ballot.unit = try UnitPath(units.randomElement(using: &random)!)
      ballot.channel = Channel.allCases.randomElement(using: &random)!
      ballot.procedure = try [nil, "1.001", "1.002"].randomElement(using: &random)!.map { try ProcedureCode($0) }
      return CastVoteRecord(
        ballot: ballot, receivedTime: Sample.time, skewMilliseconds: nil,
        day: start.advanced(by: .random(in: 0..<450, using: &random)),
        flags: [[], [], .bound, .late, .burst, [.bound, .cooldown]].randomElement(using: &random)!,
        source: ["kiosk/hai-chau/a", "clerk/hai-chau/b"].randomElement(using: &random)!)
    }
  }

  private static func cells(_ records: [CastVoteRecord]) throws -> SliceCells {
    let poll = try Sample.poll()
    // In pieces, as they are read.
    var all = SliceCells()
    for start in stride(from: 0, to: records.count, by: 70) {
      var piece = SliceCells()
      for record in records[start..<min(start + 70, records.count)] {
        piece.add(1, of: record.figureKey, record.ballot.answers, in: poll)
      }
      all.fold(piece)
    }
    return all
  }

  /// n, flagged, and the votes of `muc-do` by choice, and those that `ly-do` left unused: one by one.
  private static func counted(_ records: [CastVoteRecord]) -> [Int64] {
    let shown = records.filter(\.flags.isCounted)
    let levels = ["RKHL", "KHL", "BT", "HL", "RHL"].map { code in
      Int64(shown.count { $0.ballot.answers[0].choices == [code] })
    }
    let unused = shown.reduce(0) { $0 + 2 - $1.ballot.answers[1].choices.count }
    return [Int64(shown.count), Int64(records.count - shown.count)] + levels + [Int64(unused)]
  }

  private static func numbers(_ row: SliceFigures.Row) throws -> [Int64] {
    let levels = try #require(row.questions.first { $0.question == "muc-do" })
    let reasons = try #require(row.questions.first { $0.question == "ly-do" })
    return [row.ballots, row.flaggedBallots] + levels.counts + [reasons.undervotes]
  }

  @Test func everySliceIsWhatItsRecordsCountAndAddsUpToItsParent() throws {
    var random = SplitMix64()
    let poll = try Sample.poll()
    for _ in 0..<20 {
      let records = try Self.records(&random)
      let cells = try Self.cells(records)
      for dimension in SliceQuery.Dimension.allCases {
        let start = try #require(Day(iso: "2023-12-01")).advanced(by: .random(in: 0..<100, using: &random))
        var query = SliceQuery(
          unit: try UnitPath("hai-chau"), period: OpenPeriod(start: start, end: start.advanced(by: 200)),
          dimensions: [dimension])
        if Bool.random(using: &random) { query.channels = [.kiosk, .paper, .web] }
        if Bool.random(using: &random) { query.procedures = [nil, try ProcedureCode("1.002")] }
        if Bool.random(using: &random) { query.sources = ["kiosk/hai-chau/a"] }
        let asked = records.filter { record in
          query.unit.contains(record.ballot.unit) && query.period.contains(record.day)
            && query.channels?.contains(record.ballot.channel) ?? true
            && query.procedures?.contains(record.ballot.procedure) ?? true
            && query.sources?.contains(record.source) ?? true
        }
        let figures = cells.figures(query, of: poll)
        let slices = Dictionary(grouping: asked) { Self.label($0, dimension, query.unit) }
        #expect(figures.rows.map { $0.labels.map(\.description) } == figures.rows.map { [$0.labels[0].description] })
        #expect(Set(figures.rows.map { $0.labels[0].description }) == Set(slices.keys))
        for row in figures.rows {
          let slice = try #require(slices[row.labels[0].description])
          #expect(try Self.numbers(row) == Self.counted(slice), "\(dimension) \(row.labels)")
          #expect(row.boundBallots == Int64(slice.count { $0.flags.isCounted && $0.flags.contains(.bound) }))
          #expect(row.lateBallots == Int64(slice.count { $0.flags.isCounted && $0.flags.contains(.late) }))
        }
        #expect(try Self.numbers(figures.total) == Self.counted(asked))
        query.dimensions = []
        let whole = cells.figures(query, of: poll)
        #expect(whole.total == figures.total)
        // Each slice again by a finer one adds up to it.
        query.dimensions = [dimension, .counter, .channel]
        let finer = cells.figures(query, of: poll)
        #expect(finer.total == whole.total)
        for row in figures.rows {
          let parts = finer.rows.filter { $0.labels[0] == row.labels[0] }
          #expect(parts.reduce(0) { $0 + $1.ballots } == row.ballots)
        }
      }
    }
  }

  private static func label(_ record: CastVoteRecord, _ dimension: SliceQuery.Dimension, _ unit: UnitPath) -> String {
    switch dimension {
    case .counter: record.ballot.unit.rawValue
    case .unit: record.ballot.unit.rawValue.split(separator: "/").prefix(2).joined(separator: "/")
    case .procedure: record.ballot.procedure?.rawValue ?? ""
    case .kiosk: record.source
    case .channel: "\(record.ballot.channel)"
    case .day: CalendarSpan.day.name(of: record.day)
    case .week: CalendarSpan.week.name(of: record.day)
    case .month: CalendarSpan.month.name(of: record.day)
    case .quarter: CalendarSpan.quarter.name(of: record.day)
    case .year: CalendarSpan.year.name(of: record.day)
    }
  }

  @Test func aVoidTakesAwayWhatItsBallotCounted() throws {
    var random = SplitMix64(seed: 1)
    let records = try Self.records(&random, count: 50)
    let poll = try Sample.poll()
    var cells = try Self.cells(records)
    for record in records.prefix(20) { cells.add(-1, of: record.figureKey, record.ballot.answers, in: poll) }
    let query = SliceQuery(unit: try UnitPath("hai-chau"), dimensions: [.counter, .day])
    let others = try Self.cells(Array(records.dropFirst(20)))
    #expect(cells.figures(query, of: poll).rows == others.figures(query, of: poll).rows)
  }

  /// The portal keeps `NgayTao <= last day 00:00` and loses the last day of every quarter.
  @Test func theLastMorningOfAQuarterBelongsToIt() throws {
    // 2024-03-31T10:00+07:00
    let day = Day(of: Timestamp(milliseconds: 1_711_854_000_000))
    #expect(day.description == "2024-03-31")
    let record = try CastVoteRecord(
      ballot: Sample.ballot([Answer(question: "muc-do", choices: ["HL"])]), receivedTime: Sample.time,
      skewMilliseconds: nil, day: day, flags: [], source: "")
    var cells = SliceCells()
    cells.add(1, of: record.figureKey, record.ballot.answers, in: try Sample.poll())
    func ballots(_ period: ReportingPeriod?) throws -> Int64 {
      let query = SliceQuery(unit: record.ballot.unit, period: OpenPeriod(try #require(period)))
      return cells.figures(query, of: try Sample.poll()).total.ballots
    }
    #expect(try ballots(.quarter(1, of: 2024)) == 1)
    #expect(try ballots(.quarter(2, of: 2024)) == 0)
    #expect(try ballots(.half(1, of: 2024)) == 1)
    #expect(try ballots(.nineMonths(of: 2024)) == 1)
    #expect(try ballots(.year(2024)) == 1)
    #expect(try ballots(.month(4, of: 2024)) == 0)
  }

  /// Seed D: events as assumed there, shown on Wednesday 2020-10-14; through the cells of tallies, and through those of
  /// slices.
  @Test func theWindowsOfHaiChau() throws {
    let poll = try Sample.poll()
    let unit = try UnitPath("hai-chau/quay-01")
    let today = try #require(Day(iso: "2020-10-14"))
    var events: [(String, Int64)] = [
      ("2020-10-12", 13_207), ("2020-10-13", 7_117), ("2020-10-14", 1_927), ("2019-05-05", 17_812_300),
    ]
    // 194.534 on the eleven days before Monday.
    for day in 1...11 { events.append(("2020-10-\(day < 10 ? "0" : "")\(day)", day < 11 ? 17_685 : 17_684)) }
    var slices = SliceCells()
    var deltas: [CellKey: Int64] = [:]
    for (text, count) in events {
      let day = try #require(Day(iso: text))
      let key = FigureKey(day: day, unit: unit, procedure: nil, source: "kiosk", channel: .kiosk, flags: [])
      let answers = [Answer(question: "muc-do", choices: ["HL"])]
      slices.add(count, of: key, answers, in: poll)
      poll.forEachCount(of: answers) { subject, times in
        let cell = CellKey(subject: subject, unit: unit, channel: .kiosk, flags: [], day: day)
        deltas[cell, default: 0] += count * times
      }
    }
    let expected: [Int64] = [1_927, 7_117, 22_251, 216_785, 18_029_085]
    let tally = TallyCells(deltas).tally(unit: unit, channel: nil, today: today, poll: poll, revision: 1)
    #expect(tally.windows.map(\.ballots) == expected)
    let shown = Window.allCases.map { window in
      slices.figures(SliceQuery(unit: unit, period: OpenPeriod(window, today: today)), of: poll).total
    }
    #expect(shown.map(\.ballots) == expected)
    #expect(shown.map { $0.questions[0].counts[3] } == expected)
    // The odometer beside it has ten digits.
    let total = String(try #require(shown.last).ballots)
    #expect(String(repeating: "0", count: 10 - total.count) + total == "0018029085")
  }
}

struct CalendarTests {
  @Test(arguments: [
    ("2024-03-31", "2024-03-31 2024-W13 2024-03 2024-Q1 2024"),
    ("2024-04-01", "2024-04-01 2024-W14 2024-04 2024-Q2 2024"),
    // A week is of the year that has most of it.
    ("2024-12-30", "2024-12-30 2025-W01 2024-12 2024-Q4 2024"),
    ("2021-01-03", "2021-01-03 2020-W53 2021-01 2021-Q1 2021"),
    ("2020-02-29", "2020-02-29 2020-W09 2020-02 2020-Q1 2020"),
  ])
  func names(_ day: String, _ names: String) throws {
    let day = try #require(Day(iso: day))
    #expect(CalendarSpan.allCases.map { $0.name(of: day) }.joined(separator: " ") == names)
  }

  @Test func aSpanIsTheDaysWithItsNameAndNoOthers() throws {
    let first = try #require(Day(iso: "2019-12-20"))
    for number in 0..<800 {
      let day = first.advanced(by: number)
      for span in CalendarSpan.allCases {
        let period = span.period(of: day)
        let (start, end) = (try #require(period.start), try #require(period.end))
        #expect(period.contains(day))
        #expect(span.name(of: start) == span.name(of: day) && span.name(of: end.advanced(by: -1)) == span.name(of: day))
        #expect(span.name(of: start.advanced(by: -1)) != span.name(of: day) && span.name(of: end) != span.name(of: day))
      }
    }
  }

  @Test func windowsAreTheDaysThatATallyCounts() throws {
    let start = try #require(Day(iso: "2020-02-20"))
    for today in (0..<20).map({ start.advanced(by: $0) }) {
      for window in Window.allCases {
        let period = OpenPeriod(window, today: today)
        for number in -40...40 {
          let day = today.advanced(by: number)
          #expect(period.contains(day) == window.contains(day, today: today), "\(window) \(today) \(day)")
        }
      }
    }
  }

  @Test func theEndsOfDaysAreNoTrap() {
    for day in [Day(number: .min), Day(number: .max)] {
      for span in CalendarSpan.allCases {
        #expect(span.period(of: day).start != nil)
        #expect(!span.name(of: day).isEmpty)
      }
    }
    #expect(Day(number: .max).advanced(by: 1) == Day(number: .max))
  }

  @Test(arguments: ["", "2025-7-1", "2025-02-29", "2025-13-01", "+025-01-01", "2025-01-011", "２025-01-1"])
  func whatIsNoDay(_ text: String) { #expect(Day(iso: text) == nil) }
}

extension CastVoteRecord {
  fileprivate var figureKey: FigureKey {
    FigureKey(
      day: day, unit: ballot.unit, procedure: ballot.procedure, source: source, channel: ballot.channel, flags: flags)
  }
}
