/// The answer to a ``SliceQuery``. Counts only: shares and means are for whoever shows them.
public struct SliceFigures: Hashable, Sendable {
  /// Where a row stands in one dimension.
  public enum Label: Hashable, Sendable {
    case unit(UnitPath)
    /// Nil: ballots that name none.
    case procedure(ProcedureCode?)
    case kiosk(String)
    case channel(Channel)
    /// Its first day.
    case span(CalendarSpan, Day)
  }

  public struct Row: Hashable, Sendable {
    /// One per dimension of the query.
    public var labels: [Label]
    /// n: ballots counted.
    public var ballots: Int64
    /// Kept and left out of every other figure here.
    public var flaggedBallots: Int64
    /// Of n, those that name their dossier.
    public var boundBallots: Int64
    /// Of n, those that came after closing and before the seal.
    public var lateBallots: Int64
    /// Of n, paper that one person entered and nobody a second time.
    public var singleEntryBallots: Int64
    public var questions: [Tally.QuestionCount]
    /// Rolled up, it holds what stays under units that are no more: see ``UnitRollUp/stays(_:on:)``.
    public var hasUnitsThatEnded = false

    public init(
      labels: [Label], ballots: Int64, flaggedBallots: Int64, boundBallots: Int64, lateBallots: Int64,
      singleEntryBallots: Int64 = 0, questions: [Tally.QuestionCount]
    ) {
      self.labels = labels
      self.ballots = ballots
      self.flaggedBallots = flaggedBallots
      self.boundBallots = boundBallots
      self.lateBallots = lateBallots
      self.singleEntryBallots = singleEntryBallots
      self.questions = questions
    }
  }

  public var query: SliceQuery
  /// Ordered by their labels; none whose counts are all 0.
  public var rows: [Row]
  /// The sum of the rows, whose labels are none.
  public var total: Row

  public init(query: SliceQuery, rows: [Row], total: Row) {
    self.query = query
    self.rows = rows
    self.total = total
  }
}

extension SliceFigures.Label: CustomStringConvertible, Comparable {
  /// As rows are named: a path, a code, a date.
  public var description: String {
    switch self {
    case .unit(let path): path.rawValue
    case .procedure(let code): code?.rawValue ?? ""
    case .kiosk(let source): source
    case .channel(let channel): "\(channel)"
    case .span(let span, let day): span.name(of: day)
    }
  }

  public static func < (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.channel(let left), .channel(let right)): left.rawValue < right.rawValue
    case (.span(_, let left), .span(_, let right)): left < right
    default: left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
  }
}
