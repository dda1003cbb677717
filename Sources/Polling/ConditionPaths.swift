extension Poll {
  /// Most different ways to one question: who draws more of them, nobody can check, by hand or otherwise.
  static let mostWays = 64

  /// Questions that nobody is ever asked, free text too, whatever is answered before, by field. For polls whose conditions
  /// each keep their rules: they name earlier questions and choices of theirs.
  func deadPathViolations() -> [Violation] {
    var found: [Violation] = []
    /// By question, every set of answers that leads to it.
    var ways: [[Way]] = []
    for (index, question) in questions.enumerated() {
      guard let condition = question.askedIf else {
        ways.append([Way()])
        continue
      }
      let (led, problem) = reached(by: condition, over: ways)
      if let problem { found.append(Violation("questions[\(index)].asked_if", problem)) }
      // The rest would only grow from here.
      if led.count > Self.mostWays { return found }
      ways.append(led)
    }
    for (index, question) in texts.prefix(TextQuestion.most).enumerated() {
      guard let problem = question.askedIf.flatMap({ reached(by: $0, over: ways).problem }) else { continue }
      found.append(Violation("texts[\(index)].asked_if", problem))
    }
    return found
  }

  /// The ways to what is asked on this condition, and what is wrong with them.
  private func reached(by condition: Condition, over ways: [[Way]]) -> (ways: [Way], problem: String?) {
    let led = self.ways(to: condition, over: ways)
    if led.ways.isEmpty { return ([], led.problem ?? "can never hold") }
    let areTooMany = led.ways.count > Self.mostWays
    return (led.ways, areTooMany ? "leads here in more than \(Self.mostWays) different ways" : nil)
  }

  private func ways(to condition: Condition, over ways: [[Way]]) -> (ways: [Way], problem: String?) {
    var problem: String?
    var sets: [[Way]] = []
    for test in condition.tests {
      guard let place = questions.prefix(ways.count).firstIndex(where: { $0.id == test.question }) else { continue }
      let other = questions[place]
      if ways[place].isEmpty { problem = problem ?? "can never hold: \(other.id) is never asked" }
      let chosen = Set(other.choices.indices.filter { test.choices.contains(other.choices[$0].code) })
      sets.append(ways[place].compactMap { $0.adding(chosen, to: place, allowed: Int(other.votesAllowed)) })
      if sets.last?.isEmpty == true {
        problem = problem ?? "can never hold: \(other.id) is asked only after other answers to itself"
      }
    }
    if condition.join == .any { return (Array(Set(sets.joined())), problem) }
    var all: Set<Way> = [Way()]
    for set in sets {
      var next: Set<Way> = []
      for way in all {
        for other in set {
          switch way.joined(other, in: questions) {
          case .success(let both): next.insert(both)
          case .failure(let conflict): problem = problem ?? conflict.problem
          }
        }
        if next.count > Self.mostWays { return (Array(next), nil) }
      }
      all = next
    }
    return (Array(all), problem)
  }
}

/// Answers that lead to a question: of some earlier ones, what must have been chosen.
private struct Way: Hashable {
  struct Conflict: Error {
    var problem: String
  }

  /// By place of a question: of each of these sets of its choices, one was chosen.
  var needs: [Int: Set<Set<Int>>] = [:]

  /// Nil: that cannot be.
  func adding(_ chosen: Set<Int>, to place: Int, allowed: Int) -> Way? {
    guard let sets = Self.merged(needs[place, default: []].union([chosen]), allowed) else { return nil }
    var way = self
    way.needs[place] = sets
    return way
  }

  func joined(_ other: Way, in questions: [Question]) -> Result<Way, Conflict> {
    var way = self
    for (place, sets) in other.needs {
      let question = questions[place]
      let all = way.needs[place, default: []].union(sets)
      guard let merged = Self.merged(all, Int(question.votesAllowed)) else {
        let words = all.map { set in set.sorted().map { question.choices[$0].code }.joined(separator: "|") }.sorted()
        return .failure(
          Conflict(problem: "can never hold: \(question.id) would have to be \(words.joined(separator: " and "))"))
      }
      way.needs[place] = merged
    }
    return .success(way)
  }

  /// Nil: no answer of so many choices has one of every set.
  private static func merged(_ sets: Set<Set<Int>>, _ allowed: Int) -> Set<Set<Int>>? {
    guard sets.allSatisfy({ !$0.isEmpty }) else { return nil }
    if allowed == 1 {
      guard let first = sets.first else { return [] }
      let common = sets.reduce(first) { $0.intersection($1) }
      return common.isEmpty ? nil : [common]
    }
    var steps = 0
    return canHit(Array(sets), choosing: allowed, &steps) ? sets : nil
  }

  /// Whether so many choices are enough to have one of every set. Gives up after some steps, and believes it.
  private static func canHit(_ sets: [Set<Int>], choosing budget: Int, _ steps: inout Int) -> Bool {
    steps += 1
    guard let first = sets.first, sets.count > budget, steps < 1_000 else { return true }
    guard budget > 0 else { return false }
    for choice in first.sorted() {
      if canHit(sets.filter { !$0.contains(choice) }, choosing: budget - 1, &steps) { return true }
    }
    return false
  }
}
