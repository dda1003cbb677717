/// Finds the small groups of cells whose sum is known: every one, as a small group holds fewer than k cells, all of them
/// small.
struct SmallGroups {
  /// Each as the known sums it follows from.
  private(set) var derivations: [[Int]] = []

  private struct Candidate {
    let size: UInt64
    /// What nothing is left of, together, is known.
    let residue: KnownSums.Row
  }

  /// Looking through more than this is given up, and taken for a find.
  private static let mostSteps = 100_000
  private static let mostFinds = 256

  private var candidates: [Candidate] = []
  /// The candidates whose residue has a coefficient at a cell.
  private var holders: [Int: [Int]] = [:]
  private var steps = 0

  /// - Parameters:
  ///   - sizes: how many people each cell counts, at least 1.
  ///   - threshold: k.
  init(in span: KnownSums, sizes: [UInt64], below threshold: UInt64) {
    for (cell, size) in sizes.enumerated() where size < threshold {
      candidates.append(Candidate(size: size, residue: span.residue(of: cell)))
    }
    derivations = candidates.filter(\.residue.cells.isEmpty).map { Self.sources(of: $0.residue) }
    // Single cells first: with them most groups go as well.
    guard derivations.isEmpty else { return }
    leaveOutTheLonely()
    for (place, candidate) in candidates.enumerated() {
      search([place], left: threshold - 1 - candidate.size, rest: candidate.residue)
    }
    if steps > Self.mostSteps {
      derivations.append(candidates.reduce(into: Set()) { $0.formUnion($1.residue.sums.keys) }.sorted())
    }
  }

  /// What only one of them leaves can be taken away by none: it is in no group.
  private mutating func leaveOutTheLonely() {
    while true {
      holders = [:]
      for (place, candidate) in candidates.enumerated() {
        for cell in candidate.residue.cells.keys { holders[cell, default: []].append(place) }
      }
      let kept = candidates.filter { $0.residue.cells.keys.allSatisfy { holders[$0]?.count != 1 } }
      if kept.count == candidates.count { return }
      candidates = kept
    }
  }

  /// Completes a group whose first candidate is the lowest: whatever is left of it must be taken away by somebody.
  private mutating func search(_ group: [Int], left: UInt64, rest: KnownSums.Row) {
    steps += 1
    guard steps <= Self.mostSteps, derivations.count < Self.mostFinds else { return }
    guard let cell = rest.cells.keys.min(by: { (holders[$0]?.count ?? 0, $0) < (holders[$1]?.count ?? 0, $1) }) else {
      derivations.append(Self.sources(of: rest))
      return
    }
    for next in holders[cell] ?? [] where next > group[0] && !group.contains(next) && candidates[next].size <= left {
      search(
        group + [next], left: left - candidates[next].size, rest: rest.adding(candidates[next].residue))
    }
  }

  private static func sources(of row: KnownSums.Row) -> [Int] { row.sums.keys.sorted() }
}
