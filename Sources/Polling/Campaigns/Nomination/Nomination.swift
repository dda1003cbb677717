/// Whom or what a nomination puts forward.
public struct Nominee: Hashable, Sendable {
  public var kind: SubjectKind
  /// As written.
  public var name: String
  public var unit: UnitPath
  /// Who carries it out, of a model; nobody else has one.
  public var registrant: Registrant?

  public init(kind: SubjectKind, name: String, unit: UnitPath, registrant: Registrant? = nil) {
    self.kind = kind
    self.name = name
    self.unit = unit
    self.registrant = registrant
  }

  /// What the nomination counts as among registrants: that of a model is its registrant's.
  public var registrantKind: SubjectKind { registrant?.kind ?? kind }
}

/// A collective, individual or household that carries out a model.
public struct Registrant: Hashable, Sendable {
  public var kind: SubjectKind
  public var name: String

  public init(kind: SubjectKind, name: String) {
    self.kind = kind
    self.name = name
  }
}

/// Who somebody or something is, however the name was typed.
public struct NomineeIdentity: Hashable, Sendable {
  public var kind: SubjectKind
  public var name: FoldedText
  public var unit: UnitPath

  /// Nil: the name is none, or too long.
  public init?(kind: SubjectKind, name: String, unit: UnitPath) {
    guard let name = FoldedText(name) else { return nil }
    self.kind = kind
    self.name = name
    self.unit = unit
  }
}

/// The nine items of the ward's registration form.
public enum NominationItem: String, Sendable, CaseIterable {
  /// tên mô hình
  case name
  /// thực trạng, lý do
  case reason
  /// mục tiêu, tiêu chí
  case goals
  /// nội dung, cách làm
  case method
  /// địa bàn, đối tượng thụ hưởng
  case beneficiaries
  /// lực lượng tham gia
  case forces
  /// thời gian, nguồn lực
  case resources
  /// kết quả, sản phẩm
  case outputs
  /// duy trì, nhân rộng
  case sustaining
}

/// One registration in a campaign: đăng ký thực hiện, đăng ký xây dựng and đăng ký phấn đấu are one act.
public struct Nomination: Hashable, Sendable {
  /// Longest text of one item, in bytes of UTF-8.
  public static let longestItem = 20_000

  /// Made by whoever submits it, so that it can be submitted again.
  public var id: RecordID<Nomination>
  public var campaign: RecordID<Campaign>
  /// The version of the campaign it was filled in under.
  public var campaignVersion: UInt32
  public var nominee: Nominee
  /// Its code; nil: none.
  public var field: String?
  public var topics: [String]
  /// việc mới
  public var isNewTask: Bool
  /// việc khó
  public var isHardTask: Bool
  public var items: [NominationItem: String]

  public init(
    id: RecordID<Nomination>, campaign: RecordID<Campaign>, campaignVersion: UInt32, nominee: Nominee, field: String?,
    topics: [String] = [], isNewTask: Bool = false, isHardTask: Bool = false, items: [NominationItem: String] = [:]
  ) {
    self.id = id
    self.campaign = campaign
    self.campaignVersion = campaignVersion
    self.nominee = nominee
    self.field = field
    self.topics = topics
    self.isNewTask = isNewTask
    self.isHardTask = isHardTask
    self.items = items
  }
}

extension Campaign {
  /// Every rule of this version that the nomination breaks; empty: it may be registered.
  public func violations(in nomination: Nomination) -> [Violation] {
    var found: [Violation] = []
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation(field, problem)) }
    }
    let nominee = nomination.nominee
    check(nomination.campaign == id, "campaign", "is another one")
    check(nomination.campaignVersion == version, "campaign_version", "is another one")
    check(subjects.contains(nominee.kind), "nominee.kind", "is not put forward in this campaign")
    check(FoldedText(nominee.name) != nil, "nominee.name", "is missing or too long")
    check(unit.contains(nominee.unit), "nominee.unit", "lies outside \(unit)")
    if nominee.kind == .model {
      check(nominee.registrant.map { $0.kind != .model } ?? false, "nominee.registrant", "must be who carries it out")
    } else {
      check(nominee.registrant == nil, "nominee.registrant", "goes with a model only")
    }
    if let registrant = nominee.registrant {
      check(FoldedText(registrant.name) != nil, "nominee.registrant.name", "is missing or too long")
    }
    if let field = nomination.field {
      check(Name.isValid(field) && fields.contains { $0.code == field }, "field", "is none of the campaign's")
    } else {
      check(allowsNoField, "field", "is missing")
    }
    check(nomination.topics.count <= 50, "topics", "are more than 50")
    for (index, code) in nomination.topics.prefix(50).enumerated() {
      check(Name.isValid(code) && topics.contains { $0.code == code }, "topics[\(index)]", "is none of the campaign's")
    }
    for item in NominationItem.allCases {
      let text = nomination.items[item] ?? ""
      check(text.utf8.count <= Nomination.longestItem, "items.\(item.rawValue)", "is too long")
      if requiredItems.contains(item) {
        let isThere = text.unicodeScalars.contains { !$0.properties.isWhitespace }
        check(isThere, "items.\(item.rawValue)", "is missing")
      }
    }
    return found
  }
}
