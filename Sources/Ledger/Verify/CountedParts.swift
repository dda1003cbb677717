internal import Glibc

/// How often each counted part occurs, by its bytes. Most ballots of a poll share a few hundred of them, so a recount
/// need not look into every ballot: it counts equal bytes, and then looks into each kind once.
///
/// Bounded: when `isFull`, its owner takes the counts out and it begins anew.
struct CountedParts {
  private struct Slot {
    var hash: UInt64
    var offset: Int32
    var length: Int32
    var count: Int64
  }

  private static let slotCount = 1 << 16
  private static let mostParts = slotCount / 2
  private static let mostBytes = 16 << 20

  private var slots = [Slot](repeating: Slot(hash: 0, offset: 0, length: -1, count: 0), count: slotCount)
  private var parts = 0
  private var arena: [UInt8] = []

  var isFull: Bool { parts >= CountedParts.mostParts || arena.count >= CountedParts.mostBytes }

  /// True: these bytes are new here.
  mutating func add(_ part: UnsafeRawBufferPointer, _ count: Int64) -> Bool {
    let hash = Fingerprint.hash(part)
    var index = Int(truncatingIfNeeded: hash) & (CountedParts.slotCount - 1)
    while slots[index].length >= 0 {
      if slots[index].hash == hash, holds(slots[index], part) {
        slots[index].count += count
        return false
      }
      index = (index + 1) & (CountedParts.slotCount - 1)
    }
    slots[index] = Slot(
      hash: hash, offset: Int32(clamping: arena.count), length: Int32(clamping: part.count), count: count)
    arena.append(contentsOf: part)
    parts += 1
    return true
  }

  /// Gives every part with its count, and forgets them.
  mutating func drain(_ use: (UnsafeRawBufferPointer, Int64) -> Void) {
    guard parts > 0 else { return }
    arena.withUnsafeBytes { arena in
      for index in slots.indices where slots[index].length >= 0 {
        let slot = slots[index]
        use(UnsafeRawBufferPointer(rebasing: arena[Int(slot.offset)..<Int(slot.offset) + Int(slot.length)]), slot.count)
        slots[index].length = -1
      }
    }
    arena.removeAll(keepingCapacity: true)
    parts = 0
  }

  private func holds(_ slot: Slot, _ part: UnsafeRawBufferPointer) -> Bool {
    guard Int(slot.length) == part.count else { return false }
    guard let bytes = part.baseAddress else { return true }
    return arena.withUnsafeBytes { arena in
      guard let base = arena.baseAddress else { return false }
      return memcmp(base + Int(slot.offset), bytes, part.count) == 0
    }
  }
}
