/// A field (lĩnh vực) of a campaign. The list is closed: what is in no field is refused or, where the campaign allows it,
/// in none.
public struct CampaignField: Hashable, Sendable {
  /// A field of another campaign that means the same.
  public struct Counterpart: Hashable, Sendable {
    public var campaign: RecordID<Campaign>
    public var code: String

    public init(campaign: RecordID<Campaign>, code: String) {
      self.campaign = campaign
      self.code = code
    }
  }

  /// Short and stable, for example `CULTURE_SOCIETY`.
  public var code: String
  public var label: LocalizedText
  /// Other ways in which it is written.
  public var aliases: [String]
  public var counterparts: [Counterpart]

  public init(code: String, label: LocalizedText, aliases: [String] = [], counterparts: [Counterpart] = []) {
    self.code = code
    self.label = label
    self.aliases = aliases
    self.counterparts = counterparts
  }

  /// Everything it may be called by.
  var names: [String] { [code, label.vi, label.en] + aliases }
}

/// A subject, theme or programme: a tag, of which a nomination may have several. Not a field.
public struct CampaignTopic: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// nội dung: thu ngân sách, giải phóng mặt bằng
    case topic
    /// chủ đề of a year
    case theme
    /// a programme that models support
    case programme
  }

  public var code: String
  public var kind: Kind
  public var label: LocalizedText

  public init(code: String, kind: Kind = .topic, label: LocalizedText) {
    self.code = code
    self.kind = kind
    self.label = label
  }
}

extension Campaign {
  /// The field that a file or form means; case, NFC or NFD and kind of dash make no difference.
  ///
  /// - Throws: ``CampaignRefusal`` `UNKNOWN_FIELD`.
  public func field(named name: String) throws(CampaignRefusal) -> CampaignField {
    if let folded = FoldedText(name),
      let field = fields.first(where: { $0.names.contains { FoldedText($0)?.text == folded.text } })
    {
      return field
    }
    throw CampaignRefusal(.unknownField)
  }

  /// The code that one of our fields has in another campaign; nil: it has none there.
  public func counterpart(of code: String, in campaign: RecordID<Campaign>) -> String? {
    fields.first { $0.code == code }?.counterparts.first { $0.campaign == campaign }?.code
  }
}
