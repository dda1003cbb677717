public import Polling

/// The running counts of one poll, and everybody who watches them.
public actor PollTally {
  public nonisolated let id: PollID
  public nonisolated let epoch: String

  private let clock: TallyClock
  private let heartbeat: Duration
  private var poll: Poll
  private var isClosed: Bool
  private var cells: TallyCells
  /// The ledger sequence that the counts include.
  private var revision: UInt64
  /// The day on which `revision` came, if it came while we were here.
  private var revisionDay: Day?
  private var hub: WatchHub
  private var wake: (at: Duration, task: Task<Void, Never>)?
  private var isFinished = false

  /// - Parameters:
  ///   - poll: its newest version.
  ///   - revision: the ledger sequence that `cells` include.
  ///   - heartbeat: after so long without news a watcher is told that it is current.
  public init(
    poll: Poll, isClosed: Bool, cells: [CellKey: Int64], revision: UInt64, epoch: String, clock: TallyClock,
    heartbeat: Duration = .seconds(15)
  ) {
    id = poll.id
    self.poll = poll
    self.isClosed = isClosed
    self.cells = TallyCells(cells)
    self.revision = revision
    self.epoch = epoch
    self.clock = clock
    self.heartbeat = heartbeat
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
    self.poll = poll
    self.isClosed = isClosed
    cells.fold(delta)
    hub.changedEverywhere()
    scheduleSweepForNews()
  }

  /// The figures of `unit` and all below it as of now.
  /// - Parameter channel: nil: all of them.
  public func figures(unit: UnitPath, channel: Channel?) -> PollFigures {
    figures(WatchedPart(unit: unit, channel: channel), today: Day(of: clock.wall()))
  }

  /// Watches the figures of `unit` and all below it.
  ///
  /// First comes a snapshot (none when the watcher has seen the newest figures, a reset when it has seen those of
  /// another ledger), then what is new, at most one event per `interval`. Whoever is slow to ask for the next event
  /// gets fewer and newer ones. For one consumer at a time; the watch ends with its task's cancellation, with the
  /// last reference to the sequence, or with ``finishWatches()``.
  public func watch(
    unit: UnitPath, channel: Channel?, interval: Duration, since: WatchPosition? = nil
  ) -> TallyWatch {
    let machine = WatcherStateMachine(first: firstEvent(since), interval: interval, heartbeat: heartbeat)
    let id = hub.add(machine, to: WatchedPart(unit: unit, channel: channel))
    if isFinished { end(id) }
    return TallyWatch(tally: self, id: id)
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

  func next(_ id: WatchHub.ID) async -> WatchEvent? {
    let now = clock.elapsed()
    switch hub.ask(id, at: now, today: Day(of: clock.wall())) {
    case .end: return nil
    case .tell(let kind, let part): return event(kind, of: part)
    case .wait(let due):
      return await withCheckedContinuation { continuation in
        hub.wait(id, continuation)
        schedule(min(due, now + untilMidnight))
      }
    }
  }

  func end(_ id: WatchHub.ID) {
    hub.end(id)
  }

  private func firstEvent(_ since: WatchPosition?) -> WatcherStateMachine.Kind {
    guard let since else { return .snapshot }
    // Byte for byte: comparing a watcher's text as a string takes as long as the watcher likes.
    if !since.epoch.utf8.elementsEqual(epoch.utf8) || since.revision > revision { return .reset }
    // What the watcher has from another day shows another today.
    let isCurrent = since.revision == revision && revisionDay == Day(of: clock.wall())
    return isCurrent ? .current : .snapshot
  }

  private func sweep() {
    let now = clock.elapsed()
    wake = nil
    let (tellings, next) = hub.sweep(at: now, today: Day(of: clock.wall()))
    for telling in tellings { telling.continuation.resume(returning: event(telling.kind, of: telling.part)) }
    if let next { schedule(min(next, now + untilMidnight)) }
  }

  private func event(_ kind: WatcherStateMachine.Kind, of part: WatchedPart) -> WatchEvent {
    switch kind {
    case .snapshot: .snapshot(sharedFigures(part))
    case .update: .update(sharedFigures(part))
    case .reset: .reset(sharedFigures(part))
    case .current: .current(revision: revision)
    }
  }

  private func scheduleSweepForNews() {
    if !hub.isEmpty { schedule(clock.elapsed()) }
  }

  /// Sees to it that a sweep comes no later than `due` or the hub's pace allows.
  private func schedule(_ due: Duration) {
    guard !isFinished else { return }
    let at = max(due, hub.earliestSweep)
    if let wake {
      if wake.at <= at { return }
      wake.task.cancel()
    }
    let clock = clock
    let task = Task { [weak self] in
      await clock.sleep(at)
      // A cancelled one was replaced by another.
      if !Task.isCancelled { await self?.sweep() }
    }
    wake = (at, task)
  }

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
    revisionDay = Day(of: clock.wall())
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
    let tally = cells.tally(unit: part.unit, channel: part.channel, today: today, poll: poll, revision: revision)
    return PollFigures(tally: tally, poll: id, pollVersion: poll.version, isClosed: isClosed, epoch: epoch)
  }
}
