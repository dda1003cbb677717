internal import Ledger
internal import Logging
internal import Polling

/// The counts of slices, read from the ledger when somebody asks for figures, and from there on only what has come since.
/// Whoever casts ballots does not pay for it.
actor FigureBook {
  /// Entries per reading: while one lasts the ledger's journal is not emptied, and its counts are held twice.
  static let stride = 250_000
  /// Of numbers of 8 bytes in all polls. Beyond it no figures are told: a machine of 2 GB has other work too.
  static let mostNumbers = 64 << 20

  private let reader: any LedgerReader
  private let logger: Logger
  private let stride: Int
  private let mostNumbers: Int
  private var polls: [PollID: SliceCells] = [:]
  private var revision: UInt64 = 0
  /// Why no figures are told any more: counting again would end there again.
  private var excess: Refusal?
  /// The reading that is under way.
  private var reading: Task<Void, any Error>?

  init(
    reader: any LedgerReader, logger: Logger, stride: Int = FigureBook.stride,
    mostNumbers: Int = FigureBook.mostNumbers
  ) {
    self.reader = reader
    self.logger = logger
    self.stride = stride
    self.mostNumbers = mostNumbers
  }

  /// - Parameters:
  ///   - query: what is asked for.
  ///   - revision: the figures include everything up to it.
  /// - Returns: the figures, and the sequence that they include.
  /// - Throws: ``Refusal`` where the ledger cannot be read, or has more slices than are kept.
  func figures(
    _ query: SliceQuery, of poll: Poll, rollUp: UnitRollUp?, including revision: UInt64
  ) async throws -> (figures: SliceFigures, revision: UInt64) {
    while self.revision < revision {
      try Task.checkCancellation()
      if let excess { throw excess }
      // A reading goes on when its first caller has gone: the next one finds what it has done.
      let reading = self.reading ?? Task { try await self.read() }
      self.reading = reading
      try await reading.value
    }
    let cells = polls[poll.id] ?? SliceCells()
    return (cells.figures(query, of: poll, rollUp: rollUp), self.revision)
  }

  private func read() async throws {
    defer { reading = nil }
    let counts: SliceCounts
    do {
      counts = try await reader.sliceCounts(after: revision, limit: stride)
    } catch {
      logger.error("the ledger cannot be read for figures", metadata: ["problem": "\(error)"])
      throw Refusal.ourFault("the ledger cannot be read")
    }
    for (poll, cells) in counts.polls { polls[poll, default: SliceCells()].fold(cells) }
    revision = counts.through
    if counts.last > counts.through {
      logger.info("figures are counted", metadata: ["entries": "\(counts.through)", "of": "\(counts.last)"])
    }
    let numbers = polls.values.reduce(0) { $0 + $1.size }
    if numbers > mostNumbers {
      let refusal = Refusal(
        code: .resourceExhausted, reason: .overloaded,
        message: "the ledger's slices are more than this server keeps in memory: \(numbers) numbers")
      (polls, revision, excess) = ([:], 0, refusal)
      throw refusal
    }
  }
}
