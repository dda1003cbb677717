import Polling
import Schema
import Testing

@testable import binhchon

/// Faults that reports of other systems have had, each with our figure beside it (features, §8).
@Suite struct FormTests {
  typealias Row = ReportInput.Row

  /// One unit's row with these counts of 0, 1 and 2.
  private static func row(_ unit: String, _ marks: [String: [UInt64]]) -> Row {
    var row = Row()
    row.keys = [unit]
    row.ballots = 10
    row.questions = marks.sorted { $0.key < $1.key }.map { code, counts in
      var question = Binhchon_V1_QuestionCount()
      question.question = code
      question.choices = counts.enumerated().map { mark, count in
        var choice = Binhchon_V1_ChoiceCount()
        (choice.choice, choice.count) = (String(mark), count)
        return choice
      }
      return question
    }
    return row
  }

  private static func report(
    _ form: ReportForm, _ row: Row, scores: SelfScores? = nil
  ) async throws -> ReportDocument {
    var input = try #require(try await Example.shared().inputs["2025-Q1"])
    input.units = [row]
    input.counters = [row]
    var builder = try ReportBuilder(input, rulebooks: [try Shipped.rulebook("nd-61-2018")], scores: scores)
    return try builder.document(form)
  }

  private static let ten: [String: [UInt64]] = [
    "1": [0, 1, 1], "2": [0, 1, 1], "3": [0, 0, 2], "4": [0, 1, 1], "6": [0, 1, 1], "7": [0, 0, 2],
  ]

  /// The portal asks `> 15`, then `< 15`, and 15.0 falls through to “Yếu”.
  @Test func fifteenIsExcellentOnTheForm() async throws {
    let unit = "hai-chau/thach-thang"
    let scores = SelfScores(
      period: "2025-Q1",
      entries: [unit: SelfScores.Entry(own: ["5": 2, "8": 1, "9": 2], appraised: ["5": 2, "8": 1, "9": 1])])
    let document = try await Self.report(.offices, Self.row(unit, Self.ten), scores: scores)
    let told = document.figures.filter { $0.name == .score && $0.unit == unit }
    #expect(told.map(\.value) == [.exact(Rational(15)), .exact(Rational(14))])
    #expect(told.map(\.word) == ["xuat-sac", "tot"])
    let cells = try #require(document.sections[0].table?.rows.first { $0[0].vi == "Phường Thạch Thang" })
    #expect(cells.suffix(4).map(\.vi) == ["15,00/18", "Xuất sắc", "14,00/18", "Tốt"])
  }

  /// What an office did not state is not 0, and there is no score without it.
  @Test func whatIsNotStatedIsNotZero() async throws {
    let unit = "hai-chau/thach-thang"
    for scores in [nil, SelfScores(period: "2025-Q1", entries: [unit: .init(own: ["5": 2, "8": 2], appraised: [:])])] {
      let document = try await Self.report(.offices, Self.row(unit, Self.ten), scores: scores)
      let told = document.figures.filter { $0.name == .score && $0.unit == unit }
      #expect(told.count == 2 && told.allSatisfy { $0.value == nil && $0.absence == .notStated })
      let cells = try #require(document.sections[0].table?.rows.first { $0[0].vi == "Phường Thạch Thang" })
      #expect(cells[cells.count - 4].vi.hasPrefix("chưa chấm") && cells[cells.count - 3].vi == "–")
    }
  }

  /// The header of the portal's form adds 1+2+3+4+7, its query 1+2+3+4+6+7: both are there, each by its name.
  @Test func bothFormulasForOfficersAndTheirNames() async throws {
    let unit = "hai-chau/thach-thang/quay-01"
    let document = try await Self.report(.officers, Self.row(unit, Self.ten))
    let table = try #require(document.sections[0].table)
    #expect(table.headings.suffix(2).map(\.vi) == ["1+2+3+4+7", "1+2+3+4+6+7"])
    let cells = try #require(table.rows.first { $0[0].vi == "Quầy 01, phường Thạch Thang" })
    #expect(cells.suffix(2).map(\.vi) == ["8,50/10", "10,00/12"])
    let items = document.figures.filter { $0.name == .score && $0.unit == unit }.map(\.item)
    #expect(items == ["nd-61-2018/can-bo-12347", "nd-61-2018/can-bo-123467"])
  }

  /// The portal's update writes `TraLoi7 = TraLoi7`: a correction of indicator 7 never arrives.
  @Test func aCorrectionOfIndicatorSevenIsOnTheForm() async throws {
    let unit = "hai-chau/thach-thang/quay-01"
    var marks = Self.ten
    marks["7"] = [2, 0, 0]
    let document = try await Self.report(.officers, Self.row(unit, marks))
    let told = document.figures.filter { $0.name == .score && $0.unit == unit }.map(\.value)
    #expect(told == [.exact(Rational("13/2") ?? .zero), .exact(Rational(8))])
  }

  /// The portal's quarter ends at its last day's first instant.
  @Test func theLastDayIsInTheQuarter() async throws {
    let example = try await Example.shared()
    let lastDay = example.bulletin.sum("", "", unit: "hai-chau", days: "2025-06-30"..<"2025-07-01")
    #expect(lastDay > 0)
    let quarter = try #require(example.inputs["2025-Q2"]).total.ballots
    #expect(quarter == example.bulletin.sum("", "", unit: "hai-chau", days: "2025-04-01"..<"2025-07-01"))
    let days = try #require(example.inputs["2025-06-25..2025-06-30"])
    #expect(days.spans.last?.name == "2025-06-30" && days.spans.last?.row?.ballots == lastDay)
  }

  /// OpenCPS divides by 0 and shows NaN; 100 less the others is its best level.
  @Test func noBallotsAreNoData() async throws {
    let input = try #require(try await Example.shared().inputs["2020"])
    for form in ReportForm.allCases {
      var builder = try ReportBuilder(input, rulebooks: [try Shipped.rulebook("nd-61-2018")])
      let document = try builder.document(form)
      for figure in document.figures {
        switch figure.value {
        case .count(let count): #expect(count == 0)
        case nil: #expect(figure.absence != nil)
        default: Issue.record("\(figure) was made of nothing")
        }
      }
      let text = ReportText.write(document, .vi)
      #expect(!text.contains("nan") && !text.contains("NaN") && !text.contains("0,00 %"))
      #expect(text.contains("chưa có dữ liệu") || form == .offices)
    }
  }

  @Test func whoHasTooFewIsNotRanked() async throws {
    let document = try await GoldenTests.document(.ranking, "2025-Q1").document
    let last = try #require(document.figures.first { $0.name == .rank && $0.unit == "hai-chau/hoa-cuong-nam" })
    #expect(last.value == nil && last.absence != nil)
    #expect(document.figures.count { $0.name == .rank && $0.value != nil } == 12)
  }

  @Test func rulesOutOfForceAreSaid() async throws {
    let (document, record) = try await GoldenTests.document(.summary, "2025-Q1", rulebooks: ["nd-118-2025"])
    #expect(document.facts.contains { $0.value.vi == "nd-118-2025 không có hiệu lực suốt kỳ này" })
    #expect(record.rulebooks.map(\.isInForce) == [false])
  }

  @Test(arguments: [
    ("2025-Q1", "2024-10-01", "2025-01-01"), ("2025", "2024-01-01", "2025-01-01"),
    ("2025-03", "2025-02-01", "2025-03-01"),
    ("2025-H1", "2024-07-01", "2025-01-01"), ("2025-9M", "2024-04-01", "2025-01-01"),
    ("2025-03-31", "2025-03-30", "2025-03-31"), ("2025-01-10..2025-01-19", "2024-12-31", "2025-01-10"),
  ])
  func whatAPeriodIsHeldAgainst(_ word: String, _ start: String, _ end: String) throws {
    let before = try #require(ReportPeriod(argument: word)).before
    #expect(before.start.description == start && before.end.description == end)
  }

  @Test(arguments: ["today", "2025-01-01..", "..2025-01-01", "2025-Q5", "", "2025-02-30"])
  func noPeriods(_ word: String) {
    #expect(ReportPeriod(argument: word) == nil)
  }

  @Test func wrongScoresAreToldWithTheirLines() {
    let text = "period: 2025-Q1\nunits:\n  - unit: a\n    own: {\"5\": x}\n  - unit: a\n    own: 7\n"
    let error = #expect(throws: ClientError.self) { try SelfScores.read(text, file: "f.yaml") }
    #expect(error?.why?.en.split(separator: "\n").count == 3, "\(error?.why?.en ?? "")")
    #expect(error?.why?.en.contains("f.yaml:4:") == true)
  }
}
