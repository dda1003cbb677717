internal import Polling

/// A unit with all below it, and a channel or all of them.
struct WatchedPart: Hashable {
  var unit: UnitPath
  var channel: Channel?

  func contains(_ unit: UnitPath, _ channel: Channel) -> Bool {
    self.unit.contains(unit) && (self.channel ?? channel) == channel
  }
}

/// The watchers of one poll, by what they watch. Lives inside its poll's actor; time is passed in.
struct WatchHub {
  struct ID: Hashable, Sendable {
    fileprivate var group: Int
    fileprivate var index: Int
    /// Never given twice, unlike the indices.
    fileprivate var number: UInt64
  }

  /// Watchers of one part who are told the same.
  struct Telling {
    var kind: WatcherStateMachine.Kind
    var part: WatchedPart
    fileprivate var group: Int
    fileprivate(set) var watchers: [any TallyWatcher] = []
    fileprivate var ids: [ID] = []
  }

  private struct Watcher {
    let number: UInt64
    let watcher: any TallyWatcher
    var machine: WatcherStateMachine
    /// Resumed when the watch has ended.
    var end: CheckedContinuation<Void, Never>?
  }

  private struct Group {
    let part: WatchedPart
    var watchers = Slots<Watcher>()
    /// Changes in what these watchers see.
    var news: UInt64 = 0
    /// The newest figures somebody was told.
    var figures: PollFigures?
  }

  private struct Source: Hashable {
    var unit: UnitPath
    var channel: Channel
  }

  /// The day that the watchers know of.
  private(set) var today: Day
  private var lastNumber: UInt64 = 0
  private var groups = Slots<Group>()
  private var groupIndices: [WatchedPart: Int] = [:]
  /// What changed since the groups were last told of it.
  private var changedSources: Set<Source> = []
  private var isChangedEverywhere = false

  init(today: Day) {
    self.today = today
  }

  var isEmpty: Bool { groups.isEmpty }
  var count: Int { groups.elements.reduce(0) { $0 + ($1?.watchers.count ?? 0) } }

  mutating func add(
    _ watcher: any TallyWatcher, to part: WatchedPart, first: WatcherStateMachine.Kind, interval: Duration,
    heartbeat: Duration, today: Day
  ) -> ID {
    spreadNews(today)
    let group = groupIndices[part] ?? groups.add(Group(part: part))
    groupIndices[part] = group
    lastNumber += 1
    let machine = WatcherStateMachine(
      first: first, news: groups.elements[group]?.news ?? 0, interval: interval, heartbeat: heartbeat)
    let watcher = Watcher(number: lastNumber, watcher: watcher, machine: machine)
    let index = groups.elements[group]?.watchers.add(watcher) ?? 0
    return ID(group: group, index: index, number: lastNumber)
  }

  mutating func changed(_ delta: [CellKey: Int64]) {
    guard !isEmpty else { return }
    for key in delta.keys { changedSources.insert(Source(unit: key.unit, channel: key.channel)) }
  }

  mutating func changedEverywhere() {
    guard !isEmpty else { return }
    isChangedEverywhere = true
  }

  // MARK: Tellings

  /// Those whose time has come.
  mutating func due(at now: Duration, today: Day) -> [ID] {
    spreadNews(today)
    var due: [ID] = []
    forEachWatcher { id, machine, news in
      if let instant = machine.due(news: news), instant <= now { due.append(id) }
    }
    return due
  }

  /// What to tell those of `ids` whose time has come, now. `taken` follows each telling.
  mutating func tell(_ ids: some Sequence<ID>, at now: Duration, today: Day) -> [Telling] {
    spreadNews(today)
    var tellings: [Telling] = []
    for id in ids {
      guard isHere(id), let (part, news) = groups.elements[id.group].map({ ($0.part, $0.news) }),
        let kind = groups.elements[id.group]?.watchers.elements[id.index]?.machine.tell(at: now, news: news),
        let watcher = groups.elements[id.group]?.watchers.elements[id.index]?.watcher
      else { continue }
      // Those of one group come one behind the other.
      if tellings.last?.kind != kind || tellings.last?.group != id.group {
        tellings.append(Telling(kind: kind, part: part, group: id.group))
      }
      tellings[tellings.count - 1].watchers.append(watcher)
      tellings[tellings.count - 1].ids.append(id)
    }
    return tellings
  }

  /// Those who have taken what they were told are ready for the next. Returns the others.
  mutating func taken(_ telling: Telling) -> [(id: ID, watcher: any TallyWatcher)] {
    var slow: [(id: ID, watcher: any TallyWatcher)] = []
    for (id, watcher) in zip(telling.ids, telling.watchers) {
      if watcher.isReady { taken(id) } else { slow.append((id, watcher)) }
    }
    return slow
  }

  /// The watcher has taken what it was told.
  mutating func taken(_ id: ID) {
    guard isHere(id) else { return }
    groups.elements[id.group]?.watchers.elements[id.index]?.machine.taken()
  }

  /// The instants of the next telling as things are, and if there were news for everybody; nil: nobody is ready.
  mutating func nextDue(today: Day) -> (due: Duration, withNews: Duration)? {
    spreadNews(today)
    var next: (due: Duration, withNews: Duration)?
    forEachWatcher { _, machine, news in
      guard let due = machine.due(news: news), let withNews = machine.dueWithNews else { return }
      next = (min(next?.due ?? due, due), min(next?.withNews ?? withNews, withNews))
    }
    return next
  }

  /// The same for one watcher.
  mutating func nextDue(_ id: ID, today: Day) -> (due: Duration, withNews: Duration)? {
    spreadNews(today)
    guard isHere(id), let news = groups.elements[id.group]?.news,
      let machine = groups.elements[id.group]?.watchers.elements[id.index]?.machine,
      let due = machine.due(news: news), let withNews = machine.dueWithNews
    else { return nil }
    return (due, withNews)
  }

  // MARK: Ending

  /// Keeps `continuation` until the watch has ended.
  mutating func awaitEnd(_ id: ID, _ continuation: CheckedContinuation<Void, Never>) {
    guard isHere(id) else { return continuation.resume() }
    groups.elements[id.group]?.watchers.elements[id.index]?.end = continuation
  }

  mutating func end(_ id: ID) {
    guard isHere(id) else { return }
    groups.elements[id.group]?.watchers.elements[id.index]?.end?.resume()
    groups.elements[id.group]?.watchers.remove(at: id.index)
    guard let group = groups.elements[id.group], group.watchers.isEmpty else { return }
    groupIndices[group.part] = nil
    groups.remove(at: id.group)
  }

  mutating func endAll() {
    let ended = groups
    groups = Slots()
    groupIndices = [:]
    for group in ended.elements {
      for watcher in group?.watchers.elements ?? [] { watcher?.end?.resume() }
    }
  }

  // MARK: Figures

  /// The figures that watchers of a part share.
  func figures(_ part: WatchedPart) -> PollFigures? {
    groupIndices[part].flatMap { groups.elements[$0]?.figures }
  }

  mutating func share(_ figures: PollFigures, _ part: WatchedPart) {
    guard let index = groupIndices[part] else { return }
    groups.elements[index]?.figures = figures
  }

  private func isHere(_ id: ID) -> Bool {
    guard id.group < groups.elements.count, let watchers = groups.elements[id.group]?.watchers.elements else {
      return false
    }
    return id.index < watchers.count && watchers[id.index]?.number == id.number
  }

  private func forEachWatcher(_ body: (ID, WatcherStateMachine, _ news: UInt64) -> Void) {
    for (groupIndex, group) in groups.elements.enumerated() {
      guard let group else { continue }
      let watchers = group.watchers.elements
      for index in watchers.indices {
        guard let number = watchers[index]?.number, let machine = watchers[index]?.machine else { continue }
        body(ID(group: groupIndex, index: index, number: number), machine, group.news)
      }
    }
  }

  /// Lets the groups know of what changed since the last time: done when somebody looks, not per commit.
  private mutating func spreadNews(_ today: Day) {
    if today != self.today {
      self.today = today
      isChangedEverywhere = true
    }
    guard isChangedEverywhere || !changedSources.isEmpty else { return }
    for (part, index) in groupIndices
    where isChangedEverywhere || changedSources.contains(where: { part.contains($0.unit, $0.channel) }) {
      groups.elements[index]?.news += 1
    }
    isChangedEverywhere = false
    changedSources.removeAll(keepingCapacity: true)
  }
}
