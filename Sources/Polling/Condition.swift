/// When a question is asked: when an earlier one was answered with one of these choices.
public struct Condition: Hashable, Sendable {
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

extension Question {
  /// Most choices of a question with a condition: what a page shows beside the answer that led there.
  public static let mostConditionalChoices = 6

  /// Whether it is put to somebody who answered so.
  public func isAsked(after answers: [Answer]) -> Bool {
    askedIf?.holds(in: answers) ?? true
  }

  /// What is wrong with its condition, by field below the question; `earlier`: the questions before it.
  func conditionViolations(after earlier: ArraySlice<Question>) -> [Violation] {
    guard let askedIf else { return [] }
    var found: [Violation] = []
    if choices.count > Self.mostConditionalChoices {
      found.append(Violation("choices", "are more than \(Self.mostConditionalChoices) of a question with asked_if"))
    }
    guard let other = earlier.first(where: { $0.id.isBytewise(askedIf.question) }) else {
      found.append(Violation("asked_if.question", "is not an earlier question"))
      return found
    }
    if askedIf.choices.isEmpty { found.append(Violation("asked_if.choices", "are missing")) }
    if askedIf.choices.count > other.choices.count {
      found.append(Violation("asked_if.choices", "are more than that question has"))
    }
    var known: [String] = []
    // A peer chooses how many there are; more choices than this no question may have.
    for (index, code) in askedIf.choices.prefix(200).enumerated() {
      if !other.choices.prefix(200).contains(where: { $0.code.isBytewise(code) }) {
        found.append(Violation("asked_if.choices[\(index)]", "is no choice of that question"))
      } else if known.contains(where: { $0.isBytewise(code) }) {
        found.append(Violation("asked_if.choices[\(index)]", "is there twice"))
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
