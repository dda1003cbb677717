/// One campaign with all that was done in it: a fold over events, each by somebody who may. Values in, a new state or a
/// refusal out.
///
/// A coordinator decides and commends for the whole campaign; screeners and registrants act for nominees of their subtree.
/// The definition, and with it the rules of screening, is the administrator's: nobody changes the rules they go by.
public struct CampaignBook: Hashable, Sendable {
  /// What one campaign holds at most.
  public static let mostNominations = 20_000
  public static let mostSteps = 400_000
  public static let mostDecisions = 1_000
  public static let mostVisits = 5_000
  public static let mostReviews = 1_000
  public static let mostTeams = 1_000
  public static let mostReprints = 10_000
  public static let mostStatuses = 100_000
  /// Of the bodies of its acts.
  public static let mostBytes = 64 << 20

  public let id: RecordID<Campaign>
  /// Nil: nothing was published yet.
  public internal(set) var versions: CampaignVersions?
  public internal(set) var register = NominationRegister()
  /// In the order of the register.
  public internal(set) var cases: [CampaignCase] = []
  public internal(set) var recognitions = RecognitionBook()
  public internal(set) var certificates = CertificateRegister()
  public internal(set) var awards = AwardBook()
  public internal(set) var inspections: InspectionRegister?
  public internal(set) var statuses = ModelStatusBook()
  var steps = 0
  var reprints = 0
  /// Of the bodies of its acts.
  public private(set) var bytes = 0

  public init(_ id: RecordID<Campaign>) {
    self.id = id
  }

  /// The newest version.
  public var campaign: Campaign? { versions?.newest }

  public func standing(_ id: RecordID<Nomination>) -> CampaignCase? { register.position(id).map { cases[$0] } }

  /// - Parameters:
  ///   - at: when; times of moves.
  ///   - number: of its act in the campaign's register.
  ///   - size: of the act's body, in bytes.
  /// - Returns: false: all of it was known already, and nothing has changed.
  /// - Throws: ``CampaignRefusal``; nothing has changed then.
  @discardableResult
  public mutating func take(
    _ event: CampaignEvent, by person: CampaignPerson, at: Timestamp, number: UInt64, size: Int
  ) throws(CampaignRefusal) -> Bool {
    try bound(bytes + size <= Self.mostBytes)
    let isNew = try change(event, person, at, number)
    if isNew { bytes += size }
    return isNew
  }

  private mutating func change(
    _ event: CampaignEvent, _ person: CampaignPerson, _ at: Timestamp, _ number: UInt64
  ) throws(CampaignRefusal) -> Bool {
    if case .publish(let definition) = event { return try publish(definition, person) }
    guard let campaign else { throw CampaignRefusal(.notPublished, subject: id.rawValue) }
    switch event {
    case .publish: return false
    case .nominate(let nominations, let total): return try nominate(nominations, total, person, at, number)
    case .move(let ids, let move, let reason, let document):
      guard move != .recognise else { throw .invalid("move", "needs the decision that recognises") }
      let request = ScreeningRequest(move, by: person.screening, reason: reason, document: document, at: at)
      apply(try moves(ids, request, number))
      return true
    case .decide(let decision): return try decide(decision, person, campaign)
    case .recognise(let ids, let decision, let reason):
      return try recognise(ids, decision, reason, person, at, number)
    case .certify(let ids, let decision, let day): return try certify(ids, decision, day, person, campaign)
    case .handOver(let serials, let day): return try handOver(serials, day, person, campaign)
    case .reprint(let serial, let day, let reason): return try reprint(serial, day, reason, person, campaign)
    case .award(let list, let total): return try award(list, total, person, campaign)
    case .addTeam(let name):
      try require(person, [.coordinator], campaign.unit)
      try bound((inspections?.teams.count ?? 0) < Self.mostTeams)
      return try inspections?.addTeam(name) ?? false
    case .visit(let visit): return try self.visit(visit, person, campaign)
    case .scheduleReview(let id, let unit, let due): return try schedule(id, unit, due, person, campaign)
    case .reviewDone(let id, let day): return try reviewDone(id, day, person)
    case .setStatus(let id, let year, let status): return try setStatus(id, year, status, person)
    }
  }

  // MARK: - Who may

  func require(
    _ person: CampaignPerson, _ roles: Set<ScreeningRole>, _ unit: UnitPath
  ) throws(CampaignRefusal) {
    guard case .screening(let role) = person.role, roles.contains(role) else { throw CampaignRefusal(.wrongRole) }
    guard person.scope.contains(unit) else { throw CampaignRefusal(.outOfScope, subject: unit.rawValue) }
  }

  func bound(_ holds: Bool) throws(CampaignRefusal) {
    if !holds { throw CampaignRefusal(.tooMuch) }
  }

  func check(reason: String) throws(CampaignRefusal) {
    guard reason.utf8.count <= ScreeningStateMachine.longestReason else { throw .invalid("reason", "is too long") }
    guard reason.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw CampaignRefusal(.reasonNeeded)
    }
  }

  /// Each once, and not too many.
  static func check<ID: Hashable>(_ ids: [ID], _ field: String) throws(CampaignRefusal) {
    guard (1...CampaignEvent.mostAtOnce).contains(ids.count) else {
      throw .invalid(field, "must be 1 to \(CampaignEvent.mostAtOnce)")
    }
    guard Set(ids).count == ids.count else { throw .invalid(field, "name one twice") }
  }

  // MARK: - Definition

  private mutating func publish(_ definition: Campaign, _ person: CampaignPerson) throws(CampaignRefusal) -> Bool {
    guard person.role == .administrator else { throw CampaignRefusal(.wrongRole) }
    let violations = definition.violations()
    guard violations.isEmpty else { throw CampaignRefusal(.invalidField, violations: violations) }
    guard definition.id == id else { throw .invalid("id", "is another one") }
    guard person.scope.contains(definition.unit) else {
      throw CampaignRefusal(.outOfScope, subject: definition.unit.rawValue)
    }
    guard var versions else {
      versions = CampaignVersions(definition)
      inspections = InspectionRegister(period: definition.period)
      return true
    }
    // Who may see and decide goes by the unit.
    guard definition.unit == campaign?.unit else { throw .invalid("unit", "cannot be changed") }
    let isNew = try versions.publish(definition).isNew
    self.versions = versions
    inspections?.period = definition.period
    return isNew
  }
}

extension CampaignVersions {
  /// Nil: it was not published.
  public func version(_ number: UInt32) -> Campaign? {
    number >= 1 && number <= versions.count ? versions[Int(number) - 1] : nil
  }
}
