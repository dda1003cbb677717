import Testing

@testable import Polling

/// Ballots taken away and put back: what two releases tell of one another without those between them.
struct PublicationCorrectionTests {
  /// Of two choices, one after the other.
  typealias Votes = (hl: Int64, khl: Int64)

  private static let question = "q"

  private static let today = Day(number: 19_800)

  /// - Parameter days: today's votes, yesterday's, and so on.
  private static func counts(_ days: [Votes], _ unit: UnitPath) -> DailyCounts {
    var cells: [DailyCounts.Cell: Int64] = [:]
    for (ago, votes) in days.enumerated() {
      func cell(_ subject: CellKey.Subject) -> DailyCounts.Cell {
        DailyCounts.Cell(unit: unit, day: today.advanced(by: -ago), subject: subject)
      }
      cells[cell(.ballots)] = votes.hl + votes.khl
      cells[cell(.votes(question: question, choice: "HL"))] = votes.hl
      cells[cell(.votes(question: question, choice: "KHL"))] = votes.khl
    }
    return DailyCounts(cells)
  }

  /// What is told of each release: n and both choices, `–` for what is left out; nil: there was none.
  private static func told(_ releases: [[Votes]]) throws -> [String?] {
    let unit = try UnitPath("a")
    let outline = Publication.Outline(units: [unit], questions: [question: false], codes: [question: ["HL", "KHL"]])
    let rule = try SuppressionRule(threshold: 5)
    var publication = Publication()
    return try releases.enumerated().map { number, votes in
      guard
        publication.release(
          counts(votes, unit), of: outline, by: rule, today: today, revision: UInt64(number + 1))
      else { return nil }
      let state = try #require(publication.last)
      let subjects: [CellKey.Subject] =
        [.ballots] + ["HL", "KHL"].map { .votes(question: question, choice: $0) }
      return subjects.map { subject in
        let place = PublicationState.Place(unit: unit, window: .total, subject: subject)
        return state.value(place).map { "\($0)" } ?? "–"
      }.joined(separator: " ")
    }
  }

  static let rows: [(releases: [Votes], told: [String?])] = [
    // 40 taken away and 41 put back are not 81 people, but may be one.
    ([(100, 0), (60, 0), (101, 0)], ["100 100 0", "60 60 0", nil]),
    ([(100, 0), (60, 0), (104, 0)], ["100 100 0", "60 60 0", nil]),
    ([(100, 0), (60, 0), (96, 0)], ["100 100 0", "60 60 0", nil]),
    ([(100, 0), (60, 0), (105, 0)], ["100 100 0", "60 60 0", "105 105 0"]),
    ([(100, 0), (60, 0), (95, 0)], ["100 100 0", "60 60 0", "95 95 0"]),
    ([(100, 0), (60, 0), (100, 0)], ["100 100 0", "60 60 0", "100 100 0"]),
    // Held back, until it is of enough people.
    ([(100, 0), (60, 0), (101, 0), (106, 0)], ["100 100 0", "60 60 0", nil, "106 106 0"]),
    // Not only the last two but one.
    ([(100, 0), (60, 0), (160, 0), (102, 0)], ["100 100 0", "60 60 0", "160 160 0", nil]),
    // Of one choice only: n is told.
    ([(50, 50), (10, 50), (51, 90)], ["100 50 50", "60 10 50", "141 – –"]),
    ([(50, 50), (10, 50), (55, 90)], ["100 50 50", "60 10 50", "145 55 90"]),
    // Who only changed their choices did not come, so that nobody of them is who goes.
    ([(50, 50), (30, 70), (30, 29)], ["100 50 50", "100 30 70", "59 30 29"]),
    // Nothing was taken away: each is of people of its own.
    ([(100, 0), (140, 0), (181, 0)], ["100 100 0", "140 140 0", "181 181 0"]),
  ]

  @Test(arguments: rows.indices) func whatIsToldOfCorrections(_ row: Int) throws {
    #expect(try Self.told(Self.rows[row].releases.map { [$0] }) == Self.rows[row].told)
  }

  /// With others who came between, on another day: who subtracts them knows how many of the first day came back, or went.
  static let apart: [(days: [[Int64]], last: String?)] = [
    ([[100], [60], [60, 100], [101, 100]], nil), ([[100], [60], [60, 100], [96, 100]], nil),
    ([[100], [60], [60, 100], [105, 100]], "205 205 0"), ([[100], [60], [60, 100], [95, 100]], "195 195 0"),
    ([[100], [60], [60, 100], [100, 100]], "200 200 0"),
    ([[60], [100], [100, 100], [59, 100]], nil), ([[60], [100], [100, 100], [64, 100]], nil),
    ([[60], [100], [100, 100], [55, 100]], "155 155 0"), ([[60], [100], [100, 100], [65, 100]], "165 165 0"),
    // In two parts, of which the last one's 20 are all.
    ([[100], [80], [60, 100], [101, 100]], nil), ([[100], [80], [60, 100], [81, 100]], nil),
    ([[100], [80], [60, 100], [85, 100]], "185 185 0"),
  ]

  @Test(arguments: apart.indices) func whatIsToldOfCorrectionsWithOthersBetween(_ row: Int) throws {
    let (days, last) = Self.apart[row]
    let told = try Self.told(days.map { $0.map { (hl: $0, khl: 0) } })
    #expect(told.prefix(3).allSatisfy { $0 != nil })
    #expect(told.last == .some(last))
  }
}
