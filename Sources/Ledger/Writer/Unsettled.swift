internal import Polling

/// What the newest entries add to tables `ballot` and `cell` and to those of kiosks, in memory until it is settled there.
///
/// Ballots that are cast together have ids all over the newest seconds: entered one by one, each would write a page of
/// the index. So they are gathered until they are many, and then go into the tables in the order of their ids, a few
/// with each commit, and the counts with the last of them. A start reads the entries since and gathers them again.
struct Unsettled {
  struct Ballot {
    var id: BallotID
    var sequence: UInt64
  }

  /// What a transaction does for the tables.
  struct Step {
    /// To be inserted, if they are not there.
    var ballots: ArraySlice<Ballot>
    /// With these, everything up to this sequence is in the tables once the counts are.
    var completes: UInt64?
  }

  /// Entries that are gathered before they are settled. Twice as many are read at the longest start.
  private let stride: UInt64
  /// Ballots that are worth a step.
  private let fewestInStep: Int

  /// Everything up to it is in the tables.
  private(set) var settledThrough: UInt64
  /// What is on its way there: ballots by id from `next` on, and the counts, up to `through`.
  private var settling: (ballots: [Ballot], next: Int, through: UInt64)?
  /// Since then, oldest first; those after `kept` are of the transaction under way.
  private var gathered: [Ballot] = []
  private var kept = 0
  /// Ballots that came since the last step.
  private var sinceStep = 0

  private var recent: RecentBallots
  var counts = CellCounts()
  var books = KioskBooks()

  init(settledThrough: UInt64, stride: UInt64, fewestInStep: Int = 256, recent: RecentBallots = RecentBallots()) {
    self.settledThrough = settledThrough
    self.stride = stride
    self.fewestInStep = fewestInStep
    self.recent = recent
  }

  // MARK: - In a transaction

  /// What is known of an id without the table.
  mutating func find(_ id: BallotID) -> RecentBallots.Finding {
    recent.find(id)
  }

  mutating func note(_ id: BallotID, isWhole: Bool) {
    recent.note(id, isWhole: isWhole)
  }

  /// - Parameter id: one that was never cast.
  mutating func add(_ id: BallotID, sequence: UInt64) {
    gathered.append(Ballot(id: id, sequence: sequence))
    recent.insert(id, sequence: sequence)
  }

  /// What this transaction is to settle. Twice what comes goes, so that it is gone when as much again has come.
  var step: Step? {
    guard let settling else { return nil }
    let count = 2 * (sinceStep + gathered.count - kept)
    let end = min(settling.ballots.count, settling.next + count)
    if end < settling.ballots.count, count < fewestInStep { return nil }
    return Step(
      ballots: settling.ballots[settling.next..<end],
      completes: end == settling.ballots.count ? settling.through : nil)
  }

  /// All that is on its way.
  var stepOfAll: Step? {
    guard let settling else { return nil }
    return Step(ballots: settling.ballots[settling.next...], completes: settling.through)
  }

  // MARK: - After it

  /// - Parameter step: what it settled.
  mutating func committed(_ step: Step?) {
    counts.committed()
    books.committed()
    sinceStep = step == nil ? sinceStep + gathered.count - kept : 0
    kept = gathered.count
    if let step {
      settling?.next = step.ballots.endIndex
      if let through = step.completes { completed(through) }
    }
  }

  /// What takes some milliseconds now and then, for when nobody waits for the commit any more.
  mutating func tidy(lastSequence: UInt64) {
    if settling == nil, lastSequence - settledThrough >= stride { beginSettling(through: lastSequence) }
    recent.trim(unsettled: (settling?.ballots.count ?? 0) + gathered.count)
  }

  mutating func rolledBack() {
    counts.rolledBack()
    books.rolledBack()
    gathered.removeLast(gathered.count - kept)
    recent.removeAll()
    for ballot in settling?.ballots ?? [] { recent.insert(ballot.id, sequence: ballot.sequence) }
    for ballot in gathered { recent.insert(ballot.id, sequence: ballot.sequence) }
  }

  /// Everything committed so far is to go into the tables, if nothing is on its way there.
  mutating func beginSettling(through sequence: UInt64) {
    guard settling == nil, sequence > settledThrough else { return }
    settling = (gathered.sorted { $0.id < $1.id }, 0, sequence)
    gathered.removeAll(keepingCapacity: true)
    kept = 0
    // What came before there was anything to settle does not make the first step larger.
    sinceStep = 0
    counts.beginSettling()
    books.beginSettling()
  }

  private mutating func completed(_ through: UInt64) {
    settledThrough = through
    settling = nil
    counts.settled()
    books.settled()
  }
}
