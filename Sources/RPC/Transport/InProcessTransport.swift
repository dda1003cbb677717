public import Logging
public import NIOCore
internal import Synchronization

/// Calls a router's handlers in this process: messages are encoded and decoded, statuses, deadlines and queues are
/// those of the server, only frames and sockets are missing. For tests, and for a program that is its own client.
public final class InProcessTransport: Caller {
  private let router: Router
  private let peer: Peer
  private let limits: ServerLimits
  private let budget: ServerBudget
  private let logger: Logger

  /// - Parameter peer: who the handlers shall think is calling.
  public init(router: Router, peer: Peer, limits: ServerLimits = ServerLimits(), logger: Logger) {
    self.router = router
    self.peer = peer
    self.limits = limits
    self.budget = ServerBudget(limits)
    self.logger = logger
  }

  public func unary(_ request: CallRequest) async throws -> ByteBuffer {
    let call = try await open(request)
    guard let response = try await call.next() else {
      throw RPCError(.internal, "the call ended without a response")
    }
    return response
  }

  public func open(_ request: CallRequest) async throws -> any OpenCall {
    let timeout = request.timeout
    if let timeout, timeout <= .zero { throw ServerConnectionHandler.deadlineExceeded }
    let handler = try router.handler(service: request.service, method: request.method)
    let context = CallContext(
      peer: peer, metadata: request.metadata, deadline: timeout.flatMap { Deadline.after($0) },
      service: request.service, method: request.method, logger: logger)
    let call = InProcessCall()
    let prepared = PreparedCall(
      handler, payload: request.payload ?? ByteBuffer(), context: context, limits: limits, budget: budget
    ) { [weak call] signal in
      call?.received(signal)
    }
    call.start(prepared, deadline: context.deadline == nil ? nil : timeout)
    return call
  }
}

/// One call without a wire.
private final class InProcessCall: OpenCall {
  private struct State {
    var call: PreparedCall?
    var handler: Task<Void, Never>?
    var alarm: Task<Void, Never>?
    var outcome: PreparedCall.Outcome?
    var reader: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func start(_ call: PreparedCall, deadline timeout: Duration?) {
    state.withLock { state in
      state.call = call
      state.handler = Task {
        let outcome = await call.run()
        call.responses?.seal()
        self.end(outcome)
      }
      guard let timeout else { return }
      state.alarm = Task { [weak self] in
        // Throws only when cancelled: the call has ended.
        guard (try? await Task.sleep(for: timeout)) != nil else { return }
        self?.fail(ServerConnectionHandler.deadlineExceeded)
      }
    }
  }

  func received(_ signal: WriterQueue.Signal) {
    switch signal {
    case .ready: state.withLock { $0.reader.take() }?.resume()
    case .failed(let error): fail(error)
    }
  }

  func write(_ message: ByteBuffer) async throws {
    let (outcome, requests) = state.withLock { ($0.outcome, $0.call?.requests) }
    if case .failure(let status) = outcome { throw RPCError(status) }
    guard outcome == nil, let requests else { throw RPCError(.internal, "the call takes no more requests") }
    if requests.offer(message) == .full {
      fail(RPCError(.resourceExhausted, "more messages wait than the server takes"))
    }
  }

  func finish() async throws {
    state.withLock { $0.call?.requests }?.end()
  }

  func next() async throws -> ByteBuffer? {
    while true {
      try Task.checkCancellation()
      let (call, outcome) = state.withLock { ($0.call, $0.outcome) }
      if let message = call?.responses?.take() { return message }
      switch outcome {
      case .failure(let status): throw RPCError(status)
      case .success(let message):
        // The one response is given once; then the call is at its end.
        state.withLock { $0.outcome = .success(nil) }
        return message
      case nil: await news(call?.responses)
      }
    }
  }

  /// Returns when there may be something to take, or the task is cancelled (and the call with it).
  private func news(_ responses: WriterQueue?) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isNews = state.withLock { state in
          if state.outcome != nil || !(responses?.isEmpty ?? true) || Task.isCancelled { return true }
          state.reader = continuation
          return false
        }
        if isNews { continuation.resume() }
      }
    } onCancel: {
      cancel()
    }
  }

  func cancel() {
    fail(RPCError(.cancelled, "cancelled"))
  }

  private func fail(_ error: RPCError) {
    end(.failure(error.status))
    let (call, handler) = state.withLock { ($0.call, $0.handler) }
    call?.requests?.fail(error)
    call?.responses?.close(error)
    handler?.cancel()
  }

  private func end(_ outcome: PreparedCall.Outcome) {
    let (reader, alarm) = state.withLock { state in
      if state.outcome == nil { state.outcome = outcome }
      return (state.reader.take(), state.alarm.take())
    }
    alarm?.cancel()
    reader?.resume()
  }
}
