/// An exact fraction in lowest terms. Every figure is one until it is shown.
public struct Rational: Hashable, Comparable, Sendable {
  public static let zero = Rational(0)

  private let isNegative: Bool
  private let upper: Natural
  /// Never 0.
  private let lower: Natural

  private init(isNegative: Bool, _ upper: Natural, _ lower: Natural) {
    let common = Natural.greatestCommonDivisor(upper, lower)
    self.isNegative = isNegative && !upper.isZero
    self.upper = upper.divided(by: common)?.quotient ?? upper
    self.lower = lower.divided(by: common)?.quotient ?? lower
  }

  public init(_ value: Int64) {
    self.init(isNegative: value < 0, Natural(value.magnitude), .one)
  }

  /// Nil: the denominator is 0. There is no data then, which is not the same as 0.
  public init?(_ numerator: UInt64, over denominator: UInt64) {
    guard denominator > 0 else { return nil }
    self.init(isNegative: false, Natural(numerator), Natural(denominator))
  }

  /// Reads `15`, `-3`, `0.8` or `4/5`: what a file of rules may hold, of at most 40 bytes. No exponents, no separators.
  public init?(_ text: String) {
    // A million zeros behind the point would take long to be made exact.
    guard text.utf8.count <= 40 else { return nil }
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let parts = (isNegative ? text.dropFirst() : text[...]).split(separator: "/", omittingEmptySubsequences: false)
    func digits(_ part: Substring) -> UInt64? {
      part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt64(part) : nil
    }
    if parts.count == 2 {
      guard let above = digits(parts[0]), let below = digits(parts[1]), below > 0 else { return nil }
      self.init(isNegative: isNegative, Natural(above), Natural(below))
      return
    }
    let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 1, halves.count <= 2, let whole = digits(halves[0]) else { return nil }
    let fraction = halves.count == 2 ? halves[1] : ""
    guard fraction.isEmpty == (halves.count == 1), let after = fraction.isEmpty ? 0 : digits(fraction) else {
      return nil
    }
    let scale = Natural.power(of: 10, fraction.utf8.count)
    self.init(isNegative: isNegative, Natural(whole) * scale + Natural(after), scale)
  }

  /// In lowest terms, in decimal digits, the sign with it.
  public var numerator: String { (isNegative ? "-" : "") + upper.decimal }
  public var denominator: String { lower.decimal }

  /// For formulas that have no exact value anyway: nearest or next to it.
  public var approximate: Double { (isNegative ? -1 : 1) * Natural.quotient(upper, lower) }

  public static func + (left: Rational, right: Rational) -> Rational {
    let (a, b) = (left.upper * right.lower, right.upper * left.lower)
    let lower = left.lower * right.lower
    if left.isNegative == right.isNegative { return Rational(isNegative: left.isNegative, a + b, lower) }
    return Rational(isNegative: a < b ? right.isNegative : left.isNegative, .distance(a, b), lower)
  }

  public static prefix func - (value: Rational) -> Rational {
    Rational(isNegative: !value.isNegative, value.upper, value.lower)
  }

  public static func - (left: Rational, right: Rational) -> Rational { left + -right }

  public static func * (left: Rational, right: Rational) -> Rational {
    Rational(isNegative: left.isNegative != right.isNegative, left.upper * right.upper, left.lower * right.lower)
  }

  /// Nil: the divisor is 0.
  public static func / (left: Rational, right: Rational) -> Rational? {
    guard !right.upper.isZero else { return nil }
    return Rational(isNegative: left.isNegative != right.isNegative, left.upper * right.lower, left.lower * right.upper)
  }

  public static func < (left: Rational, right: Rational) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    let (a, b) = (left.upper * right.lower, right.upper * left.lower)
    return left.isNegative ? b < a : a < b
  }

  /// Rounded for display, by the rule of Vietnamese forms and school books: half up. The first digit left out decides:
  /// 0…4 leave the last one shown as it is, 5…9 raise it. Of a negative figure the digits are rounded so, and the sign
  /// stays: −2.5 becomes −3. Never banker's rounding, and never rounded twice.
  ///
  /// - Returns: the figure times 10 to the power of `places`; nil where that does not fit.
  public func roundedHalfUp(places: Int) -> Int64? {
    let doubled = upper * Natural.power(of: 10, places) * Natural(2) + lower
    guard let magnitude = doubled.divided(by: lower * Natural(2))?.quotient.exactly,
      let rounded = Int64(exactly: magnitude)
    else { return nil }
    return isNegative ? -rounded : rounded
  }
}
