public import Polling

/// What came out of checking a file.
public struct PaperReport: Sendable {
  /// What a manifest is held against.
  public struct Place: Hashable, Sendable {
    public var unit: UnitPath
    public var period: Period

    public init(unit: UnitPath, period: Period) {
      self.unit = unit
      self.period = period
    }
  }

  /// Rows of one place.
  public struct PlaceRows: Hashable, Sendable {
    /// The number of the first one.
    public var first: Int
    public var count: Int
  }

  public struct Column: Sendable {
    public var heading: String
    public var field: ColumnField?
    public var encoding: EncodingVerdict
  }

  /// Of the findings of one code, how many there are and the first of them.
  public struct Tally: Sendable {
    public var count = 0
    public var first: [Finding] = []
  }

  /// So many findings of each code are kept; all of them are counted.
  public static let kept = 20
  /// More of them are no one batch (`PaperSums.mostCells`).
  public static let mostPlaces = 50_000

  public var format: PaperFile.Format?
  public var isUTF16 = false
  public var kind: PaperKind?
  /// Of the heading.
  public var headingRow: Int?
  public var columns: [Column] = []
  /// Rows below the heading that are not blank, without totals rows.
  public var rows = 0
  public var acceptedRows = 0
  public var rejectedRows = 0
  /// Votes of the accepted rows, by question and level.
  public var votes: [String: [String: Int]] = [:]
  /// Of the accepted rows; those beyond ``mostPlaces`` are left out.
  public private(set) var places: [Place: PlaceRows] = [:]
  /// Those count on the last day of their period. Of ``places``.
  public var rowsOfSeveralDays: Int { places.reduce(0) { $0 + ($1.key.period.isOneDay ? 0 : $1.value.count) } }
  public var findings: [FindingCode: Tally] = [:]
  /// The file was not read to its end.
  public var isCutShort = false

  public var errors: Int { count(blocking: true) }
  public var warnings: Int { count(blocking: false) }

  private func count(blocking: Bool) -> Int {
    findings.reduce(0) { $0 + ($1.key.blocks == blocking ? $1.value.count : 0) }
  }

  mutating func add(_ finding: Finding) {
    findings[finding.code, default: Tally()].count += 1
    if findings[finding.code, default: Tally()].first.count < Self.kept {
      findings[finding.code, default: Tally()].first.append(finding)
    }
  }

  mutating func add(_ row: CheckedRow) {
    for finding in row.findings { add(finding) }
    if row.isRejected {
      rows += 1
      rejectedRows += 1
    } else if let entry = row.entry {
      rows += 1
      acceptedRows += 1
      add(entry)
      add(Place(entry), row: row.source.number)
    }
  }

  mutating func add(_ place: Place, row: Int, count: Int = 1) {
    if let known = places.index(forKey: place) {
      places.values[known].count += count
      return
    }
    guard places.count < Self.mostPlaces else { return }
    places[place] = PlaceRows(first: row, count: count)
  }

  private mutating func add(_ entry: PaperEntry) {
    switch entry {
    case .total(let total):
      votes[total.question, default: [:]][total.level.word, default: 0] += total.count
    case .questionnaire(let questionnaire):
      for answer in questionnaire.answers {
        for choice in answer.choices { votes[answer.question, default: [:]][choice, default: 0] += 1 }
        if answer.choices.isEmpty { votes[answer.question, default: [:]]["blank", default: 0] += 1 }
      }
    }
  }
}

extension SheetTotal.Level {
  /// The choice's code, `blank` or `invalid`.
  public var word: String {
    switch self {
    case .choice(let code): code
    case .blank: "blank"
    case .invalid: "invalid"
    }
  }
}

extension PaperReport.Place {
  fileprivate init(_ entry: PaperEntry) {
    switch entry {
    case .total(let total): self.init(unit: total.unit, period: total.period)
    case .questionnaire(let questionnaire): self.init(unit: questionnaire.unit, period: questionnaire.period)
    }
  }
}
