internal import NIOCore

/// The messages of one stream that wait for its handler. A slow handler never stops the connection: a queue that grows
/// over its bound gets some grace, and then the stream fails.
struct RequestQueueStateMachine: Sendable {
  private enum State: Sendable {
    case open
    /// The peer has sent everything.
    case ended
    case failed(RPCError)
  }

  private var state = State.open
  private var messages = CircularBuffer<ByteBuffer>()
  private(set) var isAwaited = false
  private(set) var bytes = 0
  /// Counts the times the queue went over its bound; odd while it is over.
  private(set) var excesses = 0
  private let messageBound: Int
  private let byteLimit: Int

  init(messageBound: Int, byteLimit: Int) {
    self.messageBound = messageBound
    self.byteLimit = byteLimit
  }

  enum OnOffer {
    case resume(with: ByteBuffer)
    case stored
    /// Stored, and the queue is over its bound since now: look again, with this number, when the grace is over.
    case storedInExcess(Int)
    /// Not stored: the stream must fail.
    case full
    /// Nobody will read it.
    case dropped
  }

  mutating func offer(_ message: ByteBuffer) -> OnOffer {
    guard case .open = state else { return .dropped }
    if isAwaited {
      isAwaited = false
      return .resume(with: message)
    }
    guard bytes + message.readableBytes <= byteLimit || messages.isEmpty else { return .full }
    messages.append(message)
    bytes += message.readableBytes
    guard messages.count > messageBound, excesses % 2 == 0 else { return .stored }
    excesses += 1
    return .storedInExcess(excesses)
  }

  /// Whether the queue has been over its bound ever since `storedInExcess(excess)`.
  func isStillInExcess(_ excess: Int) -> Bool { excesses == excess }

  enum OnNext {
    case message(ByteBuffer)
    case end
    case fail(RPCError)
    case wait
  }

  mutating func next() -> OnNext {
    if let message = messages.popFirst() {
      bytes -= message.readableBytes
      if excesses % 2 == 1, messages.count <= messageBound { excesses += 1 }
      return .message(message)
    }
    switch state {
    case .ended: return .end
    case .failed(let error): return .fail(error)
    case .open:
      // For one consumer: a second one beside it would wait for ever.
      if isAwaited { return .fail(RPCError(.internal, "a request stream is for one consumer")) }
      isAwaited = true
      return .wait
    }
  }

  /// The consumer was cancelled. Whether it was waiting.
  mutating func stopWaiting() -> Bool {
    defer { isAwaited = false }
    return isAwaited
  }

  /// No more messages come. Whether the waiting consumer must hear it.
  mutating func end() -> Bool {
    guard case .open = state else { return false }
    state = .ended
    return stopWaiting()
  }

  /// What waits is dropped, the handler meets `error`. Whether the waiting consumer must hear it.
  mutating func fail(_ error: RPCError) -> Bool {
    if case .failed = state { return false }
    state = .failed(error)
    messages.removeAll()
    bytes = 0
    if excesses % 2 == 1 { excesses += 1 }
    return stopWaiting()
  }
}
