internal import Ledger
internal import Logging
internal import Polling

/// The counts of slices, read from the ledger when somebody asks for figures, and from there on only what has come since.
/// Whoever casts ballots does not pay for it.
actor FigureBook {
  /// Entries per reading: while one lasts the ledger's journal is not emptied, and its counts are held twice.
  static let stride = 250_000
  /// Of numbers of 8 bytes in all polls. Beyond it no figures of the largest poll are told: a machine of 2 GB has other
  /// work too.
  static let mostNumbers = 64 << 20
  /// Of one poll: as many as a registry may have.
  static let mostProcedures = 10_000

  private let reader: any LedgerReader
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let stride: Int
  private let mostNumbers: Int
  private var polls: [PollID: SliceCells] = [:]
  private var hours: [PollID: HourCounts] = [:]
  private var revision: UInt64 = 0
  /// Polls that are no longer counted until the next start: counting again would end there again.
  private var excessive: Set<PollID> = []
  /// The reading that is under way.
  private var reading: Task<Void, any Error>?

  init(
    reader: any LedgerReader, logger: Logger, now: @escaping @Sendable () -> Timestamp, stride: Int = FigureBook.stride,
    mostNumbers: Int = FigureBook.mostNumbers
  ) {
    self.reader = reader
    self.logger = logger
    self.now = now
    self.stride = stride
    self.mostNumbers = mostNumbers
  }

  /// - Parameters:
  ///   - query: what is asked for.
  ///   - revision: the figures include everything up to it.
  /// - Returns: the figures, and the sequence that they include.
  /// - Throws: ``Refusal`` where the ledger cannot be read, or the poll has more slices than are kept.
  func figures(
    _ query: SliceQuery, of poll: Poll, rollUp: UnitRollUp?, including revision: UInt64
  ) async throws -> (figures: SliceFigures, revision: UInt64) {
    try await read(poll.id, through: revision)
    let cells = polls[poll.id] ?? SliceCells()
    return (cells.figures(query, of: poll, rollUp: rollUp), self.revision)
  }

  /// The same; nil where they would be more rows than that.
  func figures(
    _ query: SliceQuery, of poll: Poll, rollUp: UnitRollUp?, including revision: UInt64, mostRows: Int
  ) async throws -> (figures: SliceFigures?, revision: UInt64) {
    try await read(poll.id, through: revision)
    let cells = polls[poll.id] ?? SliceCells()
    return (cells.figures(query, of: poll, rollUp: rollUp, mostRows: mostRows), self.revision)
  }

  /// How many ballots were counted in each hour of today, for a unit and all below it.
  func hours(
    of poll: PollID, on today: Day, unit: UnitPath, channels: Set<Channel>?, including revision: UInt64
  ) async throws -> (hours: [Int64], unknown: Int64, revision: UInt64) {
    try await read(poll, through: revision)
    let (counts, unknown) = (hours[poll] ?? HourCounts()).counts(on: today, unit: unit, channels: channels)
    return (counts, unknown, self.revision)
  }

  private func read(_ poll: PollID, through revision: UInt64) async throws {
    while self.revision < revision {
      try Task.checkCancellation()
      // A reading goes on when its first caller has gone: the next one finds what it has done.
      let reading = self.reading ?? Task { try await self.read() }
      self.reading = reading
      try await reading.value
    }
    if excessive.contains(poll) {
      // Without an invitation to ask again: that would not help.
      throw Refusal(
        code: .failedPrecondition, reason: .unspecified,
        message: "this poll's ballots differ in more ways than this server keeps figures of")
    }
  }

  private func read() async throws {
    defer { reading = nil }
    let counts: SliceCounts
    let today = Day(of: now())
    do {
      counts = try await reader.sliceCounts(after: revision, limit: stride, today: today)
    } catch {
      logger.error("the ledger cannot be read for figures", metadata: ["problem": "\(error)"])
      throw Refusal.ourFault("the ledger cannot be read")
    }
    for (poll, cells) in counts.polls where !excessive.contains(poll) {
      polls[poll, default: SliceCells()].fold(cells, mostProcedures: Self.mostProcedures)
    }
    for (poll, counted) in counts.hours { hours[poll, default: HourCounts()].fold(counted) }
    // A clock that was a day ahead for a while has lost nothing.
    for poll in hours.keys { hours[poll]?.forget(before: today.advanced(by: -1)) }
    revision = counts.through
    if counts.last > counts.through {
      logger.info("figures are counted", metadata: ["entries": "\(counts.through)", "of": "\(counts.last)"])
    }
    var sizes = polls.mapValues(\.size)
    while sizes.values.reduce(0, +) > mostNumbers, let largest = sizes.max(by: { $0.value < $1.value }) {
      logger.error(
        "a poll has more slices than are kept: no figures of it until the next start",
        metadata: ["poll": "\(largest.key)", "numbers": "\(largest.value)"])
      excessive.insert(largest.key)
      polls[largest.key] = nil
      sizes[largest.key] = nil
    }
  }
}
