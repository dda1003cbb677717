internal import Polling

/// One number of a report, with what it rests on, for programs. JSON and CSV hold these and nothing else.
struct ReportFigure: Sendable, Equatable {
  enum Name: String, Encodable {
    case ballots, flagged, bound, late
    case singleEntry = "single_entry"
    case channel, choice
    case leftBlank = "left_blank"
    case topTwo = "top_two"
    case mean, nps, index, indicator, score, trend, rank
    case controlPoint = "control_point"
    case cumulativeSum = "cumulative_sum"
  }

  enum Value: Sendable, Equatable {
    case count(UInt64)
    /// Hundredths of a percent that add up to 100 % with their neighbours: the count beside them is what is exact.
    case share(UInt64, count: UInt64)
    case exact(Rational)
    /// For which there is no exact value.
    case estimate(Double)
  }

  /// Why there is no value. Never 0.
  enum Absence: String, Sendable {
    case noData = "no_data"
    case tooFew = "too_few"
    case notStated = "not_stated"
    /// Left out of what is published.
    case suppressed
  }

  var name: Name
  /// Of this unit with all below it.
  var unit: String
  /// A question, a choice of it, a channel, an indicator, a formula, a span of days.
  var item = ""
  /// How many answers it rests on; nil: that is left out of what is published.
  var n: UInt64?
  var value: Value?
  var interval: Interval?
  var possibleRanks: ClosedRange<Int>?
  /// A grade, a verdict.
  var word: String?
  var absence: Absence?
}

extension ReportFigure: Encodable {
  private enum Key: String, CodingKey {
    case figure, unit, item, n, count, value, numerator, denominator, lower, upper, ranks, word, absent
  }

  func encode(to encoder: any Encoder) throws {
    var record = encoder.container(keyedBy: Key.self)
    try record.encode(name.rawValue, forKey: .figure)
    try record.encode(unit, forKey: .unit)
    if !item.isEmpty { try record.encode(item, forKey: .item) }
    try record.encodeIfPresent(n, forKey: .n)
    switch value {
    case .count(let count): try record.encode(count, forKey: .count)
    case .share(_, let count): try record.encode(count, forKey: .count)
    case .exact(let value):
      try record.encode(value.numerator, forKey: .numerator)
      try record.encode(value.denominator, forKey: .denominator)
    case .estimate, nil: break
    }
    try record.encodeIfPresent(shown, forKey: .value)
    try record.encodeIfPresent(lower, forKey: .lower)
    try record.encodeIfPresent(upper, forKey: .upper)
    try record.encodeIfPresent(ranks, forKey: .ranks)
    try record.encodeIfPresent(word, forKey: .word)
    try record.encodeIfPresent(absence?.rawValue, forKey: .absent)
  }

  /// With a point and without a locale: a count, or a number of six places; a share is one of 1.
  var shown: String? {
    switch value {
    case .count(let count): String(count)
    case .share(let hundredths, _): Self.decimal(Int64(clamping: hundredths), places: 4)
    case .exact(let value): value.roundedHalfUp(places: 6).map { Self.decimal($0, places: 6) }
    case .estimate(let value): Self.decimal(value)
    case nil: nil
    }
  }

  var lower: String? { interval.flatMap { Self.decimal($0.lower) } }
  var upper: String? { interval.flatMap { Self.decimal($0.upper) } }
  var ranks: String? { possibleRanks.map { "\($0.lowerBound)..\($0.upperBound)" } }

  private static func decimal(_ value: Double) -> String? {
    Int64(exactly: (value * 1_000_000).rounded(.toNearestOrAwayFromZero)).map { decimal($0, places: 6) }
  }

  private static func decimal(_ scaled: Int64, places: Int) -> String {
    let digits = String(scaled.magnitude)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(scaled < 0 ? "-" : "")\(padded.dropLast(places)).\(padded.suffix(places))"
  }
}
