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
    fileprivate(set) var ids: [ID] = []
  }

  private struct Source: Hashable {
    var unit: UnitPath
    var channel: Channel
  }

  /// The day that the watchers know of.
  private(set) var today: Day
  private var lastNumber: UInt64 = 0
  /// nil where an index is free.
  private var groups: [WatchGroup?] = []
  private var groupIndices: [WatchedPart: Int] = [:]
  /// What changed since the groups were last told of it.
  private var changedSources: Set<Source> = []
  private var isChangedEverywhere = false

  init(today: Day) {
    self.today = today
  }

  var isEmpty: Bool { groupIndices.isEmpty }
  var count: Int { groups.reduce(0) { $0 + ($1?.count ?? 0) } }

  mutating func add(
    _ watcher: any TallyWatcher, to part: WatchedPart, first: WatcherStateMachine.Kind, interval: Int64,
    heartbeat: Int64, today: Day
  ) -> ID {
    spreadNews(today)
    let group = indexOfGroup(part)
    let machine = WatcherStateMachine(
      first: first, news: groups[group]?.news ?? 0, interval: interval, heartbeat: heartbeat)
    lastNumber += 1
    let index = groups[group]?.add(watcher, machine, number: lastNumber) ?? 0
    return ID(group: group, index: index, number: lastNumber)
  }

  private mutating func indexOfGroup(_ part: WatchedPart) -> Int {
    if let index = groupIndices[part] { return index }
    let index = groups.firstIndex { $0 == nil } ?? groups.count
    if index == groups.count { groups.append(nil) }
    groups[index] = WatchGroup(part: part)
    groupIndices[part] = index
    return index
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
  mutating func due(at now: Int64, today: Day) -> [ID] {
    spreadNews(today)
    var due: [ID] = []
    for (groupIndex, group) in groups.enumerated() {
      guard let group else { continue }
      let news = group.news
      group.visit { index, number, machine in
        guard let instant = machine.due(news: news), instant <= now else { return }
        due.append(ID(group: groupIndex, index: index, number: number))
      }
    }
    return due
  }

  /// What to tell those of `ids` whose time has come, now. `taken` follows each telling.
  mutating func tell(_ ids: some Sequence<ID>, at now: Int64, today: Day) -> [Telling] {
    spreadNews(today)
    var tellings: [Telling] = []
    for id in ids {
      guard id.group < groups.count, let part = groups[id.group]?.part,
        let (kind, watcher) = groups[id.group]?.tell(id.index, id.number, at: now)
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

  /// The watcher has taken what it was told.
  mutating func taken(_ id: ID) {
    if id.group < groups.count { groups[id.group]?.taken(id.index, id.number) }
  }

  /// The instants of the next telling as things are, and if there were news for everybody; nil: nobody is ready.
  mutating func nextDue(today: Day) -> (due: Int64, withNews: Int64)? {
    spreadNews(today)
    var next: (due: Int64, withNews: Int64)?
    for group in groups {
      guard let group else { continue }
      let news = group.news
      group.visit { _, _, machine in
        guard let due = machine.due(news: news), let withNews = machine.dueWithNews else { return }
        next = (min(next?.due ?? due, due), min(next?.withNews ?? withNews, withNews))
      }
    }
    return next
  }

  /// The same for one watcher.
  mutating func nextDue(_ id: ID, today: Day) -> (due: Int64, withNews: Int64)? {
    spreadNews(today)
    guard id.group < groups.count, let group = groups[id.group], let machine = group.machine(id.index, id.number),
      let due = machine.due(news: group.news), let withNews = machine.dueWithNews
    else { return nil }
    return (due, withNews)
  }

  // MARK: Ending

  /// Keeps `continuation` until the watch has ended.
  mutating func awaitEnd(_ id: ID, _ continuation: CheckedContinuation<Void, Never>) {
    guard id.group < groups.count, groups[id.group] != nil else { return continuation.resume() }
    groups[id.group]?.awaitEnd(id.index, id.number, continuation)
  }

  mutating func end(_ id: ID) {
    guard id.group < groups.count else { return }
    groups[id.group]?.remove(at: id.index, number: id.number)
    guard let group = groups[id.group], group.count == 0 else { return }
    groupIndices[group.part] = nil
    groups[id.group] = nil
  }

  mutating func endAll() {
    let ended = groups
    groups = []
    groupIndices = [:]
    for group in ended { group?.endAll() }
  }

  // MARK: Figures

  /// The figures that watchers of a part share.
  func figures(_ part: WatchedPart) -> PollFigures? {
    groupIndices[part].flatMap { groups[$0]?.figures }
  }

  mutating func share(_ figures: PollFigures, _ part: WatchedPart) {
    guard let index = groupIndices[part] else { return }
    groups[index]?.figures = figures
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
      groups[index]?.news += 1
    }
    isChangedEverywhere = false
    changedSources.removeAll(keepingCapacity: true)
  }
}
