import Polling
import SeededRandom
import Testing

@testable import Ledger

/// What is said of an id without the table is true, whatever comes and goes.
struct RecentBallotsTests {
  private static func id(_ number: UInt64, second: UInt64) -> BallotID {
    BallotID(
      time: Timestamp(milliseconds: Int64(second) * 1_000), precision: .second,
      random: (number >> 8, number &* 0x9E37_79B9_7F4A_7C15))
  }

  /// Against a model: `cast` is everything ever cast, of which all but the newest few are in the table.
  @Test(arguments: [1, 4, 16, 100], [1, 3, 40])
  func findsWhatTheTableWould(capacity: Int, seconds: UInt64) {
    var random = SplitMix64()
    var recent = RecentBallots(capacity: capacity)
    var cast: [(id: BallotID, sequence: UInt64)] = []
    var settled = 0
    var counts: [String: Int] = [:]
    for round in 1...4_000 as ClosedRange<UInt64> {
      // Seconds go by, and some ballots come late.
      let second =
        1_000 + (round * seconds / 4_000) - .random(in: 0...1, using: &random) * .random(in: 0...3, using: &random)
      let isNew = Bool.random(using: &random)
      let id =
        isNew ? Self.id(round, second: second) : cast.randomElement(using: &random)?.id ?? Self.id(0, second: second)
      let known = cast.first { $0.id == id }
      let table = cast[..<settled]
      var finding = recent.find(id)
      if finding == .unknownSecond {
        counts["unknownSecond", default: 0] += 1
        #expect(!cast[settled...].contains { RecentBallots.second(of: $0.id) == RecentBallots.second(of: id) })
        // A look that is not always followed by a ballot.
        recent.note(id, isWhole: !table.contains { RecentBallots.second(of: $0.id) == RecentBallots.second(of: id) })
        finding = recent.find(id)
      }
      switch finding {
      case .cast(let sequence): #expect(known?.sequence == sequence)
      case .new: #expect(known == nil)
      case .unknown: #expect(known == nil || table.contains { $0.id == id }, "not settled, and not known")
      case .unknownSecond: break
      }
      counts["\(finding)".prefix { $0 != "(" }.description, default: 0] += 1
      if known == nil, Int.random(in: 0...9, using: &random) > 0 {
        recent.insert(id, sequence: round)
        cast.append((id, round))
      }
      if Int.random(in: 0...7, using: &random) == 0 {
        settled = max(settled, cast.count - .random(in: 0...capacity, using: &random))
      }
      if Int.random(in: 0...3, using: &random) == 0 { recent.trim(unsettled: cast.count - settled) }
      if Int.random(in: 0...500, using: &random) == 0 {
        recent.removeAll()
        for (id, sequence) in cast[settled...] { recent.insert(id, sequence: sequence) }
      }
    }
    // All of it was met; where there is room, the table is seldom asked.
    for finding in ["cast", "new", "unknown", "unknownSecond"] {
      #expect(counts[finding, default: 0] > 0, "\(finding)")
    }
  }

  @Test func boundsOfASecond() throws {
    let id = Self.id(7, second: 1_602_640_800)
    let (first, last) = RecentBallots.bounds(ofSecondOf: id)
    #expect(first == (1_602_640_800_000 << 16, 0))
    #expect(last == (1_602_640_800_999 << 16 | 0xFFFF, .max))
    #expect((first.0...last.0).contains(id.high))
    // The last second that a clock of 48 bits shows is not a whole one.
    let end = try BallotID(bytes: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0])
    #expect(RecentBallots.bounds(ofSecondOf: end).last.0 == .max)
  }
}
