/// One part of a publication that is made safe by itself, over all states that are remembered: n, or what was answered to
/// a question.
struct PublicationProblem {
  /// What ballots are told apart by.
  enum Part: Hashable {
    /// By nothing.
    case ballots
    /// By the choice taken, of a question that takes one.
    case question(String)
    /// By whether this choice was taken.
    case choice(String, String)
  }

  /// Ballots of one unit and day that are not told apart, and came with one state.
  struct Increment: Hashable {
    var unit: UnitPath
    var day: Day
    /// Nil: those with none of the part's subjects.
    var subject: CellKey.Subject?
    var state: Int
  }

  private typealias Place = PublicationState.Place

  private let part: Part
  private let subjects: [CellKey.Subject]
  private let isBased: Bool
  private let hasCorrections: Bool
  private let firstDay: Day?
  /// The last one is to be released.
  private let states: [PublicationState]
  private var increments: [Increment] = []
  /// By place in `increments`: how many people, not 0.
  private var sizes: [Int: Int64] = [:]
  /// Places of those that are not in the state to be released.
  private var undone: Set<Int> = []
  private let units: [UnitPath]
  /// By unit that has figures, now or in an earlier state: the increments within it, in order.
  private var within: [UnitPath: [Int]] = [:]

  /// - Parameters:
  ///   - units: that have figures.
  ///   - codes: the choices of the part's question.
  ///   - undoing: whoever is taken away now is taken for who came last, and whoever comes for who was taken away; otherwise
  ///     each change is of people of its own.
  init(
    _ publication: Publication, _ next: PublicationState, _ part: Part, units: [UnitPath], codes: [String] = [],
    undoing: Bool = false
  ) {
    self.part = part
    self.units = units
    isBased = publication.isBased
    hasCorrections = publication.hasCorrections
    firstDay = publication.firstDay
    states = publication.states + [next]
    subjects = Self.subjects(of: part, codes, states)
    var previous: [Increment: Int64] = [:]
    var places: [Increment: [Int]] = [:]
    for (number, state) in states.enumerated() {
      let parts = Self.parts(of: state.counts, part)
      let changes = Self.difference(parts, previous)
      var sizes = changes
      if part == .ballots {
        // One came and one went: nobody more or less, and yet two people, whom a question would tell of.
        let churn = Self.churn(state.counts, number == 0 ? DailyCounts() : states[number - 1].counts)
        for (cell, count) in churn where sizes[cell] == nil { sizes[cell] = count }
      }
      for (cell, count) in sizes.sorted(by: { Self.precedes($0.key, $1.key) }) {
        let mayUndo = undoing && changes[cell] != nil
        let size = mayUndo && number == states.count - 1 ? undo(count, places[cell] ?? []) : count
        if mayUndo { places[cell, default: []].append(increments.count) }
        add(cell, number, size)
      }
      previous = parts
    }
    // Each path is compared once, not for every figure.
    let keys = increments.map(\.unit)
    for unit in Set(units).union(states.flatMap { $0.shown.lazy.map(\.unit) }) {
      within[unit] = keys.indices.filter { unit.contains(keys[$0]) }
    }
  }

  private mutating func add(_ cell: Increment, _ state: Int, _ size: Int64) {
    guard size != 0 else { return }
    var cell = cell
    cell.state = state
    sizes[increments.count] = size
    increments.append(cell)
  }

  /// Takes a change of the state to be released out of what it may undo.
  ///
  /// - Parameter places: of earlier changes of the same unit, day and subject.
  /// - Returns: what is left of it.
  private mutating func undo(_ change: Int64, _ places: [Int]) -> Int64 {
    var left = change
    for place in places.reversed() where left != 0 {
      guard let size = sizes[place], size.signum() == -left.signum() else { continue }
      // One part of it is undone, and the other stays.
      let part = size.magnitude > left.magnitude ? 0 &- left : size
      left &+= part
      add(increments[place], increments[place].state, size &- part)
      sizes[place] = part
      undone.insert(place)
    }
    return left
  }

  private static func difference(_ new: [Increment: Int64], _ old: [Increment: Int64]) -> [Increment: Int64] {
    Set(new.keys).union(old.keys).reduce(into: [:]) { changes, cell in
      let change = (new[cell] ?? 0) &- (old[cell] ?? 0)
      if change != 0 { changes[cell] = change }
    }
  }

  /// Per unit and day, how many changes there were in the question in which there were fewest, but some.
  private static func churn(_ new: DailyCounts, _ old: DailyCounts) -> [Increment: Int64] {
    var questions: [String: [Increment: Int64]] = [:]
    for cell in Set(new.cells.keys).union(old.cells.keys) {
      let change = Int64(clamping: ((new.cells[cell] ?? 0) &- (old.cells[cell] ?? 0)).magnitude)
      guard change != 0 else { continue }
      let place = Increment(unit: cell.unit, day: cell.day, subject: .ballots, state: 0)
      switch cell.subject {
      case .ballots: break
      case .votes(let question, _), .undervotes(let question):
        questions[question, default: [:]][place, default: 0] &+= change
      }
    }
    return questions.values.reduce(into: [:]) { churn, places in churn.merge(places, uniquingKeysWith: min) }
  }

  private static func parts(of counts: DailyCounts, _ part: Part) -> [Increment: Int64] {
    var parts: [Increment: Int64] = [:]
    for (cell, count) in counts.cells {
      if case .ballots = cell.subject {
        let subject: CellKey.Subject? = part == .ballots ? .ballots : nil
        parts[Increment(unit: cell.unit, day: cell.day, subject: subject, state: 0), default: 0] &+= count
      } else if isOf(part, cell.subject) {
        parts[Increment(unit: cell.unit, day: cell.day, subject: cell.subject, state: 0), default: 0] &+= count
        parts[Increment(unit: cell.unit, day: cell.day, subject: nil, state: 0), default: 0] &-= count
      }
    }
    return parts
  }

  private static func isOf(_ part: Part, _ subject: CellKey.Subject) -> Bool {
    switch (part, subject) {
    case (.ballots, .ballots): true
    case (.question(let asked), .votes(let question, _)), (.question(let asked), .undervotes(let question)):
      asked == question
    case (.choice(let asked, let taken), .votes(let question, let choice)): asked == question && taken == choice
    default: false
    }
  }

  /// With choices that a version of the poll no longer has: they were published once.
  private static func subjects(
    of part: Part, _ codes: [String], _ states: [PublicationState]
  ) -> [CellKey.Subject] {
    switch part {
    case .ballots: return [.ballots]
    case .choice(let question, let choice): return [.votes(question: question, choice: choice)]
    case .question(let question):
      var subjects = Set(codes.map { CellKey.Subject.votes(question: question, choice: $0) })
      subjects.insert(.undervotes(question: question))
      for state in states { subjects.formUnion(state.counts.cells.keys.lazy.map(\.subject).filter { isOf(part, $0) }) }
      return subjects.sorted { name($0).utf8.lexicographicallyPrecedes(name($1).utf8) }
    }
  }

  /// The places of the new state that may be shown.
  func shown(by rule: SuppressionRule) -> Set<PublicationState.Place> {
    let number = states.count - 1
    let next = states[number]
    var places: [Place] = []
    for unit in units {
      for window in Window.allCases where isOpen(window, today: next.today) {
        let n = Place(unit: unit, window: window, subject: .ballots)
        guard part == .ballots || next.shown.contains(n) else { continue }
        places += subjects.map { Place(unit: unit, window: window, subject: $0) }
      }
    }
    if isBased {
      let bases = Set(known(states[0]).map { cells($0, states[0], through: 0) })
      places.removeAll { place in
        let base = cells(place, next, through: 0)
        return !base.isEmpty && !bases.contains(base)
      }
    }
    if hasCorrections { removeSmallRests(&places, of: next, by: rule) }
    // Windows that hold the same days are one figure.
    var figures: [Set<Int>: [Place]] = [:]
    for place in places { figures[cells(place, next, through: number), default: []].append(place) }
    let sets = figures.sorted { Self.precedes($0.value[0], $1.value[0]) }
    var told: Set<Set<Int>> = []
    var known: [Set<Int>] = []
    for (number, state) in states.enumerated() {
      for place in self.known(state) {
        let cells = cells(place, state, through: number)
        if told.insert(cells).inserted { known.append(cells) }
      }
    }
    let hidden = rule.suppressed(sets.map(\.key), counts: sizes, known: known)
    return sets.indices.filter { !hidden.contains($0) }.reduce(into: []) { $0.formUnion(sets[$1].value) }
  }

  /// Whether all its days may be published.
  private func isOpen(_ window: Window, today: Day) -> Bool {
    guard let firstDay else { return true }
    return OpenPeriod(window, today: today).start.map { $0 >= firstDay } ?? false
  }

  /// After corrections a figure may be small, by itself or with others, though much happened to it.
  private func removeSmallRests(_ places: inout [Place], of state: PublicationState, by rule: SuppressionRule) {
    let parts = Self.parts(of: state.counts, part)
    var within: [UnitPath: [Increment]] = [:]
    for unit in self.within.keys { within[unit] = parts.keys.filter { unit.contains($0.unit) } }
    func cells(_ place: Place) -> Set<Increment> {
      Set((within[place.unit] ?? []).filter { isIn($0, place, today: state.today) })
    }
    let hidden = rule.suppressed(places.map(cells), counts: parts, known: known(state).map(cells))
    places = places.indices.filter { !hidden.contains($0) }.map { places[$0] }
  }

  /// What the state tells in this problem. n is known in every one.
  private func known(_ state: PublicationState) -> [PublicationState.Place] {
    state.shown.filter { $0.subject == .ballots || Self.isOf(part, $0.subject) }.sorted(by: Self.precedes)
  }

  /// Of a cell within the place's unit.
  private func isIn(_ cell: Increment, _ place: Place, today: Day) -> Bool {
    PublicationState.contains(place.window, cell.day, today: today)
      && (place.subject == .ballots || cell.subject == place.subject)
  }

  /// What a figure of `state` is the sum of, as far as it came with the states through `number` and is still there.
  private func cells(_ place: Place, _ state: PublicationState, through number: Int) -> Set<Int> {
    Set(
      (within[place.unit] ?? []).filter {
        increments[$0].state <= number && !(number == states.count - 1 && undone.contains($0))
          && isIn(increments[$0], place, today: state.today)
      })
  }

  private static func precedes(_ left: Increment, _ right: Increment) -> Bool {
    (left.unit.rawValue, left.day.number, left.subject.map(name) ?? "")
      < (right.unit.rawValue, right.day.number, right.subject.map(name) ?? "")
  }

  private static func precedes(_ left: Place, _ right: Place) -> Bool {
    (left.unit.rawValue, name(left.subject), left.window.rawValue)
      < (right.unit.rawValue, name(right.subject), right.window.rawValue)
  }

  private static func name(_ subject: CellKey.Subject) -> String {
    switch subject {
    case .ballots: " "
    case .votes(let question, let choice): "\(question)/\(choice)"
    case .undervotes(let question): "\(question)/"
    }
  }
}
