public struct Choice: Hashable, Sendable {
  /// Short and stable, for example `RHL`: what ballots and cells carry.
  public var code: String
  public var label: LocalizedText

  public init(code: String, label: LocalizedText) {
    self.code = code
    self.label = label
  }
}

public struct Question: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Exactly one level, ordered from worst to best.
    case ordinal
    /// Exactly one choice, unordered.
    case single
    /// Up to so many choices.
    case multiple(votesAllowed: UInt32)
    /// A mark of 0, 1 or 2, the best: the choices are `0`, `1` and `2` (NĐ 61/2018, Điều 31).
    case indicator
    /// A mark from 0 to 10, the best: the choices are `0` to `10`, as for a net promoter score.
    case scale

    /// Whether its choices go from worst to best.
    public var isOrdered: Bool {
      switch self {
      case .ordinal, .indicator, .scale: true
      case .single, .multiple: false
      }
    }

    /// The codes that the choices of such a question have, in this order; nil: any.
    public var fixedCodes: [String]? {
      switch self {
      case .indicator: (0...2).map(String.init)
      case .scale: (0...10).map(String.init)
      case .ordinal, .single, .multiple: nil
      }
    }
  }

  /// Most levels of an ordinal question.
  public static let mostLevels = 11

  public var id: String
  public var text: LocalizedText
  public var kind: Kind
  public var isOptional: Bool
  public var choices: [Choice]
  /// Nil: always asked.
  public var askedIf: Condition?
  /// Raised by whoever words it so that it asks something else: figures before and after are not to be compared then.
  /// What can be seen (another kind, other codes) need not be said; see ``PollChange``.
  public var meaning: UInt32

  public init(
    id: String, text: LocalizedText, kind: Kind, isOptional: Bool = false, choices: [Choice], askedIf: Condition? = nil,
    meaning: UInt32 = 1
  ) {
    self.id = id
    self.text = text
    self.kind = kind
    self.isOptional = isOptional
    self.choices = choices
    self.askedIf = askedIf
    self.meaning = meaning
  }

  public var votesAllowed: UInt32 {
    if case .multiple(let votesAllowed) = kind { votesAllowed } else { 1 }
  }
}

public struct Unit: Hashable, Sendable {
  public var path: UnitPath
  public var name: LocalizedText

  public init(path: UnitPath, name: LocalizedText) {
    self.path = path
    self.name = name
  }
}

/// One immutable version of the questions put to citizens, with their opening and closing (NIST: contest).
public struct Poll: Hashable, Sendable {
  public var id: PollID
  /// 1, 2, 3 … in order of publication; 0 before publication.
  public var version: UInt32
  public var title: LocalizedText
  /// The root of the subtree the poll is about.
  public var unit: UnitPath
  public var units: [Unit]
  public var questions: [Question]
  public var policy: Policy
  /// Nil: open from publication.
  public var opensAt: Timestamp?
  /// Half-open: the first instant at which it no longer takes ballots. Nil: until it is closed by hand.
  public var closesAt: Timestamp?
  public var kiosk: KioskPage
  /// Asked besides, answered in one's own words. No ballot holds an answer to them.
  public var texts: [TextQuestion]

  public init(
    id: PollID, version: UInt32 = 0, title: LocalizedText, unit: UnitPath, units: [Unit], questions: [Question],
    policy: Policy = Policy(), opensAt: Timestamp? = nil, closesAt: Timestamp? = nil, kiosk: KioskPage = KioskPage(),
    texts: [TextQuestion] = []
  ) {
    self.id = id
    self.version = version
    self.title = title
    self.unit = unit
    self.units = units
    self.questions = questions
    self.policy = policy
    self.opensAt = opensAt
    self.closesAt = closesAt
    self.kiosk = kiosk
    self.texts = texts
  }

  /// Whether it takes ballots at `instant`, as far as its own times say.
  public func isOpen(at instant: Timestamp) -> Bool {
    if let opensAt, instant < opensAt { return false }
    if let closesAt, instant >= closesAt { return false }
    return true
  }
}
