import SeededRandom
import Testing

@testable import Polling

struct SuppressionTests {
  private static func unit(_ text: String) throws -> UnitPath { try UnitPath(text) }

  /// Two counters under a one-stop shop, three choices.
  private static func breakdown(_ first: [Int64], _ second: [Int64]) throws -> UnitBreakdown {
    UnitBreakdown(
      choices: ["KHL", "BT", "HL"], counts: [try unit("mot-cua/quay-01"): first, try unit("mot-cua/quay-02"): second],
      units: [try unit("mot-cua")])
  }

  private static func text(_ table: UnitBreakdown, _ rule: SuppressionRule) -> [String] {
    let published = table.published(by: rule)
    return table.units.map { unit in
      (table.choices + [nil]).map { choice in
        published[UnitBreakdown.Place(unit: unit, choice: choice)].map(String.init) ?? "*"
      }.joined(separator: " ")
    }
  }

  @Test func nothingIsLeftOutWithoutNeed() throws {
    let rule = try SuppressionRule()
    #expect(
      try Self.text(Self.breakdown([5, 0, 90], [0, 0, 0]), rule) == ["5 0 90 95", "5 0 90 95", "0 0 0 0"])
    #expect(try Self.text(Self.breakdown([5, 8, 9], [7, 6, 30]), rule) == ["12 14 39 65", "5 8 9 22", "7 6 30 43"])
  }

  /// One small cell of a row takes a second one of its row, one of its column, and the corner between them with it.
  @Test func aSmallCellIsNeverAlone() throws {
    let table = try Self.breakdown([2, 10, 40], [30, 20, 50])
    let rule = try SuppressionRule()
    #expect(Self.text(table, rule) == ["32 30 90 152", "* * 40 52", "* * 50 100"])
    // Primary suppression alone hides what a glance at the total brings back: 52 − 10 − 40.
    let naive = try SuppressionRule(threshold: 5, isComplementary: false)
    #expect(Self.text(table, naive) == ["32 30 90 152", "* 10 40 52", "30 20 50 100"])
  }

  /// Two small cells hide each other only if they are not a small group together.
  @Test func aSmallGroupIsSmallToo() throws {
    let rule = try SuppressionRule()
    let row = [["a"], ["b"], ["c"], ["a", "b", "c"]].map { Set($0) }
    #expect(rule.suppressed(row, counts: ["a": 1, "b": 2, "c": 60]) == [0, 1, 2])
    #expect(rule.suppressed(row, counts: ["a": 3, "b": 4, "c": 60]) == [0, 1])
    #expect(rule.suppressed(row, counts: ["a": 0, "b": 2, "c": 60]) == [1, 2])
    // Nothing else to hide behind: nor is the total shown.
    #expect(rule.suppressed(row, counts: ["a": 0, "b": 2, "c": 0]) == [1, 3])
  }

  /// A unit's own counts are what its total leaves over its counters'.
  @Test func subtrees() throws {
    let table = UnitBreakdown(
      choices: ["HL"], counts: [try Self.unit("a"): [2], try Self.unit("a/b"): [10], try Self.unit("a/c"): [20]])
    let published = table.published(by: try SuppressionRule())
    let whole = try Self.unit("a")
    #expect(published[.init(unit: whole, choice: nil)] == 32)
    #expect(published.count < table.places.count)
    let attacker = Attacker(
      figures: published.keys.map { table.cells(of: $0) }, counts: table.counts, threshold: 5)
    #expect(attacker.allCombinations() == 0)
  }

  /// The table of a search that found what pairs and single cells do not: two in one column, behind a unit of the whole that
  /// has no counts of its own, which anybody may guess.
  @Test func zerosAreNoCover() throws {
    let table = try Self.breakdown([3, 7, 0], [0, 2, 3])
    let published = table.published(by: try SuppressionRule(threshold: 3))
    let attacker = Attacker(
      figures: published.keys.map { table.cells(of: $0) }, counts: table.counts, threshold: 3)
    #expect(attacker.allCombinations() == 0)
    #expect(published.count >= 6)
  }

  /// A bulletin is made again from the same ledger and must be the same, whatever order the cells come in.
  @Test func sameInputSameOutput() throws {
    var random = SplitMix64(seed: 7)
    let table = try Self.randomTable(units: 6, choices: 4, upTo: 12, &random)
    let figures = table.places.map(table.cells(of:))
    let rule = try SuppressionRule()
    let first = rule.suppressed(figures, counts: table.counts)
    #expect(!first.isEmpty)
    for _ in 0..<5 {
      let shuffled = figures.map { figure in
        figure.shuffled(using: &random).reduce(into: Set(minimumCapacity: Int.random(in: 0...99, using: &random))) {
          $0.insert($1)
        }
      }
      let counts = Dictionary(uniqueKeysWithValues: table.counts.shuffled(using: &random).map { ($0.key, $0.value) })
      #expect(rule.suppressed(shuffled, counts: counts) == first)
    }
  }

  @Test(arguments: [0, 1, 2] as [UInt32])
  func thresholdsThatHideNothing(_ threshold: UInt32) {
    #expect(throws: InvalidValue.self) { try SuppressionRule(threshold: threshold) }
  }

  /// All pairs, all sums and differences, and all of linear algebra find nothing in what is published; and find a lot once
  /// complementary suppression is off.
  @Test(arguments: [3, 5, 10] as [UInt32])
  func attacked(threshold: UInt32) throws {
    var random = SplitMix64(seed: 118 + UInt64(threshold))
    let (rule, naive) = (
      try SuppressionRule(threshold: threshold), try SuppressionRule(threshold: threshold, isComplementary: false)
    )
    var (shown, all, leaks) = (0, 0, 0)
    for _ in 0..<60 {
      let table = try Self.randomTable(
        units: Int.random(in: 1...2, using: &random), choices: 2, upTo: 3 * Int64(threshold), &random)
      for (rule, isSafe) in [(rule, true), (naive, false)] {
        let published = table.published(by: rule)
        let attacker = Attacker(
          figures: published.keys.map { table.cells(of: $0) }, counts: table.counts, threshold: Int64(threshold))
        let found = attacker.pairs() + attacker.allCombinations() + attacker.derives(table.places.map(table.cells(of:)))
        if isSafe {
          #expect(found == 0, "\(table.counts)")
          shown += published.count
          all += table.places.count
        } else {
          leaks += found
        }
      }
    }
    #expect(leaks > 50)
    // Publishing nothing would be safe as well.
    #expect(shown * 3 > all)
  }

  /// Larger tables with levels of units: every pair and every figure that was left out.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func attackedAtLarge(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let (rule, naive) = (try SuppressionRule(), try SuppressionRule(threshold: 5, isComplementary: false))
    let table = try Self.randomTable(units: 8, choices: 5, upTo: 30, &random)
    func found(_ rule: SuppressionRule) -> (leaks: Int, shown: Int) {
      let published = table.published(by: rule)
      let attacker = Attacker(
        figures: published.keys.map { table.cells(of: $0) }, counts: table.counts, threshold: 5)
      return (attacker.pairs() + attacker.derives(table.places.map(table.cells(of:))), published.count)
    }
    let safe = found(rule)
    #expect(safe.leaks == 0)
    #expect(safe.shown * 3 > table.places.count)
    #expect(found(naive).leaks > 0)
  }

  private static func randomTable(
    units: Int, choices: Int, upTo most: Int64, _ random: inout SplitMix64
  ) throws -> UnitBreakdown {
    var counts: [UnitPath: [Int64]] = [:]
    for number in 0..<units {
      let path = try unit(number % 3 == 2 ? "a/b/\(number)" : "a/\(number)")
      counts[path] = (0..<choices).map { _ in
        Int64.random(in: 0...most, using: &random) * Int64.random(in: 0...2, using: &random) / 2
      }
    }
    return UnitBreakdown(
      choices: (0..<choices).map { "c\($0)" }, counts: counts,
      units: try (units > 2 ? ["a", "a/b"] : ["a"]).map { try unit($0) })
  }
}
