/// One visit (cuộc kiểm tra) of one team to one unit.
public struct InspectionVisit: Hashable, Sendable {
  public var id: RecordID<InspectionVisit>
  public var team: String
  public var unit: UnitPath
  public var day: Day
  public var finding: String

  public init(id: RecordID<InspectionVisit>, team: String, unit: UnitPath, day: Day, finding: String = "") {
    self.id = id
    self.team = team
    self.unit = unit
    self.day = day
    self.finding = finding
  }
}

/// Inspections of how one document is carried out: teams (đoàn), visits, units; and the reviews that are due.
public struct InspectionRegister: Sendable {
  /// A review (sơ kết, tổng kết, kiểm tra) with the day it must be done by.
  public struct Review: Hashable, Sendable {
    public var id: String
    public var unit: UnitPath
    public var due: Day
    /// Nil: not yet.
    public var done: Day?

    public init(id: String, unit: UnitPath, due: Day, done: Day? = nil) {
      self.id = id
      self.unit = unit
      self.due = due
      self.done = done
    }
  }

  public struct Figures: Hashable, Sendable {
    public var teams: Int
    public var visits: Int
    /// Different ones.
    public var units: Int
  }

  public let period: ReportingPeriod
  public private(set) var teams: Set<String> = []
  public private(set) var visits: [InspectionVisit] = []
  public var reviews: [Review] = []

  public init(period: ReportingPeriod) {
    self.period = period
  }

  /// - Throws: ``CampaignRefusal`` `INVALID_FIELD`: the name is none.
  public mutating func addTeam(_ name: String) throws(CampaignRefusal) {
    guard let folded = FoldedText(name) else { throw CampaignRefusal(.invalidField) }
    teams.insert(folded.text)
  }

  /// - Throws: ``CampaignRefusal`` `NOT_FOUND`: no such team; `INVALID_FIELD`: outside the period; `ALREADY_EXISTS`: the
  ///   id has other content.
  public mutating func add(_ visit: InspectionVisit) throws(CampaignRefusal) {
    if let known = visits.first(where: { $0.id == visit.id }) {
      guard known == visit else { throw CampaignRefusal(.alreadyExists) }
      return
    }
    guard let team = FoldedText(visit.team)?.text, teams.contains(team) else { throw CampaignRefusal(.notFound) }
    guard period.contains(visit.day) else { throw CampaignRefusal(.invalidField) }
    visits.append(visit)
  }

  public var figures: Figures {
    Figures(teams: teams.count, visits: visits.count, units: Set(visits.map(\.unit)).count)
  }

  /// Longest overdue first. A review is due on its day, and overdue the day after.
  public func overdue(on today: Day) -> [Review] {
    reviews.filter { $0.done == nil && $0.due < today }.sorted { $0.due < $1.due }
  }
}
