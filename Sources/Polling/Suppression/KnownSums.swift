/// What follows from sums that are known: their linear span over cells, kept as a reduced row echelon form, with the way
/// back from each row to the sums it was made of.
///
/// Coefficients are residues modulo the prime 2^61 − 1, in which the small whole numbers of such systems stay themselves.
struct KnownSums: Sendable {
  struct Row: Sendable {
    /// Nonzero coefficients only.
    var cells: [Int: UInt64]
    /// Which of the known sums it is made of.
    var sums: [Int: UInt64]
  }

  private static let prime: UInt64 = 1 << 61 - 1
  static let minusOne = prime - 1

  /// By pivot: each row has 1 there and all others 0.
  private(set) var rows: [Int: Row] = [:]

  /// - Parameter sums: the cells of each known sum.
  init(_ sums: [Set<Int>]) {
    // The short ones first: single cells then leave the long rows at one stroke.
    for (index, cells) in sums.enumerated().sorted(by: { ($0.element.count, $0.offset) < ($1.element.count, $1.offset) }
    ) {
      var row = Row(cells: Dictionary(uniqueKeysWithValues: cells.map { ($0, 1) }), sums: [index: 1])
      reduce(&row)
      guard let pivot = row.cells.keys.min(), let leading = row.cells[pivot] else { continue }
      scale(&row, by: Self.inverse(leading))
      for (other, var old) in rows {
        guard let factor = old.cells[pivot] else { continue }
        Self.subtract(row, times: factor, from: &old)
        rows[other] = old
      }
      rows[pivot] = row
    }
  }

  /// The known sums that a sum of these cells follows from, by whatever additions and subtractions. Nil: it does not.
  func derivation(of cells: Set<Int>) -> [Int]? {
    var row = Row(cells: Dictionary(uniqueKeysWithValues: cells.map { ($0, 1) }), sums: [:])
    reduce(&row)
    return row.cells.isEmpty ? row.sums.keys.sorted() : nil
  }

  /// `left` ± `right`.
  static func combined(_ left: Row, _ right: Row, adding: Bool) -> Row {
    var row = left
    subtract(right, times: adding ? minusOne : 1, from: &row)
    return row
  }

  private func reduce(_ row: inout Row) {
    // A reduced row has no other pivot, so the pivots to be cleared are there from the beginning.
    for pivot in row.cells.keys.filter({ rows[$0] != nil }) {
      guard let known = rows[pivot], let factor = row.cells[pivot] else { continue }
      Self.subtract(known, times: factor, from: &row)
    }
  }

  private func scale(_ row: inout Row, by factor: UInt64) {
    row.cells = row.cells.mapValues { Self.product($0, factor) }
    row.sums = row.sums.mapValues { Self.product($0, factor) }
  }

  private static func subtract(_ other: Row, times factor: UInt64, from row: inout Row) {
    subtract(other.cells, times: factor, from: &row.cells)
    subtract(other.sums, times: factor, from: &row.sums)
  }

  private static func subtract(_ other: [Int: UInt64], times factor: UInt64, from row: inout [Int: UInt64]) {
    for (place, coefficient) in other {
      let taken = product(coefficient, factor)
      let left = (row[place] ?? 0) + (prime - taken)
      let rest = left >= prime ? left - prime : left
      row[place] = rest == 0 ? nil : rest
    }
  }

  private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
    prime.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
  }

  /// By Fermat's little theorem.
  private static func inverse(_ value: UInt64) -> UInt64 {
    var (result, base, exponent) = (UInt64(1), value, prime - 2)
    while exponent > 0 {
      if exponent & 1 == 1 { result = product(result, base) }
      base = product(base, base)
      exponent >>= 1
    }
    return result
  }
}
