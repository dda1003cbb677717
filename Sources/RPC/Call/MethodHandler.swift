internal import Logging
internal import NIOCore

/// A registered handler as transports see it: bytes in, bytes out.
enum MethodHandler: Sendable {
  case unary(@Sendable (ByteBuffer, CallContext) async throws -> ByteBuffer)
  case serverStream(ResponsePolicy, @Sendable (ByteBuffer, CallContext, WriterQueue) async throws -> Void)
  case clientStream(@Sendable (RequestQueue, CallContext) async throws -> ByteBuffer)
  case bidirectional(ResponsePolicy, @Sendable (RequestQueue, CallContext, WriterQueue) async throws -> Void)

  var kind: MethodKind {
    switch self {
    case .unary: .unary
    case .serverStream: .serverStream
    case .clientStream: .clientStream
    case .bidirectional: .bidirectional
    }
  }
}

extension MethodHandler {
  /// A handler of the same kind that does nothing but throw.
  func refusing(with error: RPCError) -> MethodHandler {
    switch self {
    case .unary: .unary { _, _ in throw error }
    case .serverStream(let policy, _): .serverStream(policy) { _, _, _ in throw error }
    case .clientStream: .clientStream { _, _ in throw error }
    case .bidirectional(let policy, _): .bidirectional(policy) { _, _, _ in throw error }
    }
  }
}

/// One call about to run: its handler, with the queues its kind has. Shared by all transports.
struct PreparedCall: Sendable {
  /// Where requests go; nil: there is exactly one, and the handler has it.
  private(set) var requests: RequestQueue?
  /// Where responses come from; nil: there is exactly one, in the outcome.
  private(set) var responses: WriterQueue?
  /// The stream starts again without loss: a draining server need not wait for it.
  private(set) var endsOnDrain = false
  private let context: CallContext
  private let work: @Sendable () async throws -> ByteBuffer?

  /// - Parameters:
  ///   - payload: the request; where requests are streamed the first one, or nothing if empty.
  ///   - signal: `WriterQueue`'s.
  init(
    _ handler: MethodHandler, payload: ByteBuffer, context: CallContext, limits: ServerLimits, budget: ServerBudget,
    signal: @escaping @Sendable (WriterQueue.Signal) -> Void
  ) {
    self.context = context
    switch handler {
    case .unary(let run):
      work = { try await run(payload, context) }
    case .serverStream(let policy, let run):
      let responses = WriterQueue(policy: policy, limits: limits, signal: signal)
      self.responses = responses
      endsOnDrain = policy == .conflate
      work = {
        try await run(payload, context, responses)
        return nil
      }
    case .clientStream(let run):
      let requests = RequestQueue(limits: limits, budget: budget.bytes)
      self.requests = requests
      work = { try await run(requests, context) }
    case .bidirectional(let policy, let run):
      let requests = RequestQueue(limits: limits, budget: budget.bytes)
      let responses = WriterQueue(policy: policy, limits: limits, signal: signal)
      self.requests = requests
      self.responses = responses
      endsOnDrain = policy == .conflate
      work = {
        try await run(requests, context, responses)
        return nil
      }
    }
    if let requests, payload.readableBytes > 0, requests.offer(payload) == .full {
      requests.fail(
        RPCError(
          .resourceExhausted, "the server holds too many bytes", details: [.retryInfo(after: limits.retryAfter)]))
    }
  }

  enum Outcome: Sendable {
    /// The one response; nil where responses are streamed.
    case success(ByteBuffer?)
    case failure(Status)
  }

  /// Runs the handler. What it throws becomes a status; what it did not mean for the peer stays in the log.
  func run() async -> Outcome {
    do {
      return .success(try await work())
    } catch let error as RPCError where error.code != .ok {
      if let cause = error.cause {
        context.logger.debug("call failed", metadata: logMetadata(cause))
      }
      return .failure(error.status)
    } catch is CancellationError {
      return .failure(Status(.cancelled, "cancelled"))
    } catch {
      context.logger.error("handler failed", metadata: logMetadata(error))
      return .failure(Status(.internal, "internal error"))
    }
  }

  private func logMetadata(_ error: any Error) -> Logger.Metadata {
    ["service": "\(context.service)", "method": "\(context.method)", "error": "\(error)"]
  }
}
