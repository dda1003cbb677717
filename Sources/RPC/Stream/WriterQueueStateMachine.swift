internal import NIOCore

/// What a handler's `write` does when the peer reads more slowly than it writes.
public enum ResponsePolicy: Hashable, Sendable, CaseIterable {
  /// The handler waits: every message arrives.
  case wait
  /// Of messages with the same key only the newest is kept: for feeds of state, where an old figure is worth nothing.
  /// Such a stream has no end of its own, and loses nothing by starting again: a draining server ends it at once.
  case conflate
  /// The stream fails with code 8.
  case fail
}

/// The messages a handler has written and the connection has not taken.
struct WriterQueueStateMachine: Sendable {
  private struct Message: Sendable {
    let key: String
    var bytes: ByteBuffer
  }

  private let policy: ResponsePolicy
  private let messageBound: Int
  private let byteBound: Int
  private var messages = CircularBuffer<Message>()
  private var bytes = 0
  /// Set: nothing more is taken from the handler, and it hears this.
  private var closed: RPCError?
  /// The connection knows that there is something to take.
  private var isAnnounced = false

  init(policy: ResponsePolicy, messageBound: Int, byteBound: Int) {
    self.policy = policy
    self.messageBound = messageBound
    self.byteBound = byteBound
  }

  var isEmpty: Bool { messages.isEmpty }

  enum OnWrite {
    /// If `announce`, the connection must be told.
    case stored(announce: Bool)
    case wait
    case refuse(RPCError)
    /// As `refuse`, and the stream ends with this error.
    case fail(RPCError)
  }

  mutating func write(_ message: ByteBuffer, key: String) -> OnWrite {
    if let closed { return .refuse(closed) }
    if policy == .conflate, let index = messages.firstIndex(where: { $0.key == key }) {
      bytes += message.readableBytes - messages[index].bytes.readableBytes
      messages[index].bytes = message
      return .stored(announce: false)
    }
    guard hasRoom else {
      guard policy == .fail else { return .wait }
      let error = RPCError(.resourceExhausted, "the client reads too slowly")
      close(error)
      return .fail(error)
    }
    messages.append(Message(key: key, bytes: message))
    bytes += message.readableBytes
    defer { isAnnounced = true }
    return .stored(announce: !isAnnounced)
  }

  enum OnOffer: Hashable {
    /// If `announce`, the connection must be told.
    case stored(announce: Bool)
    /// Something waits already, or the stream is over: not stored.
    case declined
  }

  /// A message that is worth something only if nothing waits before it.
  mutating func offer(_ message: ByteBuffer) -> OnOffer {
    guard closed == nil, messages.isEmpty, case .stored(let announce) = write(message, key: "") else {
      return .declined
    }
    return .stored(announce: announce)
  }

  /// Takes the oldest message; nil if there is none: the next write will be announced.
  mutating func take() -> ByteBuffer? {
    guard let message = messages.popFirst() else {
      isAnnounced = false
      return nil
    }
    bytes -= message.bytes.readableBytes
    return message.bytes
  }

  var hasRoom: Bool { messages.isEmpty || (messages.count < messageBound && bytes < byteBound) }

  /// The handler has ended: what is written will be sent, nothing is added.
  mutating func seal() {
    if closed == nil { closed = RPCError(.internal, "the call has ended") }
  }

  /// The stream is over: what is written is dropped.
  mutating func close(_ error: RPCError) {
    if closed == nil { closed = error }
    messages.removeAll()
    bytes = 0
  }
}
