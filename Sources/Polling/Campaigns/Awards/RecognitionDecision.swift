/// A decision by which models are recognised (quyết định công nhận).
public struct RecognitionDecision: Hashable, Sendable {
  public var id: RecordID<RecognitionDecision>
  public var campaign: RecordID<Campaign>
  /// As written: `4512/QĐ-UBND`.
  public var number: String
  public var date: Day
  /// The office, not the person.
  public var signer: String
  public var level: CampaignLevel
  public var year: Int
  /// How many it recognises, as it says itself.
  public var count: UInt32

  public init(
    id: RecordID<RecognitionDecision>, campaign: RecordID<Campaign>, number: String, date: Day, signer: String,
    level: CampaignLevel, year: Int, count: UInt32
  ) {
    self.id = id
    self.campaign = campaign
    self.number = number
    self.date = date
    self.signer = signer
    self.level = level
    self.year = year
    self.count = count
  }

  public func violations() -> [Violation] {
    var found: [Violation] = []
    if FoldedText(number) == nil { found.append(Violation("number", "is missing or too long")) }
    if FoldedText(signer) == nil { found.append(Violation("signer", "is missing or too long")) }
    if !(1...9_999).contains(year) { found.append(Violation("year", "must be 1 to 9999")) }
    if count == 0 { found.append(Violation("count", "must be 1 or more")) }
    if let end = level.endedOn, date >= end { found.append(Violation("level", "did not exist any more on its date")) }
    return found
  }

  /// Whether both are one document.
  fileprivate func isSame(as other: RecognitionDecision) -> Bool {
    date == other.date && FoldedText(number) == FoldedText(other.number)
      && FoldedText(signer) == FoldedText(other.signer)
  }
}

/// Which nominations were recognised, and by which decision.
public struct RecognitionBook: Hashable, Sendable {
  private struct Place: Hashable {
    var level: CampaignLevel
    var year: Int
    var nomination: RecordID<Nomination>
  }

  public private(set) var decisions: [RecordID<RecognitionDecision>: RecognitionDecision] = [:]
  /// In the order of recognition.
  public private(set) var recognised: [RecordID<RecognitionDecision>: [RecordID<Nomination>]] = [:]
  private var decisionOf: [Place: RecordID<RecognitionDecision>] = [:]

  public init() {}

  /// - Returns: false: it was there already, the same.
  /// - Throws: ``CampaignRefusal`` `INVALID_FIELD`; `ALREADY_EXISTS`: the id has other content, or another id has this
  ///   number, date and signer: its models would be counted twice.
  @discardableResult
  public mutating func add(_ decision: RecognitionDecision) throws(CampaignRefusal) -> Bool {
    guard decision.violations().isEmpty else { throw CampaignRefusal(.invalidField) }
    if let known = decisions[decision.id] {
      guard known == decision else { throw CampaignRefusal(.alreadyExists) }
      return false
    }
    guard !decisions.values.contains(where: { $0.isSame(as: decision) }) else { throw CampaignRefusal(.alreadyExists) }
    decisions[decision.id] = decision
    return true
  }

  /// Recognises one nomination under a decision: what comes with the move ``ScreeningMove/recognise``.
  ///
  /// - Parameter screening: where the nomination stands before that move.
  /// - Returns: false: it was already recognised by this decision.
  /// - Throws: ``CampaignRefusal`` `NOT_FOUND`: no such decision; `ALREADY_RECOGNISED`: by another decision for this
  ///   level and year; `NOT_AWAITING_RECOGNITION`; `DECISION_COUNT_EXCEEDED`: the decision is for fewer.
  @discardableResult
  public mutating func recognise(
    _ nomination: RecordID<Nomination>, screening: ScreeningStateMachine.State,
    under id: RecordID<RecognitionDecision>
  ) throws(CampaignRefusal) -> Bool {
    guard let decision = decisions[id] else { throw CampaignRefusal(.notFound) }
    let place = Place(level: decision.level, year: decision.year, nomination: nomination)
    if let other = decisionOf[place] {
      guard other == id else { throw CampaignRefusal(.alreadyRecognised) }
      return false
    }
    guard screening == .awaiting else { throw CampaignRefusal(.notAwaiting) }
    let count = recognised[id, default: []].count
    guard count < Int(decision.count) else {
      throw CampaignRefusal(.decisionCountExceeded, expected: Int64(decision.count), actual: Int64(count) + 1)
    }
    recognised[id, default: []].append(nomination)
    decisionOf[place] = id
    return true
  }

  /// How many a decision is for and has not recognised yet; nil: no such decision.
  public func remaining(_ id: RecordID<RecognitionDecision>) -> Int? {
    decisions[id].map { Int($0.count) - recognised[id, default: []].count }
  }
}
