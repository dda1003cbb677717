/// What is told of one poll to those who may not see what was counted: units by windows by choices, as of its last
/// release, without the figures that would tell, alone or with any others ever released, of at least one and fewer than
/// k people.
///
/// n is decided first, by itself. Each question is a problem of its own that n is known in, and a figure of it is shown
/// only where n is; so figures of two questions tell of one another nothing that one of them does not. A question with
/// several votes is one problem per choice: taken or not.
///
/// Once `limit` states are remembered, the last one becomes the base: a figure is shown from there on only if what it holds of
/// the base was shown in it, as that figure or as nothing. Then base and what came after it stand alone, and nothing
/// older needs to be known.
public struct Publication: Hashable, Sendable {
  /// The poll, as far as it matters here.
  public struct Outline: Sendable {
    /// Those with figures.
    public var units: [UnitPath]
    /// By question: whether a ballot may take more than one of its choices.
    public var questions: [String: Bool]
    /// The choices, by question.
    public var codes: [String: [String]]

    init(units: [UnitPath], questions: [String: Bool], codes: [String: [String]]) {
      self.units = units
      self.questions = questions
      self.codes = codes
    }

    /// All units of the poll and those above them, as long as these make no more figures than can be looked at; else
    /// only the poll's own unit and its children, or the former alone.
    public init(_ poll: Poll) {
      questions = Dictionary(poll.questions.map { ($0.id, $0.votesAllowed > 1) }) { first, _ in first }
      codes = Dictionary(poll.questions.map { ($0.id, $0.choices.map(\.code)) }) { first, _ in first }
      let largest = 1 + (poll.questions.map(\.choices.count).max() ?? 0)
      let subjects = 1 + poll.questions.reduce(0) { $0 + $1.choices.count + 1 }
      let all = Set(poll.units.flatMap { $0.path.lineage }).filter(poll.unit.contains).union([poll.unit])
      let depth = poll.unit.lineage.count
      let depths = [Int.max, depth + 1]
      units = [poll.unit]
      for most in depths {
        let units = all.filter { $0.lineage.count <= most }
        let figures = units.count * Window.allCases.count
        guard figures * subjects <= Publication.mostFigures, figures * largest <= Publication.mostFiguresOfAQuestion
        else { continue }
        self.units = units.sorted()
        break
      }
    }
  }

  /// A few: each state that is remembered costs as much again as all before it, and what a base forgets is little.
  public static let usualLimit = 3
  /// Of one release: what 40 units and 14 questions have takes seconds, once a day.
  static let mostFigures = 13_000
  /// The questions are made safe one by one, which takes longer than in proportion to their figures.
  static let mostFiguresOfAQuestion = 3_000

  public let limit: Int
  /// Oldest first. Never empty once something was released.
  public private(set) var states: [PublicationState]
  /// Whether something may have been told of `states[0]`'s counts that is not remembered.
  public private(set) var isBased: Bool
  /// Whether counts ever became less: from then on a state may be small though much happened to it.
  public private(set) var hasCorrections: Bool
  /// As of their first release: what a question's figures tell of one another depends on it.
  public private(set) var isMultiple: [String: Bool]
  /// Of days before it nothing is published, for nobody remembers what was told of them: windows that begin earlier stay
  /// away, and the total for good. Nil: all days are.
  public private(set) var firstDay: Day?

  /// - Parameters:
  ///   - states: what is remembered of earlier releases. With `isBased` the first one's counts may have been told of
  ///     in ways that nobody remembers.
  public init(
    limit: Int = Publication.usualLimit, states: [PublicationState] = [], isBased: Bool = false,
    hasCorrections: Bool = false, isMultiple: [String: Bool] = [:], firstDay: Day? = nil
  ) {
    self.limit = max(1, limit)
    self.states = states
    self.isBased = isBased && !states.isEmpty
    self.hasCorrections = hasCorrections
    self.isMultiple = isMultiple
    self.firstDay = firstDay
  }

  /// For a poll of which figures were told that nobody remembers: only days to come are ever published. Of them nothing
  /// was told; and of `counts`, should some be of these days already, anything may have been.
  public init(forgetting counts: DailyCounts, revision: UInt64, today: Day, limit: Int = Publication.usualLimit) {
    let counts = counts.lumping(before: PublicationState.horizon(today))
    let state = PublicationState(revision: revision, today: today, counts: counts, shown: [])
    self.init(limit: limit, states: [state], isBased: true, firstDay: today.advanced(by: 1))
  }

  /// What is published now; nil: nothing yet.
  public var last: PublicationState? {
    guard let last = states.last, !last.shown.isEmpty else { return nil }
    return last
  }

  /// Publishes as much of `counts` as may be told. If the whole's n is not, the last release stays, to be tried again
  /// when more has come.
  ///
  /// - Returns: whether there is a new release.
  @discardableResult
  public mutating func release(
    _ counts: DailyCounts, of outline: Outline, by rule: SuppressionRule, today: Day, revision: UInt64
  ) -> Bool {
    // A clock that was set back would take days out of the lump again.
    guard let whole = outline.units.min(by: { $0.rawValue.utf8.count < $1.rawValue.utf8.count }),
      today >= states.last?.today ?? today
    else { return false }
    let counts = counts.lumping(before: PublicationState.horizon(states.first?.today ?? today))
    var next = self
    if let earlier = states.last {
      next.hasCorrections =
        hasCorrections || earlier.counts.cells.contains { counts.cells[$0.key] ?? 0 < $0.value }
    }
    for (question, multiple) in outline.questions where isMultiple[question] == nil {
      next.isMultiple[question] = multiple
    }
    var state = PublicationState(revision: revision, today: today, counts: counts, shown: [])
    func shown(_ part: PublicationProblem.Part, _ codes: [String] = []) -> Set<PublicationState.Place> {
      var places = PublicationProblem(next, state, part, units: outline.units, codes: codes).shown(by: rule)
      guard next.hasCorrections else { return places }
      // What was taken away may be what came back.
      places.formIntersection(
        PublicationProblem(next, state, part, units: outline.units, codes: codes, undoing: true).shown(by: rule))
      // And what two states tell without those between them.
      for earlier in next.states {
        var pair = next
        pair.states = [earlier]
        pair.isBased = next.isBased && earlier == next.states.first
        places.formIntersection(
          PublicationProblem(pair, state, part, units: outline.units, codes: codes).shown(by: rule))
      }
      return places
    }
    state.shown = shown(.ballots)
    let n = PublicationState.Place(unit: whole, window: .total, subject: .ballots)
    // Where it never was, for the base was told of nobody knows how, there are only days to show.
    let isWhole = states.last?.shown.contains(n) ?? true
    guard isWhole ? state.shown.contains(n) : !state.shown.isEmpty else { return false }
    for (question, multiple) in outline.questions.sorted(by: { $0.key < $1.key })
    where multiple == next.isMultiple[question] {
      let codes = outline.codes[question] ?? []
      let found =
        multiple
        ? codes.reduce(into: Set()) { $0.formUnion(shown(.choice(question, $1))) } : shown(.question(question), codes)
      // Into the state only now: the problems of one question do not know of each other.
      state.shown.formUnion(found)
    }
    next.states.append(state)
    if next.states.count > next.limit {
      next.states = [state]
      next.isBased = true
      next.lump()
    }
    self = next
    return true
  }

  /// What the new base no longer tells apart.
  private mutating func lump() {
    guard let base = states.first else { return }
    let horizon = PublicationState.horizon(base.today)
    states[0].counts = base.counts.lumping(before: horizon)
  }
}

extension UnitPath {
  /// Every unit it lies in, and itself.
  fileprivate var lineage: [UnitPath] {
    let ends = rawValue.indices.filter { rawValue[$0] == "/" } + [rawValue.endIndex]
    return ends.compactMap { try? UnitPath(String(rawValue[..<$0])) }
  }
}
