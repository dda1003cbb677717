/// Which figures of a publication must be left out so that nobody can work out how a handful of people rated.
///
/// A figure is a sum of cells. It is small when it counts at least 1 and fewer than k people; 0 tells of nobody. Small
/// figures are left out (primary suppression), and then as many others as it takes (complementary suppression) until
/// no small sum follows from what is shown by adding and subtracting: neither a figure that was left out, nor a single
/// cell, nor the rest between figures that are shown. Which of the two a figure was left out for is not to be shown.
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

  /// A negative count is a correction that took away so many.
  public func isSmall(_ count: Int64) -> Bool { count != 0 && count.magnitude < UInt64(threshold) }

  /// - Parameters:
  ///   - figures: the cells that each is the sum of.
  ///   - counts: of every cell; those that are missing count 0.
  ///   - known: sums of cells that everybody already knows.
  /// - Returns: the places of the figures to leave out.
  public func suppressed<Cell: Hashable>(
    _ figures: [Set<Cell>], counts: [Cell: Int64], known: [Set<Cell>] = []
  ) -> Set<Int> {
    // Numbered by first appearance, so that equal input gives equal output.
    var numbers: [Cell: Int] = [:]
    var values: [Int64] = []
    func numbered(_ cells: Set<Cell>) -> Set<Int> {
      Set(
        cells.map { cell in
          if let number = numbers[cell] { return number }
          numbers[cell] = values.count
          values.append(counts[cell] ?? 0)
          return values.count - 1
        })
    }
    let (figures, known) = (figures.map(numbered), known.map(numbered))
    var publication = Publication(rule: self, figures: figures, known: known, values: values)
    publication.suppress()
    return publication.hidden
  }
}

/// One table on its way to publication.
private struct Publication {
  let rule: SuppressionRule
  let figures: [Set<Int>]
  let known: [Set<Int>]
  let values: [Int64]
  let sums: [Int64]
  var hidden: Set<Int> = []

  init(rule: SuppressionRule, figures: [Set<Int>], known: [Set<Int>], values: [Int64]) {
    self.rule = rule
    self.figures = figures
    self.known = known
    self.values = values
    sums = figures.map { $0.reduce(0) { $0 &+ values[$1] } }
  }

  mutating func suppress() {
    hidden = Set(figures.indices.filter { rule.isSmall(sums[$0]) })
    guard rule.isComplementary else { return }
    while hidden.count < figures.count {
      let shown = figures.indices.filter { !hidden.contains($0) }
      let leaks = leaks(from: shown)
      guard !leaks.isEmpty else { return }
      let before = hidden.count
      for leak in leaks {
        let sources = leak.filter { $0 < shown.count }.map { shown[$0] }
        guard sources.allSatisfy({ !hidden.contains($0) }) else { continue }
        if let victim = sources.min(by: { cost($0) < cost($1) }) { hidden.insert(victim) }
      }
      // Only what everybody knows already is left to blame: then nothing new is shown.
      if hidden.count == before { hidden = Set(figures.indices) }
    }
  }

  /// Few cells before many, small sums before large, but those that protect nobody last.
  private func cost(_ figure: Int) -> (Int, Int, UInt64, Int) {
    (sums[figure] == 0 ? 1 : 0, figures[figure].count, sums[figure].magnitude, figure)
  }

  /// Ways to a small sum, each as the places of the shown figures (and behind them, of what is known) it is made of.
  private func leaks(from shown: [Int]) -> [[Int]] {
    let published = shown.map { figures[$0] } + known
    let span = KnownSums(published)
    var leaks: [[Int]] = []
    func check(_ row: KnownSums.Row) {
      if isSmallGroup(row) { leaks.append(row.sums.keys.sorted()) }
    }
    // What was left out, and every cell by itself.
    for figure in hidden.sorted() where rule.isSmall(sums[figure]) {
      if let way = span.derivation(of: figures[figure]) { leaks.append(way) }
    }
    for (cell, value) in values.enumerated() where rule.isSmall(value) {
      if let way = span.derivation(of: [cell]) { leaks.append(way) }
    }
    // The smallest groups that can be told apart, and what two of them make together.
    let rows = span.rows.sorted { $0.key < $1.key }.map(\.value)
    for row in rows { check(row) }
    for (place, left) in rows.enumerated() where left.cells.count > 1 {
      for right in rows[(place + 1)...] where right.cells.count > 1 {
        guard !Set(left.cells.keys).isDisjoint(with: right.cells.keys) else { continue }
        check(KnownSums.combined(left, right, adding: true))
        check(KnownSums.combined(left, right, adding: false))
      }
    }
    // The rest between one figure and another.
    for (outer, cells) in published.enumerated() {
      for (inner, others) in published.enumerated() where inner != outer && others.isSubset(of: cells) {
        let rest = cells.subtracting(others).reduce(0) { $0 &+ values[$1] }
        if rule.isSmall(rest), min(inner, outer) < shown.count { leaks.append([inner, outer].sorted()) }
      }
    }
    return leaks
  }

  /// Whether a row is the sum of some cells, each once, and a small one.
  private func isSmallGroup(_ row: KnownSums.Row) -> Bool {
    guard let sign = row.cells.values.first, sign == 1 || sign == KnownSums.minusOne,
      row.cells.values.allSatisfy({ $0 == sign })
    else { return false }
    return rule.isSmall(row.cells.keys.reduce(0) { $0 &+ values[$1] })
  }
}
