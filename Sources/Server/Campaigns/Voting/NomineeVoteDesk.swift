internal import Ledger
internal import Polling

/// Votes on nominees as their registers fold, and the one place where acts and ballots are entered in them. What is held
/// here is no more than what the ledger says.
actor NomineeVoteDesk {
  struct Standing: RegisterFold {
    var book = NomineeVoteBook()
    /// Of the last act that is in it.
    var number: UInt64 = 0
    fileprivate var ids: [Act.ID: UInt64] = [:]

    fileprivate mutating func fold(_ entered: EnteredAct) throws(LedgerFileError) {
      try book.fold(entered)
      number = entered.number
      ids[entered.act.id] = entered.number
    }
  }

  struct Entered {
    var book: NomineeVoteBook
    var number: UInt64
    var isReplayed: Bool
  }

  /// Who wants to enter something, and when.
  struct Intent {
    var id: Act.ID
    /// Role, unit and name.
    var by: String
    var at: Timestamp
  }

  enum Ending {
    /// Of a secret vote, with its private key.
    case open([UInt8])
    /// Of one that is not secret.
    case count
    case giveUp(why: String)
  }

  /// How often somebody else may be quicker.
  private static let tries = 64

  private let ledger: any Ledger
  private let reader: any RegisterReader & UrnReader
  private let opener: BallotOpener
  private var folds = RegisterFolds<Standing>()
  private var waiters: [UInt64: (register: Register, continuation: CheckedContinuation<Void, Never>)] = [:]
  private var lastWaiter: UInt64 = 0
  private var isFinished = false

  init(ledger: any Ledger, reader: any RegisterReader & UrnReader, opener: BallotOpener) {
    self.ledger = ledger
    self.reader = reader
    self.opener = opener
  }

  /// A vote as the ledger has it now; an empty one if nothing was said of it.
  func standing(_ register: Register) async throws -> Standing {
    let standing = try await (folds[register] ?? Standing()).caughtUp(with: register, reader) { try $0.fold($1) }
    if folds.hold(standing, of: register) { wake(register) }
    return standing
  }

  // MARK: - Acts

  /// Enters an act, if the vote's rules allow it.
  ///
  /// - Throws: ``Refusal``.
  func enter(_ event: NomineeVoteEvent, _ register: Register, _ intent: Intent) async throws -> Entered {
    try await enter(register, intent) { standing in (event, nil) }
  }

  /// Counts a vote and ends it.
  ///
  /// - Throws: ``Refusal``.
  func close(_ ending: Ending, _ register: Register, _ intent: Intent) async throws -> Entered {
    let standing = try await standing(register)
    if standing.ids[intent.id] != nil {
      // What its urn held is gone: nobody can say it a second time.
      guard standing.book.phase == .closed, standing.ids[intent.id] == standing.number else {
        throw Refusal.actConflict
      }
      return Entered(book: standing.book, number: standing.number, isReplayed: true)
    }
    return try await enter(register, intent) { [reader, opener] standing in
      guard let definition = standing.book.definition, standing.book.phase == .open else {
        throw Refusal(standing.book.phase == .none ? .notOpened : .isClosed)
      }
      guard let secrecy = definition.secrecy else {
        switch ending {
        case .open: throw Refusal(.notThisKind)
        case .count: return (.close(VoteClosing(.counted)), 0)
        case .giveUp(let why): return (.close(VoteClosing(.unopened, why: why)), 0)
        }
      }
      let urn: Urn
      do { urn = try await reader.urn(of: register) } catch {
        throw Refusal.ourFault("the urn cannot be read: \(error)")
      }
      guard urn.spent.count == urn.sealed.count else { throw Refusal.ourFault("an urn holds more or fewer than voted") }
      switch ending {
      case .count: throw Refusal.wrongVoteKey
      case .giveUp(let why): return (.close(VoteClosing(.unopened, spent: urn.spent, why: why)), urn.spent.count)
      case .open(let key):
        guard opener.publicKey(key) == secrecy.publicKey else { throw Refusal.wrongVoteKey }
        let opened: [[UInt8]?]
        do { opened = try await Self.open(urn.sealed, key, opener, Array(register.name.utf8)) } catch {
          throw Refusal.ourFault("ballots cannot be opened now")
        }
        return (.close(VoteClosing(definition, spent: urn.spent, opened: opened)), urn.spent.count)
      }
    }
  }

  /// Beside the actor: it may take a second.
  private nonisolated static func open(
    _ sealed: [[UInt8]], _ key: [UInt8], _ opener: BallotOpener, _ vote: [UInt8]
  ) async throws -> [[UInt8]?] {
    try sealed.map { try opener.open($0, key, VoteDefinition.sealingInfo, vote) }
  }

  /// - Parameter decide: what is to be entered, and for what ends a vote how many ballots it takes out of the urn.
  private func enter(
    _ register: Register, _ intent: Intent, _ decide: (Standing) async throws -> (NomineeVoteEvent, holding: Int?)
  ) async throws -> Entered {
    for _ in 0..<Self.tries {
      let standing = try await standing(register)
      let (event, holding) = try await decide(standing)
      let act = Act(
        register: register, id: intent.id, name: event.word.rawValue, body: event.body(in: standing.book.definition),
        by: intent.by, at: intent.at)
      // What was entered once is answered by the ledger, whatever the rules say now.
      if standing.ids[intent.id] == nil {
        var next = standing.book
        do {
          try next.take(event, by: NomineeVoteBook.person(by: intent.by))
        } catch {
          throw Refusal(error)
        }
      }
      let submission: Submission =
        holding.map { .closeVote(act, after: standing.number, holding: $0) } ?? .act(act, after: standing.number)
      switch try await ledger.outcome(of: submission) {
      case .entered(_, .act):
        let now = try await self.standing(register)
        return Entered(book: now.book, number: now.number, isReplayed: false)
      case .replayed(_, .act):
        let now = try await self.standing(register)
        return Entered(book: now.book, number: now.number, isReplayed: true)
      case .refused(.staleAct): continue
      case .refused(.conflict): throw Refusal.actConflict
      case .refused(let refusal): throw Refusal(refusal)
      case .entered, .replayed: throw Refusal.ourFault("the ledger answered an act with something else")
      }
    }
    throw Refusal.othersWereQuicker
  }

  // MARK: - Sealed ballots

  /// Puts a ballot into the urn.
  ///
  /// - Parameter spending: under what who casts it has voted then.
  /// - Returns: whether the same was there already.
  /// - Throws: ``Refusal``.
  func drop(_ sealed: [UInt8], spending: [UInt8], _ register: Register) async throws -> Bool {
    for _ in 0..<Self.tries {
      let standing = try await standing(register)
      guard let definition = standing.book.definition else { throw Refusal(.notOpened) }
      guard standing.book.phase == .open else { throw Refusal(.isClosed) }
      guard definition.secrecy != nil else { throw Refusal(.notThisKind) }
      guard standing.book.urnHashes.contains(spending) else { throw Refusal(.notEntitled) }
      let length = NomineeBallot.sheetLength(nominees: definition.nominees.count) + opener.overhead
      guard sealed.count == length else {
        throw Refusal.invalid([Violation("sealed", "must have \(length) bytes in this vote")])
      }
      let ballot = SealedBallot(register: register, spending: spending, sealed: sealed)
      switch try await ledger.outcome(of: .drop(ballot, after: standing.number)) {
      case .entered(_, .dropped): return false
      case .replayed(_, .dropped): return true
      case .refused(.staleAct): continue
      case .refused(.alreadyRated): throw Refusal(.alreadyVoted)
      case .refused(.conflict): throw Refusal.invalid([Violation("sealed", "must be sealed anew for each ballot")])
      case .refused(let refusal): throw Refusal(refusal)
      case .entered, .replayed: throw Refusal.ourFault("the ledger answered a ballot with something else")
      }
    }
    throw Refusal.othersWereQuicker
  }

  // MARK: - Watches

  /// Returns when a vote has acts after this one, or the task is cancelled, or the service stops; then false.
  func changed(_ register: Register, since number: UInt64) async -> Bool {
    guard !isFinished else { return false }
    guard folds[register]?.number == number else { return true }
    lastWaiter += 1
    let waiter = lastWaiter
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { return continuation.resume() }
        waiters[waiter] = (register, continuation)
      }
    } onCancel: {
      Task { await self.forget(waiter) }
    }
    return !isFinished
  }

  /// Ends all watches, those to come too.
  func finish() {
    isFinished = true
    for waiter in waiters.values { waiter.continuation.resume() }
    waiters = [:]
  }

  private func forget(_ waiter: UInt64) {
    waiters.removeValue(forKey: waiter)?.continuation.resume()
  }

  private func wake(_ register: Register) {
    for (number, waiter) in waiters where waiter.register == register {
      waiters[number] = nil
      waiter.continuation.resume()
    }
  }
}
