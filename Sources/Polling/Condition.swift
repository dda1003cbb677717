/// When a question is asked: what was answered to earlier ones.
public struct Condition: Hashable, Sendable {
  /// One earlier question was answered with one of these choices.
  public struct Test: Hashable, Sendable {
    /// The id of the earlier question.
    public var question: String
    /// Codes of its choices; any one of them will do.
    public var choices: [String]

    public init(question: String, choices: [String]) {
      self.question = question
      self.choices = choices
    }

    /// Whether these answers make it so.
    public func holds(in answers: [Answer]) -> Bool {
      guard let answer = answers.first(where: { $0.question.isBytewise(question) }) else { return false }
      return answer.choices.contains { chosen in choices.contains { $0.isBytewise(chosen) } }
    }
  }

  public enum Join: UInt8, Hashable, Sendable, CaseIterable {
    case all = 1
    case any = 2
  }

  /// How many of the tests must hold. One test alone is always written with `all`.
  public let join: Join
  public let tests: [Test]

  public init(_ join: Join, _ tests: [Test]) {
    self.join = tests.count == 1 ? .all : join
    self.tests = tests
  }

  public init(question: String, choices: [String]) {
    self.init(.all, [Test(question: question, choices: choices)])
  }

  /// Most tests of one condition.
  static let mostTests = 10

  /// Whether these answers make it so.
  public func holds(in answers: [Answer]) -> Bool {
    switch join {
    case .all: tests.allSatisfy { $0.holds(in: answers) }
    case .any: tests.contains { $0.holds(in: answers) }
    }
  }

  /// Whether some answers to these questions would make it so.
  func canHold(in questions: [String]) -> Bool {
    func isThere(_ test: Test) -> Bool { questions.contains { $0.isBytewise(test.question) } }
    return join == .all ? tests.allSatisfy(isThere) : tests.contains(where: isThere)
  }

  /// The field of a test, below the question's.
  func field(_ test: Int) -> String {
    if tests.count == 1 { return "asked_if" }
    return "asked_if.\(join == .all ? "all" : "any")[\(test)]"
  }
}

extension Question {
  /// Most choices of a question with a condition: what a page shows beside the answer that led there.
  public static let mostConditionalChoices = 6

  /// Whether it is put to somebody who answered so.
  public func isAsked(after answers: [Answer]) -> Bool {
    askedIf?.holds(in: answers) ?? true
  }
}

extension Poll {
  /// What is wrong with the condition of the question in this place, by field below the question.
  func conditionViolations(of place: Int) -> [Violation] {
    let question = questions[place]
    guard let condition = question.askedIf else { return [] }
    var found: [Violation] = []
    if question.choices.count > Question.mostConditionalChoices {
      found.append(
        Violation("choices", "are more than \(Question.mostConditionalChoices) of a question with asked_if"))
    }
    return found + violations(of: condition, before: place) { notEarlier($0, than: place) }
  }

  /// The same of free text, which is put to people after all questions.
  func violations(of condition: Condition, onTextNamed id: String) -> [Violation] {
    violations(of: condition, before: questions.count) { named in
      if named.isBytewise(id) { return "is the question itself" }
      return texts.prefix(TextQuestion.most).contains { $0.id.isBytewise(named) }
        ? "is answered in one's own words, which leads nowhere" : "is no question of this poll"
    }
  }

  private func violations(
    of condition: Condition, before place: Int, _ notEarlier: (String) -> String
  ) -> [Violation] {
    var found: [Violation] = []
    guard (1...Condition.mostTests).contains(condition.tests.count) else {
      found.append(Violation("asked_if", "must name 1 to \(Condition.mostTests) earlier questions"))
      return found
    }
    for (index, test) in condition.tests.enumerated() {
      let field = condition.field(index)
      if condition.tests.prefix(index).contains(where: { $0.question.isBytewise(test.question) }) {
        found.append(Violation("\(field).question", "is there twice"))
      }
      guard let other = questions.prefix(place).first(where: { $0.id.isBytewise(test.question) }) else {
        found.append(Violation("\(field).question", notEarlier(test.question)))
        continue
      }
      found += test.violations(field, of: other)
    }
    return found
  }

  /// Why a question cannot depend on the one with this id.
  private func notEarlier(_ id: String, than place: Int) -> String {
    if questions[place].id.isBytewise(id) { return "is the question itself" }
    guard let later = questions.prefix(100).firstIndex(where: { $0.id.isBytewise(id) }) else {
      return "is no question of this poll"
    }
    if let circle = path(from: later, to: place) {
      let names = ([place] + circle).map { Name.isValid(questions[$0].id) ? questions[$0].id : "questions[\($0)]" }
      return "goes round in a circle: \(names.joined(separator: " → "))"
    }
    return "is a later question: what a question depends on must come before it"
  }

  /// The shortest way from a question over those that each depends on; both ends included. Nil: there is none.
  private func path(from start: Int, to end: Int) -> [Int]? {
    var cameFrom: [Int: Int] = [start: start]
    var waiting = [start][...]
    while let place = waiting.popFirst() {
      if place == end {
        var path = [place]
        while let before = cameFrom[path[0]], before != path[0] { path.insert(before, at: 0) }
        return path
      }
      for test in questions[place].askedIf?.tests.prefix(Condition.mostTests) ?? [] {
        guard let next = questions.prefix(100).firstIndex(where: { $0.id.isBytewise(test.question) }),
          cameFrom[next] == nil
        else { continue }
        cameFrom[next] = place
        waiting.append(next)
      }
    }
    return nil
  }
}

extension Condition.Test {
  fileprivate func violations(_ field: String, of other: Question) -> [Violation] {
    var found: [Violation] = []
    if choices.isEmpty { found.append(Violation("\(field).choices", "are missing")) }
    if choices.count > other.choices.count {
      found.append(Violation("\(field).choices", "are more than that question has"))
    }
    var known: [String] = []
    // A peer chooses how many there are; more choices than this no question may have.
    for (index, code) in choices.prefix(200).enumerated() {
      if !other.choices.prefix(200).contains(where: { $0.code.isBytewise(code) }) {
        found.append(Violation("\(field).choices[\(index)]", "is no choice of that question"))
      } else if known.contains(where: { $0.isBytewise(code) }) {
        found.append(Violation("\(field).choices[\(index)]", "is there twice"))
      }
      known.append(code)
    }
    return found
  }
}

extension String {
  /// Equal byte for byte, for names in ASCII. `==` and hashing normalise first, in time that grows with the square of a
  /// run of combining marks: hours for the megabytes a peer may send.
  func isBytewise(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
