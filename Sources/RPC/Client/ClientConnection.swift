internal import Logging
internal import NIOCore
internal import Synchronization

/// A connection as other threads see it: everything is done on its event loop, in the order it was asked for.
final class ClientConnection: Sendable, Identifiable {
  private let channel: any Channel
  private let handler: NIOLoopBound<ClientConnectionHandler>

  /// To be called on the channel's event loop.
  init(_ channel: any Channel, _ handler: ClientConnectionHandler) {
    self.channel = channel
    self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
  }

  /// Begins to report; what happened before is reported first. On the event loop, so that a connection that has died
  /// meanwhile says so after it was handed out, and not before.
  func observe(_ observer: @escaping @Sendable (ClientConnectionHandler.Event) -> Void) {
    channel.eventLoop.execute { [handler] in handler.value.observe(observer) }
  }

  /// - Parameter writer: told when the Request is written.
  func submit(_ call: ClientCall, _ writer: ClientConnectionHandler.Writer?) {
    channel.eventLoop.execute { [handler] in handler.value.submit(call, writer) }
  }

  /// - Parameter writer: told when the message is written.
  func write(_ call: ClientCall, _ message: ByteBuffer, _ writer: ClientConnectionHandler.Writer) {
    channel.eventLoop.execute { [handler] in handler.value.write(call, message, writer) }
  }

  func finish(_ call: ClientCall) {
    channel.eventLoop.execute { [handler] in handler.value.finish(call) }
  }

  func giveUp(_ call: ClientCall) {
    channel.eventLoop.execute { [handler] in handler.value.giveUp(call) }
  }

  /// Fails what runs and closes.
  func shutDown() {
    channel.eventLoop.execute { [handler] in handler.value.shutDown() }
  }

  func untilClosed() async {
    do {
      try await channel.closeFuture.get()
    } catch {
      // How a connection that was given up ended interests nobody; that it ended is all that was asked for.
    }
  }
}
