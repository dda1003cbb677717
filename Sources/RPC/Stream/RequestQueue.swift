internal import NIOCore
internal import Synchronization

/// `RequestQueueStateMachine` between the event loop that offers and the task that reads. The lock is released before
/// anybody is resumed.
final class RequestQueue: Sendable {
  typealias Continuation = CheckedContinuation<ByteBuffer?, any Error>

  private struct State {
    var machine: RequestQueueStateMachine
    var reader: Continuation?
  }

  private let state: Mutex<State>
  private let budget: ServerBudget.Allowance

  /// - Parameter budget: counts the bytes that wait, with those of all other streams.
  init(limits: ServerLimits, budget: ServerBudget.Allowance) {
    state = Mutex(
      State(
        machine: RequestQueueStateMachine(messageBound: limits.incomingMessages, byteLimit: limits.incomingBytes)))
    self.budget = budget
  }

  deinit {
    budget.giveBack(state.withLock { $0.machine.bytes })
  }

  enum Offer: Hashable {
    case taken
    /// Taken, and the queue is over its bound since now.
    case takenInExcess(Int)
    /// Not taken: the stream must fail.
    case full
  }

  func offer(_ message: ByteBuffer) -> Offer {
    let size = message.readableBytes
    let (offer, reader): (Offer, Continuation?) = state.withLock { state in
      // What goes straight to its reader does not wait, and needs no room.
      guard state.machine.isAwaited || budget.take(size) else { return (.full, nil) }
      switch state.machine.offer(message) {
      case .stored: return (.taken, nil)
      case .storedInExcess(let excess): return (.takenInExcess(excess), nil)
      case .resume: return (.taken, state.reader.take())
      case .full:
        budget.giveBack(size)
        return (.full, nil)
      case .dropped:
        budget.giveBack(size)
        return (.taken, nil)
      }
    }
    reader?.resume(returning: message)
    return offer
  }

  func isStillInExcess(_ excess: Int) -> Bool {
    state.withLock { $0.machine.isStillInExcess(excess) }
  }

  func end() {
    let reader = state.withLock { $0.machine.end() ? $0.reader.take() : nil }
    reader?.resume(returning: nil)
  }

  func fail(_ error: RPCError) {
    let (bytes, reader) = state.withLock { state in
      let dropped = state.machine.bytes
      let reader = state.machine.fail(error) ? state.reader.take() : nil
      return (dropped - state.machine.bytes, reader)
    }
    budget.giveBack(bytes)
    reader?.resume(throwing: error)
  }

  /// The next message, nil at the end. Throws `RPCError` when the call is over, `CancellationError` when the task is.
  func next() async throws -> ByteBuffer? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: Continuation) in
        let result = state.withLock { state in
          let result = Task.isCancelled ? .fail(RPCError(.cancelled, "cancelled")) : state.machine.next()
          if case .wait = result { state.reader = continuation }
          return result
        }
        switch result {
        case .message(let message):
          budget.giveBack(message.readableBytes)
          continuation.resume(returning: message)
        case .end: continuation.resume(returning: nil)
        case .fail(let error): continuation.resume(throwing: error)
        case .wait: break
        }
      }
    } onCancel: {
      let reader = state.withLock { $0.machine.stopWaiting() ? $0.reader.take() : nil }
      reader?.resume(throwing: CancellationError())
    }
  }
}
