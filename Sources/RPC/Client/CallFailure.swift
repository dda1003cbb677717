/// One attempt at a call that failed: what the caller would see, and what a retry has to know.
struct CallFailure: Error {
  enum Outcome: Hashable {
    /// The server has surely not acted on it.
    case notStarted
    /// The connection ended while the call ran: nobody can say whether the server acted on it.
    case lost
    /// The server answered with this status.
    case answered
    /// It ended on this side: deadline, cancellation, a message that cannot be encoded, decoded or stored; or a
    /// connection that only a person can heal.
    case ended
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

  static let cancelled = CallFailure(RPCError(.cancelled, "the caller cancelled the call"), .ended)
  static let deadlineExceeded = CallFailure(RPCError(.deadlineExceeded, "no answer within the deadline"), .ended)
  static let shutDown = CallFailure(
    RPCError(.unavailable, "the client was shut down", cause: ConnectionEnded.shutDown), .ended)
}
