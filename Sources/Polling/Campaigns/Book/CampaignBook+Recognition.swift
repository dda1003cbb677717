extension CampaignBook {
  mutating func decide(
    _ decision: RecognitionDecision, _ person: CampaignPerson, _ campaign: Campaign
  ) throws(CampaignRefusal) -> Bool {
    try require(person, [.coordinator], campaign.unit)
    guard decision.campaign == id else { throw .invalid("campaign", "is another one", of: decision.id.rawValue) }
    let violations = decision.violations()
    guard violations.isEmpty else {
      throw CampaignRefusal(.invalidField, subject: decision.id.rawValue, violations: violations)
    }
    try bound(recognitions.decisions.count < Self.mostDecisions)
    do { return try recognitions.add(decision) } catch { throw error.about(decision.id.rawValue) }
  }

  mutating func recognise(
    _ ids: [RecordID<Nomination>], _ decision: RecordID<RecognitionDecision>, _ reason: String,
    _ person: CampaignPerson, _ at: Timestamp, _ number: UInt64
  ) throws(CampaignRefusal) -> Bool {
    guard let document = recognitions.decisions[decision]?.number else {
      throw CampaignRefusal(.notFound, subject: decision.rawValue)
    }
    let request = ScreeningRequest(.recognise, by: person.screening, reason: reason, document: document, at: at)
    // Also what a second person must still confirm has to have room under the decision.
    var trial = recognitions
    var next = recognitions
    try Self.check(ids, "nominations")
    for id in ids {
      guard let standing = standing(id) else { throw CampaignRefusal(.notFound, subject: id.rawValue) }
      do { try trial.recognise(id, screening: standing.state, under: decision) } catch {
        throw error.about(id.rawValue)
      }
    }
    let changes = try moves(ids, request, number)
    for (id, change) in zip(ids, changes) where change.step != nil {
      try next.recognise(id, screening: .awaiting, under: decision)
    }
    recognitions = next
    apply(changes)
    for change in changes where change.step != nil { cases[change.position].decisions.append(decision) }
    return true
  }

  mutating func certify(
    _ ids: [RecordID<Nomination>], _ decision: RecordID<RecognitionDecision>, _ day: Day, _ person: CampaignPerson,
    _ campaign: Campaign
  ) throws(CampaignRefusal) -> Bool {
    try require(person, [.coordinator], campaign.unit)
    try Self.check(ids, "nominations")
    guard let decided = recognitions.decisions[decision] else {
      throw CampaignRefusal(.notFound, subject: decision.rawValue)
    }
    guard day >= decided.date else { throw .invalid("day", "is before the decision") }
    var next = certificates
    for id in ids {
      do { _ = try next.issue(to: id, under: decision, in: recognitions, on: day) } catch {
        throw error.about(id.rawValue)
      }
    }
    let isNew = next.certificates.count > certificates.certificates.count
    certificates = next
    return isNew
  }

  mutating func handOver(
    _ serials: [UInt32], _ day: Day, _ person: CampaignPerson, _ campaign: Campaign
  ) throws(CampaignRefusal) -> Bool {
    try require(person, [.coordinator], campaign.unit)
    try Self.check(serials, "serials")
    var next = certificates
    var isNew = false
    for serial in serials {
      do throws(CampaignRefusal) {
        let certificate = try next.certificate(serial)
        guard day >= certificate.issued else { throw CampaignRefusal.invalid("day", "is before it was issued") }
        isNew = isNew || certificate.handedOver == nil
        try next.handOver(serial, on: day)
      } catch { throw error.about("\(serial)") }
    }
    certificates = next
    return isNew
  }

  mutating func reprint(
    _ serial: UInt32, _ day: Day, _ reason: String, _ person: CampaignPerson, _ campaign: Campaign
  ) throws(CampaignRefusal) -> Bool {
    try require(person, [.coordinator], campaign.unit)
    try check(reason: reason)
    try bound(reprints < Self.mostReprints)
    do {
      try certificates.reprint(serial, Certificate.Reprint(day: day, actor: person.name, reason: reason))
    } catch { throw error.about("\(serial)") }
    reprints += 1
    return true
  }
}
