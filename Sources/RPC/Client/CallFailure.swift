/// One attempt at a call that failed: what the caller would see, and what a retry has to know.
struct CallFailure: Error {
  enum Outcome: Hashable {
    /// The server has surely not acted on it.
    case notStarted
    /// The connection ended while the call ran: nobody can say whether the server acted on it.
    case lost
    /// The server answered with this status.
    case answered
    /// It ended on this side: deadline, cancellation, a message that cannot be sent, decoded or stored; or a
    /// connection that only a person can heal.
    case ended
    /// So it did, because its task was cancelled.
    case taskCancelled
  }

  let error: RPCError
  let outcome: Outcome

  init(_ error: RPCError, _ outcome: Outcome) {
    self.error = error
    self.outcome = outcome
  }

  /// The connection could not be made or did not last.
  init(_ failure: ConnectFailure, notStarted: Bool) {
    let message = notStarted ? "no connection to the server" : "the connection was lost during the call"
    self.init(
      RPCError(.unavailable, message, cause: failure.underlying),
      failure.isPermanent ? .ended : notStarted ? .notStarted : .lost)
  }

  /// What the caller gets to see. Only the cancelled task itself learns it in its own language; to others that use the
  /// same call it is code 1.
  var thrown: any Error { outcome == .taskCancelled && Task.isCancelled ? CancellationError() : error }

  static let taskCancelled = CallFailure(RPCError(.cancelled, "the task was cancelled"), .taskCancelled)
  static let cancelled = here(.cancelled, "the call was cancelled")
  static let deadlineExceeded = here(.deadlineExceeded, "no answer within the deadline")
  static let notConnectedInTime = here(.deadlineExceeded, "no connection to the server within the deadline")
  static let shutDown = here(.unavailable, "the client was shut down")
  static let requestTooLarge = here(.resourceExhausted, "a message may have 4 MiB at most")
  static let responseTooLarge = here(.resourceExhausted, "the server's answer has more than 4 MiB")
  static let unexpectedData = here(.internal, "the server sent a stream where one answer was due")
  static let answeredAlready = here(.failedPrecondition, "the server has ended the call")
  static let finishedAlready = here(.failedPrecondition, "nothing may be sent after finish")
  static let noResponse = here(.internal, "the call ended without a response")
  static let secondReader = here(.failedPrecondition, "the responses have another reader")

  /// Time ran out, and what stood in the way is known: more of use to the caller than the deadline alone.
  static func notConnectedInTime(_ cause: ConnectFailure) -> CallFailure {
    CallFailure(
      RPCError(.unavailable, "no connection to the server within the deadline", cause: cause.underlying), .ended)
  }

  private static func here(_ code: Code, _ message: String) -> CallFailure {
    CallFailure(RPCError(code, message), .ended)
  }
}
