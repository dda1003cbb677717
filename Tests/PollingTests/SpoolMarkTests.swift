import Polling
import SeededRandom
import Testing

struct SpoolMarkTests {
  struct Row: CustomStringConvertible, Sendable {
    var description: String
    var numbers: [UInt64?]
    var expected: SpoolMark
    var acknowledged: UInt64

    init(_ description: String, _ numbers: [UInt64?], _ expected: SpoolMark, acknowledged: UInt64) {
      self.description = description
      self.numbers = numbers
      self.expected = expected
      self.acknowledged = acknowledged
    }
  }

  static let rows = [
    Row("nothing", [], SpoolMark(), acknowledged: 0),
    Row("in order", [1, 2, 3], SpoolMark(highest: 3), acknowledged: 3),
    Row("one is missing", [1, 3], SpoolMark(highest: 3, gaps: [2...2]), acknowledged: 1),
    Row("it comes", [1, 3, 2], SpoolMark(highest: 3), acknowledged: 3),
    Row("the first is missing", [2], SpoolMark(highest: 2, gaps: [1...1]), acknowledged: 0),
    Row("a gap's first", [5, 1], SpoolMark(highest: 5, gaps: [2...4]), acknowledged: 1),
    Row("a gap's last", [5, 4], SpoolMark(highest: 5, gaps: [1...3]), acknowledged: 0),
    Row("amid a gap", [5, 2], SpoolMark(highest: 5, gaps: [1...1, 3...4]), acknowledged: 0),
    Row("backwards", [3, 2, 1], SpoolMark(highest: 3), acknowledged: 3),
    Row("again", [1, 2, 1, 2], SpoolMark(highest: 2, renumbered: 2), acknowledged: 2),
    Row("without a number", [nil, 0, 1], SpoolMark(highest: 1, unnumbered: 2), acknowledged: 1),
    Row("the highest there is", [.max], SpoolMark(highest: .max, gaps: [1...(.max - 1)]), acknowledged: 0),
    Row(
      "the highest again", [.max, .max], SpoolMark(highest: .max, gaps: [1...(.max - 1)], renumbered: 1),
      acknowledged: 0),
    Row(
      "amid all numbers", [.max, 1 << 63],
      SpoolMark(highest: .max, gaps: [1...(1 << 63) - 1, (1 << 63) + 1...(.max - 1)]), acknowledged: 0),
    Row("all but the end", [.max, 1], SpoolMark(highest: .max, gaps: [2...(.max - 1)]), acknowledged: 1),
  ]

  @Test(arguments: rows)
  func row(_ row: Row) {
    var mark = SpoolMark()
    for number in row.numbers { mark.note(number) }
    #expect(mark == row.expected)
    #expect(mark.acknowledgedThrough == row.acknowledged)
  }

  /// As long as the gaps are few: a plain set of numbers says the same.
  @Test func likeASetOfNumbers() {
    var random = SplitMix64()
    for _ in 0..<200 {
      var mark = SpoolMark()
      var came: Set<UInt64> = []
      var (unnumbered, renumbered): (UInt64, UInt64) = (0, 0)
      let most = UInt64.random(in: 1...60, using: &random)
      for _ in 0..<80 {
        let number = UInt64.random(in: 0...most, using: &random)
        if number == 0 { unnumbered += 1 } else if !came.insert(number).inserted { renumbered += 1 }
        mark.note(number)
        let highest = came.max() ?? 0
        let missing = highest == 0 ? [] : (1...highest).filter { !came.contains($0) }
        #expect(mark.gaps.flatMap { Array($0) } == missing)
        #expect(zip(mark.gaps, mark.gaps.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        #expect(mark.highest == highest)
        #expect(mark.acknowledgedThrough == (missing.first.map { $0 - 1 } ?? highest))
        #expect((mark.unnumbered, mark.renumbered, mark.beyond) == (unnumbered, renumbered, 0))
      }
    }
  }

  /// Every second number of millions: the first gaps are told, the others counted, and all of them filled again.
  @Test func moreGapsThanAreTold() {
    let count: UInt64 = 3 * UInt64(SpoolMark.mostGaps)
    var mark = SpoolMark()
    for number in 1...count { mark.note(2 * number) }
    #expect(mark.gaps.count == SpoolMark.mostGaps)
    #expect(mark.gaps.last == 1_999...1_999)
    #expect((mark.beyond, mark.beyondFrom) == (count - 1_000, 2_001))
    #expect(mark.acknowledgedThrough == 0)
    for number in 1...1_000 as ClosedRange<UInt64> { mark.note(2 * number - 1) }
    #expect(mark.gaps.isEmpty)
    #expect(mark.acknowledgedThrough == 2_000, "what is beyond is not acknowledged")
    mark.note(2_000)
    #expect(mark.renumbered == 1)
    for number in 1_001...count { mark.note(2 * number - 1) }
    #expect(mark == SpoolMark(highest: 2 * count, renumbered: 1))
    #expect(mark.acknowledgedThrough == 2 * count)
    mark.note(2 * count + 2)
    #expect(mark.gaps == [2 * count + 1...2 * count + 1], "told again")
  }

  /// A gap that splits when there is no room for another.
  @Test func aSplitBeyondTheBound() {
    var mark = SpoolMark()
    for number in 1...UInt64(SpoolMark.mostGaps) { mark.note(10 * number) }
    #expect((mark.gaps.count, mark.beyond) == (SpoolMark.mostGaps, 0))
    mark.note(5)
    #expect(mark.gaps.count == SpoolMark.mostGaps)
    #expect(mark.gaps.prefix(3) == [1...4, 6...9, 11...19])
    #expect(mark.gaps.last == 9_981...9_989)
    #expect((mark.beyond, mark.beyondFrom) == (9, 9_991))
    mark.note(9_995)
    #expect((mark.beyond, mark.renumbered) == (8, 0))
    mark.note(9_985)
    #expect((mark.beyond, mark.beyondFrom) == (8 + 4, 9_986))
  }

  /// Whatever comes, memory is bounded and nothing traps; not even from a mark that no numbers lead to.
  @Test func anyNumbers() {
    var random = SplitMix64(seed: 7)
    let starts = [
      SpoolMark(),
      SpoolMark(highest: 0, gaps: [0...(.max)], beyond: .max, beyondFrom: 0, unnumbered: .max, renumbered: .max),
      SpoolMark(highest: 5, gaps: [9...10, 1...2], beyond: 1, beyondFrom: 0),
    ]
    for start in starts {
      var mark = start
      for _ in 0..<20_000 {
        let number = random.next() >> UInt64.random(in: 0..<64, using: &random)
        mark.note(number)
        _ = mark.acknowledgedThrough
      }
      #expect(mark.gaps.count <= SpoolMark.mostGaps)
    }
  }
}
