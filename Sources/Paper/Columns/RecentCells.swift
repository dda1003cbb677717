/// What cells of one column mean, for the cells that were seen lately: the same few units, questions and levels stand in
/// a million rows. A fixed number of places, so memory is bounded; a miss costs only time.
struct RecentCells<Value> {
  private struct Entry {
    var bytes: [UInt8]
    var salt: Int
    var value: Value
  }

  private var entries: [Entry?] = []

  /// - Parameter salt: whatever else the meaning depends on.
  mutating func value(of bytes: ArraySlice<UInt8>, salt: Int, _ read: () -> Value) -> Value {
    // Other cells are seldom equal, and memory is bounded by this.
    guard bytes.count <= 128 else { return read() }
    if entries.isEmpty { entries = Array(repeating: nil, count: 512) }
    // FNV-1a, 64 bit.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ UInt64(truncatingIfNeeded: salt)) &* 0x100_0000_01B3
    let place = Int(truncatingIfNeeded: (hash ^ hash >> 32) & 511)
    if let entry = entries[place], entry.salt == salt, entry.bytes.elementsEqual(bytes) { return entry.value }
    let value = read()
    entries[place] = Entry(bytes: Array(bytes), salt: salt, value: value)
    return value
  }
}
