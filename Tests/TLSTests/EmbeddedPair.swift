import NIOCore
import NIOEmbedded
import NIOTLS

@testable import TLS

/// What the end of the pipeline saw, in order.
enum Seen: Equatable, CustomStringConvertible {
  case handshake(String?)
  case data(String)
  case readComplete
  case shutdown
  case error(TLSError.Code)
  case inactive

  var description: String {
    switch self {
    case .handshake(let name): "handshake(\(name ?? "none"))"
    case .data(let text): "data(\(text.prefix(40)))"
    case .readComplete: "readComplete"
    case .shutdown: "shutdown"
    case .error(let code): "error(\(code))"
    case .inactive: "inactive"
    }
  }
}

/// The end of the pipeline; `react` is called after each event is noted.
final class Witness: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  var seen: [Seen] = []
  var errors: [TLSError] = []
  var received = ByteBuffer()
  var react: (Seen, ChannelHandlerContext) -> Void = { _, _ in }

  /// Without the `readComplete`s.
  var story: [Seen] { seen.filter { $0 != .readComplete } }

  private func note(_ event: Seen, _ context: ChannelHandlerContext) {
    seen.append(event)
    react(event, context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    let text = String(buffer: buffer)
    received.writeBuffer(&buffer)
    note(.data(text), context)
  }

  func channelReadComplete(context: ChannelHandlerContext) { note(.readComplete, context) }

  func channelInactive(context: ChannelHandlerContext) { note(.inactive, context) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event as? TLSUserEvent {
    case .handshakeCompleted(let name): note(.handshake(name), context)
    case .shutdownCompleted: note(.shutdown, context)
    case nil: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? TLSError else { return }
    errors.append(error)
    note(.error(error.code), context)
  }
}

/// Below TLS: counts what goes to the socket.
final class Meter: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  var reads = 0
  var writes = 0

  func read(context: ChannelHandlerContext) {
    reads += 1
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    writes += 1
    context.write(data, promise: promise)
  }
}

/// A future that is looked at and never waited for.
final class Watched {
  private(set) var isFulfilled = false
  private(set) var error: ChannelError?

  init(_ future: EventLoopFuture<Void>) {
    future.assumeIsolated().whenComplete { result in
      switch result {
      case .success: self.isFulfilled = true
      case .failure(let error): self.error = error as? ChannelError
      }
    }
  }
}

/// One side over an embedded channel.
struct Side {
  let channel: EmbeddedChannel
  let handler: TLSHandler
  let witness = Witness()
  let meter = Meter()

  init(_ handler: TLSHandler, loop: EmbeddedEventLoop = EmbeddedEventLoop()) throws {
    channel = EmbeddedChannel(loop: loop)
    self.handler = handler
    try channel.pipeline.syncOperations.addHandlers([meter, handler, witness])
  }

  func connect() throws {
    channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    channel.embeddedEventLoop.run()
  }

  func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

  func take() throws -> ByteBuffer? { try channel.readOutbound(as: ByteBuffer.self) }

  func give(_ bytes: ByteBuffer) throws {
    try channel.writeInbound(bytes)
    channel.embeddedEventLoop.run()
  }

  /// The socket ends, without TLS being asked.
  func cutOff() throws {
    try channel.pipeline.syncOperations.context(handler: handler).close(promise: nil)
    channel.embeddedEventLoop.run()
  }
}

/// Client and server back to back.
struct EmbeddedPair {
  let server: Side
  let client: Side

  init(
    _ provider: TLSContextProvider, _ context: TLSContext, hostname: String = "localhost",
    loop: EmbeddedEventLoop = EmbeddedEventLoop()
  ) throws {
    server = try Side(.server(provider: provider), loop: loop)
    client = try Side(.client(context: context, serverHostname: hostname), loop: loop)
    try server.connect()
    try client.connect()
  }

  init(
    _ workshop: Workshop, _ server: TLSConfiguration? = nil, _ client: TLSConfiguration? = nil,
    hostname: String = "localhost"
  ) throws {
    try self.init(
      try TLSContextProvider(server ?? workshop.server(.none)), try TLSContext(client ?? workshop.client(nil)),
      hostname: hostname)
  }

  /// Carries bytes both ways until there are none, `piece` at a time.
  func pump(piece: Int = .max) throws {
    while try carry(from: client, to: server, piece) || carry(from: server, to: client, piece) {}
  }

  /// Lets each side know that the other one has closed its socket.
  func hangUp() throws {
    for (one, other) in [(client, server), (server, client)] where !one.channel.isActive && other.channel.isActive {
      try other.cutOff()
    }
  }

  private func carry(from: Side, to: Side, _ piece: Int) throws -> Bool {
    guard var bytes = try from.take() else { return false }
    while let part = bytes.readSlice(length: min(piece, bytes.readableBytes)), part.readableBytes > 0 {
      if to.channel.isActive { try to.give(part) }
    }
    return true
  }
}
