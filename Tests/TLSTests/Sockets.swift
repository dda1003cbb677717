import NIOCore
import NIOPosix
import NIOTLS

@testable import TLS

/// What the end of a pipeline on a real socket saw, for a test to wait for.
enum Event: Sendable, Equatable {
  case handshake(Facts)
  case data(String)
  case shutdown
  case error(TLSError.Code)
  case inactive

  struct Facts: Sendable, Equatable {
    var negotiatedProtocol: String?
    var version: String
    var isResumed: Bool
    var peer: PeerIdentity?
  }
}

/// Tells a stream what happens; a server's also sends back what it gets.
final class Reporter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  let events: AsyncStream<Event>.Continuation
  let isEcho: Bool

  init(_ events: AsyncStream<Event>.Continuation, isEcho: Bool) {
    self.events = events
    self.isEcho = isEcho
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    events.yield(.data(String(buffer: buffer)))
    if isEcho { context.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) { events.yield(.inactive) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event as? TLSUserEvent {
    case .handshakeCompleted(let name):
      guard let handler = try? context.pipeline.syncOperations.handler(type: TLSHandler.self) else { return }
      events.yield(
        .handshake(
          .init(
            negotiatedProtocol: name, version: handler.tlsVersion ?? "", isResumed: handler.isResumed,
            peer: handler.peerIdentity)))
    case .shutdownCompleted: events.yield(.shutdown)
    case nil: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Resets of a peer that is gone come as IOError; what counts is what TLS makes of it.
    if let error = error as? TLSError { events.yield(.error(error.code)) }
  }
}

/// An echo server on a port of 127.0.0.1. Its events are those of all its connections.
struct EchoServer {
  let provider: TLSContextProvider
  let events: AsyncStream<Event>
  private let channel: any Channel

  init(_ configuration: TLSConfiguration) async throws {
    let provider = try TLSContextProvider(configuration)
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    self.provider = provider
    self.events = events
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handlers: [any ChannelHandler] = [
            TLSHandler.server(provider: provider), Reporter(continuation, isEcho: true),
          ]
          try channel.pipeline.syncOperations.addHandlers(handlers)
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  var port: Int { channel.localAddress?.port ?? 0 }

  func close() async throws { try await channel.close() }
}

/// One connection to it.
struct EchoClient {
  let channel: any Channel
  let events: AsyncStream<Event>

  init(_ server: EchoServer, _ context: TLSContext, hostname: String = "localhost") async throws {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    self.events = events
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handlers: [any ChannelHandler] = [
            TLSHandler.client(context: context, serverHostname: hostname), Reporter(continuation, isEcho: false),
          ]
          try channel.pipeline.syncOperations.addHandlers(handlers)
        }
      }
      .connect(host: "127.0.0.1", port: server.port).get()
  }

  /// Sends, and waits for everything to come back.
  func echo(_ text: String) async throws -> Bool {
    channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    var received = ""
    for await event in events {
      switch event {
      case .data(let part):
        received += part
        if received == text { return true }
      case .handshake: continue
      case .shutdown, .error, .inactive: return false
      }
    }
    return false
  }

  /// Everything from here to the end of the connection.
  func story() async -> [Event] { await events.story() }
}

extension AsyncStream<Event> {
  /// Everything up to the end of one connection.
  func story() async -> [Event] {
    var story: [Event] = []
    for await event in self {
      story.append(event)
      if event == .inactive { break }
    }
    return story
  }

  func facts() async -> Event.Facts? {
    for await event in self {
      if case .handshake(let facts) = event { return facts }
      if event == .inactive { break }
    }
    return nil
  }

  /// Waits for this event.
  func wait(for wanted: Event) async {
    for await event in self where event == wanted { return }
  }
}
