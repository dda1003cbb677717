/// What a poll asks of ballots besides answers, and what becomes of those that come too often or too late.
public struct Policy: Hashable, Sendable {
  /// At most so many presses of one kiosk within so long.
  public struct Burst: Hashable, Sendable {
    public var presses: UInt32
    /// Milliseconds.
    public var within: Int64

    public init(presses: UInt32, within: Int64) {
      self.presses = presses
      self.within = within
    }
  }

  /// What a ballot tells of who cast it. Fixed when the poll is published first: no later version may change it.
  public enum Anonymity: UInt8, Hashable, Sendable, CaseIterable {
    /// It may carry a keyed hash of its dossier, and times as fine as the poll's precision.
    case pseudonymous = 1
    /// It carries neither a credential nor an order or time finer than an hour.
    case anonymous = 2
  }

  public var timePrecision: TimePrecision
  /// One ballot per credential (dossier): every ballot must carry one.
  public var onePerCredential: Bool
  /// A press that follows another one of its kiosk sooner than this is flagged. Milliseconds; 0: none is.
  public var cooldown: Int64
  /// Presses beyond it are flagged. Nil: none is.
  public var burst: Burst?
  /// How long after the poll's closing ballots are still taken that were made before it. Milliseconds.
  public var late: Int64
  /// k: a published count of fewer people than this is left out (``SuppressionRule``). 1: none is.
  public var smallestGroup: UInt32
  public var anonymity: Anonymity
  /// By how many persons, one after the other, a batch of paper is entered: 2, or 1 where its manifest may ask for a single
  /// entry. What was entered under an earlier version stays as it is.
  public var paperEntries: UInt32

  /// For a poll that does not say.
  public static let usualSmallestGroup: UInt32 = 5
  /// Seven days: as far back as a device's clock may decide the day (``BucketRule``).
  public static let usualLate = -BucketRule.oldest
  public static let usualPaperEntries: UInt32 = 2

  public init(
    timePrecision: TimePrecision = .second, onePerCredential: Bool = false, cooldown: Int64 = 0, burst: Burst? = nil,
    late: Int64 = Policy.usualLate, smallestGroup: UInt32 = Policy.usualSmallestGroup,
    anonymity: Anonymity = .pseudonymous, paperEntries: UInt32 = Policy.usualPaperEntries
  ) {
    self.timePrecision = timePrecision
    self.onePerCredential = onePerCredential
    self.cooldown = cooldown
    self.burst = burst
    self.late = late
    self.smallestGroup = smallestGroup
    self.anonymity = anonymity
    self.paperEntries = paperEntries
  }

  /// Every rule it must keep to be published.
  func violations() -> [Violation] {
    var found: [Violation] = []
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation("policy.\(field)", problem)) }
    }
    check((0...600_000).contains(cooldown), "cooldown_ms", "must be 0 to 600000")
    if let burst {
      check((1...10_000).contains(burst.presses), "burst.presses", "must be 1 to 10000")
      check((1_000...3_600_000).contains(burst.within), "burst.within_ms", "must be 1000 to 3600000")
    }
    check((0...366 * 86_400_000).contains(late), "late_ms", "must be 0 to 366 days")
    // A hidden count below 2 is known to be 1.
    check(
      smallestGroup == 1 || (3...1_000).contains(smallestGroup), "k", "must be 3 to 1000, or 1 to leave out nothing")
    check((1...2).contains(paperEntries), "paper_entries", "must be 2, or 1 to allow single entry")
    if anonymity == .anonymous {
      check(!onePerCredential, "one_per_credential", "must be false in an anonymous poll")
      check(timePrecision.hidesOrder, "time_precision", "must be hour or day in an anonymous poll")
    }
    return found
  }
}
