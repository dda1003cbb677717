import Polling
import SeededRandom
import Testing

@testable import Ledger

/// Beside a dictionary.
struct BallotSetTests {
  /// Few ids, and such that share one half or the other.
  private static func id(_ random: inout SplitMix64) throws -> BallotID {
    func half() -> UInt64 { UInt64.random(in: 0...120, using: &random) }
    return try BallotID(high: half() << 16 | 0x7000, low: 1 << 63 | half())
  }

  @Test func itKnowsWhatWasPutIntoIt() throws {
    var random = SplitMix64()
    var set = BallotSet()
    for round in 0..<4 {
      var known: [BallotID: UInt64] = [:]
      // From fewer than the smallest table holds to several times that.
      for sequence in 1...UInt64(100 * (1 + 30 * round)) {
        let id = try Self.id(&random)
        try #require(set.sequence(of: id) == known[id])
        if known[id] == nil {
          set.insert(id, sequence: sequence)
          known[id] = sequence
        }
        try #require(set.count == known.count)
      }
      for (id, sequence) in known { try #require(set.sequence(of: id) == sequence) }
      for _ in 0..<1_000 {
        let id = try Self.id(&random)
        try #require(set.sequence(of: id) == known[id])
      }
      set.removeAll()
      #expect(set.count == 0)
      for id in known.keys { try #require(set.sequence(of: id) == nil) }
    }
  }

  @Test func manyBallots() throws {
    var set = BallotSet()
    func id(_ number: UInt64) throws -> BallotID { try BallotID(high: 0x7000, low: 1 << 63 | number) }
    for number in 0..<UInt64(100_000) { set.insert(try id(number), sequence: number + 7) }
    for number in 0..<UInt64(100_000) { try #require(set.sequence(of: try id(number)) == number + 7) }
    for number in UInt64(100_000)..<200_000 { try #require(set.sequence(of: try id(number)) == nil) }
  }
}
