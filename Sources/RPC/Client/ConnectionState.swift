/// What a client's connection is doing, for those who show it.
public enum ConnectionState: Sendable, Hashable {
  /// No connection, and no call that wants one.
  case idle
  case connecting
  case connected
  /// Waiting until the next attempt is due. `isPermanent`: waiting does not heal the cause, and calls fail at once.
  case backingOff(cause: String, isPermanent: Bool)
  case shutDown
}
