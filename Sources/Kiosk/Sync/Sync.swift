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
    var run = Run(session: SyncSession(spool, of: kiosk, configuration, report: report), cast: cast)
    defer {
      run.exchange?.cancel()
      run.timer?.cancel()
      release(ending: true)
    }
    wake()
    for await event in events {
      let (now, jitter) = (Sync.now, Double.random(in: 0..<1))
      let action: SyncStateMachine.Action
      switch event {
      case .tapped:
        waiting.withLock { $0.isWoken = false }
        action = try run.session.tapped(now: now, jitter: jitter)
      case .elapsed: action = try run.session.elapsed(now: now, jitter: jitter)
      case .replied(let attempt, _, .failure(let failure)):
        action = try run.session.failed(attempt: attempt, failure, now: now, jitter: jitter)
      case .replied(let attempt, let settledThrough, .success(let response)):
        action = try run.session.replied(
          attempt: attempt, response, settledThrough: settledThrough, now: now, jitter: jitter)
      }
      try perform(action, &run)
      if run.session.isStuck { release() }
    }
  }

  private struct Run {
    var session: SyncSession
    let cast: Cast
    var exchange: Task<Void, Never>?
    var timer: Task<Void, Never>?
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
      run.exchange = exchange(attempt, try run.session.message(taps, reading: clock.read()), run.cast)
      run.timer = timer(until, in: run.timer)
    case .pause(let until):
      run.exchange?.cancel()
      run.timer = timer(until, in: run.timer)
    case .wait(let until): run.timer = timer(until, in: run.timer)
    }
  }

  private func exchange(
    _ attempt: Int, _ message: SyncSession.Message, _ cast: @escaping Cast
  ) -> Task<Void, Never> {
    let (request, settledThrough) = (message.request, message.settledThrough)
    return Task { [mailbox] in
      do {
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
