/// Decides when to connect, when to wait, and which call gets which connection. One connection at a time takes new
/// calls; older ones may still be draining.
///
///     idle -> connecting -> connected -> idle (drained) or backing off (lost)
///                 |                            |
///                 +-- failed -> backing off <--+        any -> shut down
///
/// Connecting is lazy: a lost connection is replaced when a call wants one, and not before its backoff is over. The
/// count of failures goes back to zero only once the server has said something: with TLS 1.3 a refused client
/// certificate shows up after the connection seemed to stand.
struct ConnectionManagerStateMachine<Connection: Identifiable, Waiter> {
  typealias WaiterID = UInt64
  /// Tells a timer or an attempt from an earlier one that reports too late.
  typealias Ticket = UInt64

  enum State {
    case idle
    case connecting(Ticket, waiters: [WaiterID: Waiter])
    case connected(Connection, isProved: Bool)
    /// `refusal`: the last failure is one that waiting does not heal; until the timer fires calls fail at once.
    case backingOff(Ticket, waiters: [WaiterID: Waiter], refusal: ConnectFailure?)
    case shutDown
  }

  enum OnAcquire {
    case use(Connection)
    case wait
    case connect(Ticket)
    case fail(ConnectFailure)
    case failShutDown
  }

  enum OnConnected {
    case serve([Waiter], Connection)
    /// Nobody wants it any more.
    case close(Connection)
  }

  enum OnFailure {
    case backOff(Ticket, Duration, failing: [Waiter])
    case ignore
  }

  enum OnTimer: Equatable {
    case connect(Ticket)
    case nothing
  }

  private(set) var state: State = .idle
  /// Failures in a row, connections that were lost before the server said anything included.
  private(set) var failures = 0
  /// What went wrong last, for whoever runs out of time while waiting.
  private(set) var lastFailure: ConnectFailure?
  private var draining: [Connection] = []
  private var lastTicket: Ticket = 0
  private let backoff: Backoff

  init(backoff: Backoff) {
    self.backoff = backoff
  }

  // MARK: Calls

  mutating func acquire(_ id: WaiterID, _ waiter: @autoclosure () -> Waiter) -> OnAcquire {
    switch state {
    case .idle:
      let ticket = takeTicket()
      state = .connecting(ticket, waiters: [id: waiter()])
      return .connect(ticket)
    case .connecting(let ticket, var waiters):
      waiters[id] = waiter()
      state = .connecting(ticket, waiters: waiters)
      return .wait
    case .connected(let connection, _):
      return .use(connection)
    case .backingOff(_, _, .some(let refusal)):
      return .fail(refusal)
    case .backingOff(let ticket, var waiters, .none):
      waiters[id] = waiter()
      state = .backingOff(ticket, waiters: waiters, refusal: nil)
      return .wait
    case .shutDown:
      return .failShutDown
    }
  }

  /// A waiter's time is over, or its task was cancelled. Nil: it has been answered already.
  mutating func release(_ id: WaiterID) -> Waiter? {
    switch state {
    case .connecting(let ticket, var waiters):
      let waiter = waiters.removeValue(forKey: id)
      state = .connecting(ticket, waiters: waiters)
      return waiter
    case .backingOff(let ticket, var waiters, let refusal):
      let waiter = waiters.removeValue(forKey: id)
      state = .backingOff(ticket, waiters: waiters, refusal: refusal)
      return waiter
    case .idle, .connected, .shutDown:
      return nil
    }
  }

  // MARK: Connections

  mutating func connected(_ ticket: Ticket, _ connection: Connection) -> OnConnected {
    guard case .connecting(ticket, let waiters) = state else { return .close(connection) }
    state = .connected(connection, isProved: false)
    return .serve(inOrder(waiters), connection)
  }

  /// - Parameter random: a number in 0..<1 for the jitter.
  mutating func connectFailed(_ ticket: Ticket, _ failure: ConnectFailure, random: Double) -> OnFailure {
    guard case .connecting(ticket, let waiters) = state else { return .ignore }
    return backOff(after: failure, waiters: waiters, random: random)
  }

  /// The server said something: whatever went wrong before is over.
  mutating func proved(_ id: Connection.ID) {
    guard case .connected(let connection, isProved: false) = state, connection.id == id else { return }
    state = .connected(connection, isProved: true)
    failures = 0
    lastFailure = nil
  }

  /// The connection takes no new calls and will close by itself.
  mutating func drains(_ id: Connection.ID) {
    guard case .connected(let connection, _) = state, connection.id == id else { return }
    draining.append(connection)
    state = .idle
  }

  mutating func closed(_ id: Connection.ID, _ failure: ConnectFailure, random: Double) -> OnFailure {
    draining.removeAll { $0.id == id }
    guard case .connected(let connection, _) = state, connection.id == id else { return .ignore }
    return backOff(after: failure, waiters: [:], random: random)
  }

  mutating func backoffEnded(_ ticket: Ticket) -> OnTimer {
    guard case .backingOff(ticket, let waiters, _) = state else { return .nothing }
    guard !waiters.isEmpty else {
      state = .idle
      return .nothing
    }
    let ticket = takeTicket()
    state = .connecting(ticket, waiters: waiters)
    return .connect(ticket)
  }

  /// - Returns: the waiters to refuse, and the connections to close. A connection that is being made is closed when it
  ///   reports.
  mutating func shutDown() -> (waiters: [Waiter], connections: [Connection]) {
    defer {
      state = .shutDown
      draining = []
    }
    return switch state {
    case .connecting(_, let waiters), .backingOff(_, let waiters, _): (inOrder(waiters), draining)
    case .connected(let connection, _): ([], draining + [connection])
    case .idle: ([], draining)
    case .shutDown: ([], [])
    }
  }

  private mutating func backOff(
    after failure: ConnectFailure, waiters: [WaiterID: Waiter], random: Double
  ) -> OnFailure {
    // Saturates: 2^63 failures are out of reach, but nothing here may trap.
    failures = failures == .max ? failures : failures + 1
    lastFailure = failure
    let ticket = takeTicket()
    let delay = backoff.delay(failures: failures, random: random)
    if failure.isPermanent {
      state = .backingOff(ticket, waiters: [:], refusal: failure)
      return .backOff(ticket, delay, failing: inOrder(waiters))
    }
    state = .backingOff(ticket, waiters: waiters, refusal: nil)
    return .backOff(ticket, delay, failing: [])
  }

  private mutating func takeTicket() -> Ticket {
    lastTicket &+= 1
    return lastTicket
  }

  private func inOrder(_ waiters: [WaiterID: Waiter]) -> [Waiter] {
    waiters.sorted { $0.key < $1.key }.map(\.value)
  }
}
