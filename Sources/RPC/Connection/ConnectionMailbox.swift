internal import NIOCore
internal import Synchronization
internal import Wire

/// What tasks on other threads tell a connection. Everything that is told before the event loop comes round is read in
/// one go, so that a burst of answers leaves in one write.
final class ConnectionMailbox: Sendable {
  enum Message: Sendable {
    case handlerEnded(StreamID, PreparedCall.Outcome)
    case responses(StreamID, WriterQueue.Signal)
    case drain
    case endNow
  }

  private struct Reader {
    weak var handler: ServerConnectionHandler?
  }

  private let messages = Mutex<[Message]>([])
  private let eventLoop: any EventLoop
  private let reader: NIOLoopBoundBox<Reader>

  /// Call on `eventLoop`.
  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    self.reader = NIOLoopBoundBox(Reader(), eventLoop: eventLoop)
  }

  /// Who reads. Call on the event loop.
  func attach(_ handler: ServerConnectionHandler) {
    reader.value.handler = handler
  }

  func post(_ message: Message) {
    let isFirst = messages.withLock { messages in
      messages.append(message)
      return messages.count == 1
    }
    guard isFirst else { return }
    eventLoop.execute {
      // Gone with its channel: everything has been cancelled, nobody waits for the answers.
      self.reader.value.handler?.readMailbox()
    }
  }

  func takeAll() -> [Message] {
    messages.withLock { messages in
      let taken = messages
      messages = []
      return taken
    }
  }
}
