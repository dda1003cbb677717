@testable import Polling

/// Somebody who has everything that was published and looks for a handful of people in it. Knows nothing of how
/// suppression works, and shares no code with it.
struct Attacker<Cell: Hashable> {
  /// What was published: which cells each figure is the sum of.
  let figures: [Set<Cell>]
  /// The truth, to tell whether what was found is a small group.
  let counts: [Cell: Int64]
  let threshold: Int64

  /// A correction tells of as many people as a vote does.
  private func isSmall(_ cells: some Collection<Cell>) -> Bool {
    let count = cells.reduce(0) { $0 + abs(counts[$1] ?? 0) }
    return count != 0 && count < threshold
  }

  /// One published figure less another that is part of it.
  func pairs() -> Int {
    var found = 0
    for outer in figures {
      if isSmall(outer) { found += 1 }
      for inner in figures where inner.isStrictSubset(of: outer) && isSmall(outer.subtracting(inner)) { found += 1 }
    }
    return found
  }

  /// Every figure added, left alone or taken away: 3 to the power of the figures. What leaves each cell once or not at all
  /// is the count of a group.
  func allCombinations() -> Int {
    let cells = Array(figures.reduce(into: Set()) { $0.formUnion($1) })
    let rows = Set(figures).map { figure in cells.map { figure.contains($0) ? 1 : 0 } }
    var found = 0
    var sum = [Int](repeating: 0, count: cells.count)
    func go(_ place: Int) {
      guard place < rows.count else {
        if sum.allSatisfy({ $0 == 0 || $0 == 1 }), isSmall(zip(cells, sum).filter { $1 == 1 }.map(\.0)) { found += 1 }
        return
      }
      go(place + 1)
      for sign in [1, -1] {
        for index in sum.indices { sum[index] += sign * rows[place][index] }
        go(place + 1)
        for index in sum.indices { sum[index] -= sign * rows[place][index] }
      }
    }
    go(0)
    return found
  }

  /// Whether the count of these cells follows at all, by whatever linear algebra: Gaussian elimination over fractions.
  func derives(_ targets: [Set<Cell>]) -> Int {
    let cells = Array(figures.reduce(into: Set()) { $0.formUnion($1) })
    var rows: [(pivot: Int, row: [Rational])] = []
    func reduced(_ figure: Set<Cell>) -> [Rational] {
      var row = cells.map { Rational(figure.contains($0) ? 1 : 0) }
      for (pivot, known) in rows where row[pivot] != .zero {
        let factor = row[pivot]
        row = zip(row, known).map { $1 == .zero ? $0 : $0 - factor * $1 }
      }
      return row
    }
    for figure in figures {
      let row = reduced(figure)
      guard let pivot = row.firstIndex(where: { $0 != .zero }) else { continue }
      let leading = row[pivot]
      rows.append((pivot, row.map { ($0 / leading) ?? .zero }))
    }
    return targets.count { target in
      isSmall(target) && target.isSubset(of: cells) && reduced(target).allSatisfy { $0 == .zero }
    }
  }
}
