extension CampaignBook {
  // MARK: - Commendation

  mutating func award(
    _ list: AwardList, _ total: ControlTotal?, _ person: CampaignPerson, _ campaign: Campaign
  ) throws(CampaignRefusal) -> Bool {
    try require(person, [.coordinator], list.unit)
    let id = list.id.rawValue
    let violations = list.violations()
    guard violations.isEmpty else { throw CampaignRefusal(.invalidField, subject: id, violations: violations) }
    guard campaign.unit.contains(list.unit) else { throw .invalid("unit", "lies outside \(campaign.unit)", of: id) }
    if let basis = list.legalBasis {
      guard campaign.legalBases.contains(where: { $0.id == basis }) else {
        throw .invalid("legal_basis", "is none of the campaign's", of: id)
      }
    }
    try bound(awards.lists.reduce(list.lines.count) { $0 + $1.lines.count } <= AwardList.mostLines)
    do { return try awards.add(list, controlTotal: total) } catch { throw error.about(id) }
  }

  // MARK: - Inspection and what follows

  mutating func visit(
    _ visit: InspectionVisit, _ person: CampaignPerson, _ campaign: Campaign
  ) throws(CampaignRefusal) -> Bool {
    try require(person, [.coordinator, .screener], visit.unit)
    let id = visit.id.rawValue
    guard campaign.unit.contains(visit.unit) else { throw .invalid("unit", "lies outside \(campaign.unit)", of: id) }
    guard visit.finding.utf8.count <= ScreeningStateMachine.longestReason else {
      throw .invalid("finding", "is too long", of: id)
    }
    guard FoldedText(visit.team) != nil else { throw .invalid("team", "is missing or too long", of: id) }
    try bound((inspections?.visits.count ?? 0) < Self.mostVisits)
    do { return try inspections?.add(visit) ?? false } catch { throw error.about(id) }
  }

  mutating func schedule(
    _ id: String, _ unit: UnitPath, _ due: Day, _ person: CampaignPerson, _ campaign: Campaign
  ) throws(CampaignRefusal) -> Bool {
    try require(person, [.coordinator], unit)
    guard Name.isValid(id) else { throw .invalid("id", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'") }
    guard campaign.unit.contains(unit) else { throw .invalid("unit", "lies outside \(campaign.unit)", of: id) }
    if let known = inspections?.reviews.first(where: { $0.id == id }) {
      guard known.unit == unit, known.due == due else { throw CampaignRefusal(.alreadyExists, subject: id) }
      return false
    }
    try bound((inspections?.reviews.count ?? 0) < Self.mostReviews)
    inspections?.reviews.append(InspectionRegister.Review(id: id, unit: unit, due: due))
    return true
  }

  mutating func reviewDone(
    _ id: String, _ day: Day, _ person: CampaignPerson
  ) throws(CampaignRefusal) -> Bool {
    guard Name.isValid(id), let position = inspections?.reviews.firstIndex(where: { $0.id == id }),
      let review = inspections?.reviews[position]
    else { throw CampaignRefusal(.notFound) }
    try require(person, [.coordinator], review.unit)
    if let done = review.done {
      guard done == day else { throw CampaignRefusal(.alreadyExists, subject: id) }
      return false
    }
    inspections?.reviews[position].done = day
    return true
  }

  mutating func setStatus(
    _ id: RecordID<Nomination>, _ year: Int, _ status: ModelStatus, _ person: CampaignPerson
  ) throws(CampaignRefusal) -> Bool {
    guard let nomination = register.nomination(id), let standing = standing(id) else {
      throw CampaignRefusal(.notFound, subject: id.rawValue)
    }
    try require(person, [.coordinator], nomination.nominee.unit)
    guard let recognised = standing.decisions.compactMap({ recognitions.decisions[$0]?.year }).min() else {
      throw CampaignRefusal(.notRecognised, subject: id.rawValue)
    }
    try bound(statuses.entries.count < Self.mostStatuses)
    do { return try statuses.set(status, of: id, in: year, recognisedIn: recognised) } catch {
      throw error.about(id.rawValue)
    }
  }
}
