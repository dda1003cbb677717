internal import NIOCore

/// The requests of a streaming call, in order; ends when the peer has sent everything. For one consumer. Throws
/// `RPCError` when the call ended first (code 3: a message could not be decoded), `CancellationError` when it was
/// cancelled.
public struct RequestStream<Request: RPCMessage>: AsyncSequence, Sendable {
  private let queue: RequestQueue

  init(_ queue: RequestQueue) {
    self.queue = queue
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let queue: RequestQueue

    public mutating func next() async throws -> Request? {
      guard let bytes = try await queue.next() else { return nil }
      return try decodeRequest(bytes)
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }
}

func decodeRequest<Request: RPCMessage>(_ bytes: ByteBuffer) throws(RPCError) -> Request {
  do {
    return try Request(decoding: bytes)
  } catch {
    throw RPCError(.invalidArgument, "the request could not be decoded", cause: error)
  }
}
