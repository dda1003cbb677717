internal import Polling

/// Ballots by id, with the sequence that cast them: an open table, at most half full.
struct BallotSet {
  private struct Slot {
    var high: UInt64 = 0
    var low: UInt64 = 0
    /// 0: free.
    var sequence: UInt64 = 0
  }

  private static let fewestSlots = 1 << 10

  private var slots: [Slot] = []
  private(set) var count = 0
  /// Clients choose ids; none can choose them to fall on each other.
  private let seed = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

  func sequence(of id: BallotID) -> UInt64? {
    if count == 0 { return nil }
    var index = place(of: id)
    while slots[index].sequence != 0 {
      if slots[index].low == id.low, slots[index].high == id.high { return slots[index].sequence }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
  }

  /// - Parameters:
  ///   - id: one that is not here.
  ///   - sequence: not 0.
  mutating func insert(_ id: BallotID, sequence: UInt64) {
    if 2 * count >= slots.count { grow() }
    put(Slot(high: id.high, low: id.low, sequence: sequence))
    count += 1
  }

  /// Keeps the memory.
  mutating func removeAll() {
    if count == 0 { return }
    slots.withUnsafeMutableBufferPointer { $0.update(repeating: Slot()) }
    count = 0
  }

  private mutating func put(_ slot: Slot) {
    var index = place(slot.high, slot.low)
    while slots[index].sequence != 0 { index = (index + 1) & (slots.count - 1) }
    slots[index] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: max(BallotSet.fewestSlots, 2 * old.count))
    for slot in old where slot.sequence != 0 { put(slot) }
  }

  private func place(of id: BallotID) -> Int {
    place(id.high, id.low)
  }

  /// The two halves of a product under the seed (as in W. Yi, wyhash).
  private func place(_ high: UInt64, _ low: UInt64) -> Int {
    let product = (high ^ seed.0).multipliedFullWidth(by: low ^ seed.1)
    return Int(truncatingIfNeeded: product.high ^ product.low) & (slots.count - 1)
  }
}
