internal import Foundation
internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import Synchronization

/// binhchon.v1.NomineeVoteService: votes on the nominees of campaigns, from their opening to their count.
final class NomineeVoteService: Sendable {
  /// In one request.
  static let mostCodes = 2_000

  private let desk: NomineeVoteDesk
  private let slate: @Sendable (RecordID<Campaign>) async throws -> NomineeSlate?
  private let access: Access
  /// HMAC under the pepper: codes are found by it, and whoever reads the hashes learns no code. Looking one up takes no
  /// care for time: nobody without the pepper can choose what the hash of a guess begins with.
  private let hash: @Sendable ([UInt8]) throws -> [UInt8]
  private let now: @Sendable () -> Timestamp
  /// Codes are as long as those of kiosks, see there. Of 10,000 open for a month, 2.6e7 guesses hit one with a
  /// probability of 7e-12.
  /// Of each certificate's: nobody uses up the guesses of others.
  private let guesses = Mutex<[String: GuessBudget]>([:])

  /// - Parameter slate: of a campaign; nil: there is none, or it has no vote.
  init(
    desk: NomineeVoteDesk, slate: @escaping @Sendable (RecordID<Campaign>) async throws -> NomineeSlate?,
    access: Access, hash: @escaping @Sendable ([UInt8]) throws -> [UInt8], now: @escaping @Sendable () -> Timestamp
  ) {
    self.desk = desk
    self.slate = slate
    self.access = access
    self.hash = hash
    self.now = now
  }

  func register(in router: inout Router) {
    router.handle(NomineeVoteMethods.openNomineeVote) { try await refusing(self.open)($0, $1) }
    router.handle(NomineeVoteMethods.issueVoteCodes) { try await refusing(self.issueCodes)($0, $1) }
    router.handle(NomineeVoteMethods.castNomineeVote) { try await refusing(self.cast)($0, $1) }
    router.handle(NomineeVoteMethods.closeNomineeVote) { try await refusing(self.close)($0, $1) }
    router.handle(NomineeVoteMethods.getNomineeVote) { try await refusing(self.get)($0, $1) }
    router.handle(NomineeVoteMethods.watchNomineeVote) { request, context, writer in
      do {
        try await self.watch(request, context, writer)
      } catch let refusal as Refusal {
        throw refusal.rpcError
      }
    }
  }

  // MARK: - Acts

  private func open(
    _ request: Binhchon_V1_OpenNomineeVoteRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_OpenNomineeVoteResponse {
    let caller = try access.caller(context, roles: [.coordinator])
    let place = try Place(request.place)
    guard let slate = try await slate(place.campaign) else { throw Refusal.unknownVote(place.register.name) }
    try caller.require(slate.unit)
    var definition = try VoteDefinition(request, slate)
    let standing = try await desk.standing(place.register).book
    // Asked for again: the nominees are those of the first time.
    if let known = standing.definition, known.electorate == definition.electorate, known.secrecy == definition.secrecy,
      known.isLive == definition.isLive
    {
      definition = known
    }
    let entered = try await desk.enter(.open(definition), place.register, try intent(request.actID, caller))
    var response = Binhchon_V1_OpenNomineeVoteResponse()
    response.state = try message(entered.book, place, entered.number)
    response.replayed = entered.isReplayed
    return response
  }

  private func issueCodes(
    _ request: Binhchon_V1_IssueVoteCodesRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_IssueVoteCodesResponse {
    let caller = try access.caller(context, roles: [.coordinator])
    let place = try Place(request.place)
    _ = try await standing(place, caller, within: true)
    guard (1...Self.mostCodes).contains(request.codes.count) else {
      throw Refusal.invalid([Violation("codes", "must be 1 to \(Self.mostCodes)")])
    }
    var hashes: [[UInt8]] = []
    for (index, code) in request.codes.enumerated() {
      do {
        hashes.append(try hashed(try EnrolmentCode(code), place))
      } catch let invalid as InvalidValue {
        throw Refusal.invalid([Violation("codes[\(index)]", invalid.problem)])
      }
    }
    // In their order, which is not that of the sheets.
    hashes.sort { $0.lexicographicallyPrecedes($1) }
    let entered = try await desk.enter(.codes(hashes), place.register, try intent(request.actID, caller))
    var response = Binhchon_V1_IssueVoteCodesResponse()
    response.issued = entered.book.entitled
    response.replayed = entered.isReplayed
    return response
  }

  private func close(
    _ request: Binhchon_V1_CloseNomineeVoteRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_CloseNomineeVoteResponse {
    let caller = try access.caller(context, roles: [.coordinator])
    let place = try Place(request.place)
    _ = try await standing(place, caller, within: true)
    let ending: NomineeVoteDesk.Ending
    switch request.how {
    case .privateKey(let key): ending = .open(Array(key))
    case .count(true): ending = .count
    case .giveUp(let why): ending = .giveUp(why: why)
    case .count(false), nil: throw Refusal.invalid([Violation("how", "must be a key, a count or why it is given up")])
    }
    let entered = try await desk.close(ending, place.register, try intent(request.actID, caller))
    var response = Binhchon_V1_CloseNomineeVoteResponse()
    response.state = try message(entered.book, place, entered.number)
    response.replayed = entered.isReplayed
    return response
  }

  // MARK: - Ballots

  private func cast(
    _ request: Binhchon_V1_CastNomineeVoteRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_CastNomineeVoteResponse {
    let caller = try access.caller(context)
    let place = try Place(request.place)
    let standing = try await standing(place, caller, within: false)
    var response = Binhchon_V1_CastNomineeVoteResponse()
    switch request.ballot {
    case .sealed(let sealed):
      if request.code.isEmpty {
        guard case .named = standing.book.definition?.electorate else { throw Refusal(.notThisKind) }
        response.replayed = try await desk.drop(
          Array(sealed), spending: NomineeVoteBook.hash(of: caller.person), place.register)
      } else {
        response.replayed = try await drop(Array(sealed), code: request.code, by: caller, standing.book, place)
      }
    case .open(let marks):
      guard request.code.isEmpty else { throw Refusal(.notThisKind) }
      // One ballot each: the id follows from the person, so that a repetition is known as such. Under the pepper: nobody can
      // enter something else under it first.
      let id: [UInt8]
      do {
        id = try hash([0] + Array("BinhChon open vote\0\(place.register.name)\0\(caller.person)".utf8))
      } catch {
        throw Refusal.ourFault("a ballot cannot be named")
      }
      do {
        response.replayed = try await desk.enter(
          .vote(try NomineeBallot(marks)), place.register,
          NomineeVoteDesk.Intent(id: Act.ID(bytes: id), by: caller.description, at: now())
        ).isReplayed
      } catch let refusal as Refusal where refusal.reason == .actConflict {
        throw Refusal(.alreadyVoted)
      }
    case nil: throw Refusal.invalid([Violation("ballot", "is missing")])
    }
    return response
  }

  private func drop(
    _ sealed: [UInt8], code: String, by caller: Identity, _ book: NomineeVoteBook, _ place: Place
  ) async throws -> Bool {
    guard book.definition?.electorate == .codes else { throw Refusal(.notThisKind) }
    guard guesses.withLock({ $0[caller.description, default: GuessBudget()].take(at: now()) }) else {
      throw Refusal(
        code: .resourceExhausted, reason: .overloaded, message: "too many wrong codes were tried",
        retryAfterMilliseconds: 5000)
    }
    // Of a mistyped code no more is told than of a wrong one.
    guard let code = try? EnrolmentCode(code) else { throw Refusal(.notEntitled) }
    let hash = try hashed(code, place)
    guard book.codes.contains(hash) else { throw Refusal(.notEntitled) }
    guesses.withLock { $0[caller.description]?.giveBack() }
    return try await desk.drop(sealed, spending: hash, place.register)
  }

  // MARK: - Looking

  private func get(
    _ request: Binhchon_V1_GetNomineeVoteRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetNomineeVoteResponse {
    let caller = try access.caller(context)
    let place = try Place(request.place)
    let standing = try await standing(place, caller, within: false)
    var response = Binhchon_V1_GetNomineeVoteResponse()
    response.state = try message(standing.book, place, standing.number)
    return response
  }

  private func watch(
    _ request: Binhchon_V1_WatchNomineeVoteRequest, _ context: CallContext,
    _ writer: ResponseWriter<Binhchon_V1_WatchNomineeVoteResponse>
  ) async throws {
    let caller = try access.caller(context)
    let place = try Place(request.place)
    var standing = try await standing(place, caller, within: false)
    while true {
      var response = Binhchon_V1_WatchNomineeVoteResponse()
      response.state = try message(standing.book, place, standing.number)
      try await writer.write(response)
      if standing.book.phase == .closed { return }
      guard await desk.changed(place.register, since: standing.number) else { throw Refusal(.closed) }
      try Task.checkCancellation()
      standing = try await desk.standing(place.register)
    }
  }

  // MARK: - What callers send

  private struct Place {
    var campaign: RecordID<Campaign>
    var vote: RecordID<VoteDefinition>

    init(_ message: Binhchon_V1_NomineeVotePlace) throws(Refusal) {
      do { campaign = try RecordID(message.campaign) } catch {
        throw .invalid([Violation("place.campaign", error.problem)])
      }
      do { vote = try RecordID(message.vote) } catch { throw .invalid([Violation("place.vote", error.problem)]) }
    }

    var register: Register { .vote(campaign, vote) }

    var message: Binhchon_V1_NomineeVotePlace {
      var message = Binhchon_V1_NomineeVotePlace()
      (message.campaign, message.vote) = (campaign.rawValue, vote.rawValue)
      return message
    }
  }

  /// A vote that was opened, and whose unit the caller has to do with; all of it if `within`.
  private func standing(
    _ place: Place, _ caller: Identity, within: Bool
  ) async throws -> NomineeVoteDesk.Standing {
    let standing = try await desk.standing(place.register)
    guard let unit = standing.book.definition?.unit else { throw Refusal.unknownVote(place.register.name) }
    if within {
      try caller.require(unit)
    } else if !caller.scope.contains(unit), !unit.contains(caller.scope) {
      throw Refusal.unknownVote(place.register.name)
    }
    return standing
  }

  private func message(
    _ book: NomineeVoteBook, _ place: Place, _ number: UInt64
  ) throws(Refusal) -> Binhchon_V1_NomineeVoteState {
    guard let state = Binhchon_V1_NomineeVoteState(book, place.message, number: number) else {
      throw .unknownVote(place.register.name)
    }
    return state
  }

  private func intent(_ id: Data, _ caller: Identity) throws(Refusal) -> NomineeVoteDesk.Intent {
    guard id.count == 16 else { throw .invalid([Violation("act_id", "must be 16 bytes")]) }
    return NomineeVoteDesk.Intent(id: Act.ID(bytes: Array(id)), by: caller.description, at: now())
  }

  /// Another first byte than any poll's name has, and another name than a kiosk's code: no other hash is ever that of a
  /// code.
  private func hashed(_ code: EnrolmentCode, _ place: Place) throws(Refusal) -> [UInt8] {
    do {
      return try hash([0] + Array("vote code\0\(place.register.name)\0".utf8) + code.characters)
    } catch {
      throw .ourFault("a code cannot be hashed")
    }
  }
}

extension Act.ID {
  /// - Parameter bytes: the first 16 of them.
  fileprivate init(bytes: [UInt8]) {
    func word(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(high: word(bytes.prefix(8)), low: word(bytes.dropFirst(8).prefix(8)))
  }
}

extension Identity {
  /// Unit and name: the same person with another role.
  fileprivate var person: String { "\(scope)/\(name)" }
}
