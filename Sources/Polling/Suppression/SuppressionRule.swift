/// Which figures of a publication must be left out so that nobody can work out how a handful of people rated.
///
/// A figure is a sum of cells. It is small when it counts at least 1 and fewer than k people; 0 tells of nobody. Small
/// figures are left out (primary suppression), and then as many others as it takes (complementary suppression) until no
/// small group of cells can be told by adding and subtracting what is shown, in whatever multiples, even by somebody who
/// knows which cells are 0. Which of the two a figure was left out for is not to be shown. A mean or a share may be
/// shown where every count it is made of is.
///
/// What it does not prevent: bounds. Who knows that two hidden figures add up to 9 knows that neither is 10.
public struct SuppressionRule: Hashable, Sendable {
  /// k: from so many people on, a figure may be shown. At least 3: of a hidden figure below 2 everybody knows that it
  /// is 1.
  public let threshold: UInt32
  /// False in tests only, to see what would leak.
  let isComplementary: Bool

  /// - Throws: ``InvalidValue`` for a threshold under 3.
  public init(threshold: UInt32 = 5) throws(InvalidValue) {
    try self.init(threshold: threshold, isComplementary: true)
  }

  init(threshold: UInt32, isComplementary: Bool) throws(InvalidValue) {
    guard threshold >= 3 else { throw InvalidValue(field: "threshold", problem: "must be at least 3") }
    self.threshold = threshold
    self.isComplementary = isComplementary
  }

  /// - Parameters:
  ///   - figures: the cells that each is the sum of.
  ///   - counts: of every cell; those that are missing count 0. A negative one is a correction that took away so many,
  ///     and tells of as many people.
  ///   - known: sums of cells that everybody already knows.
  /// - Returns: the places of the figures to leave out; the same for the same input.
  public func suppressed<Cell: Hashable>(
    _ figures: [Set<Cell>], counts: [Cell: Int64], known: [Set<Cell>] = []
  ) -> Set<Int> {
    // Cells that are in the same sums cannot be told apart by them: they are one.
    var memberships: [Cell: [Int]] = [:]
    for (place, cells) in (figures + known).enumerated() {
      for cell in cells where (counts[cell] ?? 0) != 0 { memberships[cell, default: []].append(place) }
    }
    var sizes: [[Int]: UInt64] = [:]
    for (cell, places) in memberships {
      let (sum, overflow) = sizes[places, default: 0].addingReportingOverflow((counts[cell] ?? 0).magnitude)
      sizes[places] = overflow ? .max : sum
    }
    let cells = sizes.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    var sums = [Set<Int>](repeating: [], count: figures.count + known.count)
    for (number, cell) in cells.enumerated() { for place in cell.key { sums[place].insert(number) } }
    var table = SuppressedTable(
      rule: self, figures: Array(sums.prefix(figures.count)), known: Array(sums.dropFirst(figures.count)),
      sizes: cells.map(\.value))
    table.suppress()
    return table.hidden
  }
}

/// One table on its way to publication.
private struct SuppressedTable {
  let rule: SuppressionRule
  let figures: [Set<Int>]
  let known: [Set<Int>]
  /// How many people each cell counts, none of them 0.
  let sizes: [UInt64]
  /// And each figure.
  let totals: [UInt64]
  var hidden: Set<Int> = []

  init(rule: SuppressionRule, figures: [Set<Int>], known: [Set<Int>], sizes: [UInt64]) {
    self.rule = rule
    self.figures = figures
    self.known = known
    self.sizes = sizes
    totals = figures.map { cells in
      cells.reduce(0) { sum, cell in
        let (total, overflow) = sum.addingReportingOverflow(sizes[cell])
        return overflow ? .max : total
      }
    }
  }

  /// How many figures are gone through again, at most, to find those that were left out without need.
  private static let mostWork = 60_000

  mutating func suppress() {
    hidden = Set(figures.indices.filter(isSmall))
    guard rule.isComplementary else { return }
    hideUntilSafe()
    showAgain()
  }

  private func isSmall(_ figure: Int) -> Bool {
    totals[figure] > 0 && totals[figure] < UInt64(rule.threshold)
  }

  /// Ways to small groups, each as the places of the shown figures (and behind them, of what is known) that lead there.
  private func leaks(showing shown: [Int]) -> [[Int]] {
    let span = KnownSums(shown.map { figures[$0] } + known)
    return SmallGroups(in: span, sizes: sizes, below: UInt64(rule.threshold)).derivations
  }

  private mutating func hideUntilSafe() {
    while hidden.count < figures.count {
      let shown = figures.indices.filter { !hidden.contains($0) }
      let leaks = leaks(showing: shown)
      guard !leaks.isEmpty else { return }
      let before = hidden.count
      for leak in leaks {
        let sources = leak.filter { $0 < shown.count }.map { shown[$0] }
        // One that is left out already may have closed this way too: the next round tells.
        guard sources.allSatisfy({ !hidden.contains($0) }) else { continue }
        if let victim = sources.min(by: { cost($0) < cost($1) }) { hidden.insert(victim) }
      }
      // Only what everybody knows already is left to blame: then nothing new is shown.
      if hidden.count == before { hidden = Set(figures.indices) }
    }
  }

  /// One of several ways to a group may have been closed for nothing, because another had to be closed as well: the
  /// dearest figures are tried first.
  private mutating func showAgain() {
    guard !figures.isEmpty else { return }
    let candidates = hidden.filter { !isSmall($0) }.sorted { cost($1) < cost($0) }
    for figure in candidates.prefix(Self.mostWork / figures.count) {
      let shown = figures.indices.filter { !hidden.contains($0) || $0 == figure }
      if leaks(showing: shown).isEmpty { hidden.remove(figure) }
    }
  }

  /// Few cells before many, small sums before large.
  private func cost(_ figure: Int) -> (Int, UInt64, Int) {
    (figures[figure].count, totals[figure], figure)
  }
}
