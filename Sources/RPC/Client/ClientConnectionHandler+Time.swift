internal import NIOCore
internal import Wire

/// Deadlines and the keepalive, on the event loop's clock.
extension ClientConnectionHandler {
  var now: NIODeadline { context?.eventLoop.now ?? .now() }

  /// One timer for all calls, at the earliest deadline known when it was set. An answered call does not stop it: it
  /// fires once for nothing, looks for the next deadline, and a busy connection pays that once per deadline's length.
  func scheduleDeadline(_ deadline: NIODeadline) {
    guard let context, machine.state != .closed else { return }
    if let timer = deadlineTimer {
      guard deadline < timer.at else { return }
      timer.task.cancel()
    }
    let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.deadlinePassed() }
    deadlineTimer = (deadline, task)
  }

  private func deadlinePassed() {
    deadlineTimer = nil
    for (id, call) in machine.overdue(now: now) {
      call.fail(.deadlineExceeded)
      drop(id, because: .deadlineExceeded)
    }
    if let next = machine.nextDeadline { scheduleDeadline(next) }
    settle()
  }

  func startKeepalive() {
    guard machine.isExtended, keepalive == nil else { return }
    let keepalive = KeepaliveStateMachine(
      interval: keepaliveTimes.interval.timeAmount, timeout: keepaliveTimes.timeout.timeAmount, now: now)
    self.keepalive = keepalive
    if let timer = keepalive.firstTimer { scheduleKeepalive(timer) }
  }

  private func scheduleKeepalive(_ deadline: NIODeadline) {
    guard let context, machine.state != .closed else { return }
    keepaliveTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.keepaliveFired() }
  }

  private func keepaliveFired() {
    switch keepalive?.timerFired(now: now) {
    case .sleep(let until):
      scheduleKeepalive(until)
    case .ping(let until):
      // Its eight bytes need not be told apart: at most one is outstanding.
      encode(Frame(streamID: .connection, type: .ping, body: ByteBuffer(integer: UInt64(0))))
      writeOut()
      scheduleKeepalive(until)
    case .peerIsDead:
      close(ConnectionEnded.noPong)
    case .stop, nil:
      break
    }
  }
}
