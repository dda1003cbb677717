internal import NIOCore
internal import Wire

/// A call as its connection keeps it, from its start until its handler has ended and its last frame is staged.
struct RunningCall {
  let requests: RequestQueue?
  let responses: WriterQueue?
  let endsOnDrain: Bool
  /// Nil: the handler runs without one and cannot be told that it is cancelled.
  let task: Task<Void, Never>?
  var deadline: NIODeadline?
  /// Set when the handler has ended and messages it wrote still wait to be taken.
  var outcome: PreparedCall.Outcome?
  /// Stands in the queue of streams with something to send.
  var isReady = false
}

extension ServerConnectionHandler {
  // MARK: Beginning

  func startCall(_ id: StreamID, flags: FrameFlags, body: ByteBuffer) {
    if takeShortcut(id, flags: flags, body: body) { return }
    do throws(RPCError) {
      let request = try decodeEnvelope(body)
      guard request.timeoutNanoseconds >= 0 else { throw Self.deadlineExceeded }
      let handler = try shared.router.handler(service: request.service, method: request.method)
      let bytes = shared.counted(body.readableBytes)
      try reserve(handler.kind, bytes: bytes)
      switch machine.start(id, kind: handler.kind, flags: flags) {
      case .answer(let status):
        shared.giveBack(handler.kind, bytes: bytes)
        throw RPCError(status)
      case .run(let inputIsOpen):
        run(id, request, handler, inputIsOpen: inputIsOpen, bytes: bytes)
      }
    } catch {
      output.stage(error.status, on: id)
    }
  }

  private func decodeEnvelope(_ body: ByteBuffer) throws(RPCError) -> RequestEnvelope {
    do {
      return try RequestEnvelope(decoding: body)
    } catch {
      throw RPCError(.invalidArgument, "the body is not a ttrpc Request (\(error))")
    }
  }

  private func reserve(_ kind: MethodKind, bytes: Int) throws(RPCError) {
    guard shared.calls(of: kind).take() else {
      throw RPCError(machine.overload("too many calls run on this server"))
    }
    guard shared.budget.bytes.take(bytes) else {
      shared.calls(of: kind).giveBack()
      throw RPCError(machine.overload("the server holds too many bytes"))
    }
  }

  private func run(
    _ id: StreamID, _ request: RequestEnvelope, _ handler: MethodHandler, inputIsOpen: Bool, bytes: Int
  ) {
    guard let eventLoop = context?.eventLoop else { return }
    let deadline =
      request.timeoutNanoseconds == 0
      ? nil : Deadline.after(nanoseconds: request.timeoutNanoseconds, now: eventLoop.now)
    let callContext = CallContext(
      peer: peer, metadata: request.metadata, deadline: deadline, service: request.service,
      method: request.method, logger: logger)
    var running = runTask(id, request, handler, callContext, inputIsOpen: inputIsOpen, bytes: bytes)
    running.deadline = deadline?.instant
    calls[id] = running
    if let deadline { watchDeadlines(until: deadline.instant) }
  }

  private func runTask(
    _ id: StreamID, _ request: RequestEnvelope, _ handler: MethodHandler, _ callContext: CallContext,
    inputIsOpen: Bool, bytes: Int
  ) -> RunningCall {
    let call = PreparedCall(
      handler, payload: request.payload, context: callContext, limits: shared.limits, budget: shared.budget
    ) { [mailbox] signal in
      mailbox.post(.responses(id, signal))
    }
    call.responses?.settle(at: mailbox.loop, ReplyAddress(mailbox.address, stream: id))
    if !inputIsOpen { call.requests?.end() }
    let task = Task { [shared, mailbox] in
      let outcome = await call.run()
      // Here and not on the connection: that may be gone, the place is taken until now.
      shared.giveBack(handler.kind, bytes: bytes)
      call.responses?.seal()
      mailbox.post(.handlerEnded(id, outcome))
    }
    return RunningCall(requests: call.requests, responses: call.responses, endsOnDrain: call.endsOnDrain, task: task)
  }

  func deliver(_ message: ByteBuffer, to id: StreamID) {
    guard let requests = calls[id]?.requests, let eventLoop = context?.eventLoop else { return }
    // A copy: a waiting message must not keep alive everything that was read along with it.
    switch requests.offer(ByteBuffer(buffer: message)) {
    case .taken: break
    case .full: endCall(id, RPCError(machine.overload("more messages wait than the server takes")))
    case .takenInExcess(let excess):
      eventLoop.assumeIsolated().scheduleTask(in: shared.limits.incomingGrace) { [weak self] in
        guard let self, requests.isStillInExcess(excess) else { return }
        endCall(id, RPCError(machine.overload("more messages wait than the server takes")))
        settle()
      }
    }
  }

  // MARK: Ending

  /// One timer for all calls of the connection, at the earliest deadline it knows of; not moved when a call ends, for
  /// nearly all end long before.
  func watchDeadlines(until deadline: NIODeadline) {
    if let deadlineTimer {
      guard deadline < deadlineTimer.due else { return }
      deadlineTimer.task.cancel()
    }
    guard let eventLoop = context?.eventLoop.assumeIsolated() else { return }
    let task = eventLoop.scheduleTask(deadline: deadline) { [weak self] () -> Void in
      self?.deadlineTimerFired(at: deadline)
    }
    deadlineTimer = (deadline, task)
  }

  private func deadlineTimerFired(at now: NIODeadline) {
    deadlineTimer = nil
    let deadlines = calls.compactMap { id, call in call.deadline.map { (id: id, deadline: $0) } } + shortcutDeadlines
    var next: NIODeadline?
    for (id, deadline) in deadlines where machine.maySend(id) {
      if deadline <= now {
        endCall(id, Self.deadlineExceeded)
      } else {
        next = min(next ?? deadline, deadline)
      }
    }
    if let next { watchDeadlines(until: next) }
    settle()
  }

  static let deadlineExceeded = RPCError(.deadlineExceeded, "the deadline has passed")

  /// Ends a call before its handler does.
  func endCall(_ id: StreamID, _ error: RPCError) {
    guard machine.end(id) else { return }
    output.stage(error.status, on: id)
    cancelCall(id, error)
  }

  /// Tells the handler that the call is over on the wire. The call keeps its place until the handler has ended.
  func cancelCall(_ id: StreamID, _ error: RPCError) {
    guard let call = calls[id] else { return }
    call.requests?.fail(error)
    call.responses?.close(error)
    if call.outcome == nil {
      call.task?.cancel()
    } else {
      calls[id] = nil
    }
  }

  private func handlerEnded(_ id: StreamID, _ outcome: PreparedCall.Outcome) {
    forgetShortcutDeadline(of: id)
    machine.handlerEnded(id)
    guard machine.maySend(id) else {
      calls[id] = nil
      return
    }
    if calls[id]?.responses?.isEmpty ?? true {
      sendOutcome(outcome, of: id)
    } else {
      calls[id]?.outcome = outcome
    }
  }

  private func sendOutcome(_ outcome: PreparedCall.Outcome, of id: StreamID) {
    calls[id]?.requests?.fail(RPCError(.cancelled, "the call has ended"))
    calls[id] = nil
    guard machine.end(id) else { return }
    switch outcome {
    case .success(let payload?):
      output.stage(payload: payload, on: id)
      // Large answers of one burst are not piled up before it shows that nobody reads them.
      let most = isWritable ? shared.limits.bytesUnreadPerConnection : shared.limits.writeBound
      if output.stagedBytes >= most { flush() }
    case .success(nil): output.stage(Frame(streamID: id, type: .data, flags: [.remoteClosed, .noData]))
    case .failure(let status): output.stage(status, on: id)
    }
  }

  // MARK: News from tasks

  /// What `LoopMailbox` read for this connection; `settleAfterMail` follows.
  func receive(_ message: LoopMailbox.Message) {
    switch message {
    case .handlerEnded(let id, let outcome): handlerEnded(id, outcome)
    case .responses(let id, .ready): markReady(id)
    case .responses(let id, .failed(let error)): endCall(id, error)
    case .drain: drain()
    case .endNow: endNow()
    }
  }

  /// A unary call without a task is answered. `payload` is borrowed.
  func receiveReply(_ payload: UnsafeRawBufferPointer, to id: StreamID) {
    forgetShortcutDeadline(of: id)
    guard machine.answered(id) else { return }
    output.stage(payload: payload, on: id)
  }

  /// A message of a stream that other streams are shown as well. Staged at once if nothing waits and there is room; else
  /// it waits like any other: false.
  func receiveOffer(_ frame: SharedFrame) -> Bool {
    guard machine.maySend(frame.streamID) else { return true }
    if output.ready.isEmpty, hasRoomToWrite {
      output.stage(frame)
      return true
    }
    if calls[frame.streamID]?.responses?.offer(frame.message) ?? false { markReady(frame.streamID) }
    return false
  }

  func settleAfterMail() {
    hasMail = false
    // A tick of the event loop's own: no burst of reads is going on.
    isReading = false
    settle()
  }

  private func markReady(_ id: StreamID) {
    guard let call = calls[id], !call.isReady else { return }
    calls[id]?.isReady = true
    output.ready.append(id)
  }

  /// The next message of the stream that waits longest. False: no stream has one.
  func stageNextMessage() -> Bool {
    while let id = output.ready.popFirst() {
      guard let call = calls[id], machine.maySend(id) else { continue }
      if let message = call.responses?.take() {
        output.stage(Frame(streamID: id, type: .data, body: message))
        output.ready.append(id)
        return true
      }
      calls[id]?.isReady = false
      if let outcome = call.outcome { sendOutcome(outcome, of: id) }
    }
    return false
  }

  private func drain() {
    if case .goAway(let highest) = machine.drain() { output.stageGoAway(highest) }
    for id in calls.keys.sorted() where calls[id]?.endsOnDrain ?? false {
      endCall(id, RPCError(ServerConnectionStateMachine.shuttingDown))
    }
  }

  private func endNow() {
    for id in machine.close(answering: true) {
      endCall(id, RPCError(ServerConnectionStateMachine.shuttingDown))
    }
    closeAfterWriting()
  }
}

extension ServerConnectionHandler.Shared {
  /// What a frame of `bytes` counts in the server's budget.
  func counted(_ bytes: Int) -> Int { bytes > limits.smallFrame ? bytes : 0 }

  func calls(of kind: MethodKind) -> ServerBudget.Allowance {
    kind == .unary ? budget.unaryCalls : budget.streams
  }

  func giveBack(_ kind: MethodKind, bytes: Int) {
    calls(of: kind).giveBack()
    budget.bytes.giveBack(bytes)
  }
}
