internal import Polling

/// The handbook of a campaign (sổ tay điện tử): its recognised models, as the ledger knew them at one place.
struct Handbook: Sendable {
  /// Up to where the ledger was read.
  struct Position: Sendable, Equatable {
    var epoch: String
    var revision: UInt64
    var time: Timestamp
  }

  /// A recognised nomination and what became of it.
  struct Model: Sendable, Equatable {
    struct Status: Sendable, Equatable {
      var year: Int
      var status: ModelStatus
    }

    var nomination: Nomination
    /// One for each level and year.
    var decisions: [RecognitionDecision]
    /// Serials of its certificates.
    var certificates: [UInt32]
    /// In the order of years.
    var statuses: [Status]
  }

  let campaign: Campaign
  /// Whose models: the campaign's unit, or one below it.
  let scope: UnitPath
  /// In the order in which they were registered.
  let models: [Model]
  let position: Position
  /// SHA-256 of ``content``, 64 small digits: two handbooks of one version say the same, whenever they were made.
  let version: String
  /// What is hashed: one line of JSON.
  let content: String

  init(_ campaign: Campaign, scope: UnitPath, models: [Model], position: Position) throws {
    self.campaign = campaign
    self.scope = scope
    self.models = models
    self.position = position
    content = try JSONLine.encode(HandbookContent(campaign, scope, models))
    version = SHA256.digest(of: Array(content.utf8)).hexadecimal
  }

  /// In the order of the campaign's fields, those of no field last; fields without models are left out.
  var byField: [(field: CampaignField?, models: [Model])] {
    let groups = Dictionary(grouping: models, by: \.nomination.field)
    let fields = campaign.fields.map { ($0 as CampaignField?, groups[$0.code] ?? []) }
    return (fields + [(nil, groups[nil] ?? [])]).filter { !$0.1.isEmpty }
  }
}

/// A handbook for programs: integers as numbers, days as yyyy-mm-dd.
private struct HandbookContent: Encodable {
  struct Decision: Encodable {
    var number: String
    var date: String
    var signer: String
    var level: String
    var year: Int
  }
  struct Status: Encodable {
    var year: Int
    var status: String
  }
  struct Model: Encodable {
    var id: String
    var name: String
    var registrantKind: String
    var registrant: String?
    var unit: String
    var field: String?
    var topics: [String]
    var isNewTask: Bool
    var isHardTask: Bool
    var items: [String: String]
    var decisions: [Decision]
    var certificates: [UInt32]
    var statuses: [Status]
  }

  var campaign: CampaignRecord
  var campaignVersion: UInt32
  var scope: String
  var models: [Model]

  init(_ campaign: Campaign, _ scope: UnitPath, _ models: [Handbook.Model]) {
    self.campaign = CampaignRecord(campaign)
    self.scope = scope.rawValue
    campaignVersion = campaign.version
    self.models = models.map { model in
      let nomination = model.nomination
      return Model(
        id: nomination.id.rawValue, name: nomination.nominee.name,
        registrantKind: nomination.nominee.registrantKind.rawValue,
        registrant: nomination.nominee.registrant?.name, unit: nomination.nominee.unit.rawValue,
        field: nomination.field, topics: nomination.topics, isNewTask: nomination.isNewTask,
        isHardTask: nomination.isHardTask,
        items: Dictionary(uniqueKeysWithValues: nomination.items.map { ($0.key.rawValue, $0.value) }),
        decisions: model.decisions.map {
          Decision(
            number: $0.number, date: $0.date.description, signer: $0.signer, level: $0.level.word, year: $0.year)
        },
        certificates: model.certificates,
        statuses: model.statuses.map { Status(year: $0.year, status: $0.status.rawValue) })
    }
  }
}
