public import Polling
public import Schema

// Definitions of campaigns: message → value → message.

extension Campaign {
  /// - Throws: `InvalidValue` for what is no word, id, unit or day; the campaign's rules are looked at elsewhere.
  public init(_ message: Binhchon_V1_Campaign) throws(InvalidValue) {
    self.init(
      id: try identifier(message.id, "id"), version: message.version, title: LocalizedText(message.title),
      period: try reportingPeriod(message.firstDay, message.endDay), unit: try unitPath(message.unit, "unit"),
      level: try oneOf(message.level, "level") { CampaignLevel(word: $0) },
      subjects: try words(message.subjects, "subjects") { SubjectKind(rawValue: $0) },
      fields: try each(message.fields, "fields") { field throws(InvalidValue) in try CampaignField(field) },
      allowsNoField: message.allowNoField,
      topics: try each(message.topics, "topics") { topic throws(InvalidValue) in
        CampaignTopic(
          code: topic.code, kind: try oneOf(topic.kind, "kind") { CampaignTopic.Kind(rawValue: $0) },
          label: LocalizedText(topic.label))
      },
      legalBases: try each(message.legalBases, "legal_bases") { basis throws(InvalidValue) in try LegalBasis(basis) },
      requiredItems: try words(message.requiredItems, "required_items") { NominationItem(rawValue: $0) },
      figures: try each(message.figures, "figures") { figure throws(InvalidValue) in try CampaignFigure(figure) },
      rules: message.rules.map { FigureRule(parts: $0.parts, whole: $0.whole) },
      screening: ScreeningPolicy(
        twoPersons: Set(try words(message.twoPersons, "two_persons") { ScreeningMove(word: $0) }),
        documented: Set(try words(message.documented, "documented") { ScreeningMove(word: $0) })),
      vote: message.hasVote ? try NomineeVote(message.vote) : nil)
  }
}

private func words<Value>(
  _ texts: [String], _ field: String, _ make: (String) -> Value?
) throws(InvalidValue) -> [Value] {
  var values: [Value] = []
  for (index, text) in texts.enumerated() { values.append(try oneOf(text, "\(field)[\(index)]", make)) }
  return values
}

extension CampaignField {
  fileprivate init(_ message: Binhchon_V1_CampaignField) throws(InvalidValue) {
    self.init(
      code: message.code, label: LocalizedText(message.label), aliases: message.aliases,
      counterparts: try each(message.counterparts, "counterparts") { counterpart throws(InvalidValue) in
        Counterpart(campaign: try identifier(counterpart.campaign, "campaign"), code: counterpart.code)
      })
  }
}

extension LegalBasis {
  fileprivate init(_ message: Binhchon_V1_LegalBasis) throws(InvalidValue) {
    self.init(
      id: try identifier(message.id, "id"), kind: try oneOf(message.kind, "kind") { Kind(rawValue: $0) },
      number: message.number, issuer: message.issuer,
      date: message.date.isEmpty ? nil : try calendarDay(message.date, "date"),
      implements: try identifiers(message.implements, "implements"))
  }
}

extension CampaignFigure {
  fileprivate init(_ message: Binhchon_V1_CampaignFigure) throws(InvalidValue) {
    let origin: Origin
    switch message.origin {
    case .stated(let value): origin = .stated(value)
    case .sum(let sum): origin = .sum(of: sum.parts)
    case .unknown: origin = .unknown
    case nil: throw InvalidValue(field: "origin", problem: "is missing")
    }
    self.init(name: message.name, origin: origin)
  }
}

extension NomineeVote {
  fileprivate init(_ message: Binhchon_V1_NomineeVote) throws(InvalidValue) {
    let method: Method
    switch message.method {
    case "approval": method = .approval
    case "choose": method = .choose(message.count)
    case "scale": method = .scale(levels: message.count)
    case "jury": method = .jury(points: message.count)
    default: throw InvalidValue(field: "vote.method", problem: "is none of the words known here")
    }
    func share(_ text: String, _ field: String) throws(InvalidValue) -> Rational? {
      if text.isEmpty { return nil }
      // As it will be written down again.
      guard let share = Rational(text), Rational(share.fraction) == share else {
        throw InvalidValue(field: field, problem: "must be a fraction like 2/3")
      }
      return share
    }
    self.init(
      method: method, quorum: try share(message.quorum, "vote.quorum"),
      threshold: try share(message.threshold, "vote.threshold"), mustExceedThreshold: message.mustExceedThreshold,
      places: message.places == 0 ? nil : message.places,
      ties: try oneOf(message.ties, "vote.ties") { TieRule(rawValue: $0) })
  }
}

extension Rational {
  fileprivate var fraction: String { "\(numerator)/\(denominator)" }
}

extension Binhchon_V1_Campaign {
  public init(_ campaign: Campaign) {
    self.init()
    id = campaign.id.rawValue
    version = campaign.version
    title = Binhchon_V1_LocalizedText(campaign: campaign.title)
    firstDay = campaign.period.start.description
    endDay = campaign.period.end.description
    unit = campaign.unit.rawValue
    level = campaign.level.word
    subjects = campaign.subjects.map(\.rawValue)
    fields = campaign.fields.map { field in
      var message = Binhchon_V1_CampaignField()
      message.code = field.code
      message.label = Binhchon_V1_LocalizedText(campaign: field.label)
      message.aliases = field.aliases
      message.counterparts = field.counterparts.map { counterpart in
        var message = Binhchon_V1_CampaignCounterpart()
        (message.campaign, message.code) = (counterpart.campaign.rawValue, counterpart.code)
        return message
      }
      return message
    }
    allowNoField = campaign.allowsNoField
    topics = campaign.topics.map { topic in
      var message = Binhchon_V1_CampaignTopic()
      (message.code, message.kind) = (topic.code, topic.kind.rawValue)
      message.label = Binhchon_V1_LocalizedText(campaign: topic.label)
      return message
    }
    legalBases = campaign.legalBases.map { basis in
      var message = Binhchon_V1_LegalBasis()
      (message.id, message.kind) = (basis.id.rawValue, basis.kind.rawValue)
      (message.number, message.issuer) = (basis.number, basis.issuer)
      message.date = basis.date?.description ?? ""
      message.implements = basis.implements.map(\.rawValue)
      return message
    }
    requiredItems = campaign.requiredItems.map(\.rawValue)
    figures = campaign.figures.map { figure in
      var message = Binhchon_V1_CampaignFigure()
      message.name = figure.name
      switch figure.origin {
      case .stated(let value): message.stated = value
      case .sum(let parts): message.sum.parts = parts
      case .unknown: message.unknown = true
      }
      return message
    }
    rules = campaign.rules.map(Binhchon_V1_FigureRule.init)
    twoPersons = campaign.screening.twoPersons.map(\.word).sorted()
    documented = campaign.screening.documented.map(\.word).sorted()
    if let value = campaign.vote { vote = Binhchon_V1_NomineeVote(value) }
  }
}

extension Binhchon_V1_FigureRule {
  public init(_ rule: FigureRule) {
    self.init()
    (parts, whole) = (rule.parts, rule.whole)
  }
}

extension Binhchon_V1_NomineeVote {
  fileprivate init(_ vote: NomineeVote) {
    self.init()
    switch vote.method {
    case .approval: method = "approval"
    case .choose(let most): (method, count) = ("choose", most)
    case .scale(let levels): (method, count) = ("scale", levels)
    case .jury(let points): (method, count) = ("jury", points)
    }
    quorum = vote.quorum?.fraction ?? ""
    threshold = vote.threshold?.fraction ?? ""
    mustExceedThreshold = vote.mustExceedThreshold
    places = vote.places ?? 0
    ties = vote.ties.rawValue
  }
}
