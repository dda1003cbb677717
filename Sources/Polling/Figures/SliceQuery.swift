/// Which figures somebody asks for: what to count, and what to tell apart.
public struct SliceQuery: Hashable, Sendable {
  public enum Dimension: Hashable, Sendable, CaseIterable {
    /// The very unit that was voted on.
    case counter
    /// The children of the query's unit, each with all below it; the unit itself alone.
    case unit
    case procedure
    case kiosk
    case channel
    case day, week, month, quarter, year
  }

  /// With all below it.
  public var unit: UnitPath
  public var period: OpenPeriod
  /// Each filter: any of these; nil: all.
  public var channels: Set<Channel>?
  /// A nil among them: ballots that name none.
  public var procedures: Set<ProcedureCode?>?
  public var sources: Set<String>?
  /// Rows differ in at least one of these. Empty: one row.
  public var dimensions: [Dimension]

  public init(
    unit: UnitPath, period: OpenPeriod = OpenPeriod(), channels: Set<Channel>? = nil,
    procedures: Set<ProcedureCode?>? = nil, sources: Set<String>? = nil, dimensions: [Dimension] = []
  ) {
    self.unit = unit
    self.period = period
    self.channels = channels
    self.procedures = procedures
    self.sources = sources
    self.dimensions = dimensions
  }
}

/// Days from one to another, half-open, with or without an end on either side.
public struct OpenPeriod: Hashable, Sendable {
  public var start: Day?
  /// The first day that no longer belongs to it.
  public var end: Day?

  public init(start: Day? = nil, end: Day? = nil) {
    self.start = start
    self.end = end
  }

  public init(_ period: ReportingPeriod) {
    self.init(start: period.start, end: period.end)
  }

  /// The days of a window as seen on `today`.
  public init(_ window: Window, today: Day) {
    switch window {
    case .today: self.init(start: today, end: today.advanced(by: 1))
    case .yesterday: self.init(start: today.advanced(by: -1), end: today)
    case .thisWeek:
      let monday = today.advanced(by: -today.weekday)
      self.init(start: monday, end: monday.advanced(by: 7))
    case .thisMonth: self = CalendarSpan.month.period(of: today)
    case .total: self.init()
    }
  }

  public func contains(_ day: Day) -> Bool {
    if let start, day < start { return false }
    if let end, day >= end { return false }
    return true
  }
}
