/// Why something asked for in a campaign is not done.
public struct CampaignRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Reason: Hashable, Sendable {
    public let code: String

    public static let alreadyExists = Reason(code: "ALREADY_EXISTS")
    public static let alreadyRecognised = Reason(code: "ALREADY_RECOGNISED")
    public static let awardExists = Reason(code: "AWARD_EXISTS")
    public static let controlTotalMismatch = Reason(code: "CONTROL_TOTAL_MISMATCH")
    public static let decisionCountExceeded = Reason(code: "DECISION_COUNT_EXCEEDED")
    public static let invalidField = Reason(code: "INVALID_FIELD")
    public static let modelEnded = Reason(code: "MODEL_ENDED")
    /// Nothing was published under this name yet.
    public static let notPublished = Reason(code: "UNKNOWN_CAMPAIGN")
    public static let notAwaiting = Reason(code: "NOT_AWAITING_RECOGNITION")
    public static let notFound = Reason(code: "NOT_FOUND")
    public static let notRecognised = Reason(code: "NOT_RECOGNISED")
    /// More than a campaign holds.
    public static let tooMuch = Reason(code: "TOO_MUCH")
    public static let unknownField = Reason(code: "UNKNOWN_FIELD")

    // Of moves and guards.
    public static let documentNeeded = Reason(code: "DOCUMENT_NEEDED")
    public static let notInThisCampaign = Reason(code: "NOT_IN_THIS_CAMPAIGN")
    public static let notNow = Reason(code: "NOT_NOW")
    public static let otherPersonNeeded = Reason(code: "OTHER_PERSON_NEEDED")
    public static let outOfScope = Reason(code: "OUT_OF_SCOPE")
    public static let proposalDiffers = Reason(code: "PROPOSAL_DIFFERS")
    public static let reasonNeeded = Reason(code: "REASON_NEEDED")
    public static let selfScreening = Reason(code: "SELF_SCREENING")
    public static let wrongRole = Reason(code: "WRONG_ROLE")
  }

  public var reason: Reason
  /// Of counts.
  public var expected: Int64?
  public var actual: Int64?
  /// The id of the record it is about; empty: of none in particular.
  public var subject = ""
  /// Of a record that breaks rules: which.
  public var violations: [Violation] = []

  public init(
    _ reason: Reason, expected: Int64? = nil, actual: Int64? = nil, subject: String = "", violations: [Violation] = []
  ) {
    self.reason = reason
    self.expected = expected
    self.actual = actual
    self.subject = subject
    self.violations = violations
  }

  static func invalid(_ field: String, _ problem: String, of subject: String = "") -> CampaignRefusal {
    CampaignRefusal(.invalidField, subject: subject, violations: [Violation(field, problem)])
  }

  func about(_ subject: String) -> CampaignRefusal {
    var copy = self
    if copy.subject.isEmpty { copy.subject = subject }
    return copy
  }

  /// `CONTROL_TOTAL_MISMATCH expected=613 actual=612`
  public var description: String {
    var text = reason.code
    if let expected { text += " expected=\(expected)" }
    if let actual { text += " actual=\(actual)" }
    if !subject.isEmpty { text += " \(subject)" }
    for violation in violations { text += "; \(violation.field) \(violation.problem)" }
    return text
  }
}

extension CampaignRefusal {
  init(_ refusal: ScreeningStateMachine.Refusal) {
    switch refusal {
    case .notNow: self.init(Reason.notNow)
    case .notInThisCampaign: self.init(Reason.notInThisCampaign)
    case .wrongRole: self.init(Reason.wrongRole)
    case .outsideSubtree: self.init(Reason.outOfScope)
    case .selfScreening: self.init(Reason.selfScreening)
    case .noReason: self.init(Reason.reasonNeeded)
    case .noDocument: self.init(Reason.documentNeeded)
    case .tooLong: self = .invalid("reason", "or document is too long")
    case .samePerson: self.init(Reason.otherPersonNeeded)
    case .differs: self.init(Reason.proposalDiffers)
    }
  }
}

/// A count that was written down before the rows were counted.
public struct ControlTotal: Hashable, Sendable {
  public var expected: Int64

  public init(_ expected: Int64) {
    self.expected = expected
  }

  /// - Throws: ``CampaignRefusal`` `CONTROL_TOTAL_MISMATCH`: nothing of these rows may go further.
  public func check(_ actual: Int) throws(CampaignRefusal) {
    guard Int64(actual) == expected else {
      throw CampaignRefusal(.controlTotalMismatch, expected: expected, actual: Int64(actual))
    }
  }
}
