/// The ledger over SQLite: one writer on its own thread takes everything that waits as one transaction.
///
/// Lives until `close()`; one that is let go of without it is closed as well, but nobody learns when.
public final class SQLiteLedger: Ledger {
  public struct Options: Sendable {
    /// The most submissions that may wait to be committed and answered; a call with more is never taken.
    public var queueLimit = 16_384
    /// The most submissions in one transaction; beside a call of more than half of it there may be half of it.
    public var batchLimit = 1_024
    /// When the journal has so many pages (of 8 KiB) more, the writer copies them into the ledger between batches.
    public var checkpointPages = 500
    /// Bytes of journal beyond which nothing is taken until readers, who keep it from being emptied, have gone.
    public var journalLimit: Int64 = 2 << 30
    /// The most commits that the observer may be behind before ballots of a ``CastBatch`` wait for it too.
    public var observerLag = 1_000
    /// Says which secret credentials and codes are hashed with, without saying the secret. The first opening with one
    /// keeps it; later ones must have the same. Nil: not looked at.
    public var secretFingerprint: String?
    /// Entries that are gathered in memory before their ballots go into the index; the start after a crash reads about
    /// twice as many at most.
    var settlingStride: UInt64 = 32_768
    /// Ballots that are worth writing to the index beside a commit.
    var settlingStep = 256
    /// The most ballots in each of two sets that save a look into the index, of 32 bytes each.
    var recentBallots = 262_144
    /// Tests only: SQLite's way to the disk, and the most pages that the ledger may have.
    var vfs: String?
    var pageLimit: Int?

    public init() {}
  }

  private let pipeline: CommitPipeline
  let readings: Readings
  private let directory: String
  private let epoch: String

  private init(_ pipeline: CommitPipeline, _ readings: Readings, directory: String, epoch: String) {
    self.pipeline = pipeline
    self.readings = readings
    self.directory = directory
    self.epoch = epoch
  }

  deinit {
    pipeline.requestClose()
  }

  /// Makes an empty ledger in `directory`, which is made too if its parent is there. When it returns, the ledger and
  /// the way to it are on disk; if it throws, there is none.
  public static func create(directory: String) throws(LedgerFileError) {
    try LedgerFactory.create(LedgerDirectory(path: directory), vfs: nil)
  }

  /// Opens the ledger in `directory` for writing, which one process can do at a time.
  ///
  /// - Parameters:
  ///   - onFailure: called once, when the disk has failed and nothing is accepted any more, with a line for the
  ///     operator. Whoever waits has been answered or is about to be. Readers may go on; the process should end.
  ///   - observer: called with each commit, one at a time, in order, once it is on disk. Answers wait for it, but for
  ///     those to a ``CastBatch``: see ``Ledger/acknowledgedRevision``.
  /// - Returns: the ledger, and what it holds. The start reads some ten thousand entries at most, however many there are.
  public static func open(
    directory: String, options: Options = Options(), onFailure: @escaping @Sendable (String) -> Void = { _ in },
    observer: @escaping @Sendable (Commit) async -> Void
  ) throws(LedgerFileError) -> (ledger: SQLiteLedger, state: LedgerState) {
    let opened = try LedgerFactory.open(LedgerDirectory(path: directory), options)
    let state = opened.state
    // A ledger that ends before its backup was put back by hand: what it will enter under those sequences is in no backup.
    if let mark = BackupMark.read(directory), mark.epoch == state.epoch, mark.revision > state.revision {
      try BackupMark.remove(directory)
    }
    let pipeline = CommitPipeline(options, revision: state.revision, onFailure: onFailure)
    try pipeline.start(opened, observer: observer)
    let readings = Readings(path: LedgerDirectory(path: directory).ledger, vfs: options.vfs)
    return (SQLiteLedger(pipeline, readings, directory: directory, epoch: state.epoch), state)
  }

  public func append(_ submissions: [Submission]) async throws(LedgerError) -> [Outcome] {
    let result = await withCheckedContinuation { continuation in
      append(submissions) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  public func append(
    _ submissions: [Submission], _ answer: @escaping @Sendable (Result<[Outcome], LedgerError>) -> Void
  ) {
    if submissions.isEmpty { return answer(.success([])) }
    pipeline.submit(.submissions(submissions, answer))
  }

  public func append(
    _ batch: CastBatch, _ answer: @escaping @Sendable (Result<CastOutcomes, LedgerError>) -> Void
  ) {
    if batch.isEmpty { return answer(.success(CastOutcomes())) }
    pipeline.submit(.casts(batch, answer))
  }

  public var acknowledgedRevision: UInt64 { pipeline.acknowledgedRevision }

  /// The newest backup of this ledger holds everything up to this sequence; 0: there is none. Reads a small file.
  public var backedUpThrough: UInt64 {
    guard let mark = BackupMark.read(directory), mark.epoch == epoch else { return 0 }
    return mark.revision
  }

  /// Takes nothing more, commits what waits, and closes the file. Returns when everybody is answered and another
  /// process may open the ledger.
  public func close() async {
    await pipeline.close()
  }
}
