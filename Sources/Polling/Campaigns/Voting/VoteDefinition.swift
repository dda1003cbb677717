/// One vote on nominees of a campaign, as it was opened. It does not change afterwards.
public struct VoteDefinition: Hashable, Sendable {
  public struct Nominee: Hashable, Sendable {
    public var id: RecordID<Nomination>
    /// As the sheet shows it.
    public var name: String

    public init(_ id: RecordID<Nomination>, name: String) {
      self.id = id
      self.name = name
    }
  }

  /// Who may cast a ballot, one each.
  public enum Electorate: Hashable, Sendable {
    /// Whoever holds one of the codes that were printed.
    case codes
    /// These persons, each by unit and name as in their certificates: `dong-da/van-hoa/lan`.
    case named([String])
  }

  /// What keeps a vote secret.
  public struct Secrecy: Hashable, Sendable {
    /// Ballots are sealed to it by who casts them (HPKE). Who holds the private key opens them, once, at the close.
    public var publicKey: [UInt8]
    /// Fewer ballots are not opened.
    public var fewest: UInt32

    public init(publicKey: [UInt8], fewest: UInt32 = 5) {
      self.publicKey = publicKey
      self.fewest = fewest
    }
  }

  /// The version whose rules it goes by.
  public var campaignVersion: UInt32
  public var unit: UnitPath
  public var rules: NomineeVote
  /// In the order of the sheet.
  public var nominees: [Nominee]
  public var electorate: Electorate
  /// Nil: it is known how each one voted.
  public var secrecy: Secrecy?
  /// Whether its figures are told before it is closed. A secret one's are known to nobody until then.
  public var isLive: Bool

  public init(
    campaignVersion: UInt32, unit: UnitPath, rules: NomineeVote, nominees: [Nominee], electorate: Electorate,
    secrecy: Secrecy?, isLive: Bool = false
  ) {
    self.campaignVersion = campaignVersion
    self.unit = unit
    self.rules = rules
    self.nominees = nominees
    self.electorate = electorate
    self.secrecy = secrecy
    self.isLive = isLive
  }
}

extension VoteDefinition {
  public static let mostPersons = 1_000
  public static let publicKeyLength = 32
  /// What ballots are sealed for (HPKE's info); beside it stands which vote it is, as its register is named.
  public static let sealingInfo = Array("BinhChon nominee vote".utf8)

  /// Every rule that it breaks; empty: it may be opened.
  public func violations() -> [Violation] {
    var check = CampaignCheck()
    check.holds(!nominees.isEmpty, "nominees", .missing)
    check.limited(nominees, NomineeCount.mostNominees, "nominees") { check, nominee, field in
      check.text(nominee.name, "\(field).name", required: true)
    }
    check.unique(nominees.prefix(NomineeCount.mostNominees).map(\.id.rawValue), "nominees", "id")
    check.breaches += rules.breaches()
    checkElectorate(&check)
    if let secrecy {
      let length = Int64(Self.publicKeyLength)
      check.holds(secrecy.publicKey.count == Self.publicKeyLength, "public_key", .notBetween(length, length))
      check.holds((2...1_000).contains(secrecy.fewest), "fewest", .notBetween(2, 1_000))
    }
    return check.breaches.map { Violation($0.field, $0.problem.description) }
      + (isLive && secrecy != nil ? [Violation("live", "is for votes that are not secret")] : [])
  }

  private func checkElectorate(_ check: inout CampaignCheck) {
    switch electorate {
    case .codes:
      check.holds(secrecy != nil, "public_key", .missing)
      if case .jury = rules.method { check.holds(false, "jurors", .missing) }
    case .named(let persons):
      check.holds(!persons.isEmpty, "jurors", .missing)
      check.limited(persons, Self.mostPersons, "jurors") { check, person, field in
        check.holds((try? UnitPath(person)) != nil, field, .noName)
      }
      check.unique(persons.prefix(Self.mostPersons).map { $0 }, "jurors")
    }
  }
}
