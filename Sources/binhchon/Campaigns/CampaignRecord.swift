internal import Polling

/// A campaign for programs, with the words of the YAML format.
struct CampaignRecord: Encodable {
  struct Localized: Encodable {
    var vi: String
    var en: String
  }
  struct Counterpart: Encodable {
    var campaign: String
    var code: String
  }
  struct Field: Encodable {
    var code: String
    var label: Localized
    var aliases: [String]
    var counterparts: [Counterpart]
  }
  struct Topic: Encodable {
    var code: String
    var kind: String
    var label: Localized
  }
  struct Basis: Encodable {
    var id: String
    var kind: String
    var number: String
    var issuer: String
    var date: String?
    var implements: [String]
    /// Numbers of all that it carries out, nearest first.
    var chain: [String]
  }
  struct Figure: Encodable {
    var name: String
    /// Left out where it is unknown.
    var value: Int64?
    /// stated, derived or unknown
    var origin: String
  }
  struct Rule: Encodable {
    var parts: [String]
    var whole: String
    /// holds or open; a broken rule is an error.
    var outcome: String
  }
  struct Vote: Encodable {
    var method: String
    /// Choices, levels or points.
    var most: UInt32?
    /// Exact: `1/2`.
    var quorum: String?
    var threshold: String?
    var mustExceedThreshold: Bool
    var places: UInt32?
    var ties: String
  }

  var id: String
  var title: Localized
  var from: String
  /// The first day that no longer belongs to the period.
  var until: String
  var unit: String
  var level: String
  var subjects: [String]
  var fields: [Field]
  var allowNoField: Bool
  var topics: [Topic]
  var legalBases: [Basis]
  var requiredItems: [String]
  var figures: [Figure]
  var rules: [Rule]
  var twoPersons: [String]
  var documented: [String]
  var vote: Vote?

  init(_ campaign: Campaign) {
    id = campaign.id.rawValue
    title = Localized(campaign.title)
    from = campaign.period.start.description
    until = campaign.period.end.description
    unit = campaign.unit.rawValue
    level = campaign.level.word
    subjects = campaign.subjects.map(\.rawValue)
    fields = campaign.fields.map { field in
      Field(
        code: field.code, label: Localized(field.label), aliases: field.aliases,
        counterparts: field.counterparts.map { Counterpart(campaign: $0.campaign.rawValue, code: $0.code) })
    }
    allowNoField = campaign.allowsNoField
    topics = campaign.topics.map { Topic(code: $0.code, kind: $0.kind.rawValue, label: Localized($0.label)) }
    legalBases = campaign.legalBases.map { basis in
      Basis(
        id: basis.id.rawValue, kind: basis.kind.rawValue, number: basis.number, issuer: basis.issuer,
        date: basis.date?.description, implements: basis.implements.map(\.rawValue),
        chain: campaign.legalBases.chain(from: basis.id).dropFirst().map(\.number))
    }
    requiredItems = campaign.requiredItems.map(\.rawValue)
    let readings = campaign.readings
    figures = campaign.figures.map { figure in
      let reading = readings[figure.name] ?? .unknown
      return Figure(name: figure.name, value: reading.value, origin: reading.word)
    }
    rules = campaign.rules.map { rule in
      Rule(parts: rule.parts, whole: rule.whole, outcome: rule.check(readings) == .holds ? "holds" : "open")
    }
    twoPersons = campaign.screening.twoPersons.map(\.word).sorted()
    documented = campaign.screening.documented.map(\.word).sorted()
    vote = campaign.vote.map(Vote.init)
  }
}

extension CampaignRecord.Localized {
  fileprivate init(_ text: LocalizedText) {
    self.init(vi: text.vi, en: text.en)
  }
}

extension CampaignRecord.Vote {
  fileprivate init(_ vote: NomineeVote) {
    method = vote.method.word
    if case .choose(let choices) = vote.method { most = choices } else { most = vote.levels }
    quorum = vote.quorum?.fraction
    threshold = vote.threshold?.fraction
    mustExceedThreshold = vote.mustExceedThreshold
    places = vote.places
    ties = vote.ties.rawValue
  }
}

extension Rational {
  /// `1/2`, and `1` of a whole.
  fileprivate var fraction: String { denominator == "1" ? numerator : "\(numerator)/\(denominator)" }
}

extension Figure {
  var word: String {
    switch self {
    case .stated: "stated"
    case .derived: "derived"
    case .unknown: "unknown"
    }
  }

  var label: Text {
    switch self {
    case .stated: Text(vi: "theo văn bản", en: "stated")
    case .derived: Text(vi: "cộng từ số khác", en: "derived")
    case .unknown: Text(vi: "chưa biết", en: "unknown")
    }
  }
}
