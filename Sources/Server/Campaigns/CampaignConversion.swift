internal import CampaignMessages
internal import Polling
internal import Schema

// What a campaign comes to: value → message.

extension Binhchon_V1_CampaignSummary {
  init(_ campaign: Campaign, _ book: CampaignBook) {
    self.init()
    id = campaign.id.rawValue
    version = campaign.version
    title = Binhchon_V1_Campaign(campaign).title
    firstDay = campaign.period.start.description
    endDay = campaign.period.end.description
    unit = campaign.unit.rawValue
    level = campaign.level.word
    nominations = UInt32(clamping: book.cases.count)
    recognised = UInt32(clamping: book.cases.count { $0.state == .recognised })
  }
}

extension Binhchon_V1_NominationStanding {
  init(_ id: RecordID<Nomination>, _ standing: CampaignCase) {
    self.init()
    nomination = id.rawValue
    state = standing.state.rawValue
    proposed = standing.screening.proposal?.move.word ?? ""
    duplicates = standing.duplicates.map { duplicate in
      var message = Binhchon_V1_Duplicate()
      switch duplicate {
      case .sameName(let id): (message.nomination, message.same) = (id.rawValue, true)
      case .similarName(let id): message.nomination = id.rawValue
      }
      return message
    }
  }
}

extension Binhchon_V1_ScreeningStep {
  init(_ step: CampaignCase.Step) {
    self.init()
    act = step.number
    move = step.record.move.word
    from = step.record.from.rawValue
    to = step.record.to.rawValue
    by = step.record.actor
    second = step.record.secondActor ?? ""
    reason = step.record.reason
    document = step.record.document
    atMs = step.record.time.milliseconds
  }
}

extension Binhchon_V1_ScreeningProposal {
  init(_ proposal: ScreeningStateMachine.Proposal) {
    self.init()
    (move, by) = (proposal.move.word, proposal.actor)
    (reason, document) = (proposal.reason, proposal.document)
  }
}

extension CampaignBook {
  func message(_ certificate: Certificate) -> Binhchon_V1_Certificate {
    Binhchon_V1_Certificate(certificate, nominee: register.nomination(certificate.nomination)?.nominee)
  }

  /// In the order of their ids.
  var decisionMessages: [Binhchon_V1_RecognitionDecision] {
    recognitions.decisions.values.sorted { $0.id < $1.id }.map { decision in
      Binhchon_V1_RecognitionDecision(decision, recognised: recognitions.recognised[decision.id]?.count ?? 0)
    }
  }
}

extension Binhchon_V1_CampaignReport {
  private static let mostAcross = 500

  /// - Parameter isWhole: whether nothing of the campaign is outside the unit.
  init(_ book: CampaignBook, _ campaign: Campaign, in unit: UnitPath, isWhole: Bool, today: Day) {
    self.init()
    let found = CampaignFigures(book, in: isWhole ? nil : unit)
    self.campaign = campaign.id.rawValue
    version = campaign.version
    title = Binhchon_V1_Campaign(campaign).title
    self.unit = unit.rawValue
    level = campaign.level.word
    firstDay = campaign.period.start.description
    endDay = campaign.period.end.description
    cases = found.cases.map { key, count in
      var message = Binhchon_V1_CaseCount()
      (message.kind, message.registrantKind) = (key.kind.rawValue, key.registrantKind.rawValue)
      (message.field, message.state) = (key.field ?? "", key.state.rawValue)
      message.count = UInt32(clamping: count)
      return message
    }.sorted { ($0.kind, $0.registrantKind, $0.field, $0.state) < ($1.kind, $1.registrantKind, $1.field, $1.state) }
    if isWhole {
      let counted = book.register.figures(in: campaign)
      figures = Self.readings(campaign, counted)
      rules = campaign.rules.map { Binhchon_V1_RuleReading($0, counted) }
    }
    decisions = book.decisionMessages
    certificates = UInt32(clamping: found.certificates)
    handedOver = UInt32(clamping: found.handedOver)
    reprints = UInt32(clamping: found.reprints)
    awards = book.awards.lists.filter { isWhole || unit.contains($0.unit) }.map(Binhchon_V1_AwardCount.init)
    if isWhole {
      namedRecipients = UInt32(clamping: book.awards.namedRecipients)
      acrossBases = book.awards.acrossBases().prefix(Self.mostAcross).map(Binhchon_V1_AwardRecipient.init)
    }
    teams = UInt32(clamping: found.teams)
    visits = UInt32(clamping: found.visits)
    visitedUnits = UInt32(clamping: found.visitedUnits)
    overdue = (book.inspections?.overdue(on: today) ?? []).filter { isWhole || unit.contains($0.unit) }
      .map(Binhchon_V1_InspectionReview.init)
    statuses = found.statuses.map { key, count in
      var message = Binhchon_V1_StatusCount()
      (message.year, message.status) = (UInt32(clamping: key.year), key.status.rawValue)
      message.count = UInt32(clamping: count)
      return message
    }.sorted { ($0.year, $0.status) < ($1.year, $1.status) }
  }

  /// Those of the papers in their order, then those that are only counted.
  private static func readings(_ campaign: Campaign, _ counted: [String: Figure]) -> [Binhchon_V1_FigureReading] {
    let papers = campaign.readings
    var names = campaign.figures.map(\.name)
    names += CountedFigure.allCases.map(\.rawValue).filter { !names.contains($0) }
    return names.map { name in
      var message = Binhchon_V1_FigureReading()
      message.name = name
      if let value = papers[name]?.value { message.papers = value }
      if case .derived = papers[name] { message.derived = true }
      if let value = counted[name]?.value { message.counted = value }
      return message
    }
  }
}

extension Binhchon_V1_RuleReading {
  init(_ rule: FigureRule, _ counted: [String: Figure]) {
    self.init()
    self.rule = Binhchon_V1_FigureRule(rule)
    switch rule.check(counted) {
    case .holds: self.holds = true
    case .open: self.open = true
    case .broken(let expected, let actual): (self.expected, self.actual) = (expected, actual)
    }
  }
}

extension Binhchon_V1_AwardCount {
  init(_ list: AwardList) {
    self.init()
    self.list = list.id.rawValue
    issuer = list.issuer
    legalBasis = list.legalBasis?.rawValue ?? ""
    kind = list.kind.rawValue
    level = list.level.word
    firstDay = list.period.start.description
    endDay = list.period.end.description
    unit = list.unit.rawValue
    topic = list.topic
    let totals = list.totals
    func split(_ kind: String, _ count: Int64) -> Split? {
      guard count != 0 else { return nil }
      var message = Split()
      (message.kind, message.count) = (kind, count)
      return message
    }
    counts = SubjectKind.allCases.compactMap { split($0.rawValue, totals.split[$0] ?? 0) }
    if let rest = split("", totals.unsplit) { counts.append(rest) }
  }
}

extension Binhchon_V1_AwardRecipient {
  init(_ recipient: (recipient: NomineeIdentity, awards: [AwardKey])) {
    self.init()
    kind = recipient.recipient.kind.rawValue
    name = recipient.recipient.name.text
    unit = recipient.recipient.unit.rawValue
    legalBases = recipient.awards.map { $0.legalBasis?.rawValue ?? "" }
  }
}
