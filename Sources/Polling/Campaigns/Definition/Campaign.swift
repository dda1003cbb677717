/// What is put forward in a campaign.
public enum SubjectKind: String, Sendable, CaseIterable {
  /// tập thể
  case collective
  /// cá nhân
  case individual
  /// mô hình
  case model
  /// hộ gia đình
  case household
}

/// One immutable version of a campaign of the emulation movement (phong trào thi đua), over a year or ten.
public struct Campaign: Hashable, Sendable {
  public var id: RecordID<Campaign>
  /// 1, 2, 3 … in order of publication; 0 before publication.
  public var version: UInt32
  public var title: LocalizedText
  public var period: ReportingPeriod
  /// Who organises it. Nominations come from this unit and those below it.
  public var unit: UnitPath
  public var level: CampaignLevel
  public var subjects: [SubjectKind]
  public var fields: [CampaignField]
  /// Whether a nomination may be in no field.
  public var allowsNoField: Bool
  public var topics: [CampaignTopic]
  public var legalBases: [LegalBasis]
  /// Items of the form that no nomination may leave empty.
  public var requiredItems: [NominationItem]
  public var figures: [CampaignFigure]
  public var rules: [FigureRule]
  public var screening: ScreeningPolicy
  /// Nil: nominees are not voted on.
  public var vote: NomineeVote?

  public init(
    id: RecordID<Campaign>, version: UInt32 = 0, title: LocalizedText, period: ReportingPeriod, unit: UnitPath,
    level: CampaignLevel, subjects: [SubjectKind], fields: [CampaignField], allowsNoField: Bool = false,
    topics: [CampaignTopic] = [], legalBases: [LegalBasis] = [], requiredItems: [NominationItem] = [],
    figures: [CampaignFigure] = [], rules: [FigureRule] = [], screening: ScreeningPolicy = ScreeningPolicy(),
    vote: NomineeVote? = nil
  ) {
    self.id = id
    self.version = version
    self.title = title
    self.period = period
    self.unit = unit
    self.level = level
    self.subjects = subjects
    self.fields = fields
    self.allowsNoField = allowsNoField
    self.topics = topics
    self.legalBases = legalBases
    self.requiredItems = requiredItems
    self.figures = figures
    self.rules = rules
    self.screening = screening
    self.vote = vote
  }
}

/// All versions of one campaign. A published version does not change.
public struct CampaignVersions: Hashable, Sendable {
  /// 1, 2, 3 …; never empty.
  public private(set) var versions: [Campaign]

  /// Nil: it breaks a rule.
  public init?(_ first: Campaign) {
    guard first.violations().isEmpty else { return nil }
    versions = [first.numbered(1)]
  }

  public var newest: Campaign? { versions.last }

  /// Publishes a changed definition as the next version; the same content again is the newest one, unchanged.
  ///
  /// - Throws: ``CampaignRefusal`` `INVALID_FIELD`: it breaks a rule or is another campaign.
  public mutating func publish(_ campaign: Campaign) throws(CampaignRefusal) -> (version: UInt32, isNew: Bool) {
    guard let newest, campaign.id == newest.id, campaign.violations().isEmpty else {
      throw CampaignRefusal(.invalidField)
    }
    if campaign.numbered(newest.version) == newest { return (newest.version, false) }
    let (version, overflow) = newest.version.addingReportingOverflow(1)
    guard !overflow else { throw CampaignRefusal(.invalidField) }
    versions.append(campaign.numbered(version))
    return (version, true)
  }
}

extension Campaign {
  fileprivate func numbered(_ version: UInt32) -> Campaign {
    var copy = self
    copy.version = version
    return copy
  }
}
