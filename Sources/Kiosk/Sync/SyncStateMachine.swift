internal import Polling
public import Schema

/// Why an exchange with the server brought no reply.
public enum SyncFailure: Error, Sendable, Equatable {
  /// The server, or the way to it, is not there now, or asks to be left alone for so many milliseconds.
  case unreachable(retryAfter: Int64 = 0)
  /// The server does not let us in. People have to mend that.
  case barred(reason: String)
  /// The server refuses this very message, whenever it comes.
  case refused(reason: String)

  var isUnreachable: Bool {
    if case .unreachable = self { true } else { false }
  }

  var barredBy: String? {
    if case .barred(let reason) = self { reason } else { nil }
  }
}

/// How the way to the server is.
public struct SyncStatus: Sendable, Equatable {
  public var isReachable = true
  /// Why the server takes nothing from us; nil: it does, as far as we know.
  public var barredBy: String?
  /// Why some taps stay although others go; nil: none does, as far as we know.
  public var unreadyBy: String?

  public init(isReachable: Bool = true, barredBy: String? = nil, unreadyBy: String? = nil) {
    self.isReachable = isReachable
    self.barredBy = barredBy
    self.unreadyBy = unreadyBy
  }
}

/// A tap that the server cannot take yet. It stays pending.
public struct UnreadyTap: Sendable, Equatable {
  public var tap: Tap
  /// A name of `binhchon.v1.Reason`.
  public var reason: String
}

/// Decides what a kiosk sends, and what an answer settles.
///
/// One message is under way at a time; it carries the oldest pending taps. A tap is settled only by a result that
/// names its id, whichever reply it comes in; whatever else happens it stays pending in the spool and goes out again
/// under the same id and bytes, which the server counts once. So lost, repeated, swapped and cut replies, and restarts
/// of either side, cost time and nothing else.
///
/// Taps go in rounds. Those that did not go through are left behind, and go again in the next round; newer ones do not
/// wait for that. After a round in which the server was not ready for some, the next one comes later and later, up to
/// five minutes: it takes people to mend that.
///
/// Every message says how the spool stands; one without taps is sent when none went for a minute, and soon after the last
/// of them was answered. Nothing depends on its answer.
///
/// Times are milliseconds of any steady clock; `jitter` is 0..<1.
public struct SyncStateMachine: Sendable, Equatable {
  public struct Configuration: Sendable, Equatable {
    /// Ballots in one message: one commit of the server.
    public var batch = 500
    /// How long a message may go unanswered, in milliseconds.
    public var timeout: Int64 = 30_000
    /// After so long without a message the server hears how the spool stands all the same; and after so long once taps
    /// were settled. Milliseconds.
    public var heartbeat: Int64 = 60_000
    public var afterwards: Int64 = 5_000

    public init() {}
  }

  public enum Action: Sendable, Equatable {
    /// Nothing is left to send, until a tap comes. Tell ``elapsed(now:jitter:)`` at `until`.
    case rest(until: Int64)
    /// Look what is pending, and tell ``read(_:now:jitter:)``.
    case read(after: UInt64, limit: Int)
    /// In place of whatever was sent before; without taps a sign of life. Tell ``elapsed(now:jitter:)`` at `until`.
    case send(attempt: Int, taps: [Tap], until: Int64)
    /// Give up what was sent. Tell ``elapsed(now:jitter:)`` at `until`.
    case pause(until: Int64)
    /// It is too early: tell ``elapsed(now:jitter:)`` at `until`.
    case wait(until: Int64)
    /// As before.
    case carryOn
  }

  public struct OnReply: Sendable, Equatable {
    /// To be written down before anything else is done.
    public var settled: [Settlement] = []
    public var unready: [UnreadyTap] = []
    public var then: Action
  }

  enum State: Sendable, Equatable {
    /// Until the server is to hear of us.
    case idle(until: Int64)
    case reading
    case sending(Sending)
    case pausing(until: Int64)
    /// All that is new has gone. Those left behind go again then, or the server hears of us.
    case lingering(until: Int64)
  }

  struct Sending: Sendable, Equatable {
    var attempt: Int
    /// It carries no taps.
    var isHeartbeat = false
    /// Those without an answer.
    var flight: [BallotID: Tap]
    var last: UInt64
    var until: Int64
  }

  private(set) var state = State.idle(until: .min)
  public private(set) var status = SyncStatus()
  private let configuration: Configuration
  private var pace = Pace()
  private var attempt = 0
  /// How many taps the next message may carry: fewer after trouble.
  private var limit: Int
  /// Timeouts in a row: a slow server gets more time, and less to do.
  private var timeouts = 0
  /// Up to this one there are taps that did not go through in this round, and must not hold up the others.
  private var leftBehind: UInt64 = 0
  /// When those go again; nil: this round is not over.
  private var nextRound: Int64?
  /// Why the server was not ready for some of them; nil: it was.
  private var unreadyBy: String?
  /// Milliseconds.
  private var unreadyPace = Pace(first: 1_000, longest: 300_000)
  private var writePace = Pace()
  /// When the server is to hear of us, if it does not earlier.
  private var reportDue = Int64.min

  public init(_ configuration: Configuration = .init()) {
    self.configuration = configuration
    limit = max(1, configuration.batch)
  }

  /// Nothing that is here goes on before people have mended something.
  public var isStuck: Bool {
    if case .lingering = state { return status.unreadyBy != nil }
    return status.barredBy != nil
  }

  /// There may be something to send: at the start, and after every tap.
  public mutating func tapped() -> Action {
    switch state {
    case .idle, .lingering: read()
    case .reading, .sending, .pausing: .carryOn
    }
  }

  /// What the spool has.
  public mutating func read(_ taps: [Tap], now: Int64, jitter: Double) -> Action {
    guard state == .reading else { return .carryOn }
    guard let last = taps.last else { return rest(now, jitter) }
    return send(taps, last: last.sequence, now)
  }

  private mutating func send(_ taps: [Tap], last: UInt64, _ now: Int64) -> Action {
    attempt += 1
    reportDue = now + configuration.heartbeat
    let until = now + configuration.timeout << Int64(min(timeouts, 4))
    state = .sending(
      Sending(
        attempt: attempt, isHeartbeat: taps.isEmpty,
        flight: Dictionary(taps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }), last: last,
        until: until))
    return .send(attempt: attempt, taps: taps, until: until)
  }

  /// A reply came, perhaps not the one to the last message.
  ///
  /// - Parameter epoch: of the ledger that answers; empty: not said.
  public mutating func replied(
    attempt: Int, _ results: [Binhchon_V1_BallotResult], epoch: String = "", now: Int64, jitter: Double
  ) -> OnReply {
    guard case .sending(var sending) = state else { return OnReply(then: .carryOn) }
    var reply = OnReply(then: .carryOn)
    var later: Int64?
    var barredBy: String?
    for result in results {
      guard let id = try? BallotID(bytes: result.ballotID), let tap = sending.flight[id] else { continue }
      switch BallotAnswer(result) {
      case .settled(let verdict):
        sending.flight[id] = nil
        reply.settled.append(Settlement(tap: tap, verdict: verdict, result: result, ledgerEpoch: epoch))
      case .later(let milliseconds): later = max(later ?? 0, milliseconds)
      case .barred(let reason): barredBy = reason
      case .unready(let reason): reply.unready.append(UnreadyTap(tap: tap, reason: reason))
      case .none: break
      }
    }
    if !reply.settled.isEmpty {
      pace.reset()
      reportDue = min(reportDue, now + configuration.afterwards)
    }
    if !reply.settled.isEmpty || !reply.unready.isEmpty {
      timeouts = 0
      limit = min(max(1, configuration.batch), limit * 2)
    }
    guard attempt == sending.attempt || (sending.flight.isEmpty && !sending.isHeartbeat) else {
      state = .sending(sending)
      return reply
    }
    unreadyBy = reply.unready.last?.reason ?? unreadyBy
    status = SyncStatus(isReachable: true, barredBy: barredBy, unreadyBy: unreadyBy ?? status.unreadyBy)
    if barredBy != nil || later != nil {
      reply.then = pause(now, jitter, asked: later ?? 0)
    } else if sending.flight.isEmpty {
      reply.then = read()
    } else {
      leftBehind = sending.last
      reply.then = reply.settled.isEmpty && reply.unready.isEmpty ? pause(now, jitter) : read()
    }
    return reply
  }

  /// The exchange ended without a reply.
  public mutating func failed(attempt: Int, _ failure: SyncFailure, now: Int64, jitter: Double) -> Action {
    guard case .sending(let sending) = state, attempt == sending.attempt else { return .carryOn }
    if sending.isHeartbeat {
      status = SyncStatus(
        isReachable: !failure.isUnreachable, barredBy: failure.barredBy, unreadyBy: status.unreadyBy)
      return read()
    }
    switch failure {
    case .unreachable(let retryAfter):
      status = SyncStatus(isReachable: false, unreadyBy: status.unreadyBy)
      return pause(now, jitter, asked: retryAfter)
    case .barred(let reason):
      status = SyncStatus(isReachable: true, barredBy: reason, unreadyBy: status.unreadyBy)
      return pause(now, jitter)
    case .refused:
      status = SyncStatus(isReachable: true, unreadyBy: status.unreadyBy)
      // One of them may be to blame: halves find it, and then the others go on without it.
      if sending.flight.count == 1 { leftBehind = sending.last }
      limit = max(1, sending.flight.count / 2)
      return pause(now, jitter)
    }
  }

  /// What the last reply settled could not be written down, for want of room: it goes again, and is answered again.
  public mutating func notWritten(now: Int64, jitter: Double) -> Action {
    let until = now + writePace.next(jitter: jitter)
    state = .pausing(until: until)
    return .pause(until: until)
  }

  /// It was written down.
  public mutating func written() {
    writePace.reset()
  }

  /// The time that was asked for has come.
  public mutating func elapsed(now: Int64, jitter: Double) -> Action {
    switch state {
    case .reading: return .carryOn
    case .idle(let until): return now < until ? .wait(until: until) : read()
    case .pausing(let until): return now < until ? .wait(until: until) : read()
    case .lingering(let until):
      guard now >= until else { return .wait(until: until) }
      if let round = nextRound, now >= round { (leftBehind, nextRound, unreadyBy) = (0, nil, nil) }
      return read()
    case .sending(let sending):
      guard now >= sending.until else { return .wait(until: sending.until) }
      status = SyncStatus(isReachable: false, unreadyBy: status.unreadyBy)
      if sending.isHeartbeat { return read() }
      timeouts += 1
      limit = max(1, limit / 2)
      return pause(now, jitter)
    }
  }

  private mutating func read() -> Action {
    state = .reading
    return .read(after: leftBehind, limit: limit)
  }

  /// Everything has been tried.
  private mutating func rest(_ now: Int64, _ jitter: Double) -> Action {
    guard leftBehind > 0 else {
      unreadyPace.reset()
      status.unreadyBy = nil
      if now >= reportDue { return send([], last: 0, now) }
      state = .idle(until: reportDue)
      return .rest(until: reportDue)
    }
    if nextRound == nil { status.unreadyBy = unreadyBy }
    let round = nextRound ?? now + (unreadyBy == nil ? pace.next(jitter: jitter) : unreadyPace.next(jitter: jitter))
    nextRound = round
    if now >= reportDue { return send([], last: leftBehind, now) }
    let until = min(round, reportDue)
    state = .lingering(until: until)
    return .pause(until: until)
  }

  private mutating func pause(_ now: Int64, _ jitter: Double, asked: Int64 = 0) -> Action {
    let until = now + pace.next(jitter: jitter, asked: asked)
    state = .pausing(until: until)
    return .pause(until: until)
  }
}
