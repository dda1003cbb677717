internal import Glibc

/// Small numbers for byte strings, from 0 in the order of their coming. Bounded: when `isFull`, its owner takes out
/// what it needs and begins anew.
struct ByteStrings {
  private struct Slot {
    var hash = 0
    var offset: Int32 = 0
    /// Negative: free.
    var length: Int32 = -1
    var number: Int32 = 0
  }

  private static let mostBytes = 16 << 20

  private let slotCount: Int
  private var slots: [Slot] = []
  private var arena: [UInt8] = []
  private(set) var count = 0

  /// - Parameter slots: a power of two; it is full at half as many.
  init(slots slotCount: Int = 1 << 16) {
    self.slotCount = slotCount
  }

  var isFull: Bool { 2 * count >= slotCount || arena.count >= ByteStrings.mostBytes }

  /// Nil: they are not here.
  func number(of bytes: UnsafeRawBufferPointer) -> Int? {
    if count == 0 { return nil }
    let slot = slots[slot(of: bytes, ByteStrings.hash(bytes))]
    return slot.length < 0 ? nil : Int(slot.number)
  }

  /// - Returns: their number, and whether they are new here.
  mutating func add(_ bytes: UnsafeRawBufferPointer) -> (number: Int, isNew: Bool) {
    if slots.isEmpty { slots = [Slot](repeating: Slot(), count: slotCount) }
    let hash = ByteStrings.hash(bytes)
    let index = slot(of: bytes, hash)
    if slots[index].length >= 0 { return (Int(slots[index].number), false) }
    slots[index] = Slot(
      hash: hash, offset: Int32(clamping: arena.count), length: Int32(clamping: bytes.count),
      number: Int32(clamping: count))
    arena.append(contentsOf: bytes)
    count += 1
    return (count - 1, true)
  }

  mutating func removeAll() {
    if count == 0 { return }
    for index in slots.indices { slots[index].length = -1 }
    arena.removeAll(keepingCapacity: true)
    count = 0
  }

  /// In no order.
  func each(_ use: (_ number: Int, _ bytes: UnsafeRawBufferPointer) -> Void) {
    arena.withUnsafeBytes { arena in
      for slot in slots where slot.length >= 0 {
        use(
          Int(slot.number),
          UnsafeRawBufferPointer(rebasing: arena[Int(slot.offset)..<Int(slot.offset) + Int(slot.length)]))
      }
    }
  }

  /// No peer can choose strings that fall on each other: the seed is another in every process.
  private static let seed = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max) | 1)

  /// Eight bytes at a time; folded products, as in W. Yi, wyhash.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    let seed = seed
    func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
      let product = (hash ^ word).multipliedFullWidth(by: seed.1)
      return product.high ^ product.low
    }
    var hash = seed.0 ^ UInt64(bytes.count)
    var position = 0
    while bytes.count - position >= 8 {
      hash = mix(hash, bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var rest: UInt64 = 0
    while position < bytes.count {
      rest = rest << 8 | UInt64(bytes[position])
      position += 1
    }
    return Int(truncatingIfNeeded: mix(hash, rest) ^ seed.0)
  }

  /// Where they are, or would be.
  private func slot(of bytes: UnsafeRawBufferPointer, _ hash: Int) -> Int {
    var index = hash & (slotCount - 1)
    while slots[index].length >= 0, slots[index].hash != hash || !holds(slots[index], bytes) {
      index = (index + 1) & (slotCount - 1)
    }
    return index
  }

  private func holds(_ slot: Slot, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard Int(slot.length) == bytes.count else { return false }
    guard let start = bytes.baseAddress else { return true }
    return arena.withUnsafeBytes { arena in
      guard let base = arena.baseAddress else { return false }
      return memcmp(base + Int(slot.offset), start, bytes.count) == 0
    }
  }
}
