public import Polling

/// Something to be entered in the ledger.
public enum Submission: Sendable {
  /// A ballot that keeps the rules of its poll's version. `isOpen`: whether the poll's own times allow it now, which
  /// is asked only after its id: what was counted before closing is answered again after it. A record with the flag
  /// `late` is taken although its poll was closed by hand: whether it is before the seal is for ``ClosingRule`` to say.
  case cast(CastVoteRecord, isOpen: Bool)
  /// A poll to publish; its `version` is given by the ledger.
  case publish(Poll, by: String, at: Timestamp)
  case close(PollID, reason: String, by: String, at: Timestamp)
  /// Takes a ballot out of the count; one whose unit is not `within` counts as unknown.
  case void(BallotID, within: UnitPath, reason: String, by: String, at: Timestamp)
  /// Enters nothing: asks what became of a ballot that cannot be cast now, say because the newest version of its poll
  /// has other questions. Who is about to refuse a ballot for its content asks this first: what was counted once is
  /// answered with `replayed` for ever. `unknownBallot`: it never was.
  case recall(Ballot)
  /// Makes a code with which one kiosk can get its certificate, and ends an earlier one for it that was not used.
  case openKioskCode(KioskCode, by: String, at: Timestamp)
  /// Enters nothing: asks what a code with this hash is good for, in the hands of who holds this key.
  case findKioskCode(hash: [UInt8], keyFingerprint: [UInt8], at: Timestamp)
  /// Gives a kiosk its certificate, and spends the code.
  case enrolKiosk(KioskCertificate, codeHash: [UInt8], at: Timestamp)
  /// Gives a kiosk that is known by another certificate a new one, once an hour at most.
  case renewKiosk(KioskCertificate, by: String, at: Timestamp)
  /// Enters a press that is refused for good, once per ballot id: what becomes of it is the same for ever, and a kiosk's
  /// presses add up. `conflict`: the id was cast, or was refused at another kiosk or in another spool.
  case refusePress(RefusedPress)
  /// Enters nothing: keeps what a kiosk says of itself, the latest per spool, with whatever is committed next. `number`:
  /// one that is less than that of a report that came before is no news, except that the kiosk was heard of; 0: not
  /// numbered, and taken for the latest.
  case reportKiosk(KioskReport, number: UInt64 = 0)
  /// The registry of units and procedures, whole and without faults; its `version` is given by the ledger.
  case publishRegistry(UnitRegistry, by: String, at: Timestamp)
  /// Enters an act of a register; `after`: the number of the register's last act that whoever decided it knew of, 0
  /// for none. `countsKnown`: the sequence up to which they knew what acts of paper count, of any register, where the act
  /// depends on that; nil: it does not. `staleAct`: one of both has changed since.
  case act(Act, after: UInt64, countsKnown: UInt64? = nil)
  /// Enters nothing: puts a sealed ballot into the urn of its vote, and notes apart from it who voted. `alreadyRated`: who
  /// casts it has voted. `conflict`: the same bytes are in the urn, cast by another. `after` as for `act`.
  case drop(SealedBallot, after: UInt64)
  /// Enters the act that closes a vote, and empties its urn. `staleAct`: the urn holds another number of ballots than
  /// this one, or the register has other acts since.
  case closeVote(Act, after: UInt64, holding: Int)
}

/// What became of a submission. Only returned once it is on disk.
public enum Outcome: Sendable, Equatable {
  /// Entered and counted now, under this sequence; for `publish` and `close` with the poll as it is now.
  case entered(sequence: UInt64, Effect)
  /// The same was entered before, under this sequence; nothing changed.
  case replayed(sequence: UInt64, Effect)
  case refused(Refusal)

  public enum Effect: Sendable, Equatable {
    /// The record as it was kept the first time.
    case cast(CastVoteRecord)
    case poll(PublishedPoll)
    case voided(BallotID)
    case kioskCode(KioskCode)
    /// The certificate as it was kept the first time.
    case kioskCertificate(KioskCertificate)
    /// What was said of the press the first time. Also the answer to casting it later: the kiosk was told, and forgot it.
    case pressRefused(RefusedPress.Verdict, reason: String)
    /// Where the spool's presses stand, those of the same call before the report included, and the greatest number of
    /// its reports. The sequence is that of the last entry.
    case kioskReported(SpoolMark, number: UInt64 = 0)
    /// As it is now.
    case registry(UnitRegistry)
    case act(EnteredAct)
    /// A ballot is in its urn. The sequence is that of the last entry.
    case dropped
  }

  public enum Refusal: Sendable, Equatable {
    /// The id is used for a ballot with other content.
    case conflict
    /// The ballot with this id was voided.
    case voided
    /// The credential was spent in this poll by another ballot. A voided ballot's credential stays spent.
    case alreadyRated
    /// No such poll, or no such version of it.
    case unknownPoll
    case pollClosed
    /// A version may not promise another anonymity than the versions before it.
    case anonymityFixed
    /// Nothing under this id.
    case unknownBallot
    /// There is no such code, or it is expired, or another key was enrolled with it, or a later one was made for the
    /// same kiosk before any was.
    case kioskCodeRefused
    /// The key is that of another kiosk's certificate.
    case keyTaken
    /// The kiosk was given another certificate for its earlier one less than an hour ago.
    case renewedLately
    /// The register has other acts since, or others count since what must be counted once: decide again.
    case staleAct(last: UInt64)
    /// There is no such act to reverse, or it counts nothing, or it was reversed.
    case unknownAct
    /// Its register or the act is called what nothing may be called.
    case badActName
  }
}

/// A poll with what the ledger says of it.
public struct PublishedPoll: Sendable, Equatable {
  public var poll: Poll
  /// When it was closed by hand.
  public var closedAt: Timestamp?

  public var isClosed: Bool { closedAt != nil }

  public init(poll: Poll, closedAt: Timestamp? = nil) {
    self.poll = poll
    self.closedAt = closedAt
  }
}

/// One group commit, after it is on disk: what readers of the ledger fold.
public struct Commit: Sendable {
  /// The sequence of its last entry.
  public var revision: UInt64
  public var cells: [PollID: [CellKey: Int64]]
  /// Polls published or closed by it, in order.
  public var polls: [PublishedPoll]
  /// The registry of units, if it was published by it.
  public var registry: UnitRegistry?

  public init(
    revision: UInt64, cells: [PollID: [CellKey: Int64]], polls: [PublishedPoll], registry: UnitRegistry? = nil
  ) {
    self.revision = revision
    self.cells = cells
    self.polls = polls
    self.registry = registry
  }
}

/// What a ledger holds when it is opened: from cells, definitions, and the last entries that are not in the cells yet.
public struct LedgerState: Sendable {
  /// Another value after a restore.
  public var epoch: String
  public var revision: UInt64
  /// Every version of every poll, oldest first.
  public var polls: [PublishedPoll]
  public var cells: [PollID: [CellKey: Int64]]
  /// The registry of units as it was published last.
  public var registry: UnitRegistry?

  public init(
    epoch: String, revision: UInt64, polls: [PublishedPoll], cells: [PollID: [CellKey: Int64]],
    registry: UnitRegistry? = nil
  ) {
    self.epoch = epoch
    self.revision = revision
    self.polls = polls
    self.cells = cells
    self.registry = registry
  }
}

public enum LedgerError: Error, Equatable {
  /// Too much waits to be committed, or readers keep the journal from being emptied; nothing of this call was taken.
  case overloaded
  /// The disk is full; nothing of this call was kept. Acceptance comes back with the space.
  case diskFull
  /// The disk failed, now or before. What was submitted may be kept or not: retry with the same ids. This is also the
  /// answer to everything submitted after the failure, for an earlier attempt under the same id may be kept.
  case outcomeUnknown
  /// The ledger is closed.
  case closed
}

/// The append-only ledger: the truth that every figure is a fold over.
///
/// `append` returns after its submissions are on disk and after the observer given at opening has returned for their
/// commit; so whoever reads a tally after an answer finds the answered ballot in it. One outcome per submission, in
/// order. All submissions of one call stand or fall together only as far as the disk is concerned: each has an
/// outcome of its own.
public protocol Ledger: Sendable {
  /// - Throws: ``LedgerError``.
  func append(_ submissions: [Submission]) async throws(LedgerError) -> [Outcome]

  /// The same for callers that do not wait: `answer` is called once, on some thread, and must not block it.
  func append(
    _ submissions: [Submission], _ answer: @escaping @Sendable (Result<[Outcome], LedgerError>) -> Void)

  /// Casts many ballots, each with the outcome that ``Submission/cast(_:isOpen:)`` would have had in its place.
  ///
  /// `answer` is called once, on some thread, and must not block it; and it does not wait for the observer: whoever
  /// reads a tally afterwards waits first until it includes ``acknowledgedRevision``.
  func append(_ batch: CastBatch, _ answer: @escaping @Sendable (Result<CastOutcomes, LedgerError>) -> Void)

  /// A sequence that is not below that of any entry which an answer so far has told of, and which the observer has
  /// seen or is about to see.
  var acknowledgedRevision: UInt64 { get }
}
