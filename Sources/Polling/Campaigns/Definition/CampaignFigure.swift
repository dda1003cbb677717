/// A number as a campaign knows it. A derived one is never kept as if somebody had stated it: it is worked out anew.
public enum Figure: Hashable, Sendable {
  case stated(Int64)
  case derived(Int64)
  /// Nobody said, and it cannot be worked out. Not 0.
  case unknown

  public var value: Int64? {
    switch self {
    case .stated(let value), .derived(let value): value
    case .unknown: nil
    }
  }
}

/// A figure that a campaign's papers give, by its name: `collectives`, `models`.
public struct CampaignFigure: Hashable, Sendable {
  public enum Origin: Hashable, Sendable {
    case stated(Int64)
    case sum(of: [String])
    case unknown
  }

  public var name: String
  public var origin: Origin

  public init(name: String, origin: Origin) {
    self.name = name
    self.origin = origin
  }

  var isSum: Bool { if case .sum = origin { true } else { false } }
}

/// A rule that figures keep: the parts add up to the whole. `collectives + individuals = models`
public struct FigureRule: Hashable, Sendable {
  public enum Outcome: Hashable, Sendable {
    case holds
    case broken(expected: Int64, actual: Int64)
    /// A figure is unknown.
    case open
  }

  public var parts: [String]
  public var whole: String

  public init(parts: [String], whole: String) {
    self.parts = parts
    self.whole = whole
  }

  /// - Parameter figures: those of the campaign's papers, or those counted in its nominations.
  public func check(_ figures: [String: Figure]) -> Outcome {
    guard let whole = figures.reading(whole).value, let sum = Figure.sum(parts.map(figures.reading)) else {
      return .open
    }
    return sum == whole ? .holds : .broken(expected: whole, actual: sum)
  }
}

extension Figure {
  /// Nil: one of them is unknown, or the sum fits no figure.
  static func sum(_ figures: [Figure]) -> Int64? {
    var sum: Int64 = 0
    for figure in figures {
      guard let value = figure.value else { return nil }
      let (next, overflow) = sum.addingReportingOverflow(value)
      if overflow { return nil }
      sum = next
    }
    return sum
  }
}

extension [String: Figure] {
  /// Only names are hashed: a peer's text may be made to take hours.
  fileprivate func reading(_ name: String) -> Figure { Name.isValid(name) ? self[name] ?? .unknown : .unknown }
}

extension Campaign {
  /// What the campaign's papers give, sums worked out. A sum of sums is unknown: every sum is of stated figures.
  public var readings: [String: Figure] {
    let figures = figures.filter { Name.isValid($0.name) }
    var readings: [String: Figure] = [:]
    for figure in figures {
      if case .stated(let value) = figure.origin { readings[figure.name] = .stated(value) }
    }
    let stated = readings
    for figure in figures {
      switch figure.origin {
      case .stated: break
      case .unknown: readings[figure.name] = .unknown
      case .sum(let parts):
        readings[figure.name] = Figure.sum(parts.map(stated.reading)).map(Figure.derived) ?? .unknown
      }
    }
    return readings
  }
}
