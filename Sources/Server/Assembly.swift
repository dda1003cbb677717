public import Ledger
public import Logging
public import Polling
public import RPC
internal import Schema
internal import Synchronization
internal import Tallies

/// The whole service behind its router: ledger, tallies and services, put together. Transports are others' work.
public final class Assembly: Sendable {
  public struct Options: Sendable {
    public var dataDirectory: String
    public var trustDomain: String
    /// Most submissions waiting for the disk.
    public var commitQueue: Int
    /// HMAC-SHA-256 under the pepper, for dossier numbers.
    public var hash: @Sendable ([UInt8]) throws -> [UInt8]
    /// Who signs kiosks' certificates; nil: kiosks are not enrolled here.
    public var kioskAuthority: (any KioskAuthority)?
    /// How ballots of secret votes are opened; nil: there are no votes on nominees here.
    public var ballotOpener: BallotOpener?
    /// When officials are alerted.
    public var alerts = AlertThresholds()
    public var now: @Sendable () -> Timestamp

    public init(
      dataDirectory: String, trustDomain: String, commitQueue: Int,
      hash: @escaping @Sendable ([UInt8]) throws -> [UInt8], kioskAuthority: (any KioskAuthority)? = nil,
      now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
      self.dataDirectory = dataDirectory
      self.trustDomain = trustDomain
      self.commitQueue = commitQueue
      self.hash = hash
      self.kioskAuthority = kioskAuthority
      self.now = now
    }
  }

  public let router: Router
  /// For callers without a certificate: enrolment and health, and UNAUTHENTICATED for all others.
  public var strangersRouter: Router {
    router.only(
      [
        (EnrolmentMethods.service, EnrolmentMethods.enrol.method),
        (HealthMethods.service, HealthMethods.check.method),
      ], otherwise: Refusal.noCertificate.rpcError)
  }
  /// The ledger's revision when it was opened.
  public let revision: UInt64
  private let ledger: SQLiteLedger
  private let board: TallyBoard
  private let desk: PublicationDesk
  private let votes: NomineeVoteDesk?
  private let health: Health

  /// What a ledger keeps to know its secret again: see `SQLiteLedger.Options.secretFingerprint`.
  ///
  /// - Parameter hash: HMAC-SHA-256 under the pepper.
  public static func secretFingerprint(_ hash: ([UInt8]) throws -> [UInt8]) rethrows -> String {
    // No credential's or code's message: those have a zero byte after a name.
    try hash(Array("BinhChon secret".utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Opens the ledger and builds the services over it.
  ///
  /// - Parameter onDiskFailure: called once, when the ledger has latched: end the process soon.
  /// - Throws: `LedgerFileError` for a ledger that cannot be opened.
  public static func open(
    _ options: Options, logger: Logger, onDiskFailure: @escaping @Sendable () -> Void
  ) async throws(LedgerFileError) -> Assembly {
    let health = Health()
    let closings = PollClosings()
    let registry = RegistryShelf()
    let bursts = BurstWatch(options.alerts, now: options.now)
    let observer = CommitObserver(closings, registry, bursts)
    var ledgerOptions = SQLiteLedger.Options()
    ledgerOptions.queueLimit = options.commitQueue
    do {
      ledgerOptions.secretFingerprint = try secretFingerprint(options.hash)
    } catch {
      throw LedgerFileError(.wrongSecret, "the pepper cannot be used: \(error)")
    }
    let (ledger, state) = try SQLiteLedger.open(
      directory: options.dataDirectory, options: ledgerOptions,
      onFailure: { problem in
        logger.critical(
          "the ledger's disk failed: nothing more is accepted, who waits is told to retry the same ids",
          metadata: ["problem": "\(problem)"])
        health.stopServing()
        onDiskFailure()
      },
      observer: { await observer.fold($0) })
    let board = TallyBoard(
      epoch: state.epoch, revision: state.revision, polls: state.polls.map { ($0.poll, $0.isClosed) },
      cells: state.cells, clock: .system(wall: options.now),
      carrier: CallCarrier(now: options.now, logger: logger))
    let desk = PublicationDesk(
      shelf: PublicationShelf(directory: options.dataDirectory), epoch: state.epoch,
      known: Set(state.polls.map(\.poll.id)), every: PublicationDesk.usualPeriod, logger: logger,
      now: options.now)
    closings.note(state.polls)
    registry.note(state.registry)
    observer.begin(board)

    let access = Access(trustDomain: options.trustDomain)
    var router = Router()
    BallotService(
      ledger: ledger, board: board, access: access, intake: BallotIntake(hash: options.hash), now: options.now,
      closings: closings, watch: KioskWatch(reader: ledger, logger: logger),
      backedUpThrough: { ledger.backedUpThrough }
    ).register(in: &router)
    TallyService(
      board: board, desk: desk, access: access, now: options.now, acknowledged: { ledger.acknowledgedRevision }
    ).register(in: &router)
    PollService(ledger: ledger, board: board, access: access, now: options.now).register(in: &router)
    KioskService(board: board, access: access, now: options.now).register(in: &router)
    KioskListing(reader: ledger, board: board, access: access, now: options.now).register(in: &router)
    UnitService(ledger: ledger, registry: registry, access: access, now: options.now).register(in: &router)
    let figures = FigureBook(reader: ledger, logger: logger, now: options.now)
    PaperService(
      desk: PaperDesk(ledger: ledger, reader: ledger, poll: { board.poll($0)?.version($1) }), reader: ledger,
      board: board, access: access, now: options.now, closings: closings
    ).register(in: &router)
    let campaigns = CampaignDesk(ledger: ledger, reader: ledger)
    CampaignService(
      desk: campaigns, reader: ledger, access: access, epoch: board.epoch, now: options.now
    ).register(in: &router)
    FigureService(
      book: figures, board: board, desk: desk, registry: registry, access: access,
      now: options.now, acknowledged: { ledger.acknowledgedRevision }
    ).register(in: &router)
    ExportService(reader: ledger, board: board, access: access).register(in: &router)
    AlertService(
      ledger: ledger,
      book: AlertBook(
        figures: figures, reader: ledger, board: board, bursts: bursts, thresholds: options.alerts, now: options.now,
        acknowledged: { ledger.acknowledgedRevision }, logger: logger),
      board: board, access: access, gaps: GapKey(hash: options.hash), now: options.now
    ).register(in: &router)
    let comments = CommentService(
      store: CommentStore(directory: options.dataDirectory), ledger: ledger, reader: ledger, board: board,
      access: access, closings: closings, logger: logger, now: options.now)
    do throws(LedgerFileError) {
      try await comments.repeatDeletions()
      comments.register(in: &router)
    } catch {
      // Ballots do without.
      logger.error("no comments are taken or shown", metadata: ["problem": "\(error)"])
    }
    if let authority = options.kioskAuthority {
      EnrolmentService(
        ledger: ledger, authority: authority, access: access, hash: options.hash, now: options.now
      ).register(in: &router)
    }
    let votes = options.ballotOpener.map { NomineeVoteDesk(ledger: ledger, reader: ledger, opener: $0) }
    if let votes {
      NomineeVoteService(
        desk: votes, slate: { NomineeSlate(try await campaigns.standing($0).book) }, access: access, hash: options.hash,
        now: options.now
      ).register(in: &router)
    }
    HealthService(health: health, others: router.serviceNames).register(in: &router)
    return Assembly(
      router: router, revision: state.revision, ledger: ledger, board: board, desk: desk, votes: votes, health: health)
  }

  private init(
    router: Router, revision: UInt64, ledger: SQLiteLedger, board: TallyBoard, desk: PublicationDesk,
    votes: NomineeVoteDesk?, health: Health
  ) {
    self.router = router
    self.revision = revision
    self.ledger = ledger
    self.board = board
    self.desk = desk
    self.votes = votes
    self.health = health
  }

  public var epoch: String { board.epoch }

  /// Health says NOT_SERVING from here on and watches end; calls that come are still answered while connections drain.
  public func stopServing() async {
    health.stopServing()
    await board.finishWatches()
    await desk.finish()
    await votes?.finish()
  }

  /// Closes the ledger, after what it accepted is on disk.
  public func close() async {
    await ledger.close()
  }
}

/// Carries commits to the board. The ledger must be open before there is a board, and takes nothing before there is one.
private final class CommitObserver: Sendable {
  private let board = Mutex<TallyBoard?>(nil)
  private let closings: PollClosings
  private let registry: RegistryShelf
  private let bursts: BurstWatch

  init(_ closings: PollClosings, _ registry: RegistryShelf, _ bursts: BurstWatch) {
    self.closings = closings
    self.registry = registry
    self.bursts = bursts
  }

  func begin(_ board: TallyBoard) {
    self.board.withLock { $0 = board }
  }

  func fold(_ commit: Commit) async {
    closings.note(commit.polls)
    registry.note(commit.registry)
    guard let board = board.withLock({ $0 }) else { return }
    await board.fold(
      commit.cells, published: commit.polls.map { ($0.poll, $0.isClosed) }, revision: commit.revision)
    bursts.note(commit.cells, board)
  }
}
