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
    var release: Int
  }

  private struct Ballot: Hashable {
    var unit: UnitPath
    var day: Day
    var choice: String?
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
      for subject in [.ballots, subject] {
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
    var shown = 0

    init(limit: Int) { publication = Publication(limit: limit) }

    mutating func release(by rule: SuppressionRule) throws {
      for ballot in Set(ballots.keys).union(released.keys) {
        let change = (ballots[ballot] ?? 0) - (released[ballot] ?? 0)
        parts[Part(unit: ballot.unit, day: ballot.day, choice: ballot.choice, release: number)] = change
      }
      released = ballots
      number += 1
      let revision = UInt64(number)
      guard publication.release(counts(ballots), of: outline, by: rule, today: today, revision: revision) else {
        return
      }
      let state = try #require(publication.last)
      for place in state.shown {
        let cells = parts.keys.filter { isIn($0, place) }
        // What is shown is the truth.
        #expect(state.value(place) == ballots.reduce(0) { $0 + (isIn($1.key, place) ? $1.value : 0) })
        if !cells.isEmpty { figures.insert(Set(cells)) }
      }
      shown += state.shown.count
    }

    private func isIn(_ part: Part, _ place: PublicationState.Place) -> Bool {
      isIn(Ballot(unit: part.unit, day: part.day, choice: part.choice), place)
    }

    private func isIn(_ ballot: Ballot, _ place: PublicationState.Place) -> Bool {
      guard place.unit.contains(ballot.unit), place.window.contains(ballot.day, today: today) else { return false }
      switch place.subject {
      case .ballots: return true
      case .votes(_, let choice): return ballot.choice == choice
      case .undervotes: return ballot.choice == nil
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
        for unit in Self.leaves {
          for choice in Self.codes + [nil] {
            let late = Int.random(in: 0..<6, using: &random) == 0 ? -1 : 0
            let key = Ballot(unit: unit, day: history.today.advanced(by: late), choice: choice)
            let most: Int64 = choice == nil ? 1 : 12
            history.ballots[key, default: 0] += max(0, Int64.random(in: -most / 2...most, using: &random))
            if Int.random(in: 0..<12, using: &random) == 0, let count = history.ballots[key], count > 0 {
              history.ballots[key] = count - Int64.random(in: 1...count, using: &random)
            }
          }
        }
        try history.release(by: rule)
        if Int.random(in: 0..<3, using: &random) == 0 {
          let old = history.publication
          history.publication = Publication(
            limit: limit, states: old.states, isBased: old.isBased, hasCorrections: old.hasCorrections,
            isMultiple: old.isMultiple)
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
}

extension UnitPath {
  fileprivate static func of(_ text: String) -> UnitPath {
    do { return try UnitPath(text) } catch { preconditionFailure("\(error)") }
  }
}
