public import Polling
public import Schema

// Records of campaigns: value → message.

extension Binhchon_V1_Nomination {
  public init(_ nomination: Nomination, withItems: Bool = true) {
    self.init()
    id = nomination.id.rawValue
    campaignVersion = nomination.campaignVersion
    kind = nomination.nominee.kind.rawValue
    name = nomination.nominee.name
    unit = nomination.nominee.unit.rawValue
    if let value = nomination.nominee.registrant { registrant = Binhchon_V1_Registrant(value) }
    field = nomination.field ?? ""
    topics = nomination.topics
    newTask = nomination.isNewTask
    hardTask = nomination.isHardTask
    guard withItems else { return }
    items = NominationItem.allCases.compactMap { key in
      nomination.items[key].map { text in
        var item = Binhchon_V1_NominationItem()
        (item.item, item.text) = (key.rawValue, text)
        return item
      }
    }
  }
}

extension Binhchon_V1_Registrant {
  public init(_ registrant: Registrant) {
    self.init()
    (kind, name) = (registrant.kind.rawValue, registrant.name)
  }
}

extension Binhchon_V1_RecognitionDecision {
  /// - Parameter recognised: so far.
  public init(_ decision: RecognitionDecision, recognised: Int) {
    self.init()
    id = decision.id.rawValue
    number = decision.number
    date = decision.date.description
    signer = decision.signer
    level = decision.level.word
    year = UInt32(clamping: decision.year)
    count = decision.count
    self.recognised = UInt32(clamping: recognised)
  }
}

extension Binhchon_V1_AwardList {
  public init(_ list: AwardList) {
    self.init()
    id = list.id.rawValue
    unit = list.unit.rawValue
    issuer = list.issuer
    legalBasis = list.legalBasis?.rawValue ?? ""
    kind = list.kind.rawValue
    level = list.level.word
    firstDay = list.period.start.description
    endDay = list.period.end.description
    topic = list.topic
    lines = list.lines.map { line in
      var message = Binhchon_V1_AwardLine()
      switch line {
      case .named(let kind, let name, let unit):
        message.named.kind = kind.rawValue
        message.named.name = name
        message.named.unit = unit.rawValue
      case .unsplit(let count, let among):
        message.unsplit.count = count
        message.unsplit.among = among.map(\.rawValue)
      }
      return message
    }
  }
}

extension Binhchon_V1_InspectionVisit {
  public init(_ visit: InspectionVisit) {
    self.init()
    (id, team, unit) = (visit.id.rawValue, visit.team, visit.unit.rawValue)
    (day, finding) = (visit.day.description, visit.finding)
  }
}

extension Binhchon_V1_InspectionReview {
  public init(_ review: InspectionRegister.Review) {
    self.init()
    (id, unit, due, done) = (review.id, review.unit.rawValue, review.due.description, review.done?.description ?? "")
  }
}

extension Binhchon_V1_Certificate {
  public init(_ certificate: Certificate, nominee: Nominee?) {
    self.init()
    serial = certificate.serial
    nomination = certificate.nomination.rawValue
    decision = certificate.decision.rawValue
    issued = certificate.issued.description
    handedOver = certificate.handedOver?.description ?? ""
    reprints = certificate.reprints.map { reprint in
      var message = Binhchon_V1_Reprint()
      (message.day, message.by, message.reason) = (reprint.day.description, reprint.actor, reprint.reason)
      return message
    }
    guard let nominee else { return }
    (name, unit, kind) = (nominee.name, nominee.unit.rawValue, nominee.kind.rawValue)
    if let value = nominee.registrant { registrant = Binhchon_V1_Registrant(value) }
  }
}
