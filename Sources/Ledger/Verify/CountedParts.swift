/// How often each counted part occurs, by its bytes. Most ballots of a poll share a few hundred of them, so a recount
/// need not look into every ballot: it counts equal bytes, and then looks into each kind once.
///
/// Bounded: when `isFull`, its owner takes the counts out and it begins anew.
struct CountedParts {
  private var parts = ByteStrings()
  private var counts: [Int64] = []

  var isFull: Bool { parts.isFull }

  /// True: these bytes are new here.
  mutating func add(_ part: UnsafeRawBufferPointer, _ count: Int64) -> Bool {
    let (number, isNew) = parts.add(part)
    if isNew { counts.append(0) }
    counts[number] += count
    return isNew
  }

  /// Gives every part with its count, and forgets them.
  mutating func drain(_ use: (UnsafeRawBufferPointer, Int64) -> Void) {
    parts.each { number, part in use(part, counts[number]) }
    parts.removeAll()
    counts.removeAll(keepingCapacity: true)
  }
}
