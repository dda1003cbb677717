public import Polling
internal import Synchronization

/// A poll with all its versions and its running tally.
public struct ListedPoll: Sendable {
  /// Oldest first, never empty: version n is the n-th.
  public private(set) var versions: [Poll]
  public private(set) var newest: Poll
  /// k: counts of fewer people are left out of what is told to those who see published figures only; 1: none is.
  public private(set) var smallestGroup: UInt32
  public internal(set) var isClosed: Bool
  public let tally: PollTally
  /// The units of every version.
  private var units: [Set<UnitPath>]
  /// The names of their definitions: worked out once, for a large one takes a while.
  private var hashes: [String]

  init(_ poll: Poll, isClosed: Bool, tally: PollTally) {
    versions = [poll]
    newest = poll
    smallestGroup = [poll].smallestGroup
    units = [Set(poll.units.map(\.path))]
    hashes = [poll.definitionHash]
    self.isClosed = isClosed
    self.tally = tally
  }

  mutating func append(_ poll: Poll) {
    versions.append(poll)
    newest = poll
    smallestGroup = versions.smallestGroup
    units.append(Set(poll.units.map(\.path)))
    hashes.append(poll.definitionHash)
  }

  /// - Parameter number: 0: the newest.
  public func version(_ number: UInt32) -> Poll? {
    if number == 0 { return newest }
    return versions.first { $0.version == number }
  }

  /// ``Poll/definitionHash`` of one of the versions.
  public func definitionHash(ofVersion number: UInt32) -> String? {
    zip(versions, hashes).first { $0.0.version == number }?.1
  }

  /// Whether the unit is one of those that version names.
  public func hasUnit(_ unit: UnitPath, inVersion number: UInt32) -> Bool {
    guard let index = number == 0 ? units.indices.last : versions.firstIndex(where: { $0.version == number }) else {
      return false
    }
    return units[index].contains(unit)
  }
}

/// All polls and their tallies. Begins with what the ledger held when it was opened, and folds its commits.
public final class TallyBoard: Sendable {
  public let epoch: String
  private let clock: TallyClock
  private let carrier: any TallyCarrier
  private let heartbeat: Duration
  private let polls: Mutex<[PollID: ListedPoll]>
  private let definitionCount = Atomic(0)
  private let progress: FoldingProgress

  /// - Parameters:
  ///   - revision: the ledger sequence that all of it includes.
  ///   - polls: every version of every poll, oldest first.
  ///   - carrier: whom the watchers are known to.
  ///   - heartbeat: after so long without news a watcher is told that it is current.
  public init(
    epoch: String, revision: UInt64, polls: [(poll: Poll, isClosed: Bool)], cells: [PollID: [CellKey: Int64]],
    clock: TallyClock, carrier: any TallyCarrier, heartbeat: Duration = .seconds(15)
  ) {
    self.epoch = epoch
    self.clock = clock
    self.carrier = carrier
    self.heartbeat = heartbeat
    progress = FoldingProgress(revision)
    var newest: [PollID: (poll: Poll, isClosed: Bool)] = [:]
    for version in polls { newest[version.poll.id] = version }
    var listed: [PollID: ListedPoll] = [:]
    for (poll, isClosed) in polls {
      if listed[poll.id] != nil {
        listed[poll.id]?.append(poll)
        listed[poll.id]?.isClosed = isClosed
      } else {
        let shown = newest[poll.id]?.poll ?? poll
        let tally = PollTally(
          poll: shown, isClosed: newest[poll.id]?.isClosed ?? isClosed, cells: cells[poll.id] ?? [:],
          revision: revision, epoch: epoch, clock: clock, carrier: carrier, heartbeat: heartbeat)
        listed[poll.id] = ListedPoll(poll, isClosed: isClosed, tally: tally)
      }
    }
    self.polls = Mutex(listed)
  }

  public func poll(_ id: PollID) -> ListedPoll? {
    polls.withLock { $0[id] }
  }

  /// Grows whenever a poll is published or closed: who keeps something that was made of polls looks here whether it
  /// still holds.
  public var definitions: Int { definitionCount.load(ordering: .acquiring) }

  /// Sorted by id.
  public var all: [ListedPoll] {
    polls.withLock { $0.values.sorted { $0.newest.id < $1.newest.id } }
  }

  /// Takes over one commit. Whoever calls it does so for one commit after the other, in the ledger's order.
  ///
  /// - Parameters:
  ///   - changes: what it changed in the counts.
  ///   - published: the polls it published or closed, in order.
  public func fold(
    _ changes: [PollID: [CellKey: Int64]], published: [(poll: Poll, isClosed: Bool)], revision: UInt64
  ) async {
    var newest: [PollID: (poll: Poll, isClosed: Bool)] = [:]
    for (poll, isClosed) in published {
      list(poll, isClosed: isClosed, before: revision)
      newest[poll.id] = (poll, isClosed)
    }
    for (id, (poll, isClosed)) in newest {
      await self.poll(id)?.tally.update(
        poll: poll, isClosed: isClosed, cells: changes[id] ?? [:], revision: revision)
    }
    for (id, delta) in changes where newest[id] == nil {
      await poll(id)?.tally.fold(delta, revision: revision)
    }
    progress.reached(revision)
  }

  /// Returns when all tallies include `revision`, which must be that of a commit that comes for certain or has come.
  public func caughtUp(to revision: UInt64) async {
    await progress.wait(for: revision)
  }

  /// Ends all watches, those to come too: the service is going to stop.
  public func finishWatches() async {
    for listed in all { await listed.tally.finishWatches() }
  }

  private func list(_ poll: Poll, isClosed: Bool, before revision: UInt64) {
    defer { definitionCount.add(1, ordering: .releasing) }
    polls.withLock { polls in
      guard let listed = polls[poll.id] else {
        // Its counts come with the commit that is being folded.
        let tally = PollTally(
          poll: poll, isClosed: isClosed, cells: [:], revision: revision &- 1, epoch: epoch, clock: clock,
          carrier: carrier, heartbeat: heartbeat)
        polls[poll.id] = ListedPoll(poll, isClosed: isClosed, tally: tally)
        return
      }
      if poll.version > listed.newest.version { polls[poll.id]?.append(poll) }
      polls[poll.id]?.isClosed = isClosed
    }
  }
}
