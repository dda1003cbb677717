internal import Wire

/// Which of the client's ids have been used on this connection: exactly for the newest 1024 of them; older ones count
/// as used. Ids may come a little out of order (a client takes the id and queues the frame in two steps), never twice.
struct StreamIDWindow: Hashable, Sendable {
  /// Ids remembered one by one.
  static let size: UInt32 = 1024

  /// The highest id used; the connection's id 0 before the first.
  private(set) var highest = StreamID.connection
  /// One bit per id, at its ordinal modulo `size`; allocated with the first id, an idle connection has none.
  private var bits: [UInt64] = []

  /// Whether `id`, an odd one, was used, or is too old to tell.
  func isUsed(_ id: StreamID) -> Bool {
    if id > highest { return false }
    guard ordinal(highest) - ordinal(id) < Self.size else { return true }
    return bits[word(id)] & mask(id) != 0
  }

  /// Marks `id`, an odd one; false if it was used before.
  mutating func use(_ id: StreamID) -> Bool {
    guard !isUsed(id) else { return false }
    if bits.isEmpty { bits = [UInt64](repeating: 0, count: Int(Self.size) / UInt64.bitWidth) }
    if id > highest {
      forgetIDs(between: highest, and: id)
      highest = id
    }
    bits[word(id)] |= mask(id)
    return true
  }

  /// The bits of ids skipped by the new highest one still say what ids `size` earlier were.
  private mutating func forgetIDs(between old: StreamID, and new: StreamID) {
    let first = old == .connection ? 0 : ordinal(old) + 1
    if ordinal(new) - first >= Self.size {
      for index in bits.indices { bits[index] = 0 }
      return
    }
    for skipped in first...ordinal(new) {
      let id = StreamID(rawValue: skipped << 1 | 1)
      bits[word(id)] &= ~mask(id)
    }
  }

  private func ordinal(_ id: StreamID) -> UInt32 { id.rawValue >> 1 }

  private func word(_ id: StreamID) -> Int { Int(ordinal(id) % Self.size) / UInt64.bitWidth }

  private func mask(_ id: StreamID) -> UInt64 { 1 << UInt64(ordinal(id) % UInt32(UInt64.bitWidth)) }
}
