/// What an award is called, and with it on what paper.
public enum AwardKind: String, Sendable, CaseIterable {
  case giayKhen = "GIAY_KHEN"
  case bangKhen = "BANG_KHEN"
  /// khen thưởng; which paper is not stated
  case commended = "KHEN_THUONG"
  /// biểu dương, tuyên dương, ghi nhận: no paper
  case praise = "BIEU_DUONG"
}

/// What makes two commendations two, whoever gives them and whatever they are called in the list.
public struct AwardKey: Hashable, Sendable {
  /// Nil: none stated.
  public var legalBasis: RecordID<LegalBasis>?
  public var subject: NomineeIdentity
  public var kind: AwardKind
  public var level: CampaignLevel
  public var period: ReportingPeriod
}

/// The commendations of one document: who is commended, by whom, for what, under which legal basis. A commendation
/// (khen thưởng) is an act of its own; whoever gets it need not be recognised, nor even registered.
public struct AwardList: Hashable, Sendable {
  public enum Line: Hashable, Sendable {
    case named(kind: SubjectKind, name: String, unit: UnitPath)
    /// So many, and nobody says how many are of which kind. Never divided.
    case unsplit(count: UInt32, among: [SubjectKind])
  }

  public var id: RecordID<AwardList>
  public var unit: UnitPath
  /// As written: `Ban Thường vụ Quận ủy`.
  public var issuer: String
  public var legalBasis: RecordID<LegalBasis>?
  public var kind: AwardKind
  public var level: CampaignLevel
  public var period: ReportingPeriod
  /// Free text, not one of the campaign's fields.
  public var topic: String
  public var lines: [Line]

  public init(
    id: RecordID<AwardList>, unit: UnitPath, issuer: String, legalBasis: RecordID<LegalBasis>? = nil, kind: AwardKind,
    level: CampaignLevel, period: ReportingPeriod, topic: String = "", lines: [Line]
  ) {
    self.id = id
    self.unit = unit
    self.issuer = issuer
    self.legalBasis = legalBasis
    self.kind = kind
    self.level = level
    self.period = period
    self.topic = topic
    self.lines = lines
  }

  public var totals: AwardTotals {
    var totals = AwardTotals()
    for line in lines { totals.add(line) }
    return totals
  }
}

/// Commendations counted.
public struct AwardTotals: Hashable, Sendable {
  public private(set) var split: [SubjectKind: Int64] = [:]
  public private(set) var unsplit: Int64 = 0

  public init() {}

  public var all: Int64 { split.values.reduce(unsplit, &+) }

  /// How many are of one kind: unknown where some are unsplit, for any of those may be of it.
  public func figure(_ kind: SubjectKind) -> Figure {
    unsplit == 0 ? .derived(split[kind] ?? 0) : .unknown
  }

  mutating func add(_ line: AwardList.Line) {
    switch line {
    case .named(let kind, _, _): split[kind, default: 0] &+= 1
    case .unsplit(let count, _): unsplit &+= Int64(count)
    }
  }

  public static func += (left: inout AwardTotals, right: AwardTotals) {
    left.split.merge(right.split) { $0 &+ $1 }
    left.unsplit &+= right.unsplit
  }
}
