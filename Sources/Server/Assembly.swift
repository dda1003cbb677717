public import Ledger
public import Logging
public import Polling
public import RPC
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
    public var now: @Sendable () -> Timestamp

    public init(
      dataDirectory: String, trustDomain: String, commitQueue: Int,
      hash: @escaping @Sendable ([UInt8]) throws -> [UInt8], now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
      self.dataDirectory = dataDirectory
      self.trustDomain = trustDomain
      self.commitQueue = commitQueue
      self.hash = hash
      self.now = now
    }
  }

  public let router: Router
  public let epoch: String
  /// The ledger's revision when it was opened.
  public let revision: UInt64
  private let ledger: SQLiteLedger
  private let health: Health

  /// Opens the ledger and builds the services over it.
  ///
  /// - Parameter onDiskFailure: called once, when the ledger has latched: end the process soon.
  public static func open(
    _ options: Options, logger: Logger, onDiskFailure: @escaping @Sendable () -> Void
  ) async throws -> Assembly {
    let book = PollBook()
    let board = TallyBoard(clock: .system(wall: options.now))
    let health = Health()
    var ledgerOptions = SQLiteLedger.Options()
    ledgerOptions.queueLimit = options.commitQueue
    let (ledger, state) = try SQLiteLedger.open(
      directory: options.dataDirectory, options: ledgerOptions,
      onFailure: { problem in
        logger.critical(
          "the ledger's disk failed: nothing more is accepted, who waits is told to retry the same ids",
          metadata: ["problem": "\(problem)"])
        health.stopServing()
        onDiskFailure()
      },
      observer: { commit in
        book.update(commit.polls)
        await board.fold(commit.cells, polls: commit.polls.map { ($0.poll, $0.isClosed) }, revision: commit.revision)
      })
    book.update(state.polls)
    await board.start(
      epoch: state.epoch, revision: state.revision, polls: state.polls.map { ($0.poll, $0.isClosed) },
      cells: state.cells)

    let access = Access(trustDomain: options.trustDomain)
    var router = Router()
    BallotService(
      ledger: ledger, epoch: state.epoch, book: book, access: access, intake: BallotIntake(hash: options.hash),
      now: options.now
    ).register(in: &router)
    TallyService(board: board, book: book, access: access, now: options.now).register(in: &router)
    PollService(ledger: ledger, book: book, access: access, now: options.now).register(in: &router)
    HealthService(health: health).register(in: &router)
    return Assembly(router: router, epoch: state.epoch, revision: state.revision, ledger: ledger, health: health)
  }

  private init(router: Router, epoch: String, revision: UInt64, ledger: SQLiteLedger, health: Health) {
    self.router = router
    self.epoch = epoch
    self.revision = revision
    self.ledger = ledger
    self.health = health
  }

  /// Health says NOT_SERVING from here on; calls that come are still answered while connections drain.
  public func stopServing() {
    health.stopServing()
  }

  /// Closes the ledger, after what it accepted is on disk.
  public func close() async {
    await ledger.close()
  }
}
