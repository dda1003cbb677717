internal import Polling
public import Schema
import Synchronization

/// Sends what the spool has, in the background, and writes down the answers.
///
/// A reply that names a ledger none has named in this run makes the spool offer again what it still has of other
/// ledgers' (``Spool/offerAgain(unlessIn:)``). No answer says yet whether a new ledger is a restored one or a fresh one.
/// It need not: what a restored one has it answers again, what a fresh one lacks has no other copy than this one, and
/// a ballot of a poll that it does not know stays pending. Once for each ledger, and for the first few only: two
/// servers that answer in turns would otherwise be offered everything for ever.
public final class Sync: Sendable {
  public enum Report: Sendable {
    /// The spool has forgotten none of these before this was said.
    case settled([Settlement])
    /// The server cannot take these yet.
    case unready([UnreadyTap])
    case status(SyncStatus)
    /// What the server said beside the results.
    case news(Binhchon_V1_KioskNews)
    /// The server knows no press after `acknowledgedThrough`, though this spool was answered for all up to
    /// `settledThrough`: its ledger was put back from a backup. `offered` of them go again.
    case serverKnowsLess(acknowledgedThrough: UInt64, settledThrough: UInt64, offered: Int)
    /// The spool's disk is full: what was answered will be asked again.
    case notWritten(SpoolError)
  }

  /// What the server is told of a kiosk beside its spool.
  public struct Kiosk: Sendable {
    /// Of its program.
    public var version: String
    /// Whose profile it shows, so that the server says when that has changed. Empty: none.
    public var poll: String

    public init(version: String = "", poll: String = "") {
      self.version = version
      self.poll = poll
    }
  }

  /// One message and its reply. Throws `SyncFailure`; anything else counts as unreachable.
  public typealias Cast =
    @Sendable (Binhchon_V1_CastBallotsRequest) async throws -> Binhchon_V1_CastBallotsResponse

  private enum Event {
    case tapped
    /// `settledThrough`: of the spool when the message went: the server knew all of these, if it still does.
    case replied(attempt: Int, settledThrough: UInt64?, Result<Binhchon_V1_CastBallotsResponse, SyncFailure>)
    case elapsed
  }

  private struct Waiting {
    /// A `tapped` is on its way.
    var isWoken = false
    var hasEnded = false
    var drains: [AsyncStream<Never>.Continuation] = []
  }

  /// So many are believed to be other ledgers, and not the same ones in turns.
  private static let ledgers = 8

  private let spool: Spool
  private let kiosk: Kiosk
  private let configuration: SyncStateMachine.Configuration
  private let clock = DeviceClock()
  private let events: AsyncStream<Event>
  private let mailbox: AsyncStream<Event>.Continuation
  private let waiting = Mutex(Waiting())

  /// - Parameter kiosk: as the server is told of it.
  public init(spool: Spool, of kiosk: Kiosk = Kiosk(), _ configuration: SyncStateMachine.Configuration = .init()) {
    self.spool = spool
    self.kiosk = kiosk
    self.configuration = configuration
    (events, mailbox) = AsyncStream.makeStream()
  }

  /// There may be something new in the spool.
  public func wake() {
    let isNews = waiting.withLock { waiting in
      defer { waiting.isWoken = true }
      return !waiting.isWoken
    }
    if isNews { mailbox.yield(.tapped) }
  }

  /// Returns when everything that may be sent has been answered, the server does not let us in or is not ready for the
  /// rest, `run` has ended, or the time is over.
  public func drain(within bound: Duration) async {
    let (drained, signal) = AsyncStream.makeStream(of: Never.self)
    let hasEnded = waiting.withLock { waiting in
      if !waiting.hasEnded { waiting.drains.append(signal) }
      return waiting.hasEnded
    }
    if hasEnded { return }
    wake()
    await withTaskGroup { group in
      group.addTask { for await _ in drained {} }
      // Cancelled when everything is answered, or with the caller: both end the wait.
      group.addTask { try? await Task.sleep(for: bound) }
      await group.next()
      group.cancelAll()
    }
  }

  /// Sends until the task is cancelled. Once per instance.
  ///
  /// - Parameter report: called from this task, in order.
  /// - Throws: the spool failed, and not only for want of room. What was not written down is still pending there.
  public func run(_ cast: @escaping Cast, report: @escaping @Sendable (Report) -> Void) async throws(SpoolError) {
    var run = Run(machine: SyncStateMachine(configuration), cast: cast, report: report)
    defer {
      run.exchange?.cancel()
      run.timer?.cancel()
      release(ending: true)
    }
    wake()
    for await event in events {
      let (now, jitter) = (Sync.now, Double.random(in: 0..<1))
      let before = run.machine.status
      var action: SyncStateMachine.Action
      switch event {
      case .tapped:
        waiting.withLock { $0.isWoken = false }
        action = run.machine.tapped()
      case .elapsed: action = run.machine.elapsed(now: now, jitter: jitter)
      case .replied(let attempt, _, .failure(let failure)):
        action = run.machine.failed(attempt: attempt, failure, now: now, jitter: jitter)
      case .replied(let attempt, let settledThrough, .success(let response)):
        let reply = run.machine.replied(
          attempt: attempt, response.results, epoch: response.kiosk.ledgerEpoch, now: now, jitter: jitter)
        action =
          try run.settle(reply.settled, LedgerStanding(response.kiosk), in: spool)
          ? reply.then : run.machine.notWritten(now: now, jitter: jitter)
        if !reply.unready.isEmpty { run.report(.unready(reply.unready)) }
        if response.hasKiosk { try run.hear(response.kiosk, settledThrough: settledThrough, spool) }
      }
      while case .read(let after, let limit) = action {
        if let taps = try pending(after: after, limit: limit, &run) {
          action = run.machine.read(taps, now: Sync.now, jitter: jitter)
        } else {
          action = run.machine.notWritten(now: Sync.now, jitter: jitter)
        }
      }
      if run.machine.status != before { run.report(.status(run.machine.status)) }
      try perform(action, &run)
      if run.machine.isStuck { release() }
    }
  }

  private struct Run {
    var machine: SyncStateMachine
    let cast: Cast
    let report: @Sendable (Report) -> Void
    var exchange: Task<Void, Never>?
    var timer: Task<Void, Never>?
    /// That were named by replies, and offered what others have.
    var ledgers: Set<String> = []
    /// Those of them that said they know less than was settled, and were offered that.
    var restored: Set<String> = []
    /// By what the spool was last told to forget; it has only to be told what is new.
    var released: LedgerStanding?

    /// False: there is no room to write it down.
    mutating func settle(
      _ settlements: [Settlement], _ standing: LedgerStanding? = nil, in spool: Spool
    ) throws(SpoolError) -> Bool {
      guard !settlements.isEmpty else { return true }
      do throws(SpoolError) {
        try spool.settle(settlements, standing)
        machine.written()
        report(.settled(settlements))
        for ledger in Set(settlements.map(\.ledgerEpoch)) { try meet(ledger, spool) }
        return true
      } catch {
        guard error.code == .diskFull else { throw error }
        report(.notWritten(error))
        return false
      }
    }

    private mutating func meet(_ ledger: String, _ spool: Spool) throws(SpoolError) {
      guard !ledger.isEmpty, ledgers.count < Sync.ledgers, !ledgers.contains(ledger) else { return }
      _ = try spool.offerAgain(unlessIn: ledger)
      ledgers.insert(ledger)
    }

    private mutating func release(_ news: Binhchon_V1_KioskNews, _ spool: Spool) throws(SpoolError) {
      guard let standing = LedgerStanding(news) else { return }
      if let released, released.epoch == standing.epoch, released.backedUpThrough == standing.backedUpThrough,
        released.day == standing.day
      {
        return
      }
      try spool.release(standing)
      released = standing
    }

    /// What the server says beside the results. Nothing of it is lost with a full disk: it says it again.
    mutating func hear(
      _ news: Binhchon_V1_KioskNews, settledThrough: UInt64?, _ spool: Spool
    ) throws(SpoolError) {
      report(.news(news))
      do throws(SpoolError) {
        try meet(news.ledgerEpoch, spool)
        try release(news, spool)
        guard let settledThrough, news.acknowledgedThrough < settledThrough, restored.count < Sync.ledgers,
          !restored.contains(news.ledgerEpoch)
        else { return }
        let offered = try spool.offerAgain(after: news.acknowledgedThrough)
        restored.insert(news.ledgerEpoch)
        report(
          .serverKnowsLess(
            acknowledgedThrough: news.acknowledgedThrough, settledThrough: settledThrough, offered: offered))
      } catch {
        guard error.code == .diskFull else { throw error }
        report(.notWritten(error))
      }
    }
  }

  private func perform(_ action: SyncStateMachine.Action, _ run: inout Run) throws(SpoolError) {
    switch action {
    case .carryOn, .read: break
    case .rest(let until):
      run.exchange?.cancel()
      run.timer = timer(until, in: run.timer)
      release()
    case .send(let attempt, let taps, let until):
      run.exchange?.cancel()
      run.exchange = try exchange(attempt, taps, run.cast)
      run.timer = timer(until, in: run.timer)
    case .pause(let until):
      run.exchange?.cancel()
      run.timer = timer(until, in: run.timer)
    case .wait(let until): run.timer = timer(until, in: run.timer)
    }
  }

  private func exchange(_ attempt: Int, _ taps: [Tap], _ cast: @escaping Cast) throws(SpoolError) -> Task<Void, Never> {
    let settledThrough = try spool.settledThrough()
    let report = Binhchon_V1_KioskReport(try spool.report(), of: kiosk)
    let reading = clock.read()
    let later = spool.marks(at: reading)
    return Task { [mailbox] in
      do {
        let request = try Binhchon_V1_CastBallotsRequest(taps, report, reading: reading, later: later)
        let response = try await cast(request)
        mailbox.yield(.replied(attempt: attempt, settledThrough: settledThrough, .success(response)))
      } catch {
        let failure = error as? SyncFailure ?? .unreachable()
        mailbox.yield(.replied(attempt: attempt, settledThrough: settledThrough, .failure(failure)))
      }
    }
  }

  private func timer(_ until: Int64, in old: Task<Void, Never>?) -> Task<Void, Never> {
    old?.cancel()
    return Task { [mailbox] in
      // A cancelled timer is one that nobody waits for any more.
      guard (try? await Task.sleep(for: .milliseconds(max(0, until - Sync.now)))) != nil else { return }
      mailbox.yield(.elapsed)
    }
  }

  /// What cannot be read as a ballot any more would hold up the others for ever: it is rejected here, and kept.
  /// Nil: there is no room to write that down.
  private func pending(after: UInt64, limit: Int, _ run: inout Run) throws(SpoolError) -> [Tap]? {
    while true {
      let taps = try spool.pending(after: after, limit: limit)
      let unreadable = taps.filter { (try? $0.ballot()) == nil }
      guard !unreadable.isEmpty else { return taps }
      let rejections = unreadable.map {
        Settlement(tap: $0, verdict: .rejected(reason: "UNREADABLE"), result: .init())
      }
      guard try run.settle(rejections, in: spool) else { return nil }
    }
  }

  /// Ends every wait for the end, unless a tap has come since.
  private func release(ending: Bool = false) {
    let drains = waiting.withLock { waiting in
      if ending { waiting.hasEnded = true }
      guard ending || !waiting.isWoken else { return [AsyncStream<Never>.Continuation]() }
      defer { waiting.drains = [] }
      return waiting.drains
    }
    for drain in drains { drain.finish() }
  }

  private static let start = ContinuousClock.now
  private static var now: Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }
}
