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
    public static let notAwaiting = Reason(code: "NOT_AWAITING_RECOGNITION")
    public static let notFound = Reason(code: "NOT_FOUND")
    public static let unknownField = Reason(code: "UNKNOWN_FIELD")
  }

  public var reason: Reason
  /// Of counts.
  public var expected: Int64?
  public var actual: Int64?

  public init(_ reason: Reason, expected: Int64? = nil, actual: Int64? = nil) {
    self.reason = reason
    self.expected = expected
    self.actual = actual
  }

  /// `CONTROL_TOTAL_MISMATCH expected=613 actual=612`
  public var description: String {
    var text = reason.code
    if let expected { text += " expected=\(expected)" }
    if let actual { text += " actual=\(actual)" }
    return text
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
