/// Which sides of a call send a stream of messages. The wire does not say it: both sides have it from their table.
public enum MethodKind: Hashable, Sendable, CaseIterable {
  case unary
  case clientStream
  case serverStream
  case bidirectional

  /// Whether requests come in Data frames.
  var streamsRequests: Bool { self == .clientStream || self == .bidirectional }
  /// Whether responses go in Data frames.
  var streamsResponses: Bool { self == .serverStream || self == .bidirectional }
}

/// One request, one response.
public struct UnaryMethod<Request: RPCMessage, Response: RPCMessage>: Sendable {
  public let service: String
  public let method: String
  /// Whether calling it twice does no more than calling it once: such a call may be tried again after a failure.
  public let isReplaySafe: Bool

  /// - Parameters:
  ///   - service: full name, "package.Service".
  ///   - method: bare name.
  public init(_ service: String, _ method: String, isReplaySafe: Bool = false) {
    self.service = service
    self.method = method
    self.isReplaySafe = isReplaySafe
  }
}

/// One request, a stream of responses.
public struct ServerStreamMethod<Request: RPCMessage, Response: RPCMessage>: Sendable {
  public let service: String
  public let method: String
  public let isReplaySafe: Bool

  public init(_ service: String, _ method: String, isReplaySafe: Bool = false) {
    self.service = service
    self.method = method
    self.isReplaySafe = isReplaySafe
  }
}

/// A stream of requests, one response.
public struct ClientStreamMethod<Request: RPCMessage, Response: RPCMessage>: Sendable {
  public let service: String
  public let method: String
  public let isReplaySafe: Bool

  public init(_ service: String, _ method: String, isReplaySafe: Bool = false) {
    self.service = service
    self.method = method
    self.isReplaySafe = isReplaySafe
  }
}

/// Both sides send streams, each at its own pace.
public struct BidirectionalMethod<Request: RPCMessage, Response: RPCMessage>: Sendable {
  public let service: String
  public let method: String
  public let isReplaySafe: Bool

  public init(_ service: String, _ method: String, isReplaySafe: Bool = false) {
    self.service = service
    self.method = method
    self.isReplaySafe = isReplaySafe
  }
}
