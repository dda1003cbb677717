/// Numbers as people write them. Integers in, rounding only here.
struct Figures: Sendable {
  var language: Language

  /// `18.029.085` in Vietnamese, `18,029,085` in English.
  func count(_ value: UInt64) -> String {
    let separator: Character = language == .vi ? "." : ","
    var result = ""
    for (index, digit) in String(value).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { result.append(separator) }
      result.append(digit)
    }
    return String(result.reversed())
  }

  /// `87,67 %` or `87.67%`, of hundredths of a percent.
  func percent(_ hundredths: UInt64) -> String {
    let fraction = hundredths % 100
    let digits = fraction < 10 ? "0\(fraction)" : "\(fraction)"
    return language == .vi ? "\(count(hundredths / 100)),\(digits) %" : "\(count(hundredths / 100)).\(digits)%"
  }

  static let noData = Text(vi: "chưa có dữ liệu", en: "no data")
}

/// Shares of a whole in hundredths of a percent.
enum Shares {
  /// Shares that add up to exactly 100 %, by largest remainder; the earlier of equal remainders goes first. Nil where
  /// there is nothing to divide.
  static func ofSum(_ counts: [UInt64]) -> [UInt64]? {
    var total: UInt64 = 0
    for count in counts {
      let (sum, overflow) = total.addingReportingOverflow(count)
      if overflow { return nil }
      total = sum
    }
    guard total > 0 else { return nil }
    let divided = counts.map { divide($0, by: total) }
    var shares = divided.map(\.quotient)
    let missing = 10_000 - Int(shares.reduce(0, +))
    let order = divided.indices.sorted {
      (divided[$1].remainder, $0) < (divided[$0].remainder, $1)
    }
    for index in order.prefix(max(0, missing)) { shares[index] += 1 }
    return shares
  }

  /// Each count's share of `whole`, rounded half up: for choices of which a ballot may have several.
  static func each(_ counts: [UInt64], of whole: UInt64) -> [UInt64]? {
    guard whole > 0 else { return nil }
    return counts.map { count in
      let (quotient, remainder) = divide(count, by: whole)
      return quotient + (remainder >= whole - remainder ? 1 : 0)
    }
  }

  private static func divide(_ count: UInt64, by whole: UInt64) -> (quotient: UInt64, remainder: UInt64) {
    // A share above 100 % would come from a server that counts wrongly: shown as it is, but never trapped on.
    guard count <= whole else { return (10_000, 0) }
    return whole.dividingFullWidth(count.multipliedFullWidth(by: 10_000))
  }
}
