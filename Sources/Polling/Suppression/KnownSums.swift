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

    func adding(_ other: Row) -> Row {
      var row = self
      KnownSums.subtract(other, times: KnownSums.prime - 1, from: &row)
      return row
    }
  }

  private static let prime: UInt64 = (1 << 61) - 1

  /// By pivot: each row has 1 there and all others 0.
  private var rows: [Int: Row] = [:]
  /// The pivots of the rows in which a cell has a coefficient.
  private var users: [Int: Set<Int>] = [:]

  /// - Parameter sums: the cells of each known sum.
  init(_ sums: [Set<Int>]) {
    // The short ones first: single cells then leave the long rows at one stroke.
    let order = sums.indices.sorted { (sums[$0].count, $0) < (sums[$1].count, $1) }
    for index in order {
      var row = Row(cells: Dictionary(uniqueKeysWithValues: sums[index].map { ($0, 1) }), sums: [index: 1])
      reduce(&row)
      guard let pivot = row.cells.keys.min(), let leading = row.cells[pivot] else { continue }
      scale(&row, by: Self.inverse(leading))
      for other in users[pivot] ?? [] {
        guard var old = rows[other], let factor = old.cells[pivot] else { continue }
        Self.subtract(row, times: factor, from: &old)
        for cell in row.cells.keys where old.cells[cell] == nil { users[cell]?.remove(other) }
        for cell in row.cells.keys where old.cells[cell] != nil { users[cell, default: []].insert(other) }
        rows[other] = old
      }
      for cell in row.cells.keys { users[cell, default: []].insert(pivot) }
      rows[pivot] = row
    }
  }

  /// What is left of a cell when everything is taken away that the known sums say of it: where cells leave nothing together,
  /// their sum is known too.
  func residue(of cell: Int) -> Row {
    var row = Row(cells: [cell: 1], sums: [:])
    reduce(&row)
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
      let sum = (row[place] ?? 0) + (prime - taken)
      let rest = sum >= prime ? sum - prime : sum
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
