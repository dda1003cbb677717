/// All commendations, each under the document that it was given under.
public struct AwardBook: Hashable, Sendable {
  /// In the order they came.
  public private(set) var lists: [AwardList] = []
  private var awards: [AwardKey: RecordID<AwardList>] = [:]

  public init() {}

  /// Takes in a list whole, or nothing of it.
  ///
  /// - Parameter controlTotal: how many awards the list must have.
  /// - Returns: false: it was there already, the same.
  /// - Throws: ``CampaignRefusal`` `CONTROL_TOTAL_MISMATCH`; `ALREADY_EXISTS`: the id has other content;
  ///   `AWARD_EXISTS`: somebody has this award already, here or in another list; `INVALID_FIELD`.
  @discardableResult
  public mutating func add(
    _ list: AwardList, controlTotal: ControlTotal? = nil
  ) throws(CampaignRefusal) -> Bool {
    guard list.violations().isEmpty else { throw CampaignRefusal(.invalidField) }
    if let known = lists.first(where: { $0.id == list.id }) {
      guard known == list else { throw CampaignRefusal(.alreadyExists) }
      return false
    }
    try controlTotal?.check(Int(list.totals.all))
    var new: Set<AwardKey> = []
    for key in list.lines.compactMap(list.key(of:)) {
      guard awards[key] == nil, new.insert(key).inserted else { throw CampaignRefusal(.awardExists) }
    }
    for key in new { awards[key] = list.id }
    lists.append(list)
    return true
  }

  /// Awards, not recipients: who has two counts twice.
  public func totals(where isMeant: (AwardList) -> Bool = { _ in true }) -> AwardTotals {
    var totals = AwardTotals()
    for list in lists where isMeant(list) { totals += list.totals }
    return totals
  }

  /// How many different ones have an award. Nobody knows of unsplit lines.
  public var namedRecipients: Int { Set(awards.keys.map(\.subject)).count }

  /// Who has awards under more than one legal basis: shown side by side, never merged. In the order of the lists.
  public func acrossBases() -> [(recipient: NomineeIdentity, awards: [AwardKey])] {
    var order: [NomineeIdentity] = []
    var keys: [NomineeIdentity: [AwardKey]] = [:]
    for list in lists {
      for key in list.lines.compactMap(list.key(of:)) {
        if keys[key.subject] == nil { order.append(key.subject) }
        keys[key.subject, default: []].append(key)
      }
    }
    return order.compactMap { recipient in
      guard let awards = keys[recipient], Set(awards.map(\.legalBasis)).count > 1 else { return nil }
      return (recipient, awards)
    }
  }
}

extension AwardList {
  public static let mostLines = 100_000

  public func violations() -> [Violation] {
    var found: [Violation] = []
    if FoldedText(issuer) == nil { found.append(Violation("issuer", "is missing or too long")) }
    if topic.utf8.count > FoldedText.longest { found.append(Violation("topic", "is too long")) }
    if lines.isEmpty || lines.count > Self.mostLines {
      found.append(Violation("lines", "must be 1 to \(Self.mostLines)"))
    }
    for (index, line) in lines.prefix(Self.mostLines).enumerated() {
      switch line {
      case .named(_, let name, _):
        if FoldedText(name) == nil { found.append(Violation("lines[\(index)].name", "is missing or too long")) }
      case .unsplit(let count, let among):
        if count == 0 { found.append(Violation("lines[\(index)].count", "must be 1 or more")) }
        if among.count < 2 { found.append(Violation("lines[\(index)].among", "must be two kinds or more")) }
      }
    }
    return found
  }

  /// Nil: the line is unsplit, or its name is none.
  func key(of line: Line) -> AwardKey? {
    guard case .named(let subject, let name, let unit) = line,
      let identity = NomineeIdentity(kind: subject, name: name, unit: unit)
    else { return nil }
    return AwardKey(legalBasis: legalBasis, subject: identity, kind: kind, level: level, period: period)
  }
}
