import Polling
import Server

/// A ``RareLine`` for each of many: who they are is up to strangers, so their number is bounded, and those beyond it
/// share one.
struct RareLines<Key: Hashable> {
  static var most: Int { 1_024 }

  private var lines: [Key: RareLine] = [:]
  private var others = RareLine()

  /// Notes that it happened to `key`.
  ///
  /// - Returns: how often since the line before, if the line is to be written now.
  mutating func note(_ key: Key, at now: Timestamp) -> Int? {
    if lines[key] == nil, lines.count >= Self.most {
      lines = lines.filter { !$0.value.isDue(at: now) }
      if lines.count >= Self.most { return others.note(at: now) }
    }
    return lines[key, default: RareLine()].note(at: now)
  }
}
