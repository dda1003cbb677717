public import Polling

/// The running counts of one poll, and everybody who watches them.
public actor PollTally {
  public nonisolated let id: PollID
  public nonisolated let epoch: String

  private let clock: TallyClock
  private let carrier: any TallyCarrier
  private let heartbeat: Int64
  private var poll: Poll
  private var isClosed: Bool
  private var cells: TallyCells
  /// The ledger sequence that the counts include.
  private var revision: UInt64
  /// The day on which `revision` came, if it came while we were here and was shown on no other.
  private var revisionDay: Day?
  private var hub: WatchHub
  // Instants and spans in nanoseconds, as the hub's.
  private var wake: (at: Int64, task: Task<Void, Never>)?
  private var earliestSweep: Int64 = 0
  /// When a sweep is worth its while if there are news.
  private var soonestForNews: Int64?
  private var isSweeping = false
  private var isFinished = false

  /// - Parameters:
  ///   - poll: its newest version.
  ///   - revision: the ledger sequence that `cells` include.
  ///   - carrier: whom the watchers are known to.
  ///   - heartbeat: after so long without news a watcher is told that it is current.
  public init(
    poll: Poll, isClosed: Bool, cells: [CellKey: Int64], revision: UInt64, epoch: String, clock: TallyClock,
    carrier: any TallyCarrier, heartbeat: Duration = .seconds(15)
  ) {
    id = poll.id
    self.poll = poll
    self.isClosed = isClosed
    self.cells = TallyCells(cells)
    self.revision = revision
    self.epoch = epoch
    self.clock = clock
    self.carrier = carrier
    self.heartbeat = heartbeat.nanoseconds
    hub = WatchHub(today: Day(of: clock.wall()))
  }

  deinit {
    wake?.task.cancel()
  }

  /// Takes over what a commit changed in this poll. Commits come in the ledger's order; one that is already included
  /// changes nothing.
  public func fold(_ delta: [CellKey: Int64], revision: UInt64) {
    guard advance(to: revision) else { return }
    cells.fold(delta)
    hub.changed(delta)
    scheduleSweepForNews()
  }

  /// Takes over a new version of the poll, or its closing, with the counts of the same commit.
  public func update(poll: Poll, isClosed: Bool, cells delta: [CellKey: Int64] = [:], revision: UInt64) {
    guard advance(to: revision) else { return }
    let closesFigures = self.poll.policy.smallestGroup == 1 && poll.policy.smallestGroup > 1
    self.poll = poll
    self.isClosed = isClosed
    cells.fold(delta)
    hub.changedEverywhere()
    // Not all of them may see what is counted any more: they ask again.
    if closesFigures { hub.endAll() }
    scheduleSweepForNews()
  }

  /// The figures of `unit` and all below it as of now.
  /// - Parameter channel: nil: all of them.
  public func figures(unit: UnitPath, channel: Channel?) -> PollFigures {
    figures(WatchedPart(unit: unit, channel: channel), today: today)
  }

  /// All that is counted, by day, and the ledger sequence that it includes.
  public func daily() -> (counts: DailyCounts, revision: UInt64) {
    (cells.daily, revision)
  }

  /// Lets `watcher` watch the figures of `unit` and all below it, until the task is cancelled or the service stops
  /// (``finishWatches()``); returns then.
  ///
  /// First comes a snapshot (none when the watcher has seen the newest figures, a reset when it has seen those of
  /// another ledger), then what is new, at most one event per `interval`, told in sweeps that are 50 ms apart at least.
  /// Whoever is slow to take an event gets fewer and newer ones.
  public func watch(
    _ watcher: any TallyWatcher, unit: UnitPath, channel: Channel?, interval: Duration, since: WatchPosition? = nil
  ) async {
    guard !isFinished else { return }
    let id = hub.add(
      watcher, to: WatchedPart(unit: unit, channel: channel), first: firstEvent(since),
      interval: interval.nanoseconds, heartbeat: heartbeat, today: today)
    await withTaskCancellationHandler {
      await tell(CollectionOfOne(id), at: clock.elapsed().nanoseconds)
      scheduleSweep(hub.nextDue(id, today: today))
      await withCheckedContinuation { hub.awaitEnd(id, $0) }
    } onCancel: {
      Task { await end(id) }
    }
  }

  /// Ends all watches, those to come too: the service is going to stop.
  public func finishWatches() {
    isFinished = true
    wake?.task.cancel()
    wake = nil
    hub.endAll()
  }

  // MARK: - Watches

  var watcherCount: Int { hub.count }

  private func end(_ id: WatchHub.ID) {
    hub.end(id)
  }

  private func firstEvent(_ since: WatchPosition?) -> WatcherStateMachine.Kind {
    guard let since else { return .snapshot }
    // Byte for byte: comparing a watcher's text as a string takes as long as the watcher likes.
    if !since.epoch.utf8.elementsEqual(epoch.utf8) || since.revision > revision { return .reset }
    // What the watcher has from another day shows another today.
    let isCurrent = since.revision == revision && revisionDay == today
    return isCurrent ? .current : .snapshot
  }

  /// The least time between two sweeps over all watchers. Those who are told in one sweep stay together, so that
  /// thousands gather in a few large sweeps: that costs half of what many small ones do.
  private static let pace: Int64 = 50_000_000
  /// So many watchers are told at a time: what their event loop writes in a few milliseconds. Before the next ones it
  /// gets to its other work.
  private static let roundSize = 256

  /// Tells everybody whose time has come.
  /// - Parameter planned: when the sweep should have begun.
  private func sweep(_ planned: Int64) async {
    wake = nil
    guard !isSweeping else { return }
    isSweeping = true
    // Intervals are counted from the plan, or every sweep would come a little later than the last.
    let instant = max(planned, clock.elapsed().nanoseconds - Self.pace)
    earliestSweep = instant + Self.pace
    var due = hub.due(at: instant, today: today)[...]
    while !due.isEmpty, !isFinished {
      await tell(due.prefix(Self.roundSize), at: instant)
      due = due.dropFirst(Self.roundSize)
    }
    isSweeping = false
    soonestForNews = nil
    scheduleSweep(hub.nextDue(today: today))
  }

  /// Tells those of `ids` whose time has come, and sees who has taken it.
  private func tell(_ ids: some Sequence<WatchHub.ID>, at instant: Int64) async {
    let tellings = hub.tell(ids, at: instant, today: today)
    guard !tellings.isEmpty else { return }
    let slow = await carrier.carry(tellings.map { WatchTelling(event($0.kind, of: $0.part), to: $0.watchers) })
    for (index, telling) in tellings.enumerated() {
      let positions = Set(slow.lazy.filter { $0.telling == index }.map(\.watcher))
      for (position, id) in telling.ids.enumerated() {
        if positions.contains(position) {
          telling.watchers[position].whenReady { [weak self] in
            Task { await self?.taken(id) }
          }
        } else {
          hub.taken(id)
        }
      }
    }
  }

  /// A slow watcher has taken what it was told.
  private func taken(_ id: WatchHub.ID) {
    hub.taken(id)
    scheduleSweep(hub.nextDue(id, today: today))
  }

  private func event(_ kind: WatcherStateMachine.Kind, of part: WatchedPart) -> WatchEvent {
    switch kind {
    case .snapshot: .snapshot(sharedFigures(part))
    case .update: .update(sharedFigures(part))
    case .reset: .reset(sharedFigures(part))
    case .current: .current(WatchPosition(epoch: epoch, revision: revision))
    }
  }

  private func scheduleSweepForNews() {
    if let soonestForNews { scheduleSweep(soonestForNews) }
  }

  private func scheduleSweep(_ next: (due: Int64, withNews: Int64)?) {
    guard let next else { return }
    soonestForNews = min(soonestForNews ?? next.withNews, next.withNews)
    scheduleSweep(next.due)
  }

  /// Sees to it that a sweep comes no later than `due`, midnight or what the pace allows.
  private func scheduleSweep(_ due: Int64) {
    // A sweep looks for the next when it is done.
    guard !isFinished, !isSweeping else { return }
    // What is planned is never after midnight.
    if let wake, wake.at <= max(due, earliestSweep) { return }
    let now = clock.elapsed().nanoseconds
    let at = max(min(due, now + untilMidnight.nanoseconds), now, earliestSweep)
    if let wake {
      if wake.at <= at { return }
      wake.task.cancel()
    }
    let clock = clock
    let task = Task { [weak self] in
      await clock.sleep(.nanoseconds(at))
      // A cancelled one was replaced by another.
      if !Task.isCancelled { await self?.sweep(at) }
    }
    wake = (at, task)
  }

  private var today: Day { Day(of: clock.wall()) }

  /// By the wall's clock, which may step: every sweep looks again.
  private var untilMidnight: Duration {
    let now = clock.wall()
    let today = Day(of: now)
    guard today.number < .max else { return .seconds(86_400) }
    return .milliseconds(Day(number: today.number + 1).start.milliseconds - now.milliseconds)
  }

  // MARK: - Figures

  private func advance(to revision: UInt64) -> Bool {
    guard revision > self.revision else { return false }
    self.revision = revision
    revisionDay = today
    return true
  }

  private func sharedFigures(_ part: WatchedPart) -> PollFigures {
    let today = hub.today
    if let shared = hub.figures(part), shared.tally.revision == revision, shared.tally.today == today {
      return shared
    }
    let figures = figures(part, today: today)
    hub.share(figures, part)
    return figures
  }

  private func figures(_ part: WatchedPart, today: Day) -> PollFigures {
    // Who has these is not current when the clock was set back.
    if today != revisionDay { revisionDay = nil }
    let tally = cells.tally(unit: part.unit, channel: part.channel, today: today, poll: poll, revision: revision)
    return PollFigures(tally: tally, poll: id, pollVersion: poll.version, isClosed: isClosed, epoch: epoch)
  }
}
