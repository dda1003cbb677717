/// What cells of one column mean, if they are not long, by their bytes: the same few units, days and levels stand in a million rows. Sets of
/// four slots each, so memory is bounded and two that recur seldom drive each other out; a miss costs only time.
struct CellMemo<Meaning> {
  /// Bytes of a cell.
  private static var longest: Int { 128 }
  private static var ways: Int { 4 }
  private static var sets: Int { 256 }

  private struct Slot {
    /// Bytes of its cell; less than none: free.
    var count = -1
    var salt = 0
    var meaning: Meaning?
  }

  private var slots: [Slot] = []
  /// Of each slot, the bytes of its cell.
  private var keys: [UInt8] = []
  private var victim = 0

  /// - Parameter salt: whatever else the meaning depends on.
  func meaning(of cell: Range<Int>, in bytes: [UInt8], salt: Int = 0) -> Meaning? {
    guard !slots.isEmpty, cell.count <= Self.longest else { return nil }
    let (bytes, keys) = (bytes.span.bytes, keys.span.bytes)
    let first = Self.firstSlot(bytes.hash(cell), salt)
    for place in first..<first + Self.ways where slots[place].count == cell.count && slots[place].salt == salt {
      if bytes.isSame(cell, as: place * Self.longest, in: keys) { return slots[place].meaning }
    }
    return nil
  }

  mutating func keep(_ meaning: Meaning, of cell: Range<Int>, in bytes: [UInt8], salt: Int = 0) {
    guard cell.count <= Self.longest else { return }
    if slots.isEmpty {
      slots = Array(repeating: Slot(), count: Self.sets * Self.ways)
      keys = Array(repeating: 0, count: slots.count * Self.longest)
    }
    let first = Self.firstSlot(bytes.span.bytes.hash(cell), salt)
    var place = first + victim
    if let free = (first..<first + Self.ways).first(where: { slots[$0].count < 0 }) {
      place = free
    } else {
      victim = (victim + 1) % Self.ways
    }
    slots[place] = Slot(count: cell.count, salt: salt, meaning: meaning)
    let key = place * Self.longest
    keys.replaceSubrange(key..<key + cell.count, with: bytes[cell])
  }

  private static func firstSlot(_ hash: UInt64, _ salt: Int) -> Int {
    let mixed = (hash ^ UInt64(truncatingIfNeeded: salt)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 56) * ways
  }
}

extension [UInt8] {
  func isSame(_ place: Range<Int>, as other: Range<Int>) -> Bool {
    guard place.count == other.count else { return false }
    let bytes = span.bytes
    return bytes.isSame(place, as: other.lowerBound, in: bytes)
  }
}

extension RawSpan {
  /// Not against those who look for collisions.
  fileprivate func hash(_ place: Range<Int>) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: place.count)
    eachWord(of: place) { offset, count in
      hash = (hash ^ word(offset, count)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      return true
    }
    return hash
  }

  fileprivate func isSame(_ place: Range<Int>, as start: Int, in other: RawSpan) -> Bool {
    let shift = start - place.lowerBound
    return eachWord(of: place) { offset, count in word(offset, count) == other.word(offset + shift, count) }
  }

  /// Eight bytes at a time, the last ones twice; fewer only where there are no more. Until `work` says no.
  @discardableResult
  private func eachWord(of place: Range<Int>, _ work: (_ offset: Int, _ count: Int) -> Bool) -> Bool {
    guard place.count > 8 else { return work(place.lowerBound, place.count) }
    var offset = place.lowerBound
    while offset + 8 < place.upperBound {
      guard work(offset, 8) else { return false }
      offset += 8
    }
    return work(place.upperBound - 8, 8)
  }

  private func word(_ offset: Int, _ count: Int) -> UInt64 {
    if count == 8 { return unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    var word: UInt64 = 0
    for place in offset..<offset + count {
      word = word << 8 | UInt64(unsafeLoad(fromByteOffset: place, as: UInt8.self))
    }
    return word
  }
}
