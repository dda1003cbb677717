import Polling
import Testing

@testable import binhchon

/// Every number of every form is what a recount by other means comes to.
@Suite struct RecountTests {
  private static let levels = ["RKHL", "KHL", "BT", "HL", "RHL"]

  @Test(arguments: ReportForm.allCases, ["2025-Q1", "2025"])
  func everyPublishedFigureIsThatOfTheRecount(_ form: ReportForm, _ period: String) async throws {
    let example = try await Example.shared()
    let input = try #require(example.inputs[period])
    let scores = try Shipped.scores()
    var builder = try ReportBuilder(
      input, rulebooks: [try Shipped.rulebook("nd-61-2018"), try Shipped.rulebook("nd-118-2025")], scores: scores)
    let figures = try builder.document(form).figures
    var counted = try Recounted(bulletin: example.bulletin, input: input, scores: scores)
    for figure in figures { try counted.check(figure, among: figures) }
    #expect(counted.problems.isEmpty, "\(counted.problems.joined(separator: "\n"))")
    #expect(figures.count >= 39)
  }

  /// Negative control: the same check finds one vote too many, one n too few, one share that is off.
  @Test func theCheckSeesWhatIsWrong() async throws {
    let example = try await Example.shared()
    let input = try #require(example.inputs["2025-Q1"])
    var counted = try Recounted(bulletin: example.bulletin, input: input, scores: try Shipped.scores())
    var builder = try ReportBuilder(input)
    let figures = try builder.document(.summary).figures
    var planted = 0
    for figure in figures {
      var wrong = figure
      switch figure.value {
      case .count(let count): wrong.value = .count(count + 1)
      case .share(let share, let count): wrong.value = .share(share, count: count + 1)
      case .exact(let value): wrong.value = .exact(value + (Rational("1/100000000") ?? .zero))
      case .estimate(let value): wrong.value = .estimate(value + 0.01)
      case nil: continue
      }
      planted += 1
      let before = counted.problems.count
      try counted.check(wrong, among: figures)
      #expect(counted.problems.count > before, "not seen: \(wrong)")
    }
    #expect(planted > 50)
  }
}

/// The formulas again, from the counts of the bulletin.
struct Recounted {
  /// What was found wrong.
  private(set) var problems: [String] = []

  let bulletin: Bulletin
  let input: ReportInput
  let scores: SelfScores
  private let days: Swift.Range<String>
  private let before: Swift.Range<String>

  init(bulletin: Bulletin, input: ReportInput, scores: SelfScores) throws {
    self.bulletin = bulletin
    self.input = input
    self.scores = scores
    let period = try #require(input.period)
    days = period.days.start.description..<period.days.end.description
    before = period.before.start.description..<period.before.end.description
  }

  private mutating func expect(_ holds: Bool, _ problem: @autoclosure () -> String = "a figure is another") {
    if !holds { problems.append(problem()) }
  }

  private func counts(_ question: String, _ unit: String, _ days: Swift.Range<String>? = nil) throws -> [UInt64] {
    let question = try #require(input.poll.questions.first { $0.id == question })
    return question.choices.map { bulletin.sum(question.id, $0.code, unit: unit, days: days ?? self.days) }
  }

  private func topTwo(_ counts: [UInt64]) -> (k: UInt64, n: UInt64) {
    (counts.suffix(2).reduce(0, +), counts.reduce(0, +))
  }

  private func mean(_ counts: [UInt64], from lowest: UInt64) -> Rational? {
    var sum: UInt64 = 0
    for (level, count) in counts.enumerated() { sum += count * (UInt64(level) + lowest) }
    return Rational(sum, over: counts.reduce(0, +))
  }

  mutating func check(_ figure: ReportFigure, among all: [ReportFigure]) throws {
    let ballots = bulletin.sum("", "", unit: figure.unit, days: days)
    func total(_ isMeant: (Bulletin.Line) -> Bool) -> UInt64 {
      bulletin.sum("", "", unit: figure.unit, days: days, where: isMeant)
    }
    func same(_ n: UInt64, _ value: ReportFigure.Value?) {
      expect(figure.n == n && figure.value == value, "\(figure) is \(n), \(String(describing: value))")
    }
    switch figure.name {
    case .ballots: same(ballots, .count(ballots))
    case .flagged: same(ballots, .count(total { !$0.isCounted }))
    case .bound: same(ballots, .count(total { $0.isCounted && $0.flags & 16 != 0 }))
    case .late: same(ballots, .count(total { $0.isCounted && $0.flags & 8 != 0 }))
    case .singleEntry: same(ballots, .count(total { $0.isCounted && $0.flags & 32 != 0 }))
    case .channel:
      let number = try #require(["kiosk", "counter", "qr", "web", "paper", "phone"].firstIndex(of: figure.item)) + 1
      let count = total { $0.isCounted && $0.channel == String(number) }
      guard case .share(let hundredths, count)? = figure.value else {
        expect(false, "\(figure) is \(count)")
        return
      }
      expect(figure.n == ballots && abs(Double(hundredths) / 10_000 - Double(count) / Double(ballots)) < 0.0001)
    case .choice:
      let names = figure.item.split(separator: "/").map(String.init)
      let counts = try counts(names[0], figure.unit)
      let count = bulletin.sum(names[0], names[1], unit: figure.unit, days: days)
      expect(figure.n == counts.reduce(0, +))
      switch figure.value {
      case .count(let told): expect(told == count)
      case .share(let hundredths, let told):
        expect(told == count && abs(Double(hundredths) / 10_000 - Double(count) / Double(figure.n ?? 0)) < 0.0001)
      default: expect(false, "\(figure) has no count")
      }
    case .leftBlank: same(ballots, .count(bulletin.sum(figure.item, "", unit: figure.unit, days: days)))
    case .topTwo:
      let (k, n) = topTwo(try counts(figure.item, figure.unit))
      same(n, Rational(k, over: n).map { .exact($0) })
    case .mean:
      let question = try #require(input.poll.questions.first { $0.id == figure.item })
      let counts = try counts(figure.item, figure.unit)
      same(counts.reduce(0, +), mean(counts, from: question.kind == .ordinal ? 1 : 0).map { .exact($0) })
    case .indicator: try checkIndicator(figure)
    case .score: try checkScore(figure)
    case .index:
      let (k, n) = topTwo(try counts("hai-long", figure.unit))
      let scale = Rational(figure.item.hasSuffix("qd-766-hai-long") ? 18 : 100)
      same(n, Rational(k, over: n).map { .exact($0 * scale) })
    case .trend:
      let (k, n) = topTwo(try counts(figure.item, figure.unit))
      let (k0, n0) = topTwo(try counts(figure.item, figure.unit, before))
      let pooled = Double(k + k0) / Double(n + n0)
      let spread = (pooled * (1 - pooled) * (1 / Double(n) + 1 / Double(n0))).squareRoot()
      guard case .estimate(let z)? = figure.value else {
        expect(false, "\(figure) has no z")
        return
      }
      expect(figure.n == n + n0 && abs(z - (Double(k) / Double(n) - Double(k0) / Double(n0)) / spread) < 1e-9)
    case .rank: try checkRank(figure, among: all)
    case .controlPoint, .cumulativeSum: try checkCourse(figure)
    case .nps: expect(false, "the example asks nothing from 0 to 10")
    }
  }

  private mutating func checkIndicator(_ figure: ReportFigure) throws {
    let names = figure.item.split(separator: "/").map(String.init)
    if names.count == 2 {
      let entry = scores.entries[figure.unit]
      let mark = (names[1] == "own" ? entry?.own : entry?.appraised)?[names[0]]
      expect(figure.value == mark.map { .count(UInt64($0)) } && (figure.absence == .notStated) == (mark == nil))
      return
    }
    let counts = try counts(figure.item, figure.unit)
    expect(figure.n == counts.reduce(0, +) && figure.value == mean(counts, from: 0).map { .exact($0) }, "\(figure)")
  }

  private mutating func checkScore(_ figure: ReportFigure) throws {
    let names = figure.item.split(separator: "/").map(String.init)
    let entry = scores.entries[figure.unit]
    let marks = names.last == "own" ? entry?.own : entry?.appraised
    let codes =
      switch names[1] {
      case "co-quan": ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
      case "can-bo-12347": ["1", "2", "3", "4", "7"]
      default: ["1", "2", "3", "4", "6", "7"]
      }
    var sum = Rational.zero
    for code in codes {
      let part =
        ["5", "8", "9"].contains(code)
        ? marks?[code].map { Rational(Int64($0)) } : mean(try counts(code, figure.unit), from: 0)
      guard let part else {
        expect(figure.value == nil && figure.absence != nil, "\(figure)")
        return
      }
      sum = sum + part
    }
    expect(figure.value == .exact(sum), "\(figure)")
    guard names[1] == "co-quan" else { return }
    let grades: [(Int64, String)] = [(15, "xuat-sac"), (12, "tot"), (9, "kha"), (6, "trung-binh"), (0, "yeu")]
    expect(figure.word == grades.first { Rational($0.0) <= sum }?.1)
  }

  private mutating func checkRank(_ figure: ReportFigure, among all: [ReportFigure]) throws {
    let shares = try all.filter { $0.name == .rank }.map { try topTwo(counts(figure.item, $0.unit)) }
    let (k, n) = topTwo(try counts(figure.item, figure.unit))
    expect(figure.n == n)
    guard n >= 30 else {
      expect(figure.value == nil && figure.absence == (n == 0 ? .noData : .tooFew))
      return
    }
    let better = shares.count { $0.n >= 30 && $0.k * n > k * $0.n }
    expect(figure.value == .count(UInt64(better + 1)), "\(figure)")
  }

  private mutating func checkCourse(_ figure: ReportFigure) throws {
    let baseline = topTwo(try counts("hai-long", figure.unit, before))
    let p = Double(baseline.k) / Double(baseline.n)
    func span(_ name: String) throws -> (k: UInt64, n: UInt64) {
      let period = try #require(ReportPeriod(argument: name) ?? week(name))
      let first = max(period.days.start.description, days.lowerBound)
      return topTwo(
        try counts("hai-long", figure.unit, first..<min(period.days.end.description, days.upperBound)))
    }
    if figure.name == .controlPoint {
      let (k, n) = try span(figure.item)
      expect(figure.n == n && figure.value == Rational(k, over: n).map { .exact($0) }, "\(figure)")
      return
    }
    var (fall, rise, total) = (0.0, 0.0, UInt64(0))
    for (name, _) in input.spans {
      let (k, n) = try span(name)
      guard n > 0 else { continue }
      let deviate = (Double(k) - Double(n) * p) / (Double(n) * p * (1 - p)).squareRoot()
      (fall, rise, total) = (max(0, fall - deviate - 0.5), max(0, rise + deviate - 0.5), total + n)
    }
    guard case .estimate(let sum)? = figure.value else {
      expect(false, "\(figure) has no sum")
      return
    }
    expect(figure.n == total && abs(sum - max(fall, rise)) < 1e-9)
  }

  /// `2025-W07`, by ISO 8601: the week with the year's first Thursday is the first.
  private func week(_ name: String) -> ReportPeriod? {
    let parts = name.split(separator: "-")
    guard parts.count == 2, let year = Int(parts[0]), let number = Int(parts[1].dropFirst()),
      let fourth = Day(year: year, month: 1, day: 4)
    else { return nil }
    let monday = fourth.advanced(by: (number - 1) * 7 - fourth.weekday)
    return ReportingPeriod(start: monday, end: monday.advanced(by: 7)).flatMap { ReportPeriod($0) }
  }
}
