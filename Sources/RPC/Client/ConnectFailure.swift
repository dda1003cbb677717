/// An error that may say that trying again is of no use: a refused certificate, a name that does not match. A
/// `ClientConnector`, or a handler of its channel, throws or fires errors of this kind; calls then fail at once
/// instead of waiting for the next attempt.
public protocol PermanentConnectFailure: Error {
  /// Whether only a person can heal it. An error type that also covers passing troubles answers by its code.
  var isPermanentConnectFailure: Bool { get }
}

extension PermanentConnectFailure {
  public var isPermanentConnectFailure: Bool { true }
}

/// Why there is no connection, or no longer one.
struct ConnectFailure: Error, CustomStringConvertible {
  let underlying: any Error
  /// Waiting does not heal it.
  let isPermanent: Bool

  init(_ underlying: any Error) {
    self.underlying = underlying
    self.isPermanent = (underlying as? any PermanentConnectFailure)?.isPermanentConnectFailure ?? false
  }

  var description: String { "\(underlying)" }
}

/// Why a connection ended, when nobody but us can say it.
struct ConnectionEnded: Error, Hashable, CustomStringConvertible {
  let description: String

  static let byPeer = ConnectionEnded(description: "the server closed the connection")
  static let drained = ConnectionEnded(description: "the server takes no more calls on this connection")
  static let noPong = ConnectionEnded(description: "the server did not answer a PING in time")
  static let garbage = ConnectionEnded(description: "the server sent something that is not ttrpc")
  static let notInstalled = ConnectionEnded(description: "the connector did not install the client's handler")
  static let shutDown = ConnectionEnded(description: "the client was shut down")
}
