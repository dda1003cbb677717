/// The way of one nomination from its registration to its recognition.
///
///     registered → submitted → received → eligible → (voting) → awaiting → recognised
///                      ↑           ↓
///                      └─────── returned
///
/// From received, eligible, voting and awaiting it may also go to rejected. Rejected and recognised are final. A refused
/// request leaves everything as it was.
public struct ScreeningStateMachine: Hashable, Sendable {
  public enum State: String, Sendable, CaseIterable {
    case registered
    case submitted
    case received
    case eligible
    case returned
    case rejected
    case voting
    case awaiting
    case recognised
  }

  /// The first half of a move for which there must be two persons.
  public struct Proposal: Hashable, Sendable {
    public var move: ScreeningMove
    public var actor: String
    public var reason: String
    public var document: String
  }

  public enum Refusal: Hashable, Sendable {
    /// The state knows no such move.
    case notNow
    /// The campaign has a vote, or has none.
    case notInThisCampaign
    case wrongRole
    case outsideSubtree
    /// Who registered the nomination, or is put forward by it, does not screen it.
    case selfScreening
    case noReason
    case noDocument
    /// The reason or the document's number.
    case tooLong
    /// Who proposed the move cannot be the second person.
    case samePerson
    /// The second person names another reason or document than the first.
    case differs
  }

  public enum Action: Hashable, Sendable {
    case moved(ScreeningRecord)
    /// The state stays until a second person makes the same move.
    case proposed(Proposal)
    case refused(Refusal)
  }

  /// In bytes of UTF-8.
  public static let longestReason = 4_000

  public private(set) var state: State
  /// Gone with the next move, whichever.
  public private(set) var proposal: Proposal?
  public let unit: UnitPath
  public let policy: ScreeningPolicy
  /// Whether eligible nominees are voted on.
  public let hasVote: Bool
  /// Who registered or handed in the nomination, and whom it puts forward.
  public private(set) var interested: Set<String>

  /// A nomination that was just registered.
  ///
  /// - Parameters:
  ///   - campaign: whose rules it goes by, in the version it was filled in under.
  ///   - interested: accounts of who registered it and of whom it puts forward.
  public init(_ nomination: Nomination, in campaign: Campaign, interested: Set<String>) {
    self.init(
      unit: nomination.nominee.unit, interested: interested, policy: campaign.screening, hasVote: campaign.vote != nil)
  }

  /// - Parameter unit: the nominee's.
  init(unit: UnitPath, interested: Set<String>, policy: ScreeningPolicy, hasVote: Bool) {
    state = .registered
    self.unit = unit
    self.interested = interested
    self.policy = policy
    self.hasVote = hasVote
  }

  public mutating func handle(_ request: ScreeningRequest) -> Action {
    guard let target = target(of: request.move) else { return .refused(.notNow) }
    if let refusal = refusal(of: request) { return .refused(refusal) }
    let asked = Proposal(
      move: request.move, actor: request.actor.id, reason: request.reason, document: request.document)
    var first: Proposal?
    if policy.twoPersons.contains(request.move) {
      guard let proposal, proposal.move == asked.move else { return propose(asked) }
      let isSame = proposal.reason == asked.reason && proposal.document == asked.document
      switch (proposal.actor == asked.actor, isSame) {
      case (true, true): return .refused(.samePerson)
      case (true, false): return propose(asked)
      case (false, false): return .refused(.differs)
      case (false, true): first = proposal
      }
    }
    let record = ScreeningRecord(
      move: request.move, from: state, to: target, actor: first?.actor ?? request.actor.id,
      secondActor: first == nil ? nil : request.actor.id, reason: request.reason, document: request.document,
      time: request.time)
    proposal = nil
    state = target
    if request.move == .submit { interested.formUnion([record.actor, request.actor.id]) }
    return .moved(record)
  }

  private mutating func propose(_ proposal: Proposal) -> Action {
    self.proposal = proposal
    return .proposed(proposal)
  }

  /// Where a move leads from here; nil: nowhere.
  private func target(of move: ScreeningMove) -> State? {
    switch (state, move) {
    case (.registered, .submit), (.returned, .submit): .submitted
    case (.submitted, .receive): .received
    case (.received, .accept): .eligible
    case (.received, .sendBack): .returned
    case (.received, .reject), (.eligible, .reject), (.awaiting, .reject), (.voting, .endVoteNotChosen): .rejected
    case (.eligible, .openVote): .voting
    case (.eligible, .propose), (.voting, .endVoteChosen): .awaiting
    case (.awaiting, .recognise): .recognised
    default: nil
    }
  }

  private func refusal(of request: ScreeningRequest) -> Refusal? {
    let (move, actor) = (request.move, request.actor)
    if request.reason.utf8.count > Self.longestReason || request.document.utf8.count > FoldedText.longest {
      return .tooLong
    }
    if move == .openVote && !hasVote || move == .propose && hasVote { return .notInThisCampaign }
    if !actor.roles.contains(move.role) { return .wrongRole }
    if !actor.unit.contains(unit) { return .outsideSubtree }
    if move.role != .registrant && interested.contains(actor.id) { return .selfScreening }
    if move.needsReason && request.reason.isBlank { return .noReason }
    if (move.needsDocument || policy.documented.contains(move)) && request.document.isBlank { return .noDocument }
    return nil
  }
}

extension String {
  fileprivate var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
