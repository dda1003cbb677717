import PaperSamples
import Polling
import Testing

private typealias S = PaperSample

@Suite(.timeLimit(.minutes(1)))
struct PaperSumsTests {
  private static func counts(_ rows: [PaperRow]) throws -> [CellKey: Int64] {
    try S.batch([
      (.putManifest(try S.manifest(isSingleEntry: true), why: ""), S.hoa), (.claim(.first), S.lan),
      (S.chunk(.first, rows), S.lan), (.finalise(.first, warnings: []), S.lan),
    ]).counts(in: try S.poll())
  }

  private static func key(
    _ subject: CellKey.Subject, _ unit: String = "phuong/quay-01", _ day: Day = S.july.last
  ) throws -> CellKey {
    CellKey(subject: subject, unit: try UnitPath(unit), channel: .paper, flags: .singleEntry, day: day)
  }

  @Test func totalsCountOnTheLastDayOfTheirPeriodAndBlanksAreVotesNotUsed() throws {
    #expect(
      try Self.counts(try S.rows()) == [
        try Self.key(.ballots): 15, try Self.key(.votes(question: "muc-do", choice: "T")): 10,
        try Self.key(.votes(question: "muc-do", choice: "K")): 3, try Self.key(.undervotes(question: "muc-do")): 2,
      ])
  }

  @Test func aSheetsQuestionnairesCountOnceAndSheetsAddUp() throws {
    let rows = [
      try S.total(2, .choice("T"), 4, of: 5), try S.total(3, .choice("K"), 1, of: 5),
      try S.total(4, .choice("X"), 1, of: 1, question: "ly-do"),
      try S.total(5, .choice("T"), 2, of: 3, sheet: "T-02"), try S.total(6, .blank, 1, of: 3, sheet: "T-02"),
      try S.total(7, .choice("B"), 7, of: 7, at: "phuong/quay-02", sheet: "T-03"),
    ]
    #expect(
      try Self.counts(rows) == [
        try Self.key(.ballots): 8, try Self.key(.votes(question: "muc-do", choice: "T")): 6,
        try Self.key(.votes(question: "muc-do", choice: "K")): 1, try Self.key(.undervotes(question: "muc-do")): 1,
        try Self.key(.votes(question: "ly-do", choice: "X")): 1, try Self.key(.undervotes(question: "ly-do")): 1,
        try Self.key(.ballots, "phuong/quay-02"): 7,
        try Self.key(.votes(question: "muc-do", choice: "B"), "phuong/quay-02"): 7,
      ])
  }

  @Test func questionnairesCountAsBallotsDo() throws {
    func row(_ number: UInt64, _ answers: [String: [String]]) throws -> PaperRow {
      PaperRow(
        number: number, label: "P-\(number)", unit: try UnitPath("phuong/quay-02"),
        period: DaySpan(first: S.first, last: S.first),
        content: .questionnaire(answers.sorted { $0.key > $1.key }.map { Answer(question: $0.key, choices: $0.value) }))
    }
    let rows = [
      try row(1, ["muc-do": ["K"], "ly-do": ["X", "Z"]]), try row(2, ["muc-do": ["T"]]), try row(3, ["muc-do": []]),
    ]
    func key(_ subject: CellKey.Subject) throws -> CellKey { try Self.key(subject, "phuong/quay-02", S.first) }
    #expect(
      try Self.counts(rows) == [
        try key(.ballots): 3, try key(.votes(question: "muc-do", choice: "K")): 1,
        try key(.votes(question: "muc-do", choice: "T")): 1, try key(.undervotes(question: "muc-do")): 1,
        try key(.votes(question: "ly-do", choice: "X")): 1, try key(.votes(question: "ly-do", choice: "Z")): 1,
      ])
  }

  @Test(arguments: [
    // More marks than sheets.
    ([6, 0], "phuong/quay-01 2025-07-31 muc-do: 6 + 0 of 5"), ([4, 0], "phuong/quay-01 2025-07-31 muc-do: 4 + 0 of 5"),
  ])
  func sheetsThatDoNotAddUpAreNotFinal(_ counts: [Int64], _ problem: String) throws {
    let rows = [try S.total(2, .choice("T"), counts[0], of: 5), try S.total(3, .blank, counts[1], of: 5)]
    #expect(throws: PaperRefusal.sums([problem])) { _ = try Self.counts(rows) }
  }
}
