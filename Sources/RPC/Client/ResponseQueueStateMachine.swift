internal import NIOCore

/// Messages of one call that arrived and were not read yet, and how the call ended.
///
/// Bounded: the connection is never stopped because one call's reader is slow (the end it waits for may be behind, and
/// every other call waits too), so a reader that falls too far behind loses its call (RESOURCE_EXHAUSTED).
struct ResponseQueueStateMachine<Waiter> {
  enum State {
    case buffering(CircularBuffer<ByteBuffer>, bytes: Int)
    /// Nothing is stored and somebody waits for the next message.
    case waiting(Waiter)
    /// What is stored may still be read; then comes the end, as often as it is asked for.
    case ended(CircularBuffer<ByteBuffer>, CallFailure?)
  }

  enum OnPush {
    case resume(Waiter)
    case stored
    /// One message too many: the call has failed, and the server should hear of it.
    case overflow
    case ignore
  }

  enum OnEnd {
    case resume(Waiter)
    case nothing
  }

  enum OnNext {
    case message(ByteBuffer)
    case end(CallFailure?)
    case wait
    /// Somebody waits already.
    case refuse
  }

  private(set) var state: State = .buffering(CircularBuffer(), bytes: 0)
  let maximumBytes: Int

  /// What a message costs beside its own bytes, so that millions of empty ones are not free.
  static var overhead: Int { 128 }

  init(maximumBytes: Int) {
    self.maximumBytes = maximumBytes
  }

  mutating func push(_ message: ByteBuffer) -> OnPush {
    switch state {
    case .waiting(let waiter):
      state = .buffering(CircularBuffer(), bytes: 0)
      return .resume(waiter)
    case .buffering(var messages, let bytes):
      // A lone message always fits, whatever its size.
      let total = bytes + Self.overhead + message.readableBytes
      guard messages.isEmpty || total <= maximumBytes else {
        state = .ended(
          messages,
          CallFailure(RPCError(.resourceExhausted, "responses came faster than they were read"), .ended))
        return .overflow
      }
      state = .buffering(CircularBuffer(), bytes: 0)
      // A body is a slice of what was read from the socket: kept as it is, it would keep all of that.
      messages.append(ByteBuffer(buffer: message))
      state = .buffering(messages, bytes: total)
      return .stored
    case .ended:
      return .ignore
    }
  }

  /// The first end counts.
  ///
  /// - Parameter discard: what is stored is of no interest any more.
  mutating func end(_ failure: CallFailure?, discard: Bool) -> OnEnd {
    switch state {
    case .waiting(let waiter):
      state = .ended(CircularBuffer(), failure)
      return .resume(waiter)
    case .buffering(let messages, _):
      state = .ended(discard ? CircularBuffer() : messages, failure)
      return .nothing
    case .ended:
      return .nothing
    }
  }

  mutating func next(_ waiter: @autoclosure () -> Waiter) -> OnNext {
    switch state {
    case .waiting:
      return .refuse
    case .buffering(var messages, let bytes):
      state = .buffering(CircularBuffer(), bytes: 0)
      guard let message = messages.popFirst() else {
        state = .waiting(waiter())
        return .wait
      }
      state = .buffering(messages, bytes: bytes - Self.overhead - message.readableBytes)
      return .message(message)
    case .ended(var messages, let failure):
      guard let message = messages.popFirst() else { return .end(failure) }
      state = .ended(messages, failure)
      return .message(message)
    }
  }
}
