/// Which indicators make up a score, and what it is called. Printed on the report beside every score it made: offices
/// have published two that differ.
public struct ScoreFormula: Hashable, Sendable {
  public var id: String
  public var title: LocalizedText
  /// Codes of the indicators whose means are added.
  public var indicators: [String]
  /// From the best to the worst; empty: the document names none.
  public var grades: [Grade]

  public init(id: String, title: LocalizedText, indicators: [String], grades: [Grade] = []) {
    self.id = id
    self.title = title
    self.indicators = indicators
    self.grades = grades
  }

  /// The grade of an exact score: 14.996 is below 15, though both are shown as 15.00.
  public func grade(of points: Rational) -> Grade? { grades.first { $0.from <= points } }
}

/// A score by a formula: the sum of its indicators' means.
public struct Score: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    public let indicator: String
    public let mean: Rational
    /// How many scores it is the mean of.
    public let total: UInt64
  }

  public let formula: String
  public let parts: [Part]
  /// The sum of the means; exact.
  public let points: Rational
  public let maximum: UInt64
  public let grade: Grade?
}

public enum ScoreOutcome: Hashable, Sendable {
  case score(Score)
  /// Nobody scored these indicators: without them there is no score, and 0 would be wrong.
  case noData(indicators: [String])
}

extension Rulebook {
  /// - Parameters:
  ///   - dossiers: per indicator, how many dossiers scored 0, 1, 2 …; dossiers that left it blank are in none.
  ///   - period: per indicator of the period, its one score. Give the office's own for its own assessment, the
  ///     appraiser's for the appraisal.
  /// - Throws: ``InvalidValue`` where a score is above the highest or the rulebook breaks its own rules.
  public func score(
    _ formula: ScoreFormula, dossiers: [String: LevelCounts], period: [String: UInt32]
  ) throws(InvalidValue) -> ScoreOutcome {
    var parts: [Score.Part] = []
    var missing: [String] = []
    var maximum: UInt64 = 0
    for code in formula.indicators {
      guard let indicator = indicators.first(where: { $0.code == code }) else {
        throw InvalidValue(field: "formula \(formula.id)", problem: "names \(code), which is no indicator")
      }
      maximum += UInt64(indicator.highest)
      switch indicator.source {
      case .dossier:
        guard let counts = dossiers[code], let mean = counts.mean(lowest: 0) else {
          missing.append(code)
          continue
        }
        guard counts.counts.dropFirst(Int(indicator.highest) + 1).allSatisfy({ $0 == 0 }) else {
          throw InvalidValue(field: "indicator \(code)", problem: "has a score above \(indicator.highest)")
        }
        parts.append(Score.Part(indicator: code, mean: mean, total: counts.total))
      case .period:
        guard let points = period[code] else {
          missing.append(code)
          continue
        }
        guard points <= indicator.highest else {
          throw InvalidValue(field: "indicator \(code)", problem: "has a score above \(indicator.highest)")
        }
        parts.append(Score.Part(indicator: code, mean: Rational(Int64(points)), total: 1))
      }
    }
    guard missing.isEmpty, !parts.isEmpty else { return .noData(indicators: missing) }
    let points = parts.reduce(.zero) { $0 + $1.mean }
    return .score(
      Score(formula: formula.id, parts: parts, points: points, maximum: maximum, grade: formula.grade(of: points)))
  }
}
