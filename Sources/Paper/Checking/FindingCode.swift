/// Everything that can be wrong with a file of paper results. Codes that begin with E block the import of their row, or
/// of the file; those that begin with W need a named person to accept them. A code never changes its meaning.
public enum FindingCode: String, CaseIterable, Sendable {
  // The file: nothing behind the place is looked at.
  case emptyFile = "E101"
  case notATable = "E102"
  case oldWorkbook = "E103"
  case encrypted = "E104"
  case ourExport = "E105"
  case damagedWorkbook = "E106"
  case unpacksTooLarge = "E107"
  case documentType = "E108"
  case nulByte = "E109"
  case cellTooLong = "E110"
  case rowTooLong = "E111"
  case tooManyColumns = "E112"
  case tooManyRows = "E113"
  case unclosedQuote = "E114"
  case noHeading = "E115"
  case missingColumn = "E116"
  case columnTwice = "E117"
  case noSuchSheet = "E118"
  case noRows = "E119"

  // Rows and cells.
  case unreadableLetters = "E201"
  case strayQuote = "E202"
  case cellsBeyondHeading = "E203"
  case missingValue = "E204"
  case unknownUnit = "E205"
  case severalUnits = "E206"
  case unknownQuestion = "E207"
  case unknownLevel = "E208"
  case tooManyChoices = "E209"
  case notANumber = "E210"
  case notWhole = "E211"
  case negative = "E212"
  case tooLarge = "E213"
  /// Of a sheet or a questionnaire.
  case nameTooLong = "E214"
  case notADate = "E220"
  case monthFirst = "E221"
  case futureDate = "E222"
  case outsidePoll = "E223"
  case otherWeekday = "E224"
  case yearUnknown = "E225"
  case formulaWithoutValue = "E230"
  case failedFormula = "E231"

  // Rows together.
  case sumDiffers = "E240"
  case rowTwice = "E241"
  case questionnaireTwice = "E242"
  case totalsDiffer = "E243"
  case sheetsDiffer = "E244"
  case sheetTorn = "E245"

  // To be looked at, and accepted by a person with a name.
  case encodingUnsure = "W301"
  case capitalUnknown = "W302"
  case columnIgnored = "W303"
  case numberDoubtful = "W310"
  case datesEitherWay = "W311"
  case serialDate = "W312"
  case shortYear = "W313"
  case yearAssumed = "W314"
  case formulaValue = "W320"
  case totalsRow = "W330"
  case ownRejects = "W331"
  case otherSheets = "W332"
  case manyInvalid = "W340"
  case weekend = "W341"
  case roundNumbers = "W342"
  case repeated = "W343"
  case unaccented = "W344"
  case levelByNumber = "W345"
  case repeatsUnchecked = "W346"

  public var blocks: Bool { rawValue.hasPrefix("E") }
}

/// One thing found, and where.
public struct Finding: Hashable, Sendable {
  public var code: FindingCode
  /// Nil: the file as a whole, or a column.
  public var row: Int?
  /// From 0.
  public var column: Int?
  /// What stands there, as read.
  public var value: String
  /// What was expected or seen, in no language: names, numbers.
  public var detail: String

  public init(_ code: FindingCode, row: Int? = nil, column: Int? = nil, value: String = "", detail: String = "") {
    self.code = code
    self.row = row
    self.column = column
    self.value = value
    self.detail = detail
  }

  init(_ problem: PaperProblem) {
    self.init(problem.code, row: problem.row, column: problem.column, detail: problem.detail)
  }
}
