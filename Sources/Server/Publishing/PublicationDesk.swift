internal import Logging
internal import Polling
internal import Tallies

/// What is published of a poll, and of when it is.
struct PublishedTally: Sendable {
  /// k.
  var threshold: UInt32
  /// The ledger sequence that the figures include. 0: nothing is published yet.
  var revision: UInt64 = 0
  var today: Day?
  /// Of days before it nothing is ever published. Nil: all days are.
  var firstDay: Day?
  /// Those that are not left out.
  var values: [PublicationState.Place: Int64] = [:]
  var asOf: Timestamp
}

/// Publishes polls with k > 1: at most once per period each, when somebody asks, and never on the way of a vote.
///
/// What was published is remembered on disk before anybody is shown it. Where that memory is missing for a poll of
/// this ledger (the file was lost, the ledger was restored without it, or k was another), anything may have been told of what
/// was counted by then: only days to come are published, until an administrator says otherwise
/// (``PublicationMemory/beginAnew(_:directory:epoch:known:now:)``).
actor PublicationDesk {
  /// Between two releases of a poll: a day. What is published within one is in the way of the days after it: two more people
  /// before the office closes, and its whole could not be told any more.
  static let usualPeriod: Int64 = 86_400_000
  /// Between two tries that had nothing to show.
  static let retry: Int64 = 15 * 60_000

  private let shelf: PublicationShelf
  private let every: Int64
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private var records: PublicationRecords
  private var publications: [PollID: Publication] = [:]
  /// The figures of each poll's last release.
  private var values: [PollID: [PublicationState.Place: Int64]] = [:]
  private var releasing: [PollID: Task<Void, Never>] = [:]
  private var isFinished = false
  private var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var lastWaiter: UInt64 = 0

  /// - Parameters:
  ///   - known: the ledger's polls. Also of those without counts something may have been published: a ledger that was
  ///     restored had them.
  ///   - every: between two releases of a poll. Milliseconds; days and their parts begin at local midnight.
  init(
    shelf: PublicationShelf, epoch: String, known: Set<PollID>, every: Int64, logger: Logger,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.shelf = shelf
    self.every = max(60_000, every)
    self.logger = logger
    self.now = now
    var kept: PublicationRecords?
    do {
      kept = try shelf.load()
      for (name, record) in kept?.polls ?? [:] { publications[try PollID(name)] = try record.publication }
    } catch {
      kept = nil
      publications = [:]
      logger.error("what was published cannot be read, and begins anew", metadata: ["problem": "\(error)"])
    }
    if let kept, kept.epoch == epoch {
      records = kept
      for (id, publication) in publications { values[id] = publication.last?.values }
      return
    }
    publications = [:]
    records = PublicationRecords(epoch: epoch, forgotten: Set(known.map(\.rawValue)))
    // From here on there is a memory. What lies there may be all that is known: put aside, not written over.
    do {
      try shelf.setAside(at: now())
      try shelf.save(records)
    } catch {
      logger.error("what is published cannot be kept", metadata: ["problem": "\(error)"])
    }
  }

  /// What is published of the poll now, after a release if one is due.
  func published(_ listed: ListedPoll) async -> PublishedTally {
    let poll = listed.newest
    let now = now()
    let record = records.polls[poll.id.rawValue]
    if !isOf(record, listed) || now.milliseconds >= record?.nextTry ?? 0 {
      let task = releasing[poll.id] ?? Task { await self.release(listed, at: now) }
      releasing[poll.id] = task
      await task.value
    }
    let threshold = listed.smallestGroup
    guard let record = records.polls[poll.id.rawValue], isOf(record, listed),
      let publication = publications[poll.id]
    else { return PublishedTally(threshold: threshold, asOf: now) }
    guard let state = publication.last, let values = values[poll.id] else {
      return PublishedTally(threshold: threshold, firstDay: publication.firstDay, asOf: now)
    }
    return PublishedTally(
      threshold: threshold, revision: state.revision, today: state.today, firstDay: publication.firstDay,
      values: values, asOf: Timestamp(milliseconds: record.asOf))
  }

  /// Whether the record is of the poll as it has been since: under another k others were told other figures.
  private func isOf(_ record: PublicationRecord?, _ listed: ListedPoll) -> Bool {
    guard let record, record.threshold == listed.smallestGroup else { return false }
    // A later version that said 1 may have been taken at its word, by a server that did so.
    return listed.versions.allSatisfy { version in
      version.version <= record.pollVersion || version.policy.smallestGroup == record.threshold
        || version.policy.smallestGroup == 1 && record.upholds == true
    }
  }

  private func release(_ listed: ListedPoll, at now: Timestamp) async {
    let poll = listed.newest
    let id = poll.id
    defer { releasing[id] = nil }
    let threshold = listed.smallestGroup
    let record = records.polls[id.rawValue]
    let (counts, revision) = await listed.tally.daily()
    let today = Day(of: now)
    let rule: SuppressionRule
    do { rule = try SuppressionRule(threshold: threshold) } catch {
      return logger.error("a poll cannot be published", metadata: ["poll": "\(id)", "problem": "\(error)"])
    }
    let isRemembered =
      isOf(record, listed)
      || record == nil && !records.forgotten.contains(id.rawValue)
        && listed.versions.allSatisfy { $0.policy.smallestGroup == threshold }
    let before =
      isRemembered
      ? publications[id] ?? Publication() : Publication(forgetting: counts, revision: revision, today: today)
    let outline = Publication.Outline(poll)
    // Seconds of work: not on an executor that others wait for, and at no cost to votes.
    let (publication, isReleased, values) = await Task.detached(priority: .utility) {
      var publication = before
      let isReleased = publication.release(counts, of: outline, by: rule, today: today, revision: revision)
      return (publication, isReleased, publication.last?.values)
    }.value
    let isNew = isReleased || !isRemembered
    let kept = PublicationRecord(
      publication, threshold: threshold, pollVersion: poll.version,
      asOf: isNew ? now : Timestamp(milliseconds: record?.asOf ?? now.milliseconds),
      nextTry: isReleased ? next(after: now) : Timestamp(milliseconds: now.milliseconds + min(Self.retry, every)))
    var records = records
    records.polls[id.rawValue] = kept
    records.forgotten.remove(id.rawValue)
    // Nothing new was told of a poll that was tried in vain, so nothing needs to be remembered.
    if isNew {
      do { try shelf.save(records) } catch {
        return logger.error(
          "what is published cannot be kept, so nothing new is", metadata: ["problem": "\(error)"])
      }
    }
    self.records = records
    publications[id] = publication
    self.values[id] = values
    if isNew { wake() }
  }

  /// The beginning of the next period, by local time.
  private func next(after now: Timestamp) -> Timestamp {
    let midnight = Day(of: now).start.milliseconds
    if every >= 86_400_000 {
      return Day(of: now).advanced(by: Int(clamping: every / 86_400_000)).start
    }
    return Timestamp(milliseconds: midnight + ((now.milliseconds - midnight) / every + 1) * every)
  }

  // MARK: - Watches

  /// Returns when something new is published, or the task is cancelled, or the service stops; false in the last case.
  func changed() async -> Bool {
    guard !isFinished else { return false }
    lastWaiter += 1
    let number = lastWaiter
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { return continuation.resume() }
        waiters[number] = continuation
      }
    } onCancel: {
      Task { await self.forget(number) }
    }
    return !isFinished
  }

  /// Ends all watches, those to come too.
  func finish() {
    isFinished = true
    wake()
  }

  private func forget(_ number: UInt64) {
    waiters.removeValue(forKey: number)?.resume()
  }

  private func wake() {
    let woken = waiters
    waiters = [:]
    for waiter in woken.values { waiter.resume() }
  }
}
