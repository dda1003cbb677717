/// Where a streaming handler writes its responses. Its policy is the method's, said where it was registered.
public struct ResponseWriter<Response: RPCMessage>: Sendable {
  private let queue: WriterQueue

  init(_ queue: WriterQueue) {
    self.queue = queue
  }

  /// Sends one response. May suspend while the peer reads too slowly, by the method's policy. Throws `RPCError` once
  /// the call is over (code 8: the message is over 4 MiB, or the policy is to fail), `CancellationError`.
  ///
  /// - Parameter key: for `ResponsePolicy.conflate`, of which state this is the newest.
  public func write(_ response: Response, key: String = "") async throws {
    try await queue.write(try response.encoded(), key: key)
  }

  /// The same stream, for messages that were encoded elsewhere and go to many streams.
  public var sink: ResponseSink { ResponseSink(queue) }
}
