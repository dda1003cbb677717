public import NIOCore

/// Whoever can make calls: a client over connections, or the in-process transport. Clients of a service are written
/// against this and do not know which. A transport carries bytes and implements the two requirements; callers use the
/// typed `call` functions below.
public protocol Caller: Sendable {
  /// Makes a unary call; returns the encoded response.
  ///
  /// Throws `RPCError` with the server's status or this side's finding (deadline, connection), `CancellationError` when
  /// the task was cancelled.
  func unary(_ request: CallRequest) async throws -> ByteBuffer

  /// Opens a streaming call. Returns when the request was handed to a connection; throws as `unary` does.
  func open(_ request: CallRequest) async throws -> any OpenCall
}

/// What a transport has to know to start a call.
public struct CallRequest: Sendable {
  /// Full name, "package.Service".
  public var service: String
  /// Bare name.
  public var method: String
  public var kind: MethodKind
  public var isReplaySafe: Bool
  /// The encoded request message; nil where requests are streamed.
  public var payload: ByteBuffer?
  /// Counted from now; nil: the transport's default.
  public var timeout: Duration?
  public var metadata: Metadata

  public init(
    service: String, method: String, kind: MethodKind, isReplaySafe: Bool, payload: ByteBuffer?,
    timeout: Duration?, metadata: Metadata
  ) {
    self.service = service
    self.method = method
    self.kind = kind
    self.isReplaySafe = isReplaySafe
    self.payload = payload
    self.timeout = timeout
    self.metadata = metadata
  }
}

/// A running streaming call, as bytes.
public protocol OpenCall: AnyObject, Sendable {
  /// Sends one request message; suspends while the transport has no room. One at a time. Throws `RPCError` once the call
  /// has ended (with its status if that was an error).
  func write(_ message: ByteBuffer) async throws

  /// Says that no more requests come. Twice is once.
  func finish() async throws

  /// The next response message; nil after the last one. A client stream gives exactly one message, then nil. One at a
  /// time. Throws the call's status if that is an error.
  func next() async throws -> ByteBuffer?

  /// Gives the call up: `next` and `write` throw code 1 from now on. Nothing happens if it has ended.
  func cancel()
}

extension Caller {
  /// Makes a unary call. `timeout` counts from now; nil: the caller's default.
  public func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil,
    metadata: Metadata = Metadata()
  ) async throws -> Response {
    let response = try await unary(
      CallRequest(
        service: method.service, method: method.method, kind: .unary, isReplaySafe: method.isReplaySafe,
        payload: try request.encoded(), timeout: timeout, metadata: metadata))
    return try decodeResponse(response)
  }

  /// Starts a call with one request and a stream of responses. Letting go of the stream cancels the call.
  public func call<Request, Response>(
    _ method: ServerStreamMethod<Request, Response>, _ request: Request, timeout: Duration? = nil,
    metadata: Metadata = Metadata()
  ) async throws -> ResponseStream<Response> {
    let call = try await open(
      CallRequest(
        service: method.service, method: method.method, kind: .serverStream, isReplaySafe: method.isReplaySafe,
        payload: try request.encoded(), timeout: timeout, metadata: metadata))
    return ResponseStream(CallHandle(call))
  }

  /// Starts a call with a stream of requests and one response. Letting go of it before `finish` cancels the call.
  public func call<Request, Response>(
    _ method: ClientStreamMethod<Request, Response>, timeout: Duration? = nil, metadata: Metadata = Metadata()
  ) async throws -> ClientStreamCall<Request, Response> {
    let call = try await open(
      CallRequest(
        service: method.service, method: method.method, kind: .clientStream, isReplaySafe: method.isReplaySafe,
        payload: nil, timeout: timeout, metadata: metadata))
    return ClientStreamCall(CallHandle(call))
  }

  /// Starts a call with streams both ways. Letting go of it and of its responses cancels the call.
  public func call<Request, Response>(
    _ method: BidirectionalMethod<Request, Response>, timeout: Duration? = nil, metadata: Metadata = Metadata()
  ) async throws -> BidirectionalCall<Request, Response> {
    let call = try await open(
      CallRequest(
        service: method.service, method: method.method, kind: .bidirectional, isReplaySafe: method.isReplaySafe,
        payload: nil, timeout: timeout, metadata: metadata))
    return BidirectionalCall(CallHandle(call))
  }
}

/// Keeps a call open for as long as somebody may still use it.
final class CallHandle: Sendable {
  let call: any OpenCall

  init(_ call: any OpenCall) {
    self.call = call
  }

  deinit {
    call.cancel()
  }
}

func decodeResponse<Response: RPCMessage>(_ bytes: ByteBuffer) throws -> Response {
  do {
    return try Response(decoding: bytes)
  } catch {
    throw RPCError(.internal, "the response could not be decoded", cause: error)
  }
}
