internal import Polling
internal import Schema

/// What a sync does about each event: asks its state machine, and writes down in the spool what was answered. Blocks for
/// the spool's disk only; tasks, timers and the way to the server are others'. Times are those of the machine.
///
/// No action that it returns is a `read`.
struct SyncSession {
  typealias Action = SyncStateMachine.Action

  /// A message, and what the spool was answered for when it was made.
  struct Message {
    var request: Binhchon_V1_CastBallotsRequest
    /// The server knew all of these, if it still does.
    var settledThrough: UInt64?
  }

  /// About as many bytes of taps in one message.
  private static let messageBytes = 1 << 20
  /// So many are believed to be other ledgers, and not the same ones in turns.
  private static let mostLedgers = 8

  private let keeper: any SyncKeeper
  private let kiosk: Sync.Kiosk
  private let report: (Sync.Report) -> Void
  private var machine: SyncStateMachine
  /// That were named by replies, and offered what others have.
  private var ledgers: Set<String> = []
  /// Those of them that said they know less than was settled, and were offered that.
  private var restored: Set<String> = []
  /// By what the spool was last told to forget; it has only to be told what is new.
  private var released: LedgerStanding?

  /// - Parameter report: called in order, before the method returns that has something to say.
  init(
    _ keeper: any SyncKeeper, of kiosk: Sync.Kiosk, _ configuration: SyncStateMachine.Configuration,
    report: @escaping (Sync.Report) -> Void
  ) {
    self.keeper = keeper
    self.kiosk = kiosk
    self.report = report
    machine = SyncStateMachine(configuration)
  }

  var isStuck: Bool { machine.isStuck }

  // MARK: - Events

  mutating func tapped(now: Int64, jitter: Double) throws(SpoolError) -> Action {
    let before = machine.status
    return try finish(machine.tapped(), since: before, now: now, jitter: jitter)
  }

  mutating func elapsed(now: Int64, jitter: Double) throws(SpoolError) -> Action {
    let before = machine.status
    return try finish(machine.elapsed(now: now, jitter: jitter), since: before, now: now, jitter: jitter)
  }

  mutating func failed(
    attempt: Int, _ failure: SyncFailure, now: Int64, jitter: Double
  ) throws(SpoolError) -> Action {
    let before = machine.status
    let action = machine.failed(attempt: attempt, failure, now: now, jitter: jitter)
    return try finish(action, since: before, now: now, jitter: jitter)
  }

  /// - Parameter settledThrough: of the message that this is the reply to.
  mutating func replied(
    attempt: Int, _ response: Binhchon_V1_CastBallotsResponse, settledThrough: UInt64?, now: Int64, jitter: Double
  ) throws(SpoolError) -> Action {
    let before = machine.status
    let reply = machine.replied(
      attempt: attempt, response.results, epoch: response.kiosk.ledgerEpoch, now: now, jitter: jitter)
    let action =
      try settle(reply.settled, LedgerStanding(response.kiosk))
      ? reply.then : machine.notWritten(now: now, jitter: jitter)
    if !reply.unready.isEmpty { report(.unready(reply.unready)) }
    if response.hasKiosk { try hear(response.kiosk, settledThrough: settledThrough) }
    return try finish(action, since: before, now: now, jitter: jitter)
  }

  /// What to send for a `send`.
  ///
  /// - Parameter reading: the device's clocks now.
  func message(_ taps: [Tap], reading: ClockReading) throws(SpoolError) -> Message {
    let settledThrough = try keeper.settledThrough()
    let report = Binhchon_V1_KioskReport(try keeper.report(), of: kiosk)
    do {
      let request = try Binhchon_V1_CastBallotsRequest(taps, report, reading: reading, later: keeper.marks(at: reading))
      return Message(request: request, settledThrough: settledThrough)
    } catch {
      // Nothing that cannot be read is handed to the machine.
      throw SpoolError(.badBallot, "a tap cannot be read any more: \(error)")
    }
  }

  // MARK: - The spool

  private mutating func finish(
    _ first: Action, since before: SyncStatus, now: Int64, jitter: Double
  ) throws(SpoolError) -> Action {
    var action = first
    while case .read(let after, let limit) = action {
      if let taps = try pending(after: after, limit: limit) {
        action = machine.read(taps, now: now, jitter: jitter)
      } else {
        action = machine.notWritten(now: now, jitter: jitter)
      }
    }
    if machine.status != before { report(.status(machine.status)) }
    return action
  }

  /// What cannot be read as a ballot any more would hold up the others for ever: it is rejected here, and kept.
  /// Nil: there is no room to write that down.
  private mutating func pending(after: UInt64, limit: Int) throws(SpoolError) -> [Tap]? {
    while true {
      let taps = try keeper.pending(after: after, limit: limit, bytes: Self.messageBytes)
      let unreadable = taps.filter { (try? $0.ballot()) == nil }
      guard !unreadable.isEmpty else { return taps }
      let rejections = unreadable.map {
        Settlement(tap: $0, verdict: .rejected(reason: "UNREADABLE"), result: .init())
      }
      guard try settle(rejections) else { return nil }
    }
  }

  /// False: there is no room to write it down.
  private mutating func settle(
    _ settlements: [Settlement], _ standing: LedgerStanding? = nil
  ) throws(SpoolError) -> Bool {
    guard !settlements.isEmpty else { return true }
    do throws(SpoolError) {
      try keeper.settle(settlements, standing)
      machine.written()
      report(.settled(settlements))
      for ledger in Set(settlements.map(\.ledgerEpoch)) { try meet(ledger) }
      return true
    } catch {
      guard error.code == .diskFull else { throw error }
      report(.notWritten(error))
      return false
    }
  }

  private mutating func meet(_ ledger: String) throws(SpoolError) {
    guard !ledger.isEmpty, ledgers.count < Self.mostLedgers, !ledgers.contains(ledger) else { return }
    _ = try keeper.offerAgain(unlessIn: ledger)
    ledgers.insert(ledger)
  }

  private mutating func release(_ news: Binhchon_V1_KioskNews) throws(SpoolError) {
    guard let standing = LedgerStanding(news) else { return }
    if let released, released.epoch == standing.epoch, released.backedUpThrough == standing.backedUpThrough,
      released.day == standing.day
    {
      return
    }
    try keeper.release(standing)
    released = standing
  }

  /// A ledger that was put back, and has kept its name, is offered once what it was given before.
  private mutating func offerWhatIsLost(
    _ news: Binhchon_V1_KioskNews, settledThrough: UInt64
  ) throws(SpoolError) {
    guard news.acknowledgedThrough < settledThrough, restored.count < Self.mostLedgers,
      !restored.contains(news.ledgerEpoch)
    else { return }
    let offered = try keeper.offerAgain(after: news.acknowledgedThrough)
    restored.insert(news.ledgerEpoch)
    report(
      .serverKnowsLess(
        acknowledgedThrough: news.acknowledgedThrough, settledThrough: settledThrough, offered: offered))
  }

  /// What the server says beside the results. Nothing of it is lost with a full disk: it says it again.
  private mutating func hear(_ news: Binhchon_V1_KioskNews, settledThrough: UInt64?) throws(SpoolError) {
    report(.news(news))
    do throws(SpoolError) {
      try keeper.numberReports(above: news.reportNumber)
      try meet(news.ledgerEpoch)
      // Before anything is forgotten: a backup's revisions are no longer those that the presses were answered with.
      if let settledThrough { try offerWhatIsLost(news, settledThrough: settledThrough) }
      try release(news)
    } catch {
      guard error.code == .diskFull else { throw error }
      report(.notWritten(error))
    }
  }
}
