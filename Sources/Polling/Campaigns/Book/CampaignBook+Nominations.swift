extension CampaignBook {
  mutating func nominate(
    _ nominations: [Nomination], _ total: ControlTotal?, _ person: CampaignPerson, _ at: Timestamp, _ number: UInt64
  ) throws(CampaignRefusal) -> Bool {
    guard let versions, let newest = versions.newest else { throw CampaignRefusal(.notPublished) }
    try total?.check(nominations.count)
    try Self.check(nominations.map(\.id), "nominations")
    var new: [Nomination] = []
    for nomination in nominations {
      let id = nomination.id.rawValue
      guard let campaign = versions.version(nomination.campaignVersion) else {
        throw .invalid("campaign_version", "was not published", of: id)
      }
      let violations = campaign.violations(in: nomination)
      guard violations.isEmpty else { throw CampaignRefusal(.invalidField, subject: id, violations: violations) }
      do { try require(person, [.registrant], nomination.nominee.unit) } catch { throw error.about(id) }
      if let known = register.nomination(nomination.id) {
        guard known == nomination else { throw CampaignRefusal(.alreadyExists, subject: id) }
      } else {
        guard campaign.version == newest.version else {
          throw .invalid("campaign_version", "is not the newest, \(newest.version)", of: id)
        }
        new.append(nomination)
      }
    }
    try bound(register.nominations.count + new.count <= Self.mostNominations)
    let interested: Set<String> = [person.name]
    for nomination in new {
      // Nothing of it is refused: all that could be was looked at.
      guard case .registered(let duplicates) = try register.submit(nomination, in: newest) else { continue }
      cases.append(
        CampaignCase(
          number: number, registeredBy: person.name, registeredAt: at, duplicates: duplicates,
          screening: ScreeningStateMachine(nomination, in: newest, interested: interested)))
    }
    return !new.isEmpty
  }

  // MARK: - Screening

  typealias Change = (position: Int, screening: ScreeningStateMachine, step: CampaignCase.Step?)

  /// What a move makes of each; nothing has changed yet.
  func moves(
    _ ids: [RecordID<Nomination>], _ request: ScreeningRequest, _ number: UInt64
  ) throws(CampaignRefusal) -> [Change] {
    try Self.check(ids, "nominations")
    try bound(steps + ids.count <= Self.mostSteps)
    var changes: [Change] = []
    for id in ids {
      guard let position = register.position(id) else { throw CampaignRefusal(.notFound, subject: id.rawValue) }
      var screening = cases[position].screening
      switch screening.handle(request) {
      case .refused(let refusal): throw CampaignRefusal(refusal).about(id.rawValue)
      case .proposed: changes.append((position, screening, nil))
      case .moved(let record): changes.append((position, screening, CampaignCase.Step(number: number, record: record)))
      }
    }
    return changes
  }

  mutating func apply(_ changes: [Change]) {
    for change in changes {
      cases[change.position].screening = change.screening
      if let step = change.step { cases[change.position].history.append(step) }
      steps += 1
    }
  }
}
