internal import Ledger
internal import Polling

/// Campaigns as their registers fold, and the one place where acts are entered in them. What is held here is no more than
/// what the ledger says, and bounded.
actor CampaignDesk {
  struct Standing: RegisterFold {
    var book: CampaignBook
    /// Of the last act that is in it: in its register and in the ledger, and when.
    var number: UInt64 = 0
    var sequence: UInt64 = 0
    var at = Timestamp(milliseconds: 0)
    fileprivate var ids: Set<Act.ID> = []

    var bytes: Int { book.bytes }

    fileprivate mutating func fold(_ entered: EnteredAct) throws(LedgerFileError) {
      try book.fold(entered)
      number = entered.number
      sequence = entered.sequence
      at = entered.act.at
      ids.insert(entered.act.id)
    }
  }

  struct Entered {
    var standing: Standing
    /// 0: nothing was entered, for all of it was known.
    var sequence: UInt64
    var isReplayed: Bool
  }

  struct Intent {
    var event: CampaignEvent
    var id: Act.ID
    var person: CampaignPerson
    var by: String
    var at: Timestamp
  }

  /// How often somebody else may be quicker.
  private static let tries = 16

  private let ledger: any Ledger
  private let reader: any RegisterReader
  private var folds = RegisterFolds<Standing>(mostBytes: CampaignBook.mostBytes)

  init(ledger: any Ledger, reader: any RegisterReader) {
    self.ledger = ledger
    self.reader = reader
  }

  /// A campaign as the ledger has it now; one without a version if nothing was published.
  func standing(_ id: RecordID<Campaign>) async throws -> Standing {
    let register = Register.campaign(id)
    let known = folds[register] ?? Standing(book: CampaignBook(id))
    let standing = try await known.caughtUp(with: register, reader) { try $0.fold($1) }
    folds.hold(standing, of: register)
    return standing
  }

  /// Enters an act, if the campaign's rules allow it.
  ///
  /// - Throws: ``Refusal``.
  func enter(_ intent: Intent, _ id: RecordID<Campaign>) async throws -> Entered {
    let event = intent.event
    let act = Act(
      register: .campaign(id), id: intent.id, name: event.word.rawValue, body: event.body, by: intent.by,
      at: intent.at)
    // What could not be read again must not be written.
    guard (try? CampaignEvent(act))?.body == act.body else {
      throw Refusal.invalid([Violation("act", "cannot be written down")])
    }
    for _ in 0..<Self.tries {
      let standing = try await standing(id)
      if standing.ids.contains(act.id) { return try await replay(act, standing) }
      var next = standing
      do {
        let isNew = try next.book.take(
          event, by: intent.person, at: intent.at, number: standing.number + 1, size: act.body.count)
        guard isNew else { return Entered(standing: standing, sequence: 0, isReplayed: true) }
      } catch {
        throw Refusal(error)
      }
      switch try await ledger.outcome(of: .act(act, after: standing.number)) {
      case .entered(let sequence, .act(let entered)):
        next.number = entered.number
        next.sequence = sequence
        next.at = act.at
        next.ids.insert(act.id)
        folds.hold(next, of: act.register)
        return Entered(standing: next, sequence: sequence, isReplayed: false)
      case .replayed(let sequence, .act):
        return Entered(standing: try await self.standing(id), sequence: sequence, isReplayed: true)
      case .refused(.staleAct): continue
      case .refused(.conflict): throw Refusal.actConflict
      case .refused(let refusal): throw Refusal(refusal)
      case .entered, .replayed: throw Refusal.ourFault("the ledger answered an act with something else")
      }
    }
    throw Refusal(code: .aborted, reason: .staleAct, message: "others were quicker, again and again: look again")
  }

  /// Whether it is the same that was entered under its id, is for the ledger to say.
  private func replay(_ act: Act, _ standing: Standing) async throws -> Entered {
    switch try await ledger.outcome(of: .act(act, after: standing.number)) {
    case .replayed(let sequence, .act): return Entered(standing: standing, sequence: sequence, isReplayed: true)
    case .refused(.conflict): throw Refusal.actConflict
    case .refused(let refusal): throw Refusal(refusal)
    case .entered, .replayed: throw Refusal.ourFault("the ledger answered an act with something else")
    }
  }
}
