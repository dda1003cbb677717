internal import Polling

/// Ballots by id, with the sequence that cast them: an open table, at most half full, of places in a list.
///
/// What a ballot costs here is memory that no cache holds. So the table has four bytes per slot, in which a ballot that
/// is not here, as nearly none is, is seen not to be; and the list is only added to, one ballot behind the other.
struct BallotSet {
  private struct Ballot {
    var high: UInt64
    var low: UInt64
    var sequence: UInt64
  }

  private static let fewestBits = 10
  /// Clients choose ids; none can choose them to fall on each other.
  private static let seed = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

  /// 2 to the power of `bits` of them. 0: free. Else in the lower `bits` the ballot's place in the list, from 1 on; in
  /// the upper ones a part of its hash.
  private var slots: [UInt32] = []
  private var bits = 0
  private var ballots: [Ballot] = []

  var count: Int { ballots.count }

  func sequence(of id: BallotID) -> UInt64? {
    if ballots.isEmpty { return nil }
    let hash = BallotSet.hash(id.high, id.low)
    var index = firstSlot(hash)
    while slots[index] != 0 {
      if slots[index] & ~placeMask == tag(hash) {
        let ballot = ballots[Int(slots[index] & placeMask) - 1]
        if ballot.low == id.low, ballot.high == id.high { return ballot.sequence }
      }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
  }

  /// - Parameter id: one that is not here.
  mutating func insert(_ id: BallotID, sequence: UInt64) {
    if 2 * ballots.count >= slots.count { grow() }
    ballots.append(Ballot(high: id.high, low: id.low, sequence: sequence))
    put(ballots.count, BallotSet.hash(id.high, id.low))
  }

  /// Keeps the memory.
  mutating func removeAll() {
    if ballots.isEmpty { return }
    slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    ballots.removeAll(keepingCapacity: true)
  }

  private mutating func put(_ place: Int, _ hash: UInt64) {
    var index = firstSlot(hash)
    while slots[index] != 0 { index = (index + 1) & (slots.count - 1) }
    // There are half as many places as slots: it fits.
    slots[index] = tag(hash) | UInt32(truncatingIfNeeded: place)
  }

  private mutating func grow() {
    bits = max(BallotSet.fewestBits, bits + 1)
    slots = [UInt32](repeating: 0, count: 1 << bits)
    for (index, ballot) in ballots.enumerated() { put(index + 1, BallotSet.hash(ballot.high, ballot.low)) }
  }

  private var placeMask: UInt32 { 1 << UInt32(bits) &- 1 }

  private func firstSlot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

  private func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) & ~placeMask }

  /// The two halves of a product under the seed (as in W. Yi, wyhash).
  private static func hash(_ high: UInt64, _ low: UInt64) -> UInt64 {
    let product = (high ^ seed.0).multipliedFullWidth(by: low ^ seed.1)
    return product.high ^ product.low
  }
}
