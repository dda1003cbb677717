public import Polling

/// What one row says, once it is read.
public enum PaperEntry: Hashable, Sendable {
  case total(SheetTotal)
  case questionnaire(Questionnaire)
}

/// A count on a sheet.
public struct SheetTotal: Hashable, Sendable {
  public enum Level: Hashable, Sendable {
    /// By its code.
    case choice(String)
    case blank
    case invalid
  }

  /// Empty where the file names none.
  public var sheet: String
  public var unit: UnitPath
  public var period: Period
  public var question: String
  public var level: Level
  public var count: Int
  /// All questionnaires of the sheet; nil where the file does not say.
  public var sheets: Int?
}

/// One questionnaire. An optional question that was left blank has no answer here.
public struct Questionnaire: Hashable, Sendable {
  /// Empty where the file names none.
  public var number: String
  public var unit: UnitPath
  public var period: Period
  public var answers: [Answer]
}
