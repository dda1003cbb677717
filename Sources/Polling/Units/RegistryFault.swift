/// Something wrong with a registry of units. The codes are for ever; texts for people are the client's.
public struct RegistryFault: Hashable, Sendable {
  public enum Code: String, Sendable, CaseIterable {
    case tooMany = "TOO_MANY"
    case badCode = "BAD_CODE"
    case codeTwice = "CODE_TWICE"
    case badSegment = "BAD_SEGMENT"
    case nameMissing = "NAME_MISSING"
    case noPlacement = "NO_PLACEMENT"
    /// It ends before it begins, or when it does.
    case emptyPlacement = "EMPTY_PLACEMENT"
    case overlap = "OVERLAP"
    case gap = "GAP"
    case unknownParent = "UNKNOWN_PARENT"
    /// It stands where its parent is not yet, or is no more.
    case outlivesParent = "OUTLIVES_PARENT"
    case cycle = "CYCLE"
    case tooDeep = "TOO_DEEP"
    /// Two units have one path at one time.
    case pathTwice = "PATH_TWICE"
    case unknownSuccessor = "UNKNOWN_SUCCESSOR"
    /// It has not ended.
    case successorOfLiving = "SUCCESSOR_OF_LIVING"
    /// The successor is not there on the day.
    case successorAbsent = "SUCCESSOR_ABSENT"
    /// Merged or renamed into several, or split into one.
    case successorNumber = "SUCCESSOR_NUMBER"
  }

  public var code: Code
  /// Where, as in the message: `units[3].placements[0]`.
  public var field: String
  /// The code of the unit or procedure, as submitted.
  public var subject: String
  /// What it clashes with, if that is another unit or a day.
  public var other: String

  public init(_ code: Code, field: String, subject: String, other: String = "") {
    self.code = code
    self.field = field
    self.subject = subject
    self.other = other
  }
}
