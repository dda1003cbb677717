/// The code of a batch of paper sheets, for example `q3-mot-cua`. With its poll it names the batch.
public struct PaperBatchCode: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: String

  public init(_ text: String) throws(InvalidValue) {
    guard Name.isValid(text) else {
      throw InvalidValue(field: "batch", problem: "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")
    }
    rawValue = text
  }

  public var description: String { rawValue }

  public static func < (left: PaperBatchCode, right: PaperBatchCode) -> Bool { left.rawValue < right.rawValue }
}

/// Days of a count, from one to another; both belong to it.
public struct DaySpan: Hashable, Sendable {
  public var first: Day
  public var last: Day

  public init(first: Day, last: Day) {
    self.first = first
    self.last = last
  }

  public func contains(_ other: DaySpan) -> Bool {
    first <= other.first && other.first <= other.last && other.last <= last
  }
}

/// What a batch of paper must come to, said before any of it is entered.
public struct PaperManifest: Hashable, Sendable {
  /// What all sheets together must say of a choice, or of votes not used.
  public struct Control: Hashable, Sendable {
    public var subject: CellKey.Subject
    public var count: Int64

    public init(_ subject: CellKey.Subject, _ count: Int64) {
      self.subject = subject
      self.count = count
    }
  }

  public static let mostQuestionnaires: Int64 = 1_000_000_000
  public static let mostFiles = 100

  /// The version of the poll that was on the paper.
  public var pollVersion: UInt32
  /// Sheets of it and of all below it.
  public var unit: UnitPath
  public var period: DaySpan
  /// How many questionnaires there are.
  public var questionnaires: Int64
  public var controls: [Control]
  /// One person enters it, nobody a second time: marked on all that it counts.
  public var isSingleEntry: Bool
  /// SHA-256 of the files it is entered from; empty: any.
  public var files: [[UInt8]]

  public init(
    pollVersion: UInt32, unit: UnitPath, period: DaySpan, questionnaires: Int64, controls: [Control] = [],
    isSingleEntry: Bool = false, files: [[UInt8]] = []
  ) {
    self.pollVersion = pollVersion
    self.unit = unit
    self.period = period
    self.questionnaires = questionnaires
    self.controls = controls
    self.isSingleEntry = isSingleEntry
    self.files = files
  }

  /// Every rule it must keep under its version of the poll.
  ///
  /// - Parameter today: a period that is not over has sheets that nobody has counted yet.
  public func violations(in poll: Poll, today: Day) -> [Violation] {
    var found: [Violation] = []
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation("manifest.\(field)", problem)) }
    }
    check(
      (1...Self.mostQuestionnaires).contains(questionnaires), "questionnaires",
      "must be 1 to \(Self.mostQuestionnaires)")
    check(poll.units.contains { unit.contains($0.path) }, "unit", "has no unit of this poll")
    check(period.first <= period.last, "period", "ends before it begins")
    check(period.last <= today, "period", "is not over")
    if let closes = poll.closesAt { check(period.first.start < closes, "period", "begins after the poll closed") }
    if let opens = poll.opensAt { check(Day(of: opens) <= period.last, "period", "ends before the poll opened") }
    check(files.count <= Self.mostFiles, "files", "are more than \(Self.mostFiles)")
    check(files.allSatisfy { $0.count == 32 }, "files", "must be SHA-256 hashes, 32 bytes each")
    let subjects = poll.questions.reduce(0) { $0 + $1.choices.count + 1 }
    guard controls.count <= subjects else {
      return found + [Violation("manifest.controls", "are more than the \(subjects) there can be")]
    }
    for (index, control) in controls.enumerated() {
      check(control.isOf(poll), "controls[\(index)]", "is of nothing that this version of the poll asks")
      check(control.count >= 0, "controls[\(index)].count", "is negative")
    }
    check(Set(controls.map(\.subject)).count == controls.count, "controls", "say something twice")
    return found
  }
}

extension PaperManifest.Control {
  fileprivate func isOf(_ poll: Poll) -> Bool {
    switch subject {
    case .ballots: false
    case .votes(let question, let choice):
      poll.questions.contains { $0.id == question && $0.choices.contains { $0.code == choice } }
    case .undervotes(let question): poll.questions.contains { $0.id == question }
    }
  }
}
