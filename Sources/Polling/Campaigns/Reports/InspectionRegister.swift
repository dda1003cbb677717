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
public struct InspectionRegister: Hashable, Sendable {
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

  public internal(set) var period: ReportingPeriod
  public private(set) var teams: Set<String> = []
  public private(set) var visits: [InspectionVisit] = []
  private var positions: [RecordID<InspectionVisit>: Int] = [:]
  public var reviews: [Review] = []

  public init(period: ReportingPeriod) {
    self.period = period
  }

  /// - Returns: false: it was there already.
  /// - Throws: ``CampaignRefusal`` `INVALID_FIELD`: the name is none.
  @discardableResult
  public mutating func addTeam(_ name: String) throws(CampaignRefusal) -> Bool {
    guard let folded = FoldedText(name) else { throw CampaignRefusal(.invalidField) }
    return teams.insert(folded.text).inserted
  }

  /// - Throws: ``CampaignRefusal`` `NOT_FOUND`: no such team; `INVALID_FIELD`: outside the period; `ALREADY_EXISTS`: the
  ///   id has other content.
  /// - Returns: false: it was there already, the same.
  @discardableResult
  public mutating func add(_ visit: InspectionVisit) throws(CampaignRefusal) -> Bool {
    if let known = positions[visit.id].map({ visits[$0] }) {
      guard known == visit else { throw CampaignRefusal(.alreadyExists) }
      return false
    }
    guard let team = FoldedText(visit.team)?.text, teams.contains(team) else { throw CampaignRefusal(.notFound) }
    guard period.contains(visit.day) else { throw CampaignRefusal(.invalidField) }
    positions[visit.id] = visits.count
    visits.append(visit)
    return true
  }

  public var figures: Figures {
    Figures(teams: teams.count, visits: visits.count, units: Set(visits.map(\.unit)).count)
  }

  /// Longest overdue first. A review is due on its day, and overdue the day after.
  public func overdue(on today: Day) -> [Review] {
    reviews.filter { $0.done == nil && $0.due < today }.sorted { $0.due < $1.due }
  }
}
