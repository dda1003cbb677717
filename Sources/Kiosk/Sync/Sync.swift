internal import Polling
public import Schema
import Synchronization

/// Sends what the spool has, in the background, and writes down the answers.
///
/// A receipt that names a ledger none has named in this run makes the spool offer again what it still has of other
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
    /// The spool's disk is full: what was answered will be asked again.
    case notWritten(SpoolError)
  }

  /// One message and its reply. Throws `SyncFailure`; anything else counts as unreachable.
  public typealias Cast =
    @Sendable (Binhchon_V1_CastBallotsRequest) async throws -> Binhchon_V1_CastBallotsResponse

  private enum Event {
    case tapped
    case replied(attempt: Int, Result<Binhchon_V1_CastBallotsResponse, SyncFailure>)
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
  private let configuration: SyncStateMachine.Configuration
  private let events: AsyncStream<Event>
  private let mailbox: AsyncStream<Event>.Continuation
  private let waiting = Mutex(Waiting())

  public init(spool: Spool, _ configuration: SyncStateMachine.Configuration = .init()) {
    self.spool = spool
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
      case .replied(let attempt, .failure(let failure)):
        action = run.machine.failed(attempt: attempt, failure, now: now, jitter: jitter)
      case .replied(let attempt, .success(let response)):
        let reply = run.machine.replied(attempt: attempt, response.results, now: now, jitter: jitter)
        action =
          try run.settle(reply.settled, in: spool) ? reply.then : run.machine.notWritten(now: now, jitter: jitter)
        if !reply.unready.isEmpty { run.report(.unready(reply.unready)) }
      }
      while case .read(let after, let limit) = action {
        if let taps = try pending(after: after, limit: limit, &run) {
          action = run.machine.read(taps, now: Sync.now, jitter: jitter)
        } else {
          action = run.machine.notWritten(now: Sync.now, jitter: jitter)
        }
      }
      if run.machine.status != before { run.report(.status(run.machine.status)) }
      perform(action, &run)
      if run.machine.isStuck { release() }
    }
  }

  private struct Run {
    var machine: SyncStateMachine
    let cast: Cast
    let report: @Sendable (Report) -> Void
    var exchange: Task<Void, Never>?
    var timer: Task<Void, Never>?
    /// That were named by receipts, and offered what others have.
    var ledgers: Set<String> = []

    /// False: there is no room to write it down.
    mutating func settle(_ settlements: [Settlement], in spool: Spool) throws(SpoolError) -> Bool {
      guard !settlements.isEmpty else { return true }
      do throws(SpoolError) {
        try spool.settle(settlements)
        machine.written()
        report(.settled(settlements))
        for ledger in Set(settlements.map(\.ledgerEpoch)).subtracting(ledgers)
        where !ledger.isEmpty && ledgers.count < Sync.ledgers {
          _ = try spool.offerAgain(unlessIn: ledger)
          ledgers.insert(ledger)
        }
        return true
      } catch {
        guard error.code == .diskFull else { throw error }
        report(.notWritten(error))
        return false
      }
    }
  }

  private func perform(_ action: SyncStateMachine.Action, _ run: inout Run) {
    switch action {
    case .carryOn, .read: break
    case .rest:
      run.exchange?.cancel()
      run.timer?.cancel()
      release()
    case .send(let attempt, let taps, let until):
      run.exchange?.cancel()
      run.exchange = exchange(attempt, taps, run.cast)
      run.timer = timer(until, in: run.timer)
    case .pause(let until):
      run.exchange?.cancel()
      run.timer = timer(until, in: run.timer)
    case .wait(let until): run.timer = timer(until, in: run.timer)
    }
  }

  private func exchange(_ attempt: Int, _ taps: [Tap], _ cast: @escaping Cast) -> Task<Void, Never> {
    Task { [mailbox] in
      do {
        var request = Binhchon_V1_CastBallotsRequest()
        request.ballots = try taps.map { try $0.ballot() }
        request.sentTimeMs = DeviceClock().read().wall.milliseconds
        mailbox.yield(.replied(attempt: attempt, .success(try await cast(request))))
      } catch {
        mailbox.yield(.replied(attempt: attempt, .failure(error as? SyncFailure ?? .unreachable())))
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
