/// How a spool stands. Every press it ever took is in exactly one of the counts.
public struct SpoolStatus: Sendable, Equatable {
  /// All presses ever taken: the number of the last one.
  public internal(set) var presses: UInt64 = 0
  public internal(set) var counted: UInt64 = 0
  public internal(set) var flagged: UInt64 = 0
  public internal(set) var duplicate: UInt64 = 0
  public internal(set) var rejected: UInt64 = 0
  /// Counted, though they arrived after their poll had closed.
  public internal(set) var late: UInt64 = 0
  /// They arrived after their poll's seal: on the server's correction list.
  public internal(set) var corrected: UInt64 = 0
  /// Repetitions that an earlier version of this program kept from the server and has forgotten.
  public internal(set) var held: UInt64 = 0
  /// How many presses may be pending.
  public internal(set) var capacity: UInt64 = 0

  /// Not answered for good.
  public var pending: UInt64 { presses - (counted + flagged + duplicate + rejected + late + corrected + held) }
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
    case .late: late += 1
    case .afterSeal: corrected += 1
    }
  }
}
