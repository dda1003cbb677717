/// Everything that is counted in one campaign. A count is never kept: it is how many cases there are, so that whoever has
/// the acts counts the same.
public struct CampaignFigures: Hashable, Sendable {
  public struct CaseKey: Hashable, Sendable {
    public var kind: SubjectKind
    /// What it counts as among registrants.
    public var registrantKind: SubjectKind
    public var field: String?
    public var state: ScreeningStateMachine.State

    /// What each may be filtered by.
    public init(_ nomination: Nomination, _ state: ScreeningStateMachine.State) {
      kind = nomination.nominee.kind
      registrantKind = nomination.nominee.registrantKind
      field = nomination.field
      self.state = state
    }
  }

  public struct StatusKey: Hashable, Sendable {
    public var year: Int
    public var status: ModelStatus
  }

  public let campaign: RecordID<Campaign>
  public private(set) var cases: [CaseKey: Int] = [:]
  public private(set) var recognised: [RecordID<RecognitionDecision>: Int] = [:]
  public private(set) var certificates = 0
  public private(set) var handedOver = 0
  public private(set) var reprints = 0
  public private(set) var awards: [RecordID<AwardList>: AwardTotals] = [:]
  public private(set) var teams = 0
  public private(set) var visits = 0
  public private(set) var visitedUnits = 0
  public private(set) var statuses: [StatusKey: Int] = [:]

  /// - Parameter unit: only what is of it and of those below it; nil: all. Teams and decisions are the campaign's.
  public init(_ book: CampaignBook, in unit: UnitPath? = nil) {
    campaign = book.id
    func isMeant(_ other: UnitPath) -> Bool { unit?.contains(other) ?? true }
    func isMeant(_ id: RecordID<Nomination>) -> Bool {
      book.register.nomination(id).map { isMeant($0.nominee.unit) } ?? false
    }
    for (nomination, standing) in zip(book.register.nominations, book.cases) where isMeant(nomination.nominee.unit) {
      cases[CaseKey(nomination, standing.state), default: 0] += 1
      for decision in standing.decisions { recognised[decision, default: 0] += 1 }
    }
    for certificate in book.certificates.certificates where isMeant(certificate.nomination) {
      certificates += 1
      handedOver += certificate.handedOver == nil ? 0 : 1
      reprints += certificate.reprints.count
    }
    for list in book.awards.lists where isMeant(list.unit) { awards[list.id] = list.totals }
    teams = book.inspections?.teams.count ?? 0
    let visited = (book.inspections?.visits ?? []).map(\.unit).filter(isMeant)
    (visits, visitedUnits) = (visited.count, Set(visited).count)
    for (model, years) in book.statuses.current where isMeant(model) {
      for (year, status) in years { statuses[StatusKey(year: year, status: status), default: 0] += 1 }
    }
  }

  /// A line per count, in the order of their bytes; fields between tabs. The first one is `campaign/` and the id, which
  /// no poll is called.
  public var lines: [String] {
    var lines: [String] = []
    func add(_ fields: [String], _ count: Int64) {
      if count != 0 { lines.append((["campaign/\(campaign)"] + fields + [String(count)]).joined(separator: "\t")) }
    }
    for (key, count) in cases {
      add(
        ["cases", key.kind.rawValue, key.registrantKind.rawValue, key.field ?? "", key.state.rawValue], Int64(count))
    }
    for (decision, count) in recognised { add(["recognised", decision.rawValue], Int64(count)) }
    add(["certificates"], Int64(certificates))
    add(["handed-over"], Int64(handedOver))
    add(["reprints"], Int64(reprints))
    for (list, totals) in awards {
      for (kind, count) in totals.split { add(["awards", list.rawValue, kind.rawValue], count) }
      add(["awards", list.rawValue, "unsplit"], totals.unsplit)
    }
    add(["teams"], Int64(teams))
    add(["visits"], Int64(visits))
    add(["visited-units"], Int64(visitedUnits))
    for (key, count) in statuses { add(["status", String(key.year), key.status.rawValue], Int64(count)) }
    return lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
