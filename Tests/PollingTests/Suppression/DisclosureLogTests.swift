import SeededRandom
import Testing

@testable import Polling

struct DisclosureLogTests {
  private struct Part: Hashable {
    var cell: Int
    var release: Int
  }

  /// A row of cells and their total.
  private static func row(_ cells: Int) -> [Set<Int>] { (0..<cells).map { [$0] } + [Set(0..<cells)] }

  private static func counts(_ values: [Int64]) -> [Int: Int64] {
    Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0, $1) })
  }

  /// 40 and 60 may be shown, and so may 41 and 64; but not one after the other: five people came, one of whom was not
  /// satisfied.
  @Test func twoStatesDoNotTellWhoCame() throws {
    var log = DisclosureLog<Int>(rule: try SuppressionRule())
    #expect(log.release(Self.row(2), counts: Self.counts([40, 60])) == [0, 1, 2])
    #expect(log.release(Self.row(2), counts: Self.counts([41, 64])) == [2])
    // Three more: not n again, which would tell of the three. But the second has had six since it was last shown.
    #expect(log.release(Self.row(2), counts: Self.counts([42, 66])) == [1])
    // All have had their five since they were last shown.
    #expect(log.release(Self.row(2), counts: Self.counts([46, 71])) == [0, 1, 2])
    // Each state by itself is safe.
    for state: [Int64] in [[41, 64], [42, 66]] {
      var alone = DisclosureLog<Int>(rule: try SuppressionRule())
      #expect(alone.release(Self.row(2), counts: Self.counts(state)) == [0, 1, 2])
    }
  }

  @Test func aStreamIsLateRatherThanIncomplete() throws {
    var log = DisclosureLog<Int>(rule: try SuppressionRule())
    #expect(log.release(Self.row(2), counts: Self.counts([40, 60]), holdingBack: true) == [0, 1, 2])
    #expect(log.release(Self.row(2), counts: Self.counts([41, 64]), holdingBack: true) == [])
    #expect(log.release(Self.row(2), counts: Self.counts([44, 70]), holdingBack: true) == [])
    #expect(log.release(Self.row(2), counts: Self.counts([45, 70]), holdingBack: true) == [0, 1, 2])
    // Nothing new may always be said again.
    #expect(log.release(Self.row(2), counts: Self.counts([45, 70]), holdingBack: true) == [0, 1, 2])
  }

  /// A void takes one away: the difference tells of one person as much as a vote does.
  @Test func corrections() throws {
    var log = DisclosureLog<Int>(rule: try SuppressionRule())
    _ = log.release(Self.row(2), counts: Self.counts([40, 60]))
    #expect(log.release(Self.row(2), counts: Self.counts([39, 60])) == [1])
    // Many voids: a difference that may be told, but what is left is a handful.
    #expect(log.release(Self.row(2), counts: Self.counts([3, 60])) == [2])
  }

  /// The windows of a tally are sums over days; together they tell of each other.
  @Test func windows() throws {
    let rule = try SuppressionRule()
    let (today, yesterday, week) = (Set(["mon"]), Set(["sun"]), Set(["mon", "sun"]))
    #expect(rule.suppressed([today, yesterday, week], counts: ["mon": 2, "sun": 40]) == [0, 1])
    #expect(rule.suppressed([today, yesterday, week], counts: ["mon": 20, "sun": 40]) == [])
    let naive = try SuppressionRule(threshold: 5, isComplementary: false)
    #expect(naive.suppressed([today, yesterday, week], counts: ["mon": 2, "sun": 40]) == [0])
  }

  /// Every state ever published against every other, all sums and differences; also after older ones were forgotten.
  @Test(arguments: [true, false], [1, 2, 8])
  func attacked(isComplementary: Bool, limit: Int) throws {
    var random = SplitMix64(seed: UInt64(limit))
    let rule = try SuppressionRule(threshold: 5, isComplementary: isComplementary)
    var (leaks, shown) = (0, 0)
    for _ in 0..<12 {
      var log = DisclosureLog<Int>(rule: rule, limit: limit)
      var values: [Int64] = (0..<2).map { _ in Int64.random(in: 0...30, using: &random) }
      var parts: [Part: Int64] = [:]
      var published: [Set<Part>] = []
      var previous: [Int64] = [0, 0]
      for release in 0..<4 {
        for cell in values.indices { parts[Part(cell: cell, release: release)] = values[cell] - previous[cell] }
        previous = values
        for place in log.release(Self.row(2), counts: Self.counts(values)).sorted() {
          let cells = place < 2 ? [place] : [0, 1]
          published.append(Set(cells.flatMap { cell in (0...release).map { Part(cell: cell, release: $0) } }))
        }
        for cell in values.indices { values[cell] += Int64.random(in: 0...8, using: &random) }
      }
      let attacker = Attacker(figures: published, counts: parts, threshold: 5)
      leaks += attacker.pairs() + (published.count <= 11 ? attacker.allCombinations() : 0)
      leaks += attacker.derives(parts.keys.map { [$0] })
      shown += published.count
    }
    if isComplementary {
      #expect(leaks == 0)
      #expect(shown > 50)
    } else {
      #expect(leaks > 20)
    }
  }
}
