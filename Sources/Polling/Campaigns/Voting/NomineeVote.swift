/// How the nominees of a campaign are voted on, and what it takes to be chosen.
public struct NomineeVote: Hashable, Sendable {
  public enum Method: Hashable, Sendable {
    /// Any number of nominees, each once.
    case approval
    /// Up to so many nominees.
    case choose(UInt32)
    /// Each nominee a level from 1, the worst.
    case scale(levels: UInt32)
    /// As a scale, by named jurors.
    case jury(points: UInt32)
  }

  /// What happens to those of one rank when there is room for some of them only.
  public enum TieRule: String, Sendable, CaseIterable {
    case chooseAll = "choose-all"
    case chooseNone = "choose-none"
    /// People decide; the result says between whom.
    case undecided
  }

  public var method: Method
  /// Least share of those entitled that must have cast a ballot; nil: any number will do.
  public var quorum: Rational?
  /// Least share of the ballots, or of the highest level on average, that a nominee must reach; nil: none.
  public var threshold: Rational?
  /// Whether reaching ``threshold`` exactly is not enough: "more than half".
  public var mustExceedThreshold: Bool
  /// How many are chosen at most; nil: all who reach the threshold.
  public var places: UInt32?
  public var ties: TieRule

  public init(
    method: Method, quorum: Rational? = nil, threshold: Rational? = nil, mustExceedThreshold: Bool = false,
    places: UInt32? = nil, ties: TieRule = .undecided
  ) {
    self.method = method
    self.quorum = quorum
    self.threshold = threshold
    self.mustExceedThreshold = mustExceedThreshold
    self.places = places
    self.ties = ties
  }

  /// The highest level of a scale or jury; nil: there are no levels.
  public var levels: UInt32? {
    switch method {
    case .approval, .choose: nil
    case .scale(let levels), .jury(let levels): levels
    }
  }

  func breaches() -> [Campaign.Breach] {
    var check = CampaignCheck()
    if case .choose(let most) = method { check.holds(most >= 1, "vote.choose", .notBetween(1, Int64(UInt32.max))) }
    if let levels { check.holds((2...1_000).contains(levels), "vote.levels", .notBetween(2, 1_000)) }
    for (share, field) in [(quorum, "vote.quorum"), (threshold, "vote.threshold")] {
      check.holds(share.map { $0 >= .zero && $0 <= Rational(1) } ?? true, field, .notBetween(0, 1))
    }
    if let places { check.holds(places >= 1, "vote.places", .notBetween(1, Int64(UInt32.max))) }
    return check.breaches
  }
}

/// What one voter or juror marked. Who it was stands nowhere in it.
public struct NomineeBallot: Hashable, Sendable {
  public struct Mark: Hashable, Sendable {
    public var nominee: RecordID<Nomination>
    /// 1…the highest level, of a scale or jury; else 1.
    public var level: UInt32

    public init(_ nominee: RecordID<Nomination>, level: UInt32 = 1) {
      self.nominee = nominee
      self.level = level
    }
  }

  /// A sheet of paper may hold two levels for one nominee: an overvote, kept as it is.
  public var marks: [Mark]

  public init(_ marks: [Mark]) {
    self.marks = marks
  }
}
