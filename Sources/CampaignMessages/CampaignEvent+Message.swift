public import Polling
public import Schema

// Acts of campaigns: message → value. What values they may have is for the campaign's rules.

extension CampaignEvent {
  /// - Parameters:
  ///   - campaign: whose register it goes to.
  ///   - version: that of a nomination that names none.
  public init(
    _ message: Binhchon_V1_EnterCampaignActRequest, in campaign: RecordID<Campaign>,
    version: (RecordID<Nomination>) -> UInt32
  ) throws(InvalidValue) {
    switch message.act {
    case .publish(let definition):
      var definition = try Campaign(definition)
      definition.version = 0
      self = .publish(definition)
    case .nominate(let act):
      let nominations = try each(
        try atOnce(act.nominations, "nominations"), "nominations"
      ) { nomination throws(InvalidValue) in try Nomination(nomination, in: campaign, version: version) }
      self = .nominate(nominations, controlTotal: act.hasControlTotal ? ControlTotal(act.controlTotal.count) : nil)
    case .move(let act):
      self = .move(
        try identifiers(try atOnce(act.nominations, "nominations"), "nominations"),
        try oneOf(act.move, "move") { ScreeningMove(word: $0) }, reason: act.reason, document: act.document)
    case .decide(let decision): self = .decide(try RecognitionDecision(decision, in: campaign))
    case .recognise(let act):
      self = .recognise(
        try identifiers(try atOnce(act.nominations, "nominations"), "nominations"),
        under: try identifier(act.decision, "decision"), reason: act.reason)
    case .certify(let act):
      self = .certify(
        try identifiers(try atOnce(act.nominations, "nominations"), "nominations"),
        under: try identifier(act.decision, "decision"), on: try calendarDay(act.day, "day"))
    case .handOver(let act):
      self = .handOver(try atOnce(act.serials, "serials"), on: try calendarDay(act.day, "day"))
    case .reprint(let act): self = .reprint(act.serial, on: try calendarDay(act.day, "day"), reason: act.reason)
    case .award(let act):
      self = .award(
        try AwardList(act.list), controlTotal: act.hasControlTotal ? ControlTotal(act.controlTotal.count) : nil)
    case .team(let name): self = .addTeam(name)
    case .visit(let visit):
      self = .visit(
        InspectionVisit(
          id: try identifier(visit.id, "id"), team: visit.team, unit: try unitPath(visit.unit, "unit"),
          day: try calendarDay(visit.day, "day"), finding: visit.finding))
    case .review(let review):
      if review.done.isEmpty {
        self = .scheduleReview(
          id: review.id, unit: try unitPath(review.unit, "unit"), due: try calendarDay(review.due, "due"))
      } else {
        self = .reviewDone(id: review.id, on: try calendarDay(review.done, "done"))
      }
    case .status(let act):
      self = .setStatus(
        try identifier(act.nomination, "nomination"), year: Int(act.year),
        try oneOf(act.status, "status") { ModelStatus(rawValue: $0) })
    case nil: throw InvalidValue(field: "act", problem: "is missing")
    }
  }
}

/// Before anything of a long list is read.
private func atOnce<Item>(_ items: [Item], _ field: String) throws(InvalidValue) -> [Item] {
  guard items.count <= CampaignEvent.mostAtOnce else {
    throw InvalidValue(field: field, problem: "must be 1 to \(CampaignEvent.mostAtOnce)")
  }
  return items
}

extension Nomination {
  /// - Parameter version: if it names none.
  public init(
    _ message: Binhchon_V1_Nomination, in campaign: RecordID<Campaign>, version: (RecordID<Nomination>) -> UInt32
  ) throws(InvalidValue) {
    var items: [NominationItem: String] = [:]
    for item in message.items {
      let key = try oneOf(item.item, "items") { NominationItem(rawValue: $0) }
      guard items.updateValue(item.text, forKey: key) == nil else {
        throw InvalidValue(field: "items", problem: "have one twice")
      }
    }
    let id: RecordID<Nomination> = try identifier(message.id, "id")
    self.init(
      id: id, campaign: campaign, campaignVersion: message.campaignVersion == 0 ? version(id) : message.campaignVersion,
      nominee: Nominee(
        kind: try oneOf(message.kind, "kind") { SubjectKind(rawValue: $0) }, name: message.name,
        unit: try unitPath(message.unit, "unit"),
        registrant: message.hasRegistrant
          ? Registrant(
            kind: try oneOf(message.registrant.kind, "registrant.kind") { SubjectKind(rawValue: $0) },
            name: message.registrant.name) : nil),
      field: some(message.field), topics: message.topics, isNewTask: message.newTask, isHardTask: message.hardTask,
      items: items)
  }
}

extension RecognitionDecision {
  public init(_ message: Binhchon_V1_RecognitionDecision, in campaign: RecordID<Campaign>) throws(InvalidValue) {
    self.init(
      id: try identifier(message.id, "id"), campaign: campaign, number: message.number,
      date: try calendarDay(message.date, "date"), signer: message.signer,
      level: try oneOf(message.level, "level") { CampaignLevel(word: $0) }, year: Int(message.year),
      count: message.count)
  }
}

extension AwardList {
  init(_ message: Binhchon_V1_AwardList) throws(InvalidValue) {
    self.init(
      id: try identifier(message.id, "id"), unit: try unitPath(message.unit, "unit"), issuer: message.issuer,
      legalBasis: message.legalBasis.isEmpty ? nil : try identifier(message.legalBasis, "legal_basis"),
      kind: try oneOf(message.kind, "kind") { AwardKind(rawValue: $0) },
      level: try oneOf(message.level, "level") { CampaignLevel(word: $0) },
      period: try reportingPeriod(message.firstDay, message.endDay), topic: message.topic,
      lines: try each(message.lines, "lines") { line throws(InvalidValue) in
        switch line.line {
        case .named(let named):
          return .named(
            kind: try oneOf(named.kind, "kind") { SubjectKind(rawValue: $0) }, name: named.name,
            unit: try unitPath(named.unit, "unit"))
        case .unsplit(let unsplit):
          var among: [SubjectKind] = []
          guard unsplit.among.count <= SubjectKind.allCases.count else {
            throw InvalidValue(field: "among", problem: "are too many")
          }
          for text in unsplit.among { among.append(try oneOf(text, "among") { SubjectKind(rawValue: $0) }) }
          return .unsplit(count: unsplit.count, among: among)
        case nil: throw InvalidValue(field: "line", problem: "is missing")
        }
      })
  }
}
