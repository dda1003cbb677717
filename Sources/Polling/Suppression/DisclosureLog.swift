/// What was published of one table so far, so that two of its states never differ by a handful of people: a stream's
/// updates, bulletins of successive days, an export after a bulletin.
///
/// Between two states lies a table of its own, that of the difference. A state is released only as far as that table too
/// could be; what is left out stays out until enough has come.
public struct DisclosureLog<Cell: Hashable & Sendable>: Sendable {
  /// A cell's part that came with one release.
  private struct Increment: Hashable {
    var cell: Cell
    var release: Int
  }

  private struct Release: Sendable {
    var counts: [Cell: Int64]
    var shown: [Set<Cell>]
  }

  private let rule: SuppressionRule
  /// How many releases are looked at together. Later ones show only what the one before them showed: then each difference
  /// stands alone, and nothing older needs to be known.
  private let limit: Int
  private var releases: [Release] = []

  public init(rule: SuppressionRule, limit: Int = 8) {
    self.rule = rule
    self.limit = max(1, limit)
  }

  /// - Parameters:
  ///   - figures: the cells that each is the sum of.
  ///   - counts: the table's present state; cells that are missing count 0.
  ///   - holdingBack: rather than fewer figures than the last release had, release nothing: what a stream wants, whose
  ///     figures then are a little older.
  /// - Returns: the places of the figures that may be shown as they now are. Empty: show the last release, and say of
  ///   when it is.
  public mutating func release(
    _ figures: [Set<Cell>], counts: [Cell: Int64], holdingBack: Bool = false
  ) -> Set<Int> {
    let isFull = releases.count >= limit
    let earlier = isFull ? Array(releases.suffix(1)) : releases
    var increments: [Increment: Int64] = [:]
    var previous: [Cell: Int64] = [:]
    for (number, state) in (earlier.map(\.counts) + [counts]).enumerated() {
      for cell in Set(state.keys).union(previous.keys) {
        increments[Increment(cell: cell, release: number)] = (state[cell] ?? 0) &- (previous[cell] ?? 0)
      }
      previous = state
    }
    func parts(_ cells: Set<Cell>, through release: Int) -> Set<Increment> {
      Set(cells.flatMap { cell in (0...release).map { Increment(cell: cell, release: $0) } })
    }
    let known = earlier.enumerated().flatMap { number, release in release.shown.map { parts($0, through: number) } }
    let lastShown = Set(releases.last?.shown ?? [])
    // The state by itself comes first: after corrections a figure may be small though much happened to it.
    let hiddenAnyway = rule.suppressed(figures, counts: counts)
    let candidates = figures.indices.filter {
      !hiddenAnyway.contains($0) && (!isFull || lastShown.contains(figures[$0]))
    }
    let hidden = rule.suppressed(
      candidates.map { parts(figures[$0], through: earlier.count) }, counts: increments, known: known)
    let shown = candidates.indices.filter { !hidden.contains($0) }.map { candidates[$0] }
    guard !shown.isEmpty else { return [] }
    if holdingBack, !lastShown.isSubset(of: shown.map { figures[$0] }) { return [] }
    let release = Release(counts: counts, shown: shown.map { figures[$0] })
    if isFull { releases[releases.count - 1] = release } else { releases.append(release) }
    return Set(shown)
  }
}
