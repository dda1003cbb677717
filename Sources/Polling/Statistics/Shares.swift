/// Shares of a whole in hundredths of a percent, for display.
public enum Shares {
  /// Shares that add up to exactly 100 %, by largest remainder (Hare quota, Hamilton's method); the earlier of equal
  /// remainders goes first. Nil where there is nothing to divide: no data, not 0 %.
  public static func ofSum(_ counts: [UInt64]) -> [UInt64]? {
    guard let total = LevelCounts(counts)?.total, total > 0 else { return nil }
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
  public static func each(_ counts: [UInt64], of whole: UInt64) -> [UInt64]? {
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
