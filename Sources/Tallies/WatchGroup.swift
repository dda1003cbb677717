/// The watchers of one part of a poll. Their indices stay; one that was freed is given again.
struct WatchGroup {
  let part: WatchedPart
  /// Changes in what these watchers see.
  var news: UInt64 = 0
  /// The newest figures somebody was told.
  var figures: PollFigures?
  private(set) var count = 0
  // By index, in arrays of their own: thousands of machines are looked through every few milliseconds, and have no
  // references to count. nil where an index is free.
  private var machines: [(number: UInt64, machine: WatcherStateMachine)?] = []
  private var watchers: [(any TallyWatcher)?] = []
  /// Resumed when the watch has ended.
  private var ends: [CheckedContinuation<Void, Never>?] = []
  private var free: [Int] = []

  init(part: WatchedPart) {
    self.part = part
  }

  /// - Parameter number: never given twice, unlike the index that is returned.
  mutating func add(_ watcher: any TallyWatcher, _ machine: WatcherStateMachine, number: UInt64) -> Int {
    count += 1
    guard let index = free.popLast() else {
      machines.append((number, machine))
      watchers.append(watcher)
      ends.append(nil)
      return machines.count - 1
    }
    machines[index] = (number, machine)
    watchers[index] = watcher
    return index
  }

  mutating func remove(at index: Int, number: UInt64) {
    guard isHere(index, number) else { return }
    ends[index].take()?.resume()
    watchers[index] = nil
    machines[index] = nil
    free.append(index)
    count -= 1
  }

  func endAll() {
    for end in ends { end?.resume() }
  }

  func isHere(_ index: Int, _ number: UInt64) -> Bool {
    index < machines.count && machines[index]?.number == number
  }

  func visit(_ body: (_ index: Int, _ number: UInt64, WatcherStateMachine) -> Void) {
    for index in machines.indices {
      if let (number, machine) = machines[index] { body(index, number, machine) }
    }
  }

  func machine(_ index: Int, _ number: UInt64) -> WatcherStateMachine? {
    isHere(index, number) ? machines[index]?.machine : nil
  }

  /// What to tell the watcher now, if it is time.
  mutating func tell(
    _ index: Int, _ number: UInt64, at now: Int64
  ) -> (kind: WatcherStateMachine.Kind, watcher: any TallyWatcher)? {
    guard isHere(index, number), let kind = machines[index]?.machine.tell(at: now, news: news),
      let watcher = watchers[index]
    else { return nil }
    return (kind, watcher)
  }

  mutating func taken(_ index: Int, _ number: UInt64) {
    if isHere(index, number) { machines[index]?.machine.taken() }
  }

  /// Keeps `continuation` until the watch has ended.
  mutating func awaitEnd(_ index: Int, _ number: UInt64, _ continuation: CheckedContinuation<Void, Never>) {
    guard isHere(index, number) else { return continuation.resume() }
    ends[index] = continuation
  }
}
