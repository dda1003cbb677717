/// The share of satisfied answers over several criteria, as SIPAS asks it.
public struct SatisfactionIndex: Hashable, Sendable {
  public struct Criterion: Hashable, Sendable {
    /// The id of the question that asks it.
    public var question: String
    /// Nil, as in all others then: every answer weighs the same.
    public var weight: Rational?

    public init(question: String, weight: Rational? = nil) {
      self.question = question
      self.weight = weight
    }
  }

  public struct Value: Hashable, Sendable {
    /// From 0 to 1; exact.
    public let share: Rational
    /// The share times the index's scale: what is printed.
    public let points: Rational
    /// Satisfied answers and all answers, blanks in neither: n, and what an interval is made of.
    public let answers: Proportion
  }

  public enum Outcome: Hashable, Sendable {
    case value(Value)
    /// Nobody answered these criteria.
    case noData(questions: [String])
  }

  public var id: String
  public var title: LocalizedText
  /// Codes of the choices that count as satisfied.
  public var satisfied: [String]
  public var criteria: [Criterion]
  /// What 100 % is printed as: 100 for a percentage, 18 for the group of QĐ 766/QĐ-TTg.
  public var scale: Rational

  public init(
    id: String, title: LocalizedText, satisfied: [String], criteria: [Criterion], scale: Rational = Rational(100)
  ) {
    self.id = id
    self.title = title
    self.satisfied = satisfied
    self.criteria = criteria
    self.scale = scale
  }

  /// Without weights all answers are one heap: satisfied ones over all. With weights the criteria's shares are averaged, and
  /// none of them may lack data: leaving it out would change the weights of the others.
  ///
  /// - Parameter answers: per question, how often each choice was taken. Blanks are no choice.
  public func evaluate(_ answers: [String: [String: UInt64]]) -> Outcome {
    var found: [(weight: Rational?, answers: Proportion)] = []
    var missing: [String] = []
    for criterion in criteria {
      let counts = answers[criterion.question] ?? [:]
      let satisfied = counts.filter { self.satisfied.contains($0.key) }
      if let total = LevelCounts(Array(counts.values))?.total,
        let proportion = Proportion(satisfied.values.reduce(0, +), of: total)
      {
        found.append((criterion.weight, proportion))
      } else {
        missing.append(criterion.question)
      }
    }
    guard let total = LevelCounts(found.map(\.answers.total))?.total,
      let all = Proportion(found.reduce(0) { $0 + $1.answers.count }, of: total)
    else { return .noData(questions: missing) }
    var share = all.share
    let weights = found.compactMap(\.weight)
    if !weights.isEmpty {
      let weighted = found.reduce(Rational.zero) { $0 + ($1.weight ?? .zero) * $1.answers.share }
      guard missing.isEmpty, let mean = weighted / weights.reduce(.zero, +) else {
        return .noData(questions: missing)
      }
      share = mean
    }
    return .value(Value(share: share, points: share * scale, answers: all))
  }
}
