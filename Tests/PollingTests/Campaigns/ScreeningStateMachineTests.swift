import Testing

@testable import Polling

struct ScreeningStateMachineTests {
  typealias State = ScreeningStateMachine.State

  static func actor(_ id: String = "lan", _ unit: String = "dong-da", _ roles: ScreeningRole...) throws
    -> ScreeningActor
  {
    ScreeningActor(id: id, roles: roles.isEmpty ? Set(ScreeningRole.allCases) : Set(roles), unit: try UnitPath(unit))
  }

  static func request(
    _ move: ScreeningMove, by actor: ScreeningActor? = nil, reason: String = "Đủ điều kiện",
    document: String = "12-BC/QU"
  ) throws -> ScreeningRequest {
    ScreeningRequest(
      move, by: try actor ?? self.actor(), reason: reason, document: document, at: Timestamp(milliseconds: 1))
  }

  /// The shortest way to each state, in a campaign with a vote or without.
  static let ways: [State: (hasVote: Bool, moves: [ScreeningMove])] = [
    .registered: (false, []),
    .submitted: (false, [.submit]),
    .received: (false, [.submit, .receive]),
    .eligible: (false, [.submit, .receive, .accept]),
    .returned: (false, [.submit, .receive, .sendBack]),
    .rejected: (false, [.submit, .receive, .reject]),
    .voting: (true, [.submit, .receive, .accept, .openVote]),
    .awaiting: (false, [.submit, .receive, .accept, .propose]),
    .recognised: (false, [.submit, .receive, .accept, .propose, .recognise]),
  ]

  static func machine(
    in state: State, policy: ScreeningPolicy? = nil, hasVote: Bool? = nil
  ) throws -> ScreeningStateMachine {
    let way = try #require(ways[state])
    var machine = ScreeningStateMachine(
      unit: try UnitPath("dong-da/lang-ha"), interested: ["lang-ha-1"], policy: policy ?? ScreeningPolicy(),
      hasVote: hasVote ?? way.hasVote)
    for move in way.moves {
      // Whoever hands it in does not screen it.
      let actor = try actor(move == .submit ? "lang-ha-1" : "mai")
      guard case .moved = machine.handle(try request(move, by: actor)) else {
        Issue.record("\(move) from \(machine.state)")
        break
      }
    }
    return machine
  }

  /// From eligible the campaign decides between a vote and none: the one in which the move can be made.
  static func machine(in state: State, for move: ScreeningMove) throws -> ScreeningStateMachine {
    try machine(in: state, hasVote: state == .eligible ? move == .openVote : nil)
  }

  /// Every move that leads somewhere. All others, in every state, are refused.
  static let table: [State: [ScreeningMove: State]] = [
    .registered: [.submit: .submitted],
    .submitted: [.receive: .received],
    .received: [.accept: .eligible, .sendBack: .returned, .reject: .rejected],
    .eligible: [.openVote: .voting, .propose: .awaiting, .reject: .rejected],
    .returned: [.submit: .submitted],
    .rejected: [:],
    .voting: [.endVoteChosen: .awaiting, .endVoteNotChosen: .rejected],
    .awaiting: [.recognise: .recognised, .reject: .rejected],
    .recognised: [:],
  ]

  @Test(arguments: State.allCases, ScreeningMove.allCases)
  func everyMoveInEveryState(_ state: State, _ move: ScreeningMove) throws {
    let before = try Self.machine(in: state, for: move)
    #expect(before.state == state)
    var machine = before
    let request = try Self.request(move)
    let action = machine.handle(request)
    if let target = Self.table[state]?[move] {
      #expect(
        action
          == .moved(
            ScreeningRecord(
              move: move, from: state, to: target, actor: "lan", secondActor: nil, reason: request.reason,
              document: request.document, time: request.time)))
      #expect(machine.state == target)
    } else {
      #expect(action == .refused(.notNow))
      #expect(machine == before)
    }
  }

  /// The same with two persons for every move: the first one proposes, and only the second one moves.
  @Test(arguments: State.allCases, ScreeningMove.allCases)
  func everyMoveInEveryStateByTwo(_ state: State, _ move: ScreeningMove) throws {
    let plain = try Self.machine(in: state, for: move)
    var machine = ScreeningStateMachine(
      unit: plain.unit, interested: ["lang-ha-1"],
      policy: ScreeningPolicy(twoPersons: Set(ScreeningMove.allCases)), hasVote: plain.hasVote)
    for way in try #require(Self.ways[state]).moves {
      for person in way == .submit ? ["lang-ha-1", "lang-ha-2"] : ["mai", "hoa"] {
        _ = machine.handle(try Self.request(way, by: try Self.actor(person)))
      }
    }
    #expect(machine.state == state)
    let before = machine
    let first = machine.handle(try Self.request(move))
    guard let target = Self.table[state]?[move] else {
      #expect(first == .refused(.notNow))
      #expect(machine == before)
      return
    }
    let proposal = ScreeningStateMachine.Proposal(
      move: move, actor: "lan", reason: "Đủ điều kiện", document: "12-BC/QU")
    #expect(first == .proposed(proposal))
    #expect(machine.state == state)
    #expect(machine.handle(try Self.request(move)) == .refused(.samePerson))
    let hue = try Self.actor("hue")
    #expect(machine.handle(try Self.request(move, by: hue, reason: "Khác")) == .refused(.differs))
    #expect(machine.handle(try Self.request(move, by: hue, document: "Khác")) == .refused(.differs))
    #expect(machine.proposal == proposal)
    let second = machine.handle(try Self.request(move, by: hue))
    #expect(machine.state == target)
    #expect(machine.proposal == nil)
    guard case .moved(let record) = second else {
      Issue.record("\(second)")
      return
    }
    #expect((record.actor, record.secondActor, record.from, record.to) == ("lan", "hue", state, target))
  }

  struct Guard: Sendable, CustomStringConvertible {
    var description: String
    var state: State
    var policy: ScreeningPolicy
    var request: ScreeningRequest
    var refusal: ScreeningStateMachine.Refusal?

    init(
      _ description: String, _ state: State, _ request: ScreeningRequest, _ refusal: ScreeningStateMachine.Refusal?,
      policy: ScreeningPolicy = ScreeningPolicy()
    ) {
      self.description = description
      self.state = state
      self.request = request
      self.refusal = refusal
      self.policy = policy
    }
  }

  static func guards() throws -> [Guard] {
    [
      Guard("a screener receives", .submitted, try request(.receive, by: try actor("mai", "dong-da", .screener)), nil),
      Guard(
        "a registrant does not", .submitted, try request(.receive, by: try actor("mai", "dong-da", .registrant)),
        .wrongRole),
      Guard(
        "a screener does not recognise", .awaiting, try request(.recognise, by: try actor("mai", "dong-da", .screener)),
        .wrongRole),
      Guard(
        "a coordinator does not hand in", .registered,
        try request(.submit, by: try actor("mai", "dong-da", .coordinator)), .wrongRole),
      Guard("of this unit alone", .submitted, try request(.receive, by: try actor("mai", "dong-da/lang-ha")), nil),
      Guard(
        "of another ward", .submitted, try request(.receive, by: try actor("mai", "dong-da/o-cho-dua")), .outsideSubtree
      ),
      Guard(
        "of a unit below", .submitted, try request(.receive, by: try actor("mai", "dong-da/lang-ha/to-1")),
        .outsideSubtree),
      Guard("whoever handed it in", .submitted, try request(.receive, by: try actor("lang-ha-1")), .selfScreening),
      Guard("no reason to return", .received, try request(.sendBack, reason: " "), .noReason),
      Guard("no reason to reject", .awaiting, try request(.reject, reason: ""), .noReason),
      Guard("no reason to accept", .received, try request(.accept, reason: ""), nil),
      Guard("no decision", .awaiting, try request(.recognise, document: "\u{A0}"), .noDocument),
      Guard(
        "endless reason", .received, try request(.accept, reason: String(repeating: "a", count: 4_001)), .tooLong),
      Guard(
        "endless document", .received, try request(.accept, document: String(repeating: "a", count: 1_001)), .tooLong),
      Guard("longest reason", .received, try request(.accept, reason: String(repeating: "a", count: 4_000)), nil),
      Guard("no document", .received, try request(.accept, document: ""), nil),
      Guard(
        "no document where the campaign asks for one", .received, try request(.accept, document: ""), .noDocument,
        policy: ScreeningPolicy(documented: [.accept])),
    ]
  }

  @Test func guards() throws {
    for row in try Self.guards() {
      let before = try Self.machine(in: row.state, policy: row.policy)
      var machine = before
      let action = machine.handle(row.request)
      if let refusal = row.refusal {
        #expect(action == .refused(refusal), "\(row)")
        #expect(machine == before, "\(row)")
      } else {
        #expect(machine.state != before.state, "\(row)")
      }
    }
  }

  @Test func theCampaignDecidesWhetherThereIsAVote() throws {
    var with = try Self.machine(in: .eligible, hasVote: true)
    #expect(with.handle(try Self.request(.propose)) == .refused(.notInThisCampaign))
    var without = try Self.machine(in: .eligible, hasVote: false)
    #expect(without.handle(try Self.request(.openVote)) == .refused(.notInThisCampaign))
    #expect((with.state, without.state) == (.eligible, .eligible))
  }

  /// Whoever hands in a returned nomination is one of its own from then on.
  @Test func whoHandsItInAgainDoesNotScreenIt() throws {
    var machine = try Self.machine(in: .returned)
    _ = machine.handle(try Self.request(.submit, by: try Self.actor("nga")))
    #expect(machine.state == .submitted)
    #expect(machine.handle(try Self.request(.receive, by: try Self.actor("nga"))) == .refused(.selfScreening))
    #expect(machine.state == .submitted)
  }

  /// A proposal that nobody seconds is replaced: by its maker with another reason, by anybody with another move.
  @Test func proposalsAreReplaced() throws {
    let policy = ScreeningPolicy(twoPersons: [.accept, .reject])
    var machine = try Self.machine(in: .received, policy: policy)
    let (lan, hue) = (try Self.actor("lan"), try Self.actor("hue"))
    _ = machine.handle(try Self.request(.accept, by: lan, reason: "A"))
    _ = machine.handle(try Self.request(.accept, by: lan, reason: "B"))
    #expect(machine.proposal?.reason == "B")
    _ = machine.handle(try Self.request(.reject, by: hue))
    #expect(machine.proposal?.move == .reject)
    _ = machine.handle(try Self.request(.accept, by: hue, reason: "B"))
    #expect(machine.state == .received)
    #expect(machine.proposal?.actor == "hue")
    // One that needs no second person ends it.
    _ = machine.handle(try Self.request(.sendBack, by: lan))
    #expect((machine.state, machine.proposal) == (.returned, nil))
  }
}
