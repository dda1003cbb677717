/// The responses of a streaming call, in order. Ends after the last one, throws `RPCError` if the call failed. For one
/// consumer. Letting go of the stream and its iterator cancels the call.
public struct ResponseStream<Response: RPCMessage>: AsyncSequence, Sendable {
  private let handle: CallHandle

  init(_ handle: CallHandle) {
    self.handle = handle
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let handle: CallHandle

    public mutating func next() async throws -> Response? {
      guard let bytes = try await handle.call.next() else { return nil }
      return try decodeResponse(bytes)
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(handle: handle) }

  /// Gives the call up.
  public func cancel() {
    handle.call.cancel()
  }
}

/// A running call that streams requests and gets one response.
public struct ClientStreamCall<Request: RPCMessage, Response: RPCMessage>: Sendable {
  private let handle: CallHandle

  init(_ handle: CallHandle) {
    self.handle = handle
  }

  /// Sends one request; suspends while the transport has no room. Throws `RPCError` once the call has ended.
  public func write(_ request: Request) async throws {
    try await handle.call.write(try request.encoded())
  }

  /// Says that no more requests come and waits for the response. Throws `RPCError`.
  public func finish() async throws -> Response {
    try await handle.call.finish()
    guard let response = try await handle.call.next() else {
      throw RPCError(.internal, "the call ended without a response")
    }
    return try decodeResponse(response)
  }

  /// Gives the call up.
  public func cancel() {
    handle.call.cancel()
  }
}

/// A running call with streams both ways.
public struct BidirectionalCall<Request: RPCMessage, Response: RPCMessage>: Sendable {
  private let handle: CallHandle

  init(_ handle: CallHandle) {
    self.handle = handle
  }

  /// What the server answers; for one consumer, at its own pace beside the writes.
  public var responses: ResponseStream<Response> { ResponseStream(handle) }

  /// Sends one request; suspends while the transport has no room. Throws `RPCError` once the call has ended.
  public func write(_ request: Request) async throws {
    try await handle.call.write(try request.encoded())
  }

  /// Says that no more requests come; responses may go on.
  public func finish() async throws {
    try await handle.call.finish()
  }

  /// Gives the call up.
  public func cancel() {
    handle.call.cancel()
  }
}
