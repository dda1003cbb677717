/// What is wrong with one field of something submitted; `field` is the path in the message, `questions[0].choices`.
public struct Violation: Hashable, Sendable {
  public var field: String
  public var problem: String

  public init(_ field: String, _ problem: String) {
    self.field = field
    self.problem = problem
  }
}

extension Poll {
  /// Every rule that a poll must keep to be published, each breach with its field; empty: it may be published.
  public func violations() -> [Violation] {
    var found: [Violation] = []
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation(field, problem)) }
    }

    check(!title.vi.isEmpty, "title.vi", "is missing")
    found += title.violations("title")
    check(!units.isEmpty, "units", "names no unit")
    // Beyond a limit the rest is not looked at: a peer chooses how much there is.
    check(units.count <= 10_000, "units", "are more than 10000")
    var paths: Set<UnitPath> = []
    for (index, unit) in units.prefix(10_000).enumerated() {
      check(self.unit.contains(unit.path), "units[\(index)].path", "lies outside \(self.unit)")
      check(paths.insert(unit.path).inserted, "units[\(index)].path", "is there twice")
      found += unit.name.violations("units[\(index)].name")
    }
    check(questions.count <= 100, "questions", "are more than 100")
    var ids: Set<String> = []
    for (index, question) in questions.prefix(100).enumerated() {
      let field = "questions[\(index)]"
      let isName = Name.isValid(question.id)
      check(isName, "\(field).id", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")
      // Only names are hashed: a peer's text may be made to take hours.
      check(!isName || ids.insert(question.id).inserted, "\(field).id", "is there twice")
      found += question.violations(field)
      found += conditionViolations(of: index).map { Violation("\(field).\($0.field)", $0.problem) }
    }
    found += textViolations()
    // Where conditions lead is asked of those that are in order.
    if found.isEmpty { found += deadPathViolations() }
    found += policy.violations() + kiosk.violations(showing: questions)
    if let opensAt, let closesAt { check(opensAt < closesAt, "closes_at_ms", "is not after opens_at_ms") }
    return found
  }

  /// Whether there is something to choose: every question has at least two choices, and there is a question.
  public var hasOptions: Bool {
    !questions.isEmpty && questions.allSatisfy { $0.choices.count >= 2 }
  }
}

extension Question {
  /// What is wrong with it, its id and its condition aside.
  fileprivate func violations(_ field: String) -> [Violation] {
    var found = text.violations("\(field).text")
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation(field, problem)) }
    }
    var codes: Set<String> = []
    for (place, choice) in choices.prefix(200).enumerated() {
      let isName = Name.isValid(choice.code)
      check(isName, "\(field).choices[\(place)].code", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")
      check(!isName || codes.insert(choice.code).inserted, "\(field).choices[\(place)].code", "is there twice")
      check(!choice.label.vi.isEmpty, "\(field).choices[\(place)].label.vi", "is missing")
      found += choice.label.violations("\(field).choices[\(place)].label")
    }
    check(choices.count <= 200, "\(field).choices", "are more than 200")
    switch kind {
    case .ordinal:
      check(choices.count <= Self.mostLevels, "\(field).choices", "are more than \(Self.mostLevels) levels")
    case .multiple(let votesAllowed):
      check(
        votesAllowed >= 1 && votesAllowed <= choices.count, "\(field).votes_allowed",
        "must be 1 to the number of choices")
    case .indicator, .scale:
      let fixed = kind.fixedCodes ?? []
      check(
        choices.count == fixed.count && zip(choices, fixed).allSatisfy { $0.code.isBytewise($1) }, "\(field).choices",
        "must be \(fixed.joined(separator: ", ")), in this order")
    case .single: break
    }
    check(meaning >= 1, "\(field).meaning", "must be at least 1")
    return found
  }
}
