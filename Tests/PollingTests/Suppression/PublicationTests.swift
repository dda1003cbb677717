import SeededRandom
import Testing

@testable import Polling

struct PublicationTests {
  /// Ballots that came between two releases and cannot be told apart: what the attacker works with.
  private struct Part: Hashable {
    var unit: UnitPath
    var day: Day
    /// Nil: blank.
    var choice: String?
    /// To a second question.
    var other = ""
    var release: Int
  }

  private struct Ballot: Hashable {
    var unit: UnitPath
    var day: Day
    var choice: String?
    var other = ""
  }

  private static let question = "q"
  private static let codes = ["KHL", "HL"]
  private static let whole = UnitPath.of("a")
  private static let leaves = [UnitPath.of("a/b/1"), UnitPath.of("a/b/2"), UnitPath.of("a/c")]
  private static let outline = Publication.Outline(
    units: [whole, .of("a/b")] + leaves, questions: [question: false], codes: [question: codes])

  private static func counts(_ ballots: [Ballot: Int64]) -> DailyCounts {
    var cells: [DailyCounts.Cell: Int64] = [:]
    for (ballot, count) in ballots {
      let subject =
        ballot.choice.map { CellKey.Subject.votes(question: question, choice: $0) } ?? .undervotes(question: question)
      let other = CellKey.Subject.votes(question: "r", choice: ballot.other)
      for subject in ballot.other.isEmpty ? [.ballots, subject] : [.ballots, subject, other] {
        cells[DailyCounts.Cell(unit: ballot.unit, day: ballot.day, subject: subject), default: 0] += count
      }
    }
    return DailyCounts(cells)
  }

  /// Everything one poll ever published, and what happened in it.
  private struct History {
    var publication: Publication
    var ballots: [Ballot: Int64] = [:]
    var parts: [Part: Int64] = [:]
    var figures: Set<Set<Part>> = []
    var today = Day(number: 19_800)
    private var released: [Ballot: Int64] = [:]
    private var number = 0
    /// What the attacker knows to the last ballot, from before anything was remembered.
    private var known: Set<Part> = []
    var outline = PublicationTests.outline
    var shown = 0

    init(limit: Int) { publication = Publication(limit: limit) }

    private mutating func divide() {
      for ballot in Set(ballots.keys).union(released.keys) {
        let change = (ballots[ballot] ?? 0) - (released[ballot] ?? 0)
        let part = Part(
          unit: ballot.unit, day: ballot.day, choice: ballot.choice, other: ballot.other, release: number)
        parts[part] = change
      }
      released = ballots
      number += 1
    }

    /// Some rounds of ballots of any kind, voids and late ones, on this day.
    mutating func cast<Random: RandomNumberGenerator>(_ random: inout Random) {
      for unit in PublicationTests.leaves {
        for choice in PublicationTests.codes + [nil] {
          let late = Int.random(in: 0..<6, using: &random) == 0 ? -1 : 0
          let key = Ballot(unit: unit, day: today.advanced(by: late), choice: choice)
          let most: Int64 = choice == nil ? 1 : 12
          ballots[key, default: 0] += max(0, Int64.random(in: -most / 2...most, using: &random))
          if Int.random(in: 0..<12, using: &random) == 0, let count = ballots[key], count > 0 {
            ballots[key] = count - Int64.random(in: 1...count, using: &random)
          }
        }
      }
    }

    /// What was published is forgotten by us, and the attacker has seen every ballot so far.
    mutating func forget(_ publication: Publication) {
      divide()
      known = Set(parts.keys)
      for part in parts.keys { parts[part] = 0 }
      figures = []
      self.publication = publication
    }

    mutating func release(by rule: SuppressionRule) throws {
      divide()
      let revision = UInt64(number)
      guard publication.release(counts(ballots), of: outline, by: rule, today: today, revision: revision) else {
        return
      }
      let state = try #require(publication.last)
      for place in state.shown {
        let cells = parts.keys.filter { isIn($0, place) }
        // What is shown is the truth.
        #expect(state.value(place) == ballots.reduce(0) { $0 + (isIn($1.key, place) ? $1.value : 0) })
        let unknown = Set(cells).subtracting(known)
        if !unknown.isEmpty { figures.insert(unknown) }
      }
      shown += state.shown.count
    }

    private func isIn(_ part: Part, _ place: PublicationState.Place) -> Bool {
      isIn(Ballot(unit: part.unit, day: part.day, choice: part.choice, other: part.other), place)
    }

    private func isIn(_ ballot: Ballot, _ place: PublicationState.Place) -> Bool {
      guard place.unit.contains(ballot.unit), place.window.contains(ballot.day, today: today) else { return false }
      switch place.subject {
      case .ballots: return true
      case .votes("r", let choice): return ballot.other == choice
      case .votes(_, let choice): return ballot.choice == choice
      // Of the second question nobody left any.
      case .undervotes(let question): return question != "r" && ballot.choice == nil
      }
    }

    /// Pairs, then linear algebra: every part by itself, every group of a unit, day and choice, and what any two
    /// figures leave of one another.
    func leaks(below threshold: Int64) -> Int {
      let attacker = Attacker(figures: figures.map { $0 }, counts: parts, threshold: threshold)
      var targets = Set(parts.keys.map { Set([$0]) })
      for part in parts.keys {
        targets.insert(Set(parts.keys.filter { $0.unit == part.unit && $0.release == part.release }))
        targets.insert(Set(parts.keys.filter { $0.choice == part.choice && $0.release == part.release }))
        let ofDay = parts.keys.filter { $0.unit == part.unit && $0.day == part.day }
        targets.insert(Set(ofDay))
        targets.insert(Set(ofDay.filter { $0.choice == part.choice }))
      }
      return attacker.pairs() + attacker.derives(Array(targets))
    }
  }

  /// Random histories of ballots, voids, late ones, midnights, restarts and releases: pairs, differences in time and all
  /// of linear algebra over everything ever published find no handful of people; and do once only small figures are left
  /// out.
  @Test(arguments: [true, false], [1, 2, 8])
  func attacked(isComplementary: Bool, limit: Int) throws {
    var random = SplitMix64(seed: 1_006 + UInt64(limit))
    let rule = try SuppressionRule(threshold: 5, isComplementary: isComplementary)
    var (leaks, shown, figures) = (0, 0, 0)
    for _ in 0..<5 {
      var history = History(limit: limit)
      for _ in 0..<5 {
        history.cast(&random)
        try history.release(by: rule)
        if Int.random(in: 0..<3, using: &random) == 0 {
          let old = history.publication
          history.publication = Publication(
            limit: limit, states: old.states, isBased: old.isBased, hasCorrections: old.hasCorrections,
            isMultiple: old.isMultiple, firstDay: old.firstDay)
        }
        if Bool.random(using: &random) { history.today = history.today.advanced(by: 1) }
      }
      leaks += history.leaks(below: 5)
      shown += history.shown
      figures += history.figures.count
    }
    print(
      "suppression attack, complementary \(isComplementary), remembering \(limit): \(figures) figures published,",
      "\(leaks) leaks")
    if isComplementary {
      #expect(leaks == 0)
      #expect(shown > 300)
    } else {
      #expect(leaks > 50)
    }
  }

  /// Who has figures is bounded by what it costs to make them safe.
  @Test(arguments: [(13, 2, 14, 40), (100, 1, 14, 1), (49, 2, 2, 148), (120, 1, 2, 121), (130, 2, 5, 131)])
  func unitsWithFigures(wards: Int, counters: Int, questions: Int, units: Int) throws {
    let choices = ["KHL", "HL"].map { Choice(code: $0, label: LocalizedText(vi: $0, en: "")) }
    var poll = Poll(
      id: try PollID("p"), title: LocalizedText(vi: "p", en: ""), unit: try UnitPath("a"), units: [],
      questions: (0..<questions).map {
        Question(id: "q\($0)", text: LocalizedText(vi: "q", en: ""), kind: .single, choices: choices)
      }, policy: Policy())
    for ward in 0..<wards {
      for counter in 0..<counters {
        poll.units.append(Unit(path: try UnitPath("a/w\(ward)/c\(counter)"), name: LocalizedText(vi: "c", en: "")))
      }
    }
    #expect(Publication.Outline(poll).units.count == units)
  }

  /// Of what was counted before the first publication nobody was told anything: it is one block, in the total at once.
  @Test func whatWasCountedBeforeTheFirstPublicationIsInIt() throws {
    var random = SplitMix64(seed: 3_006)
    let rule = try SuppressionRule()
    var leaks = 0
    for _ in 0..<3 {
      var history = History(limit: 2)
      for _ in 0..<6 {
        history.cast(&random)
        history.today = history.today.advanced(by: 9)
      }
      for _ in 0..<3 {
        try history.release(by: rule)
        let n = PublicationState.Place(unit: Self.whole, window: .total, subject: .ballots)
        #expect(history.publication.last?.shown.contains(n) == true)
        history.cast(&random)
        history.today = history.today.advanced(by: 1)
      }
      leaks += history.leaks(below: 5)
    }
    #expect(leaks == 0)
  }

  /// Whoever saw every ballot by the day of which nothing is remembered finds nobody in what is published after it; but does
  /// if everything is published as if nothing had been.
  @Test(arguments: [true, false])
  func attackedByWhoRemembersMore(isSafe: Bool) throws {
    var random = SplitMix64(seed: 4_006)
    let rule = try SuppressionRule()
    var (leaks, shown) = (0, 0)
    for _ in 0..<4 {
      var history = History(limit: 2)
      for _ in 0..<3 {
        history.cast(&random)
        try history.release(by: rule)
        history.today = history.today.advanced(by: 1)
      }
      history.cast(&random)
      history.forget(
        isSafe
          ? Publication(forgetting: Self.counts(history.ballots), revision: 0, today: history.today, limit: 2)
          : Publication(limit: 2))
      history.shown = 0
      let forgotten = history.today
      for _ in 0..<4 {
        // Before midnight too: these ballots are of a day of which nobody knows what was told.
        history.cast(&random)
        try history.release(by: rule)
        history.today = history.today.advanced(by: 1)
        guard isSafe else { continue }
        for place in history.publication.last?.shown ?? [] {
          let start = OpenPeriod(place.window, today: try #require(history.publication.last).today).start
          #expect(start.map { $0 > forgotten } == true)
        }
      }
      leaks += history.leaks(below: 5)
      shown += history.shown
    }
    if isSafe {
      #expect(leaks == 0)
      #expect(shown > 50)
    } else {
      #expect(leaks > 10)
    }
  }

  /// Two questions: what was answered to one and to the other, by the same people, does not tell of a few of them either.
  @Test(arguments: [true, false])
  func twoQuestionsAttacked(isComplementary: Bool) throws {
    var random = SplitMix64(seed: 2_006)
    let rule = try SuppressionRule(threshold: 5, isComplementary: isComplementary)
    var (leaks, shown) = (0, 0)
    for _ in 0..<4 {
      var history = History(limit: 2)
      history.outline = Publication.Outline(
        units: [Self.whole] + Self.leaves.suffix(2), questions: [Self.question: false, "r": false],
        codes: [Self.question: Self.codes, "r": ["Y", "N"]])
      for _ in 0..<3 {
        for unit in Self.leaves.suffix(2) {
          for (choice, other) in [("KHL", "Y"), ("KHL", "N"), ("HL", "Y"), ("HL", "N")] {
            let key = Ballot(unit: unit, day: history.today, choice: choice, other: other)
            history.ballots[key, default: 0] += max(0, Int64.random(in: -5...9, using: &random))
          }
        }
        try history.release(by: rule)
        history.today = history.today.advanced(by: 1)
      }
      leaks += history.leaks(below: 5)
      shown += history.shown
    }
    if isComplementary {
      #expect(leaks == 0)
      #expect(shown > 50)
    } else {
      #expect(leaks > 10)
    }
  }
}

extension UnitPath {
  fileprivate static func of(_ text: String) -> UnitPath {
    do { return try UnitPath(text) } catch { preconditionFailure("\(error)") }
  }
}
