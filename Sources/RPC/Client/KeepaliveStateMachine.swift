internal import NIOCore

/// Decides when to ask whether the peer is still there (PING, `ttrpc-ext/1` only) and when to take it for dead.
///
/// Any frame is a sign of life, so a busy connection never pings; at most one PING is outstanding.
struct KeepaliveStateMachine {
  enum State: Equatable {
    case quiet(lastReceived: NIODeadline)
    case pinged(at: NIODeadline)
    case ended
  }

  enum OnTimer: Equatable {
    case sleep(until: NIODeadline)
    case ping(thenSleepUntil: NIODeadline)
    case peerIsDead
    case stop
  }

  private(set) var state: State
  let interval: TimeAmount
  let timeout: TimeAmount

  /// - Parameters:
  ///   - interval: quiet time after which a PING is sent.
  ///   - timeout: time the peer has to send anything after it.
  init(interval: TimeAmount, timeout: TimeAmount, now: NIODeadline) {
    self.interval = interval
    self.timeout = timeout
    self.state = .quiet(lastReceived: now)
  }

  /// When to set the first timer.
  var firstTimer: NIODeadline? {
    if case .quiet(let lastReceived) = state { lastReceived + interval } else { nil }
  }

  /// Something arrived, a PONG or any other frame.
  mutating func received(now: NIODeadline) {
    if state != .ended { state = .quiet(lastReceived: now) }
  }

  mutating func timerFired(now: NIODeadline) -> OnTimer {
    switch state {
    case .quiet(let lastReceived):
      let due = lastReceived + interval
      guard now >= due else { return .sleep(until: due) }
      state = .pinged(at: now)
      return .ping(thenSleepUntil: now + timeout)
    case .pinged(let at):
      guard now >= at + timeout else { return .sleep(until: at + timeout) }
      state = .ended
      return .peerIsDead
    case .ended:
      return .stop
    }
  }

  mutating func connectionClosed() {
    state = .ended
  }
}
