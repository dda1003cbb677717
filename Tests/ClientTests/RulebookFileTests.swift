import Foundation
import Polling
import Testing

@testable import binhchon

@Suite struct RulebookFileTests {
  private static func shipped(_ name: String) throws -> Rulebook {
    let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../rulebooks").standardized
    let text = try String(contentsOf: folder.appendingPathComponent("\(name).yaml"), encoding: .utf8)
    return try RulebookFile.read(text, file: name)
  }

  @Test(arguments: ["nd-61-2018", "nd-118-2025", "sipas-qd-1001-2023"])
  func shippedOnesCanBeUsed(_ name: String) throws {
    let rulebook = try Self.shipped(name)
    #expect(rulebook.id == name)
    #expect(rulebook.reservation?.vi.isEmpty == false && rulebook.reservation?.en.isEmpty == false)
  }

  @Test func theLawByDate() throws {
    let books = try ["nd-61-2018", "nd-118-2025", "sipas-qd-1001-2023"].map { try Self.shipped($0) }
    func ids(_ day: String) throws -> [String] {
      books.inForce(on: try #require(Day(iso: day))).map(\.id)
    }
    #expect(try ids("2018-06-20") == [])
    #expect(try ids("2022-12-31") == ["nd-61-2018"])
    // Side by side.
    #expect(try ids("2025-06-30") == ["nd-61-2018", "sipas-qd-1001-2023"])
    #expect(try ids("2025-07-01") == ["nd-118-2025", "sipas-qd-1001-2023"])
    #expect(try ids("2027-01-01") == ["nd-118-2025"])
  }

  /// 15.0 of 18 by the shipped file, and both formulas for officers from the same answers.
  @Test func scoresByTheShippedFile() throws {
    let rulebook = try Self.shipped("nd-61-2018")
    let ten = ["1": [0, 1, 1], "2": [0, 1, 1], "3": [0, 0, 2], "4": [0, 1, 1], "6": [0, 1, 1], "7": [0, 0, 2]]
      .compactMapValues { (counts: [UInt64]) in LevelCounts(counts) }
    func score(_ place: Int) throws -> Score {
      let outcome = try rulebook.score(rulebook.formulas[place], dossiers: ten, period: ["5": 2, "8": 1, "9": 2])
      guard case .score(let score) = outcome else {
        Issue.record("no score: \(outcome)")
        throw InvalidValue(field: "score", problem: "is missing")
      }
      return score
    }
    #expect(rulebook.formulas.map(\.id) == ["co-quan", "can-bo-12347", "can-bo-123467"])
    let office = try score(0)
    #expect((office.points, office.maximum, office.grade?.label.vi) == (Rational(15), 18, "Xuất sắc"))
    #expect(try score(1).points.roundedHalfUp(places: 1) == 85)
    #expect(try score(2).points == Rational(10))
  }

  /// The shipped survey asks for the criteria of the shipped rules, with their levels, on a kiosk one after the other.
  @Test func theShippedSurveyHasTheCriteria() throws {
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../examples/sipas.yaml").standardized
    let poll = try PollFile.read(try String(contentsOf: file, encoding: .utf8), file: "sipas.yaml")
    #expect(poll.violations() == [] && poll.hasOptions)
    let index = try #require(try Self.shipped("sipas-qd-1001-2023").indices.first)
    #expect(poll.questions.map(\.id) == index.criteria.map(\.question))
    for question in poll.questions {
      #expect(index.satisfied.allSatisfy(Set(question.choices.map(\.code)).contains))
    }
    #expect([poll.questions[0].id] + poll.kiosk.questions == poll.questions.map(\.id))
  }

  @Test func indicesByTheShippedFiles() throws {
    let sipas = try #require(try Self.shipped("sipas-qd-1001-2023").indices.first)
    let satisfied = zip(sipas.criteria, [50, 45, 40, 43, 37] as [UInt64])
    let answers = Dictionary(
      uniqueKeysWithValues: satisfied.map { ($0.question, ["HL": $1, "KHL": 50 - $1]) })
    guard case .value(let value) = sipas.evaluate(answers) else {
      Issue.record("no value")
      return
    }
    #expect(Figures(language: .vi).decimal(value.points) == "86,00")
    let group = try #require(try Self.shipped("nd-118-2025").indices.last)
    guard case .value(let points) = group.evaluate(["hai-long": ["RHL": 43, "BT": 7]]) else {
      Issue.record("no value")
      return
    }
    #expect(Figures(language: .en).decimal(points.points) == "15.48")
  }

  @Test func mistakesAreToldWithTheirLines() throws {
    let text = """
      id: x
      title: {vi: X}
      legal-basis: Y
      effective-from: 2025-7-1
      effective-until: 2026-01-01
      indicators:
        - {code: "1", title: {vi: T}, source: nowhere, highest: two}
      formulas:
        - id: f
          title: {vi: F}
          indicators: ["1"]
          grades:
            - {code: g, label: {vi: G}, from: "1e3"}
            - {code: h, label: {vi: H}, from: "0.\(String(repeating: "0", count: 1_000_000))"}
      """
    let error = #expect(throws: ClientError.self) { try RulebookFile.read(text, file: "f.yaml") }
    let told = try #require(error?.lines(.en).joined(separator: "\n"))
    for place in ["f.yaml:4:", "f.yaml:5:", "f.yaml:7:", "f.yaml:13:", "f.yaml:14:"] {
      #expect(told.contains(place), "\(told)")
    }
    let unordered = """
      id: x
      title: {vi: X}
      legal-basis: Y
      effective-from: 2025-07-01
      indicators:
        - {code: "1", title: {vi: T}, source: dossier, highest: 2}
      formulas:
        - id: f
          title: {vi: F}
          indicators: ["2"]
      """
    let second = #expect(throws: ClientError.self) { try RulebookFile.read(unordered, file: "f.yaml") }
    #expect(second?.lines(.en).joined().contains("which is no indicator") == true)
  }

  @Test(arguments: ["2025-7-01", "2025-02-30", "+025-01-01", "2025-07-01T00:00", "", "20250701", "2023-1-031"])
  func notADay(_ text: String) {
    #expect(Day(iso: text) == nil)
  }
}
