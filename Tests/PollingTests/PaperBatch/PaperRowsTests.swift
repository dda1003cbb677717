import PaperSamples
import SeededRandom
import Testing

@testable import Polling

private typealias S = PaperSample

@Suite(.timeLimit(.minutes(1)))
struct PaperRowsTests {
  /// Sheets and questionnaires, in which whatever can follow on something else does.
  private static func rows(_ count: Int, _ random: inout SplitMix64) throws -> [PaperRow] {
    var label = "T-01"
    return try (0..<count).map { index in
      if Int.random(in: 0..<3, using: &random) == 0 {
        // Two of these only look the same.
        label = try #require(["T-01", "T-02", "", "To\u{302}", "T\u{F4}"].randomElement(using: &random))
      }
      let unit = Bool.random(using: &random) ? "phuong/quay-01" : "phuong/quay-02"
      let period = Bool.random(using: &random) ? S.july : DaySpan(first: S.first, last: S.first)
      let number = UInt64(index + 2)
      if Int.random(in: 0..<4, using: &random) == 0 {
        let answers = [
          [], [Answer(question: "muc-do", choices: ["K"]), Answer(question: "ly-do", choices: ["X", "Z"])],
          [Answer(question: "muc-do", choices: [])],
        ].randomElement(using: &random)
        return PaperRow(
          number: number, label: label, unit: try UnitPath(unit), period: period,
          content: .questionnaire(try #require(answers)))
      }
      let level = try #require(
        [PaperRow.Level.choice("K"), .choice("T"), .blank, .invalid].randomElement(using: &random))
      let all: Int64? = Bool.random(using: &random) ? 9 : nil
      return try S.total(
        number, level, Int64.random(in: 0..<4, using: &random), of: all, at: unit, sheet: label, period: period)
    }
  }

  @Test func rowsAreReadAsTheyWerePacked() throws {
    var random = SplitMix64(seed: 7)
    let rows = try Self.rows(300, &random)
    let packed = try PaperRows(rows)
    #expect(Array(packed) == rows)
    #expect(packed.map { Array($0.label.utf8) } == rows.map { Array($0.label.utf8) })
    #expect(packed.names.count < 20)
  }

  /// Whether a row is looked at beside others or by itself, it counts the same.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func howRowsAreCutIntoChunksChangesNothing(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rows = try Self.rows(200, &random)
    let (manifest, poll) = (try S.manifest(), try S.poll())
    func added(_ cut: () -> Int) throws -> (PaperSums, PaperSheets) {
      var (sums, sheets, rest) = (PaperSums(), PaperSheets(), rows[...])
      while !rest.isEmpty {
        let chunk = rest.prefix(cut())
        rest = rest.dropFirst(chunk.count)
        try sums.add(try PaperRows(Array(chunk)), manifest, poll)
        sheets.add(try PaperRows(Array(chunk)))
      }
      sums.endFile()
      sheets.endFile()
      return (sums, sheets)
    }
    let (one, all, some) = (
      try added { 1 }, try added { 200 }, try added { Int.random(in: 1..<30, using: &random) }
    )
    #expect(one.0 == all.0 && one.0 == some.0)
    #expect(one.1 == all.1 && one.1 == some.1)
    #expect(one.0.rows == 200)
    var numbers = PaperSheetNumbers()
    for row in rows { _ = numbers.add(row) }
    #expect(one.1.count == numbers.count)
  }

  /// The first row that breaks a rule is named, wherever it stands and whatever was fine before it.
  @Test func aRowLikeThoseBeforeItIsCheckedAllTheSame() throws {
    let good = try (2..<40).map { try S.total($0, .choice("T"), 4, of: 5) }
    let long = String(repeating: "x", count: PaperRow.longestLabel + 1)
    for (bad, problem) in [
      (try S.total(40, .choice("T"), PaperRow.mostCounted + 1, of: 5), "counts less than 0 or more than 100000000"),
      (try S.total(40, .choice("T"), 4, of: PaperRow.mostCounted + 1), "counts less than 0 or more than 100000000"),
      (try S.total(40, .choice("T"), 4, of: 5, sheet: long), "has a label over 200 bytes"),
      (
        try S.total(40, .choice("T"), 4, of: 5, period: DaySpan(first: Day(number: 0), last: S.july.last)),
        "is of days outside the manifest's period"
      ),
      (try S.total(40, .choice("X"), 4, of: 5), "names a choice that is not in question muc-do"),
      (try S.total(40, .choice("T"), 4, of: 5, at: "phuong/quay-09"), "is of phuong/quay-09, no unit of this poll"),
    ] {
      let after = try S.total(41, .choice("?"), 1)
      var sums = PaperSums()
      #expect(throws: PaperRefusal.row(number: 40, problem: problem)) {
        try sums.add(try PaperRows(good + [bad, after]), try S.manifest(), try S.poll())
      }
    }
  }

  /// What is short as places may be long in words, and is answered in words.
  @Test func aChunkIsNoLongerThanAFrameInWords() throws {
    let rows = try (0..<PaperChunk.mostRows).map { row in
      let label = String(row)
      return try S.total(
        UInt64(row), .choice("T"), 1, sheet: label + String(repeating: "x", count: PaperRow.longestLabel - label.count))
    }
    var batch = try S.batch(try S.way(to: .awaitingFirst) + [(.claim(.first), S.lan)])
    func enter(_ rows: [PaperRow]) throws {
      try batch.take(try S.chunk(.first, rows), by: S.lan, at: S.now, number: 3, poll: try S.poll())
    }
    let problem = "must be 1 to 10000, in at most 3145728 bytes"
    #expect(throws: PaperRefusal.invalid([Violation("rows", problem)])) { try enter(rows) }
    try enter(Array(rows.prefix(9_900)))
  }

  @Test func namesAreListedOnceInTheirTurnAndSaid() throws {
    func build(_ names: [String], _ work: (inout PaperRows.Builder) throws -> Void) throws {
      var builder = try PaperRows.Builder(names: names)
      try work(&builder)
      _ = try builder.finish()
    }
    try build(["T", "phuong"]) { builder in
      _ = try builder.name(0)
      _ = try builder.unit(1)
    }
    let long = String(repeating: "x", count: PaperRows.longestCode + 1)
    let cases: [([String], (inout PaperRows.Builder) throws -> Void)] = [
      (["T", "T"], { _ = try $0.name(0) }), (["T", "U", "U"], { _ = try $0.name(0) }),
      (["T", "U"], { _ = try $0.name(1) }), (["T"], { _ = try $0.name(1) }), (["T"], { _ = try $0.name(.max) }),
      (["T", "U"], { _ = try $0.name(0) }), (["/"], { _ = try $0.unit(0) }), ([long], { _ = try $0.code(0) }),
      ([String(repeating: "x", count: PaperRows.longestName + 1)], { _ = try $0.name(0) }),
    ]
    for (index, (names, work)) in cases.enumerated() {
      #expect(throws: InvalidValue.self, "\(index)") { try build(names, work) }
    }
    try build([long]) { _ = try $0.name(0) }
  }
}
