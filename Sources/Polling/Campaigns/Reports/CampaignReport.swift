/// Counts of cases by kind, field, level and period, in which every number leads to its cases: a count is never kept,
/// it is how many cases there are.
public struct CampaignReport: Sendable {
  public struct Case: Hashable, Sendable {
    public var nomination: RecordID<Nomination>
    /// Who carries it out: that of a model is its registrant's.
    public var registrantKind: SubjectKind
    public var kind: SubjectKind
    public var field: String?
    public var level: CampaignLevel
    public var period: ReportingPeriod
    public var state: ScreeningStateMachine.State

    public init(_ nomination: Nomination, in campaign: Campaign, state: ScreeningStateMachine.State) {
      self.nomination = nomination.id
      registrantKind = nomination.nominee.registrantKind
      kind = nomination.nominee.kind
      field = nomination.field
      level = campaign.level
      period = campaign.period
      self.state = state
    }
  }

  /// One number of the report, by what is counted in it.
  public struct Key: Hashable, Sendable {
    public var kind: SubjectKind
    public var field: String?
    public var level: CampaignLevel
    public var period: ReportingPeriod

    public init(kind: SubjectKind, field: String?, level: CampaignLevel, period: ReportingPeriod) {
      self.kind = kind
      self.field = field
      self.level = level
      self.period = period
    }
  }

  /// In the order given.
  public let cases: [Case]
  /// The positions of each number's cases.
  private let cells: [Key: [Int]]

  public init(_ cases: [Case]) {
    self.cases = cases
    var cells: [Key: [Int]] = [:]
    for (position, found) in cases.enumerated() { cells[Key(found), default: []].append(position) }
    self.cells = cells
  }

  /// Every number that is not 0, in an order that depends on nothing but the cases.
  public var keys: [Key] { cells.sorted { ($0.value.first ?? 0) < ($1.value.first ?? 0) }.map(\.key) }

  public func count(_ key: Key) -> Int { cells[key]?.count ?? 0 }

  public func cases(_ key: Key) -> [Case] { cells[key, default: []].map { cases[$0] } }

  /// The cases behind a sum over several numbers.
  public func cases(where isMeant: (Case) -> Bool) -> [Case] { cases.filter(isMeant) }
}

extension CampaignReport.Key {
  fileprivate init(_ found: CampaignReport.Case) {
    self.init(kind: found.kind, field: found.field, level: found.level, period: found.period)
  }
}
