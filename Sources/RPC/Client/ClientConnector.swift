public import NIOCore

/// Opens connections for a client. Knows sockets and TLS, which the client does not.
public protocol ClientConnector: Sendable {
  /// Opens a channel, secures it, and lets `install` add the client's handler at the end of its pipeline; `install`
  /// must be called on the channel's event loop, before the first byte of the server's can be read.
  ///
  /// Ends in bounded time by itself, and soon when its task is cancelled. Closes the channel if it throws. An error
  /// that only a person can heal should be a `PermanentConnectFailure`.
  func connect(_ install: @escaping @Sendable (any Channel, ProtocolLevel) throws -> Void) async throws -> any Channel
}
