/// A text in the languages of the service.
public struct LocalizedText: Hashable, Sendable {
  public var vi: String
  public var en: String

  public init(vi: String, en: String) {
    self.vi = vi
    self.en = en
  }
}

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
  }

  public var id: String
  public var text: LocalizedText
  public var kind: Kind
  public var isOptional: Bool
  public var choices: [Choice]
  /// Nil: always asked.
  public var askedIf: Condition?

  public init(
    id: String, text: LocalizedText, kind: Kind, isOptional: Bool = false, choices: [Choice], askedIf: Condition? = nil
  ) {
    self.id = id
    self.text = text
    self.kind = kind
    self.isOptional = isOptional
    self.choices = choices
    self.askedIf = askedIf
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

  public init(
    id: PollID, version: UInt32 = 0, title: LocalizedText, unit: UnitPath, units: [Unit], questions: [Question],
    policy: Policy = Policy(), opensAt: Timestamp? = nil, closesAt: Timestamp? = nil, kiosk: KioskPage = KioskPage()
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
  }

  /// Whether it takes ballots at `instant`, as far as its own times say.
  public func isOpen(at instant: Timestamp) -> Bool {
    if let opensAt, instant < opensAt { return false }
    if let closesAt, instant >= closesAt { return false }
    return true
  }
}
