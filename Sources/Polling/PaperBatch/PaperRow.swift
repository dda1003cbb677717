/// One row of a file of paper results, read and checked: what somebody typed.
public struct PaperRow: Hashable, Sendable {
  public enum Level: Hashable, Sendable {
    /// By its code.
    case choice(String)
    case blank
    case invalid
  }

  public enum Content: Hashable, Sendable {
    /// A count on a sheet. `questionnaires`: all of the sheet; nil where the file does not say.
    case total(question: String, level: Level, count: Int64, questionnaires: Int64?)
    /// One questionnaire.
    case questionnaire([Answer])
  }

  public static let mostCounted: Int64 = 100_000_000
  public static let longestLabel = 200

  /// In its file, from 1.
  public var number: UInt64
  /// Of the sheet or the questionnaire; empty where the file names none.
  public var label: String
  public var unit: UnitPath
  public var period: DaySpan
  public var content: Content

  public init(number: UInt64, label: String, unit: UnitPath, period: DaySpan, content: Content) {
    self.number = number
    self.label = label
    self.unit = unit
    self.period = period
    self.content = content
  }

  /// What is wrong with it under a manifest and its version of the poll; nil: nothing.
  func problem(_ manifest: PaperManifest, _ poll: Poll) -> String? {
    guard label.utf8.count <= Self.longestLabel else { return "has a label over \(Self.longestLabel) bytes" }
    guard manifest.unit.contains(unit) else { return "is of \(unit), outside the manifest's unit" }
    guard poll.units.contains(where: { $0.path == unit }) else { return "is of \(unit), no unit of this poll" }
    guard manifest.period.contains(period) else { return "is of days outside the manifest's period" }
    switch content {
    case .total(let id, let level, let count, let questionnaires):
      guard let question = poll.questions.first(where: { $0.id == id }) else { return "is of no question of this poll" }
      if case .choice(let code) = level, !question.choices.contains(where: { $0.code == code }) {
        return "names a choice that is not in question \(id)"
      }
      guard (0...Self.mostCounted).contains(count), (0...Self.mostCounted).contains(questionnaires ?? 0) else {
        return "counts less than 0 or more than \(Self.mostCounted)"
      }
      // What is left of several votes follows only from how many could have been given.
      guard questionnaires != nil || question.votesAllowed == 1 else {
        return "does not say how many questionnaires its sheet has, and question \(id) takes several votes"
      }
      return nil
    case .questionnaire(let answers):
      return poll.violations(inPaper: answers).first.map { "\($0.field) \($0.problem)" }
    }
  }
}

extension Poll {
  /// A questionnaire on paper may leave out what a screen would insist on: that is blank.
  fileprivate func violations(inPaper answers: [Answer]) -> [Violation] {
    guard answers.count <= questions.count else {
      return [Violation("answers", "are more than the \(questions.count) questions")]
    }
    var seen: Set<String> = []
    for answer in answers {
      guard let question = questions.first(where: { $0.id == answer.question }) else {
        return [Violation("answers", "name no question of this poll")]
      }
      guard seen.insert(answer.question).inserted else { return [Violation("answers", "name a question twice")] }
      guard answer.choices.count <= Int(question.votesAllowed), Set(answer.choices).count == answer.choices.count,
        answer.choices.allSatisfy({ code in question.choices.contains { $0.code == code } })
      else { return [Violation("answers", "of \(question.id) are too many, twice the same, or no choices of it")] }
    }
    return []
  }
}
