internal import Ledger
internal import Polling

/// The kinds of ballots that came from one place, by what decides them: answers as they are encoded, flags and day. The
/// answers of a kind were looked at once.
///
/// A kind has one slot, and whichever came last is in it: polls with more kinds than slots are looked at more often.
struct CastingKinds {
  private struct Known {
    var flags: RecordFlags
    var day: Day
    var kind: CastKind
  }

  private static let slots = 32

  private var known: [Known?] = []

  /// - Parameter make: for a kind that is not here, known by `answers`. Nil: it is none.
  mutating func kind(
    of answers: UnsafeRawBufferPointer, flags: RecordFlags, day: Day, make: () -> CastKind?
  ) -> CastKind? {
    if known.isEmpty { known = [Known?](repeating: nil, count: Self.slots) }
    let slot = Self.slot(answers, flags, day)
    if let known = known[slot], known.day == day, known.flags == flags, known.kind.isKnown(by: answers) {
      return known.kind
    }
    guard let kind = make() else { return nil }
    known[slot] = Known(flags: flags, day: day, kind: kind)
    return kind
  }

  /// Whoever chooses answers that share a slot makes his own ballots slower, a little.
  private static func slot(_ answers: UnsafeRawBufferPointer, _ flags: RecordFlags, _ day: Day) -> Int {
    var hash = UInt64(answers.count) << 40 ^ UInt64(flags.rawValue) << 32 ^ UInt64(UInt32(bitPattern: day.number))
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
    }
    var position = 0
    while answers.count - position >= 8 {
      mix(answers.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var rest: UInt64 = 0
    while position < answers.count {
      rest = rest << 8 | UInt64(answers[position])
      position += 1
    }
    mix(rest)
    return Int(truncatingIfNeeded: hash >> 32) & (slots - 1)
  }
}
