import PaperSamples
import Testing

@testable import Polling

private typealias S = PaperSample

@Suite(.timeLimit(.minutes(1)))
struct PaperAuditTests {
  /// By Python's hashlib.
  @Test(
    arguments: [
      ("20237331128159211123", 480, [309, 456, 188, 74, 252, 111, 129, 427, 140, 77]), ("1", 5, [2, 4, 3, 5, 1]),
      ("99999", 3_832, [712, 280, 2_488, 1_784, 1_142, 702, 3_743, 155]),
      ("abc", 1_927_000, [861_711, 664_105, 1_894_446, 922_467]), ("abc", 0, []),
    ] as [(String, UInt64, [UInt64])])
  func sheetsAreDrawnAsAnybodyCanCheck(_ seed: String, _ population: UInt64, _ drawn: [UInt64]) {
    #expect(PaperAudit.draw(UInt64(drawn.count), seed: seed, of: population) == drawn)
    #expect(PaperAudit.draw(2, seed: seed, of: population) == Array(drawn.prefix(2)))
  }

  /// By Python's exact fractions.
  @Test(
    arguments: [
      (20, 19, 0, 1), (20, 20, 3, 3), (480, 30, 0, 44), (480, 30, 1, 69), (1_000, 59, 0, 48), (100, 10, 0, 24),
      (100, 10, 5, 76), (3_832, 100, 2, 234), (50, 50, 0, 0), (2, 1, 0, 1), (1, 1, 1, 1), (1, 1, 0, 0), (7, 0, 0, 7),
    ] as [(UInt64, UInt64, UInt64, UInt64)])
  func boundsAreExact(_ population: UInt64, _ sample: UInt64, _ found: UInt64, _ most: UInt64) {
    #expect(Hypergeometric.upperBound(population: population, sample: sample, found: found, risk: 0.05) == most)
  }

  @Test func boundsOfManySheetsAreQuick() {
    // Five million sheets, two thousand drawn, a quarter of them wrong.
    let most = Hypergeometric.upperBound(population: 5_000_000, sample: 2_000, found: 500, risk: 0.05)
    #expect((1_320_000...1_340_000).contains(most))
  }

  @Test func sheetsAreNumberedAsTheyStand() throws {
    func numbers(_ rows: [PaperRow]) -> [UInt64] {
      var numbers = PaperSheetNumbers()
      return rows.map { numbers.add($0) }
    }
    let questionnaire = PaperRow(
      number: 9, label: "P", unit: try UnitPath("phuong/quay-02"), period: S.july, content: .questionnaire([]))
    #expect(
      numbers([
        try S.total(2, .choice("T"), 1), try S.total(3, .blank, 1), try S.total(4, .blank, 1, sheet: "T-02"),
        try S.total(5, .blank, 1, at: "phuong/quay-02", sheet: "T-02"), questionnaire, questionnaire,
        try S.total(6, .blank, 1, at: "phuong/quay-02", sheet: "T-02"),
      ]) == [1, 1, 2, 3, 4, 5, 6])
    var numbers = PaperSheetNumbers()
    _ = numbers.add(try S.total(2, .blank, 1))
    numbers.endFile()
    #expect(numbers.add(try S.total(2, .blank, 1)) == 2)
  }

  @Test func theLargestSheetsAreKnown() throws {
    var sheets = PaperSheets()
    for row in [
      try S.total(2, .choice("T"), 4, of: 5), try S.total(3, .choice("K"), 1, of: 5),
      try S.total(4, .choice("X"), 1, of: 1, question: "ly-do"), try S.total(5, .choice("T"), 2, sheet: "T-02"),
      try S.total(6, .blank, 7, sheet: "T-02"), try S.total(7, .choice("X"), 9, question: "ly-do", sheet: "T-03"),
    ] { sheets.add(try PaperRows([row])) }
    sheets.endFile()
    #expect(sheets.count == 3)
    #expect((0...4 as ClosedRange<UInt64>).map { sheets.questionnaires(onLargest: $0) } == [0, 9, 18, 23, 23])
  }

  private static func draw(_ batch: inout PaperBatch, _ sheets: UInt64, seed: String = "7", number: UInt64 = 50) throws
  {
    try batch.take(
      .drawSheets(seed: seed, sheets: sheets), by: S.thu, at: S.now, number: number, poll: try S.poll())
  }

  private static func record(
    _ batch: inout PaperBatch, _ findings: [(UInt64, PaperAudit.Verdict)], why: String = "", by: PaperPerson = S.thu
  ) throws {
    try batch.take(
      .recordSheets(findings.map { PaperAudit.Finding(sheet: $0.0, $0.1) }, why: why), by: by, at: S.now, number: 60,
      poll: try S.poll())
  }

  /// A batch of 40 sheets with 5 questionnaires each, 4 of them T.
  private static func batch() throws -> PaperBatch {
    var rows: [PaperRow] = []
    for sheet in 0..<40 {
      let number = UInt64(rows.count) + 2
      rows.append(try S.total(number, .choice("T"), 4, sheet: "T-\(sheet)"))
      rows.append(try S.total(number + 1, .choice("K"), 1, sheet: "T-\(sheet)"))
    }
    return try S.batch([
      (.putManifest(try S.manifest(questionnaires: 200, isSingleEntry: true), why: ""), S.hoa),
      (.claim(.first), S.lan), (S.chunk(.first, rows), S.lan), (.finalise(.first, warnings: []), S.lan),
      (.accept, S.kim),
    ])
  }

  @Test func aSampleBoundsTheIndex() throws {
    var batch = try Self.batch()
    try Self.draw(&batch, 20)
    let drawn = try #require(batch.audit?.drawn)
    #expect(drawn == PaperAudit.draw(20, seed: "7", of: 40))
    func bound() throws -> PaperAudit.Bound {
      try #require(batch.audit).bound(try #require(batch.first).sheets)
    }
    // Nobody has looked at any yet.
    #expect(try bound().notMatching == 20)
    #expect(try bound().mostSheets == 40)
    try Self.record(&batch, drawn.map { ($0, .match) })
    let most = Hypergeometric.upperBound(population: 40, sample: 20, found: 0, risk: 0.05)
    #expect(most == 4)
    #expect(try bound() == PaperAudit.Bound(notMatching: 0, mostSheets: 4, mostQuestionnaires: 20))
    let share = try bound().share(try #require(Proportion(160, of: 200)))
    #expect([share.lower?.count, share.upper?.count] == [140, 180])
    let all = try bound().share(try #require(Proportion(195, of: 200)))
    #expect([all.lower?.count, all.upper?.count] == [175, 200])
    // What was found is changed with a reason only.
    #expect(throws: PaperRefusal.reasonNeeded) { try Self.record(&batch, [(drawn[0], .mismatch)]) }
    try Self.record(&batch, [(drawn[0], .mismatch)], why: "nhìn lại")
    #expect(try bound().notMatching == 1)
    // Nobody goes on drawing until the result suits; all sheets are no sample.
    for sheets in [21, 39] as [UInt64] {
      #expect(throws: PaperRefusal.auditBegun(sheets: 20, population: 40)) {
        try Self.draw(&batch, sheets, number: 61)
      }
    }
    try Self.draw(&batch, 40, number: 61)
    #expect(batch.audit?.drawn.prefix(20) == drawn[...])
    #expect(batch.audit?.records.count == 20)
    #expect(try bound().notMatching == 21)
    let rest = try #require(batch.audit?.drawn.dropFirst(20))
    try Self.record(&batch, rest.map { ($0, .match) })
    #expect(try bound().mostSheets == 1)
    // Figures are as they were.
    #expect(batch.phase == .accepted)
  }

  @Test func whatIsRefusedAndWhy() throws {
    var batch = try Self.batch()
    #expect(throws: PaperRefusal.notDrawn) { try Self.record(&batch, [(1, .match)]) }
    for (seed, sheets) in [("", 1), ("a b", 1), ("hạt", 1), ("7", 0), ("7", 41)] as [(String, UInt64)] {
      #expect(throws: PaperRefusal.self, "\(seed) \(sheets)") { try Self.draw(&batch, sheets, seed: seed) }
    }
    #expect(batch.audit == nil)
    try Self.draw(&batch, 3)
    let other = try #require((1...40).first { batch.audit?.drawn.contains($0) == false })
    #expect(throws: PaperRefusal.sheetNotDrawn(other)) { try Self.record(&batch, [(other, .match)]) }
    #expect(throws: PaperRefusal.self) { try Self.record(&batch, []) }
    #expect(throws: PaperRefusal.self) { try Self.record(&batch, Array(repeating: (other, .match), count: 41)) }
    let first = try #require(batch.audit?.drawn.first)
    #expect(throws: PaperRefusal.self) { try Self.record(&batch, [(first, .match), (first, .mismatch)]) }
    // Who entered it does not audit it, and no seed is tried after another.
    #expect(throws: PaperRefusal.otherPersonNeeded) {
      try Self.record(&batch, [(first, .match)], by: PaperPerson(.auditor, S.lan.name))
    }
    for (seed, sheets) in [("8", 4), ("7", 3), ("7", 2)] as [(String, UInt64)] {
      #expect(throws: PaperRefusal.drawnOtherwise(seed: "7", sheets: 3)) {
        try Self.draw(&batch, sheets, seed: seed)
      }
    }
    // Before anything was found more may be drawn besides.
    let few = try #require(batch.audit?.drawn)
    try Self.draw(&batch, 5)
    #expect(batch.audit?.drawn.prefix(3) == few[...])
    var begun = try S.batch(try S.way(to: .awaitingFirst))
    #expect(throws: PaperRefusal.role(.coordinator)) {
      try begun.take(.putManifest(try S.manifest(), why: "?"), by: S.thu, at: S.now, number: 70, poll: try S.poll())
    }
  }
}
