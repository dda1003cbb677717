/// What one version of a poll makes different from another one, and how much that matters to who compares figures.
public struct PollChange: Hashable, Sendable {
  /// The same words may be put better; what they ask may not change unnoticed.
  public enum Weight: UInt8, Comparable, Sendable, CaseIterable {
    /// Nothing differs.
    case none = 0
    /// It asks the same, in other words or another order.
    case wording = 1
    /// It asks the same questions, others are added or removed, or ballots are taken by other rules.
    case rules = 2
    /// A question asks something else under its old id: figures before and after are not to be compared.
    case meaning = 3

    public static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
  }

  public enum Aspect: String, Sendable, CaseIterable {
    case title, units, policy, times, kiosk, texts
    case added, removed, place, text, labels, choiceOrder, optional
    case kind, codes, levelOrder, askedIf, meaning

    public var weight: Weight {
      switch self {
      case .title, .kiosk, .place, .text, .labels, .choiceOrder: .wording
      case .units, .policy, .times, .texts, .added, .removed, .optional: .rules
      case .kind, .codes, .levelOrder, .askedIf, .meaning: .meaning
      }
    }
  }

  public struct Item: Hashable, Sendable {
    /// Nil: the poll itself.
    public var question: String?
    public var aspect: Aspect

    public init(question: String? = nil, _ aspect: Aspect) {
      self.question = question
      self.aspect = aspect
    }
  }

  /// First those of the poll, then by question in the order of the newer version, removed ones last.
  public private(set) var items: [Item] = []

  public var weight: Weight { items.map(\.aspect.weight).max() ?? .none }

  /// - Parameters: two definitions that keep the rules of publication.
  public init(from old: Poll, to new: Poll) {
    if !old.title.isSame(new.title) { items.append(Item(.title)) }
    if !old.hasSameUnits(new) { items.append(Item(.units)) }
    if old.policy != new.policy { items.append(Item(.policy)) }
    if (old.opensAt, old.closesAt) != (new.opensAt, new.closesAt) { items.append(Item(.times)) }
    if !old.kiosk.isSame(new.kiosk) { items.append(Item(.kiosk)) }
    if !old.hasSameTexts(new) { items.append(Item(.texts)) }
    let places = Dictionary(old.questions.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let kept = new.questions.compactMap { places[$0.id] }
    for question in new.questions {
      guard let place = places[question.id] else {
        items.append(Item(question: question.id, .added))
        continue
      }
      items += Self.aspects(from: old.questions[place], to: question).map { Item(question: question.id, $0) }
    }
    if kept != kept.sorted() {
      for (place, sorted) in zip(kept, kept.sorted()) where place != sorted {
        items.append(Item(question: old.questions[place].id, .place))
      }
    }
    let ids = Set(new.questions.map(\.id))
    items += old.questions.filter { !ids.contains($0.id) }.map { Item(question: $0.id, .removed) }
  }

  /// What differs in a question that keeps its id.
  static func aspects(from old: Question, to new: Question) -> [Aspect] {
    var found: [Aspect] = []
    if !old.text.isSame(new.text) { found.append(.text) }
    let (codes, newCodes) = (old.choices.map(\.code), new.choices.map(\.code))
    let labels = Dictionary(new.choices.map { ($0.code, $0.label) }, uniquingKeysWith: { first, _ in first })
    if old.choices.contains(where: { labels[$0.code].map($0.label.isSame) == false }) { found.append(.labels) }
    if Set(codes) != Set(newCodes) {
      found.append(.codes)
    } else if codes != newCodes {
      found.append(old.kind.isOrdered || new.kind.isOrdered ? .levelOrder : .choiceOrder)
    }
    if old.kind != new.kind { found.append(.kind) }
    if old.isOptional != new.isOptional { found.append(.optional) }
    if old.askedIf?.canonical != new.askedIf?.canonical { found.append(.askedIf) }
    if old.meaning != new.meaning { found.append(.meaning) }
    return found
  }
}

/// Where the figures of a question begin anew: those before and after it are not to be put in one series.
public struct TrendBreak: Hashable, Sendable {
  public var question: String
  /// The first version of the poll in which it asks something else.
  public var version: UInt32
  public var aspects: [PollChange.Aspect]

  public init(question: String, version: UInt32, aspects: [PollChange.Aspect]) {
    self.question = question
    self.version = version
    self.aspects = aspects
  }
}

/// All breaks in the trends of a poll's questions, oldest first. A question that was left out for some versions is
/// compared with what it was before.
///
/// - Parameter versions: oldest first.
public func trendBreaks(_ versions: [Poll]) -> [TrendBreak] {
  var known: [String: Question] = [:]
  var breaks: [TrendBreak] = []
  for version in versions {
    for question in version.questions {
      if let old = known[question.id] {
        let aspects = PollChange.aspects(from: old, to: question).filter { $0.weight == .meaning }
        if !aspects.isEmpty {
          breaks.append(TrendBreak(question: question.id, version: version.version, aspects: aspects))
        }
      }
      known[question.id] = question
    }
  }
  return breaks
}

extension Condition {
  /// Tests and their choices may be named in any order.
  fileprivate var canonical: Condition {
    Condition(
      join,
      tests.map { Test(question: $0.question, choices: $0.choices.sorted()) }.sorted { $0.question < $1.question })
  }
}

// `==` of strings takes composed and decomposed letters for the same, but a version that repairs them is another one.

extension LocalizedText {
  fileprivate func isSame(_ other: LocalizedText) -> Bool {
    vi.isBytewise(other.vi) && en.isBytewise(other.en)
      && others.elementsEqual(other.others) { $0.language.isBytewise($1.language) && $0.text.isBytewise($1.text) }
  }
}

extension Poll {
  fileprivate func hasSameUnits(_ other: Poll) -> Bool {
    unit == other.unit && units.elementsEqual(other.units) { $0.path == $1.path && $0.name.isSame($1.name) }
  }
}

extension Poll {
  fileprivate func hasSameTexts(_ other: Poll) -> Bool {
    texts.elementsEqual(other.texts) {
      $0.id == $1.id && $0.mostBytes == $1.mostBytes && $0.text.isSame($1.text)
        && $0.askedIf?.canonical == $1.askedIf?.canonical
    }
  }
}

extension KioskPage {
  fileprivate func isSame(_ other: KioskPage) -> Bool {
    languages == other.languages && idleTimeout == other.idleTimeout && thanks.isSame(other.thanks)
      && thanksDuration == other.thanksDuration
      && questions.elementsEqual(other.questions) { $0.isBytewise($1) }
  }
}
