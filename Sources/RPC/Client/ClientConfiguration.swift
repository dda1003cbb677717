/// How a client treats its connection and its calls.
public struct ClientConfiguration: Sendable {
  /// The timeout of a unary or client-streaming call that names none. Calls with a stream of responses have no end of
  /// their own: for them it bounds only the wait for a connection.
  public var defaultTimeout: Duration = .seconds(10)
  /// The wait before a lost or failed connection is tried again.
  public var reconnect = Backoff()
  public var retry = RetryPolicy()
  public var keepalive = Keepalive()
  /// Bytes of one call's responses that may wait to be read, 128 more counted for each; a call whose reader falls
  /// further behind fails (code 8). A single message always fits.
  public var maximumUnreadBytes = 16 << 20

  public init() {}
}

/// When a silent server is asked whether it is still there, and how long it has to answer. Only where
/// `ttrpc-ext/1` was negotiated; a plain connection is left alone.
public struct Keepalive: Sendable, Equatable {
  public var interval: Duration
  public var timeout: Duration

  public init(interval: Duration = .seconds(15), timeout: Duration = .seconds(10)) {
    self.interval = interval
    self.timeout = timeout
  }
}
