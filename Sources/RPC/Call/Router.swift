internal import NIOCore

/// The table of a server's methods. Handlers have one shape, whatever transport brings the call: they may throw
/// `RPCError` to say how it ended; any other error is logged and reaches the peer as code 13 without a word of detail.
public struct Router: Sendable {
  /// Bytes of a service's or method's name in a call.
  static let longestName = 256

  struct RegisteredShortcut: Sendable {
    let service: [UInt8]
    let method: [UInt8]
    let make: @Sendable (ReplyPort) -> any Shortcut
  }

  private var services: [String: [String: MethodHandler]] = [:]
  private(set) var shortcuts: [RegisteredShortcut] = []

  public init() {}

  /// Full names of the services, sorted.
  public var serviceNames: [String] { services.keys.sorted() }

  /// Registers a unary method; a later registration replaces an earlier one.
  public mutating func handle<Request, Response>(
    _ method: UnaryMethod<Request, Response>,
    _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
  ) {
    services[method.service, default: [:]][method.method] = .unary { payload, context in
      try await handler(try decodeRequest(payload), context).encoded()
    }
  }

  /// Gives a unary method, whose handler is registered as well, a shortcut for most of its calls.
  ///
  /// - Parameter make: makes the one of an event loop, which answers through the port.
  public mutating func addShortcut<Request, Response>(
    to method: UnaryMethod<Request, Response>, _ make: @escaping @Sendable (ReplyPort) -> any Shortcut
  ) {
    shortcuts.append(
      RegisteredShortcut(service: Array(method.service.utf8), method: Array(method.method.utf8), make: make))
  }

  /// Registers a method that streams responses. `policy` says what happens when the peer reads too slowly.
  public mutating func handle<Request, Response>(
    _ method: ServerStreamMethod<Request, Response>, policy: ResponsePolicy = .wait,
    _ handler: @escaping @Sendable (Request, CallContext, ResponseWriter<Response>) async throws -> Void
  ) {
    services[method.service, default: [:]][method.method] = .serverStream(policy) { payload, context, responses in
      try await handler(try decodeRequest(payload), context, ResponseWriter(responses))
    }
  }

  /// Registers a method that takes a stream of requests.
  public mutating func handle<Request, Response>(
    _ method: ClientStreamMethod<Request, Response>,
    _ handler: @escaping @Sendable (RequestStream<Request>, CallContext) async throws -> Response
  ) {
    services[method.service, default: [:]][method.method] = .clientStream { requests, context in
      try await handler(RequestStream(requests), context).encoded()
    }
  }

  /// Registers a method with streams both ways.
  public mutating func handle<Request, Response>(
    _ method: BidirectionalMethod<Request, Response>, policy: ResponsePolicy = .wait,
    _ handler:
      @escaping @Sendable (RequestStream<Request>, CallContext, ResponseWriter<Response>) async throws ->
      Void
  ) {
    services[method.service, default: [:]][method.method] = .bidirectional(policy) { requests, context, responses in
      try await handler(RequestStream(requests), context, ResponseWriter(responses))
    }
  }

  /// The same table for callers who may use little of it: every method that is not named, also one that will be added,
  /// fails with `error`. Without shortcuts.
  public func only(_ methods: [(service: String, method: String)], otherwise error: RPCError) -> Router {
    var router = Router()
    for (service, handlers) in services {
      router.services[service] = handlers.mapValues { $0.refusing(with: error) }
    }
    for (service, method) in methods {
      guard let handler = services[service]?[method] else { continue }
      router.services[service, default: [:]][method] = handler
    }
    return router
  }

  /// A method's handler. Throws code 12 where there is none.
  func handler(service: String, method: String) throws(RPCError) -> MethodHandler {
    // The names are the peer's. Hashing a string normalises it, in time that grows with the square of a run of combining
    // marks: a name of 4 MiB would stop the event loop for hours.
    guard service.utf8.count <= Self.longestName, method.utf8.count <= Self.longestName else {
      throw RPCError(.unimplemented, "names have at most \(Self.longestName) bytes")
    }
    guard let methods = services[service] else {
      throw RPCError(.unimplemented, "unknown service \(service)")
    }
    guard let handler = methods[method] else {
      throw RPCError(.unimplemented, "unknown method \(method) of \(service)")
    }
    return handler
  }
}
