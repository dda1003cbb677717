/// How a spool stands. Every press it ever took is in exactly one of the counts.
public struct SpoolStatus: Sendable, Equatable {
  /// All presses ever taken: the number of the last one.
  public internal(set) var presses: UInt64 = 0
  public internal(set) var counted: UInt64 = 0
  public internal(set) var flagged: UInt64 = 0
  public internal(set) var duplicate: UInt64 = 0
  public internal(set) var rejected: UInt64 = 0
  /// Those that no message can tell a server of yet: ``Spool/Configuration/holds``.
  public internal(set) var held: UInt64 = 0
  /// How many presses may be pending.
  public internal(set) var capacity: UInt64 = 0

  /// Not answered for good.
  public var pending: UInt64 { presses - (counted + flagged + duplicate + rejected + held) }
  public var room: UInt64 { capacity - min(capacity, pending) }

  public enum Level: Sendable, Equatable {
    case fine
    /// A fifth is left: somebody should see to it.
    case nearlyFull
    /// Nothing more is taken.
    case full
  }

  public var level: Level {
    if room == 0 { return .full }
    return room <= capacity / 5 ? .nearlyFull : .fine
  }

  mutating func count(_ verdict: Verdict) {
    switch verdict {
    case .counted: counted += 1
    case .flagged: flagged += 1
    case .duplicate: duplicate += 1
    case .rejected: rejected += 1
    }
  }
}
