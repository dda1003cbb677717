/// Tells a scanner from fingers: it types a dossier's number as fast as no hand does, and ends it with Enter or
/// Tab.
///
/// What comes slower passes as the keys it is. A letter is held back for one gap, because it may be a scan's first; so
/// a key waits for ``gap`` milliseconds where dossiers are scanned. Part of a number is never taken for a number: a run
/// too long for hands that has no end is given up whole. If it is one letter again and again, somebody leans on a key:
/// that is dropped, and says nothing.
///
/// Times are milliseconds of any steady clock.
struct ScanStateMachine: Sendable, Equatable {
  enum Output: Sendable, Equatable {
    case key(Key)
    case scanned(String)
    /// A scan whose end did not come.
    case unreadable
  }

  /// No hand is faster, again and again; no scanner slower.
  static let gap: Int64 = 50
  /// Fewer letters in a run are fingers, all the same.
  static let shortest = 6
  /// Longer than any number and than most of what else stands in a QR code.
  static let longest = 1_024
  /// After this much silence nothing of an unreadable scan comes any more.
  static let rest: Int64 = 300

  private enum State: Sendable, Equatable {
    case quiet
    case run([Character], last: Int64)
    /// What is left of a scan that was given up.
    case swallowing(last: Int64)
  }
  private var state = State.quiet

  mutating func take(_ key: Key, now: Int64) -> [Output] {
    let before = tick(now: now)
    switch (state, key) {
    case (.quiet, .character(let character)):
      state = .run([character], last: now)
      return before
    case (.quiet, _): return before + [.key(key)]
    case (.run(let run, _), .character(let character)):
      guard run.count < Self.longest else {
        state = .swallowing(last: now)
        return before + (Self.isHeld(run) ? [] : [.unreadable])
      }
      state = .run(run + [character], last: now)
      return before
    case (.run(let run, _), .enter) where run.count >= Self.shortest,
      (.run(let run, _), .tab) where run.count >= Self.shortest:
      state = .quiet
      return before + [.scanned(String(run))]
    case (.run(let run, _), _) where run.count >= Self.shortest:
      if Self.isHeld(run) {
        state = .quiet
        return before + [.key(key)]
      }
      state = .swallowing(last: now)
      return before + [.unreadable, .key(key)]
    case (.run(let run, _), _):
      state = .quiet
      return before + run.map { .key(.character($0)) } + [.key(key)]
    case (.swallowing, .enter):
      state = .quiet
      return before
    case (.swallowing, .character):
      state = .swallowing(last: now)
      return before
    case (.swallowing, _): return before + [.key(key)]
    }
  }

  /// One letter again and again: a keyboard repeats a held key 25 to 30 times a second.
  private static func isHeld(_ run: [Character]) -> Bool {
    run.allSatisfy { $0 == run.first }
  }

  /// To be told often: a key that is held back waits for it.
  mutating func tick(now: Int64) -> [Output] {
    switch state {
    case .quiet: return []
    case .run(let run, let last):
      guard now - last > Self.gap else { return [] }
      guard run.count >= Self.shortest else {
        state = .quiet
        return run.map { .key(.character($0)) }
      }
      if Self.isHeld(run) {
        state = .quiet
        return []
      }
      state = .swallowing(last: last)
      return [.unreadable] + tick(now: now)
    case .swallowing(let last):
      if now - last > Self.rest { state = .quiet }
      return []
    }
  }
}

/// A dossier's number as it may go into a ballot.
enum DossierNumber {
  static let longest = 128

  /// Without spaces, which the server leaves out too; nil: the server would not take it.
  static func read(_ text: String) -> String? {
    guard text.utf8.count <= ScanStateMachine.longest else { return nil }
    let number = String(text.filter { !$0.isWhitespace })
    guard (1...longest).contains(number.uppercased().utf8.count) else { return nil }
    return number.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) ? number : nil
  }
}
