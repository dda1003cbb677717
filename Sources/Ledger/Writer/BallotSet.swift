internal import Polling

/// Ballots by id, with the sequence that cast them: an open table, at most half full.
struct BallotSet {
  private struct Slot {
    var high: UInt64
    var low: UInt64
    var sequence: UInt64
  }

  private static let fewestSlots = 1 << 10
  /// Clients choose ids; none can choose them to fall on each other.
  private static let seed = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

  /// Per slot seven bits of its hash, and 0x80; 0: free. Most questions are about ballots that are not here, and end
  /// with a look at these, of which many more fit into a cache than of slots.
  private var tags: [UInt8] = []
  private var slots: [Slot] = []
  private(set) var count = 0

  func sequence(of id: BallotID) -> UInt64? {
    if count == 0 { return nil }
    var (index, tag) = place(id.high, id.low)
    while tags[index] != 0 {
      if tags[index] == tag, slots[index].low == id.low, slots[index].high == id.high { return slots[index].sequence }
      index = (index + 1) & (tags.count - 1)
    }
    return nil
  }

  /// - Parameter id: one that is not here.
  mutating func insert(_ id: BallotID, sequence: UInt64) {
    if 2 * count >= tags.count { grow() }
    put(Slot(high: id.high, low: id.low, sequence: sequence))
    count += 1
  }

  /// Keeps the memory.
  mutating func removeAll() {
    if count == 0 { return }
    tags.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    count = 0
  }

  private mutating func put(_ slot: Slot) {
    var (index, tag) = place(slot.high, slot.low)
    while tags[index] != 0 { index = (index + 1) & (tags.count - 1) }
    tags[index] = tag
    slots[index] = slot
  }

  private mutating func grow() {
    let (oldTags, oldSlots) = (tags, slots)
    let count = max(BallotSet.fewestSlots, 2 * oldTags.count)
    tags = [UInt8](repeating: 0, count: count)
    slots = [Slot](repeating: Slot(high: 0, low: 0, sequence: 0), count: count)
    for (tag, slot) in zip(oldTags, oldSlots) where tag != 0 { put(slot) }
  }

  /// Where to look first. The hash is the two halves of a product under the seed (as in W. Yi, wyhash).
  private func place(_ high: UInt64, _ low: UInt64) -> (index: Int, tag: UInt8) {
    let product = (high ^ BallotSet.seed.0).multipliedFullWidth(by: low ^ BallotSet.seed.1)
    let hash = product.high ^ product.low
    return (Int(truncatingIfNeeded: hash) & (tags.count - 1), UInt8(truncatingIfNeeded: hash >> 57) | 0x80)
  }
}
