/// What a legal document says about scores and indices, as data: a change of law is a new file, not a new program.
/// Several may be in force on one day; each is computed from the same answers, side by side.
public struct Rulebook: Hashable, Sendable {
  /// For example `nd-61-2018`. Two of one name must not be in force on the same day.
  public var id: String
  public var title: LocalizedText
  /// The document, as it is cited.
  public var legalBasis: String
  /// The first day it applies.
  public var effectiveFrom: Day
  /// The first day it no longer applies. Nil: until further notice.
  public var effectiveTo: Day?
  /// What in this file was not checked against the document itself; printed on the report.
  public var reservation: LocalizedText?
  public var indicators: [Indicator]
  public var formulas: [ScoreFormula]
  public var indices: [SatisfactionIndex]

  public init(
    id: String, title: LocalizedText, legalBasis: String, effectiveFrom: Day, effectiveTo: Day? = nil,
    reservation: LocalizedText? = nil, indicators: [Indicator] = [], formulas: [ScoreFormula] = [],
    indices: [SatisfactionIndex] = []
  ) {
    self.id = id
    self.title = title
    self.legalBasis = legalBasis
    self.effectiveFrom = effectiveFrom
    self.effectiveTo = effectiveTo
    self.reservation = reservation
    self.indicators = indicators
    self.formulas = formulas
    self.indices = indices
  }

  public func isInForce(on day: Day) -> Bool {
    effectiveFrom <= day && (effectiveTo.map { day < $0 } ?? true)
  }

  /// Everything wrong with it, each with its field; empty: it can be used.
  public func violations() -> [Violation] {
    var found: [Violation] = []
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation(field, problem)) }
    }
    check(Name.isValid(id), "id", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")
    check(effectiveTo.map { effectiveFrom < $0 } ?? true, "effective-to", "is not after effective-from")
    let codes = Set(indicators.map(\.code))
    check(codes.count == indicators.count, "indicators", "name one code twice")
    for (place, indicator) in indicators.enumerated() {
      check(indicator.highest > 0, "indicators[\(place)].highest", "must be at least 1")
    }
    check(
      Set(formulas.map(\.id) + indices.map(\.id)).count == formulas.count + indices.count, "formulas", "share an id")
    for (place, formula) in formulas.enumerated() {
      let field = "formulas[\(place)]"
      check(!formula.indicators.isEmpty, "\(field).indicators", "are missing")
      check(Set(formula.indicators).count == formula.indicators.count, "\(field).indicators", "name one twice")
      for code in formula.indicators where !codes.contains(code) {
        found.append(Violation("\(field).indicators", "name \(code), which is no indicator"))
      }
      for (better, worse) in zip(formula.grades, formula.grades.dropFirst()) {
        check(better.from > worse.from, "\(field).grades", "are not ordered from the best to the worst")
      }
      if let worst = formula.grades.last {
        check(worst.from == .zero, "\(field).grades", "leave scores without a grade: the worst one must be from 0")
      }
    }
    for (place, index) in indices.enumerated() {
      let field = "indices[\(place)]"
      check(!index.satisfied.isEmpty, "\(field).satisfied", "names no choice")
      check(!index.criteria.isEmpty, "\(field).criteria", "are missing")
      check(Set(index.criteria.map(\.question)).count == index.criteria.count, "\(field).criteria", "name one twice")
      let weights = index.criteria.compactMap(\.weight)
      check(
        weights.isEmpty || weights.count == index.criteria.count, "\(field).criteria", "must all have weights or none")
      check(weights.allSatisfy { $0 > .zero }, "\(field).criteria", "must have weights above 0")
    }
    return found
  }
}

/// One thing that is scored 0, 1 or 2.
public struct Indicator: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// Once per dossier.
    case dossier
    /// Once per period, by the office itself, and again by whoever appraises it.
    case period
  }

  public var code: String
  public var title: LocalizedText
  public var source: Source
  /// The best score; the worst is 0.
  public var highest: UInt32

  public init(code: String, title: LocalizedText, source: Source, highest: UInt32 = 2) {
    self.code = code
    self.title = title
    self.source = source
    self.highest = highest
  }
}

public struct Grade: Hashable, Sendable {
  public var code: String
  public var label: LocalizedText
  /// The lowest score that still has it: 15 is “from 15”.
  public var from: Rational

  public init(code: String, label: LocalizedText, from: Rational) {
    self.code = code
    self.label = label
    self.from = from
  }
}

extension Sequence<Rulebook> {
  /// Those that apply on a day, in the order given.
  public func inForce(on day: Day) -> [Rulebook] { filter { $0.isInForce(on: day) } }
}
