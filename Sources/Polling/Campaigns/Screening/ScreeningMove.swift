/// What a person does with a nomination.
public enum ScreeningMove: String, Sendable, CaseIterable {
  /// The registrant hands it in, for the first time or after a return.
  case submit
  /// The office has it.
  case receive
  /// It meets the campaign's terms.
  case accept
  /// To be mended and handed in again.
  case sendBack
  case reject
  /// Nominees are voted on from now.
  case openVote
  case endVoteChosen
  case endVoteNotChosen
  /// It waits for the decision, without a vote.
  case propose
  case recognise

  /// In what role.
  public var role: ScreeningRole {
    switch self {
    case .submit: .registrant
    case .receive, .accept, .sendBack, .reject: .screener
    case .openVote, .endVoteChosen, .endVoteNotChosen, .propose, .recognise: .coordinator
    }
  }

  /// In files, messages and the ledger.
  public var word: String {
    switch self {
    case .submit: "submit"
    case .receive: "receive"
    case .accept: "accept"
    case .sendBack: "send-back"
    case .reject: "reject"
    case .openVote: "open-vote"
    case .endVoteChosen: "end-vote-chosen"
    case .endVoteNotChosen: "end-vote-not-chosen"
    case .propose: "propose"
    case .recognise: "recognise"
    }
  }

  public init?(word: String) {
    guard let move = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = move
  }

  /// Whether it must be said why.
  var needsReason: Bool { self == .sendBack || self == .reject || self == .endVoteNotChosen }

  /// Whether it must be said by which document, whatever the campaign asks for.
  var needsDocument: Bool { self == .recognise }
}

public enum ScreeningRole: String, Sendable, CaseIterable {
  case registrant
  case screener
  case coordinator
}

/// Who makes a move, as far as screening has to know.
public struct ScreeningActor: Hashable, Sendable {
  /// A named account; nobody shares one.
  public var id: String
  public var roles: Set<ScreeningRole>
  /// Acts for this unit and those below it.
  public var unit: UnitPath

  public init(id: String, roles: Set<ScreeningRole>, unit: UnitPath) {
    self.id = id
    self.roles = roles
    self.unit = unit
  }
}

/// What a campaign says about its screening.
public struct ScreeningPolicy: Hashable, Sendable {
  /// Moves that count only when a second person makes them too.
  public var twoPersons: Set<ScreeningMove>
  /// Moves for which a document must be named. Recognition always needs one.
  public var documented: Set<ScreeningMove>

  public init(twoPersons: Set<ScreeningMove> = [], documented: Set<ScreeningMove> = []) {
    self.twoPersons = twoPersons
    self.documented = documented
  }
}

/// One move as asked for.
public struct ScreeningRequest: Hashable, Sendable {
  public var move: ScreeningMove
  public var actor: ScreeningActor
  public var reason: String
  /// The document's number, as written; empty: none.
  public var document: String
  public var time: Timestamp

  public init(
    _ move: ScreeningMove, by actor: ScreeningActor, reason: String = "", document: String = "", at time: Timestamp
  ) {
    self.move = move
    self.actor = actor
    self.reason = reason
    self.document = document
    self.time = time
  }
}

/// One move as made: what is kept of it.
public struct ScreeningRecord: Hashable, Sendable {
  public var move: ScreeningMove
  public var from: ScreeningStateMachine.State
  public var to: ScreeningStateMachine.State
  public var actor: String
  /// The second person, where there must be two; ``actor`` was the first.
  public var secondActor: String?
  public var reason: String
  public var document: String
  public var time: Timestamp
}
