/// All nominations of one campaign, each once.
public struct NominationRegister: Hashable, Sendable {
  /// Another nomination that may be the same. A warning: both are kept.
  public enum Duplicate: Hashable, Sendable {
    /// Of one kind and unit, and written the same but for spelling.
    case sameName(RecordID<Nomination>)
    /// Written the same but for marks: `Bàn` and `Bán`.
    case similarName(RecordID<Nomination>)
  }

  public enum Submission: Hashable, Sendable {
    case registered([Duplicate])
    /// It is there already, with the same content.
    case replayed
  }

  /// Of one nomination no more are told: whoever submits chooses how many have one name.
  public static let mostDuplicates = 20

  private struct LooseIdentity: Hashable, Sendable {
    var kind: SubjectKind
    var name: String
    var unit: UnitPath
  }

  /// In the order they came.
  public private(set) var nominations: [Nomination] = []
  private var positions: [RecordID<Nomination>: Int] = [:]
  private var byName: [LooseIdentity: [Int]] = [:]

  public init() {}

  public func nomination(_ id: RecordID<Nomination>) -> Nomination? { positions[id].map { nominations[$0] } }

  /// In ``nominations``.
  public func position(_ id: RecordID<Nomination>) -> Int? { positions[id] }

  /// - Parameter campaign: in the version that the nomination was filled in under.
  /// - Throws: ``CampaignRefusal`` `ALREADY_EXISTS`: the id has other content; `INVALID_FIELD`: it breaks a rule, see
  ///   ``Campaign/violations(in:)``.
  public mutating func submit(
    _ nomination: Nomination, in campaign: Campaign
  ) throws(CampaignRefusal) -> Submission {
    // First the rules, which bound its texts: comparing endless ones could take hours.
    guard campaign.violations(in: nomination).isEmpty, let name = FoldedText(nomination.nominee.name) else {
      throw CampaignRefusal(.invalidField)
    }
    if let known = self.nomination(nomination.id) {
      guard known == nomination else { throw CampaignRefusal(.alreadyExists) }
      return .replayed
    }
    let nominee = nomination.nominee
    let identity = LooseIdentity(kind: nominee.kind, name: name.unaccented, unit: nominee.unit)
    let duplicates = byName[identity, default: []].prefix(Self.mostDuplicates).map { position in
      let other = nominations[position]
      return FoldedText(other.nominee.name)?.text == name.text
        ? Duplicate.sameName(other.id) : .similarName(other.id)
    }
    positions[nomination.id] = nominations.count
    byName[identity, default: []].append(nominations.count)
    nominations.append(nomination)
    return .registered(duplicates)
  }
}

/// Figures that can be counted in nominations, wholes before their parts.
public enum CountedFigure: String, Sendable, CaseIterable {
  case nominations
  case models
  case collectives
  case individuals
  case households
}

extension NominationRegister {
  /// Counted, to be held against the campaign's rules and papers. The number of models is unknown, not 0, where the
  /// campaign puts forward none.
  public func figures(in campaign: Campaign) -> [String: Figure] {
    func count(_ kind: SubjectKind) -> Figure {
      .derived(Int64(nominations.count { $0.nominee.registrantKind == kind }))
    }
    let models =
      campaign.subjects.contains(.model)
      ? Figure.derived(Int64(nominations.count { $0.nominee.kind == .model })) : .unknown
    let figures: [CountedFigure: Figure] = [
      .collectives: count(.collective), .individuals: count(.individual), .households: count(.household),
      .models: models, .nominations: .derived(Int64(nominations.count)),
    ]
    return Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) })
  }

  /// Holds a batch or a whole register against its rules and the figures stated in the campaign's papers.
  ///
  /// - Throws: ``CampaignRefusal`` `CONTROL_TOTAL_MISMATCH`, with the first figure that differs.
  public func checkTotals(of campaign: Campaign) throws(CampaignRefusal) {
    let counted = figures(in: campaign)
    let stated = campaign.readings
    for name in CountedFigure.allCases.map(\.rawValue) {
      guard let expected = stated[name]?.value, let actual = counted[name]?.value else { continue }
      guard expected == actual else {
        throw CampaignRefusal(.controlTotalMismatch, expected: expected, actual: actual)
      }
    }
    for rule in campaign.rules {
      if case .broken(let expected, let actual) = rule.check(counted) {
        throw CampaignRefusal(.controlTotalMismatch, expected: expected, actual: actual)
      }
    }
  }
}
