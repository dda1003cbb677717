/// What somebody does in a campaign.
public enum CampaignEvent: Hashable, Sendable {
  /// The definition's next version; its number does not matter.
  case publish(Campaign)
  /// All of them, or none.
  case nominate([Nomination], controlTotal: ControlTotal?)
  /// The same move of each, or of none. Not ``ScreeningMove/recognise``: that is ``recognise(_:under:reason:)``.
  case move([RecordID<Nomination>], ScreeningMove, reason: String, document: String)
  case decide(RecognitionDecision)
  case recognise([RecordID<Nomination>], under: RecordID<RecognitionDecision>, reason: String)
  /// A certificate for each, with the next serials.
  case certify([RecordID<Nomination>], under: RecordID<RecognitionDecision>, on: Day)
  case handOver([UInt32], on: Day)
  case reprint(UInt32, on: Day, reason: String)
  case award(AwardList, controlTotal: ControlTotal?)
  case addTeam(String)
  case visit(InspectionVisit)
  /// A review that will be due.
  case scheduleReview(id: String, unit: UnitPath, due: Day)
  case reviewDone(id: String, on: Day)
  case setStatus(RecordID<Nomination>, year: Int, ModelStatus)

  /// The names of acts.
  public enum Word: String, Sendable, CaseIterable {
    case publish, nominate, move, decide, recognise, certify
    case handOver = "hand-over"
    case reprint, award
    case addTeam = "team"
    case visit
    case scheduleReview = "review"
    case reviewDone = "review-done"
    case setStatus = "status"
  }

  public var word: Word {
    switch self {
    case .publish: .publish
    case .nominate: .nominate
    case .move: .move
    case .decide: .decide
    case .recognise: .recognise
    case .certify: .certify
    case .handOver: .handOver
    case .reprint: .reprint
    case .award: .award
    case .addTeam: .addTeam
    case .visit: .visit
    case .scheduleReview: .scheduleReview
    case .reviewDone: .reviewDone
    case .setStatus: .setStatus
    }
  }

  /// Most nominations, moves or certificates of one event.
  public static let mostAtOnce = 1_000
}

/// Who does something: a named person in a role. One person may hold certificates of several roles.
public struct CampaignPerson: Hashable, Sendable {
  public enum Role: Hashable, Sendable {
    case administrator
    case screening(ScreeningRole)
  }

  public var role: Role
  /// Unit and name.
  public var name: String
  /// Acts for this unit and those below it.
  public var scope: UnitPath

  public init(_ role: Role, _ name: String, scope: UnitPath) {
    self.role = role
    self.name = name
    self.scope = scope
  }

  /// - Parameter by: as entries say it: role, unit and name, joined by `/`.
  public init?(by: String) {
    guard let first = by.firstIndex(of: "/"), let last = by.lastIndex(of: "/"), first < last,
      let scope = try? UnitPath(String(by[by.index(after: first)..<last]))
    else { return nil }
    let role: Role
    switch by[..<first] {
    case "admin": role = .administrator
    case "clerk", "second-clerk": role = .screening(.registrant)
    case "screener": role = .screening(.screener)
    case "coordinator": role = .screening(.coordinator)
    default: return nil
    }
    self.init(role, String(by[by.index(after: first)...]), scope: scope)
  }

  var screening: ScreeningActor {
    guard case .screening(let role) = role else { return ScreeningActor(id: name, roles: [], unit: scope) }
    return ScreeningActor(id: name, roles: [role], unit: scope)
  }
}
