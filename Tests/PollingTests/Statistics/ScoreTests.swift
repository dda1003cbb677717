import Testing

@testable import Polling

/// NĐ 61/2018: nine indicators of 0, 1 or 2, of which 1, 2, 3, 4, 6 and 7 come from dossiers.
struct ScoreTests {
  private static let grades = [
    ("XS", "15"), ("T", "12"), ("K", "9"), ("TB", "6"), ("Y", "0"),
  ].map { code, from in
    Grade(code: code, label: LocalizedText(vi: code, en: code), from: Rational(from) ?? .zero)
  }

  private static func formula(_ id: String, _ indicators: [String], grades: [Grade] = []) -> ScoreFormula {
    ScoreFormula(id: id, title: LocalizedText(vi: id, en: id), indicators: indicators, grades: grades)
  }

  private static let agency = formula("agency", (1...9).map(String.init), grades: grades)
  private static let byHeader = formula("officer-header", ["1", "2", "3", "4", "7"])
  private static let byQuery = formula("officer-query", ["1", "2", "3", "4", "6", "7"])

  private static func rulebook() throws -> Rulebook {
    Rulebook(
      id: "nd-61-2018", title: LocalizedText(vi: "NĐ 61", en: "Decree 61"), legalBasis: "NĐ 61/2018/NĐ-CP",
      effectiveFrom: try #require(Day(year: 2018, month: 6, day: 21)),
      effectiveTo: Day(year: 2025, month: 7, day: 1),
      indicators: (1...9).map { number in
        Indicator(
          code: String(number), title: LocalizedText(vi: "", en: ""),
          source: [5, 8, 9].contains(number) ? .period : .dossier)
      },
      formulas: [agency, byHeader, byQuery])
  }

  private static func score(
    _ formula: ScoreFormula, _ dossiers: [String: [UInt64]], _ period: [String: UInt32]
  ) throws -> ScoreOutcome {
    try rulebook().score(formula, dossiers: dossiers.compactMapValues { LevelCounts($0) }, period: period)
  }

  private static func points(_ outcome: ScoreOutcome) throws -> Score {
    guard case .score(let score) = outcome else {
      Issue.record("no score: \(outcome)")
      throw InvalidValue(field: "score", problem: "is missing")
    }
    return score
  }

  /// features: grades from 15, 12, 9 and 6. The portal asks `> 15` and then `< 15`, and 15.0 falls through to the worst.
  @Test(arguments: [
    ("18", "XS"), ("15.01", "XS"), ("15", "XS"), ("14.99", "T"), ("12", "T"), ("11.99", "K"), ("9", "K"),
    ("8.99", "TB"), ("6", "TB"), ("5.99", "Y"), ("0", "Y"),
    // Exact, though shown as 15.00.
    ("14.996", "T"),
  ])
  func gradesBegin(_ points: String, _ grade: String) throws {
    #expect(Self.agency.grade(of: try known(Rational(points)))?.code == grade)
  }

  /// 15.0 as it comes about: the mean of two dossiers of 11 and 9 points, and 5 points of the period.
  @Test func exactlyFifteenIsExcellent() throws {
    let dossiers: [String: [UInt64]] = [
      "1": [0, 1, 1], "2": [0, 0, 2], "3": [0, 0, 2], "4": [0, 1, 1], "6": [0, 1, 1], "7": [0, 1, 1],
    ]
    let score = try Self.points(Self.score(Self.agency, dossiers, ["5": 2, "8": 2, "9": 1]))
    #expect(score.points == Rational(15))
    #expect(score.maximum == 18)
    #expect(score.grade?.code == "XS")
    #expect(score.parts.map(\.total) == [2, 2, 2, 2, 1, 2, 2, 1, 1])
  }

  /// Means with thirds and sevenths that add up to exactly 15; doubles miss it.
  @Test func exactWhereDoublesAreNot() throws {
    let dossiers: [String: [UInt64]] = [
      "1": [1, 0, 2], "2": [0, 1, 2], "3": [0, 0, 3], "4": [0, 0, 7], "6": [1, 0, 6], "7": [0, 5, 2],
    ]
    // 4/3 + 5/3 + 2 + 2 + 12/7 + 9/7 = 10
    let score = try Self.points(Self.score(Self.agency, dossiers, ["5": 2, "8": 2, "9": 1]))
    #expect(score.points == Rational(15) && score.grade?.code == "XS")
  }

  /// The header of the portal's form adds five columns, its query six: both are formulas, and each says which it is.
  @Test func bothFormulasForOfficers() throws {
    let dossiers: [String: [UInt64]] = [
      "1": [0, 0, 4], "2": [0, 4, 0], "3": [1, 2, 1], "4": [0, 0, 4], "6": [0, 1, 3], "7": [4, 0, 0],
    ]
    let header = try Self.points(Self.score(Self.byHeader, dossiers, [:]))
    #expect((header.points, header.maximum, header.formula) == (Rational(6), 10, "officer-header"))
    let query = try Self.points(Self.score(Self.byQuery, dossiers, [:]))
    #expect((query.points, query.maximum) == (try known(Rational("7.75")), 12))
    #expect(header.grade == nil)
  }

  /// The office's own score and the appraiser's are two scores from the same dossiers.
  @Test func selfScoreAndAppraisal() throws {
    let dossiers = Dictionary(
      uniqueKeysWithValues: ["1", "2", "3", "4", "6", "7"].map { ($0, [0, 1, 3] as [UInt64]) })
    let own = try Self.points(Self.score(Self.agency, dossiers, ["5": 2, "8": 2, "9": 2]))
    let appraised = try Self.points(Self.score(Self.agency, dossiers, ["5": 1, "8": 2, "9": 0]))
    #expect(own.points - appraised.points == Rational(3))
    #expect((own.grade?.code, appraised.grade?.code) == ("XS", "T"))
  }

  /// The portal's update loses every correction of indicator 7; here a correction is another count.
  @Test func aCorrectionOfIndicatorSevenCounts() throws {
    var dossiers = Dictionary(uniqueKeysWithValues: Self.byQuery.indicators.map { ($0, [0, 0, 1] as [UInt64]) })
    #expect(try Self.points(Self.score(Self.byQuery, dossiers, [:])).points == Rational(12))
    dossiers["7"] = [1, 0, 0]
    #expect(try Self.points(Self.score(Self.byQuery, dossiers, [:])).points == Rational(10))
  }

  @Test func whatNobodyScoredIsNoData() throws {
    let six = ["1", "2", "3", "4", "6", "7"]
    let dossiers = Dictionary(uniqueKeysWithValues: six.map { ($0, [0, 0, 1] as [UInt64]) })
    #expect(try Self.score(Self.agency, dossiers, ["5": 2, "8": 2]) == .noData(indicators: ["9"]))
    #expect(try Self.score(Self.byQuery, [:], [:]) == .noData(indicators: six))
    var blank = dossiers
    blank["3"] = [0, 0, 0]
    #expect(try Self.score(Self.byQuery, blank, [:]) == .noData(indicators: ["3"]))
  }

  @Test func scoresThatDoNotExist() throws {
    let dossiers = Dictionary(uniqueKeysWithValues: Self.byQuery.indicators.map { ($0, [0, 0, 1] as [UInt64]) })
    #expect(throws: InvalidValue.self) { try Self.score(Self.agency, dossiers, ["5": 3, "8": 2, "9": 2]) }
    var high = dossiers
    high["2"] = [0, 0, 1, 1]
    #expect(throws: InvalidValue.self) { try Self.score(Self.byQuery, high, [:]) }
    #expect(throws: InvalidValue.self) { try Self.score(Self.formula("x", ["10"]), dossiers, [:]) }
  }

  @Test func inForceByDate() throws {
    var later = try Self.rulebook()
    later.id = "nd-118-2025"
    later.effectiveFrom = try #require(Day(year: 2025, month: 7, day: 1))
    later.effectiveTo = nil
    let books = [try Self.rulebook(), later]
    func ids(_ year: Int, _ month: Int, _ day: Int) throws -> [String] {
      books.inForce(on: try #require(Day(year: year, month: month, day: day))).map(\.id)
    }
    #expect(try ids(2018, 6, 20) == [])
    #expect(try ids(2018, 6, 21) == ["nd-61-2018"])
    #expect(try ids(2025, 6, 30) == ["nd-61-2018"])
    #expect(try ids(2025, 7, 1) == ["nd-118-2025"])
  }

  @Test func brokenRulebooks() throws {
    func fields(_ change: (inout Rulebook) -> Void) throws -> [String] {
      var book = try Self.rulebook()
      change(&book)
      return book.violations().map(\.field)
    }
    let criterion = SatisfactionIndex.Criterion(question: "a")
    let index = SatisfactionIndex(
      id: "i", title: LocalizedText(vi: "", en: ""), satisfied: ["HL"], criteria: [criterion])
    #expect(try fields { $0.indices = [index] } == [])
    #expect(try fields { $0.id = "" } == ["id"])
    #expect(try fields { $0.effectiveTo = $0.effectiveFrom } == ["effective-to"])
    #expect(try fields { $0.indicators.append($0.indicators[0]) } == ["indicators"])
    #expect(try fields { $0.indicators[0].highest = 0 } == ["indicators[0].highest"])
    #expect(try fields { $0.formulas[1].id = "agency" } == ["formulas"])
    #expect(try fields { $0.formulas[0].indicators.append("10") } == ["formulas[0].indicators"])
    #expect(try fields { $0.formulas[0].indicators = [] } == ["formulas[0].indicators"])
    #expect(try fields { $0.formulas[0].indicators.append("9") } == ["formulas[0].indicators"])
    #expect(try fields { $0.formulas[0].grades.swapAt(0, 1) } == ["formulas[0].grades"])
    #expect(try fields { $0.formulas[0].grades.removeLast() } == ["formulas[0].grades"])
    func indexFields(_ change: (inout SatisfactionIndex) -> Void) throws -> [String] {
      var changed = index
      change(&changed)
      return try fields { $0.indices = [changed] }
    }
    #expect(try indexFields { $0.satisfied = [] } == ["indices[0].satisfied"])
    #expect(try indexFields { $0.criteria = [] } == ["indices[0].criteria"])
    #expect(try indexFields { $0.criteria.append(criterion) } == ["indices[0].criteria"])
    #expect(
      try indexFields { $0.criteria.append(.init(question: "b", weight: Rational(1))) } == ["indices[0].criteria"])
    #expect(try indexFields { $0.criteria[0].weight = Rational(-1) } == ["indices[0].criteria"])
  }
}

struct SatisfactionIndexTests {
  private static func index(_ weights: [Int64?], scale: Int64 = 100) -> SatisfactionIndex {
    SatisfactionIndex(
      id: "sipas", title: LocalizedText(vi: "", en: ""), satisfied: ["HL", "RHL"],
      criteria: weights.enumerated().map { place, weight in
        SatisfactionIndex.Criterion(question: "q\(place + 1)", weight: weight.map { Rational($0) })
      }, scale: Rational(scale))
  }

  private static func answers(_ satisfied: [UInt64], of total: [UInt64]) -> [String: [String: UInt64]] {
    var answers: [String: [String: UInt64]] = [:]
    for place in satisfied.indices {
      answers["q\(place + 1)"] = [
        "RHL": satisfied[place] / 2, "HL": satisfied[place] - satisfied[place] / 2,
        "BT": total[place] - satisfied[place],
      ]
    }
    return answers
  }

  private static func value(_ outcome: SatisfactionIndex.Outcome) throws -> SatisfactionIndex.Value {
    guard case .value(let value) = outcome else {
      Issue.record("no value: \(outcome)")
      throw InvalidValue(field: "index", problem: "is missing")
    }
    return value
  }

  /// features: 50 sheets × 5 criteria, 215 of 250 in the top two: 86.00 %.
  @Test func fiftySheets() throws {
    let answers = Self.answers([50, 45, 40, 43, 37], of: [50, 50, 50, 50, 50])
    let value = try Self.value(Self.index([nil, nil, nil, nil, nil]).evaluate(answers))
    #expect((value.answers.count, value.answers.total) == (215, 250))
    #expect(value.points.roundedHalfUp(places: 2) == 8_600)
    #expect(value.share == Rational(43, over: 50))
    // Of the 18 points of QĐ 766: 15.48.
    let points = try Self.value(Self.index([nil, nil, nil, nil, nil], scale: 18).evaluate(answers)).points
    #expect(points.roundedHalfUp(places: 2) == 1_548)
  }

  /// Blanks leave numerator and denominator: ten blank answers make it 215 of 240, not 215 of 250.
  @Test func blanks() throws {
    let value = try Self.value(
      Self.index([nil, nil, nil, nil, nil]).evaluate(Self.answers([50, 45, 40, 43, 37], of: [50, 50, 40, 50, 50])))
    #expect(value.answers.total == 240)
    #expect(value.points.roundedHalfUp(places: 2) == 8_958)
  }

  @Test func weights() throws {
    let answers = Self.answers([1, 3], of: [2, 3])
    // (3 × ½ + 1 × 1) / 4
    #expect(try Self.value(Self.index([3, 1]).evaluate(answers)).share == Rational(5, over: 8))
    // Unweighted they are one heap.
    #expect(try Self.value(Self.index([nil, nil]).evaluate(answers)).share == Rational(4, over: 5))
  }

  @Test func noData() throws {
    #expect(Self.index([nil, nil]).evaluate([:]) == .noData(questions: ["q1", "q2"]))
    let half = Self.answers([1, 0], of: [2, 0])
    #expect(try Self.value(Self.index([nil, nil]).evaluate(half)).share == Rational(1, over: 2))
    #expect(Self.index([1, 1]).evaluate(half) == .noData(questions: ["q2"]))
    #expect(Self.index([nil]).evaluate(["q1": ["HL": .max, "BT": 1]]) == .noData(questions: ["q1"]))
  }
}
