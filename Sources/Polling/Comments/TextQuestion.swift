/// A question that people answer in their own words. Kept apart from those with choices: what they write is personal data,
/// goes with no ballot, is in no figure, and can be deleted.
public struct TextQuestion: Hashable, Sendable {
  public static let usualMostBytes: UInt32 = 1_000
  /// Of any answer.
  public static let longest: UInt32 = 4_000
  /// Of one poll.
  public static let most = 5

  public var id: String
  public var text: LocalizedText
  /// Of an answer, in UTF-8.
  public var mostBytes: UInt32
  /// Nil: it is put to everybody. Kept by who asks, with the answers at hand: a comment does not say which ballot it came
  /// with, so nobody can tell afterwards.
  public var askedIf: Condition?

  public init(
    id: String, text: LocalizedText, mostBytes: UInt32 = TextQuestion.usualMostBytes, askedIf: Condition? = nil
  ) {
    self.id = id
    self.text = text
    self.mostBytes = mostBytes
    self.askedIf = askedIf
  }

  /// Whether it is put to somebody who answered so.
  public func isAsked(after answers: [Answer]) -> Bool {
    askedIf?.holds(in: answers) ?? true
  }

  /// What is wrong with this as an answer; nil: nothing.
  public func problem(with answer: String) -> String? {
    guard answer.utf8.count <= mostBytes else { return "is longer than \(mostBytes) bytes" }
    // What a terminal would obey is no opinion.
    guard answer.unicodeScalars.allSatisfy({ $0 == "\n" || $0.properties.generalCategory != .control }) else {
      return "has control characters"
    }
    return answer.unicodeScalars.allSatisfy(\.properties.isWhitespace) ? "is empty" : nil
  }
}

extension Poll {
  /// Every rule that its free text must keep to be published.
  func textViolations() -> [Violation] {
    var found: [Violation] = []
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation(field, problem)) }
    }
    check(texts.count <= TextQuestion.most, "texts", "are more than \(TextQuestion.most)")
    var ids = Set(questions.prefix(100).map(\.id).filter(Name.isValid))
    for (index, question) in texts.prefix(TextQuestion.most).enumerated() {
      let field = "texts[\(index)]"
      let isName = Name.isValid(question.id)
      check(isName, "\(field).id", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")
      check(!isName || ids.insert(question.id).inserted, "\(field).id", "is there twice")
      check(!question.text.vi.isEmpty, "\(field).text.vi", "is missing")
      found += question.text.violations("\(field).text")
      check(
        (1...TextQuestion.longest).contains(question.mostBytes), "\(field).most_bytes",
        "must be 1 to \(TextQuestion.longest)")
      guard let condition = question.askedIf else { continue }
      // What somebody writes may name them; that they were asked tells how they answered.
      check(policy.anonymity != .anonymous, "\(field).asked_if", "tells in an anonymous poll what its writer answered")
      found += violations(of: condition, onTextNamed: question.id).map { Violation("\(field).\($0.field)", $0.problem) }
    }
    return found
  }

  /// Whether who sees published figures may read what was written, and where: where nothing is left out of figures and
  /// ballots are not anonymous. Elsewhere a text, its counter and its day could tell who is behind a ballot.
  ///
  /// - Parameter smallestGroup: the k by which the poll's figures are told, whatever this version says.
  public func showsComments(smallestGroup: UInt32) -> Bool {
    smallestGroup == 1 && policy.smallestGroup == 1 && policy.anonymity == .pseudonymous
  }

  /// Where a comment that was left there is kept: as coarse as protects who wrote it.
  ///
  /// - Parameter smallestGroup: as above.
  public func place(ofCommentAt unit: UnitPath, smallestGroup: UInt32) -> UnitPath {
    showsComments(smallestGroup: smallestGroup) ? unit : self.unit
  }
}
