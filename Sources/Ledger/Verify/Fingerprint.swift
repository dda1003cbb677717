internal import Polling

/// A sum over a set of things that does not depend on their order: two sets with equal sums and counts are equal, for
/// all that chance can do. Not against somebody who looks for a collision; hashes over the entries will be.
struct Fingerprint: Equatable {
  private(set) var count: UInt64 = 0
  private var sums: (UInt64, UInt64) = (0, 0)

  mutating func add(_ a: UInt64, _ b: UInt64, _ c: UInt64) {
    let first = Fingerprint.mix(a &+ Fingerprint.mix(b &+ Fingerprint.mix(c)))
    count += 1
    sums.0 &+= first
    sums.1 &+= Fingerprint.mix(first ^ 0x9E37_79B9_7F4A_7C15)
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer, _ more: UnsafeRawBufferPointer) {
    add(Fingerprint.hash(bytes), Fingerprint.hash(more), UInt64(bytes.count))
  }

  static func == (left: Fingerprint, right: Fingerprint) -> Bool {
    left.count == right.count && left.sums == right.sums
  }

  static func hash(_ poll: PollID) -> UInt64 {
    Array(poll.rawValue.utf8).withUnsafeBytes { hash($0) }
  }

  /// Eight bytes at a time.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(bytes.count)
    var position = 0
    while bytes.count - position >= 8 {
      hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var rest: UInt64 = 0
    while position < bytes.count {
      rest = rest << 8 | UInt64(bytes[position])
      position += 1
    }
    return mix(hash ^ rest)
  }

  /// The finalizer of SplitMix64.
  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
