public import Logging

/// What a handler may know about the call it serves, besides the request.
public struct CallContext: Sendable {
  public let peer: Peer
  public let metadata: Metadata
  /// When the caller stops waiting. The server answers then by itself and cancels the handler's task.
  public let deadline: Deadline?
  /// Full name, "package.Service".
  public let service: String
  /// Bare name.
  public let method: String
  public let logger: Logger

  public init(
    peer: Peer, metadata: Metadata = Metadata(), deadline: Deadline? = nil, service: String, method: String,
    logger: Logger
  ) {
    self.peer = peer
    self.metadata = metadata
    self.deadline = deadline
    self.service = service
    self.method = method
    self.logger = logger
  }
}
