internal import NIOCore
internal import Synchronization
internal import Wire

/// `WriterQueueStateMachine` between the tasks that write and the connection that takes.
final class WriterQueue: Sendable {
  typealias Continuation = CheckedContinuation<Void, any Error>

  private struct State {
    var machine: WriterQueueStateMachine
    var writers: [(id: Int, continuation: Continuation)] = []
    var nextWriter = 0
    /// Where the connection is told of the stream; nil: the transport has no event loop.
    var home: (loop: LoopMailbox, address: ReplyAddress)?
    /// Called when nothing waits any more.
    var whenEmpty: [@Sendable () -> Void] = []

    mutating func takeWriters() -> [Continuation] {
      defer { writers.removeAll() }
      return writers.map(\.continuation)
    }

    mutating func takeWhenEmpty() -> [@Sendable () -> Void] {
      guard machine.isEmpty, !whenEmpty.isEmpty else { return [] }
      defer { whenEmpty = [] }
      return whenEmpty
    }
  }

  enum Signal {
    /// There is something to take, where there was nothing.
    case ready
    /// The stream must end with this error.
    case failed(RPCError)
  }

  private let state: Mutex<State>
  private let signal: @Sendable (Signal) -> Void

  /// - Parameter signal: told of news, on whatever thread writes, no lock held.
  init(policy: ResponsePolicy, limits: ServerLimits, signal: @escaping @Sendable (Signal) -> Void) {
    state = Mutex(
      State(
        machine: WriterQueueStateMachine(
          policy: policy, messageBound: limits.outgoingMessages, byteBound: limits.outgoingBytes)))
    self.signal = signal
  }

  var isEmpty: Bool { state.withLock { $0.machine.isEmpty } }

  /// Throws `RPCError` when the stream has ended or fails now, `CancellationError` when the task is cancelled.
  func write(_ message: ByteBuffer, key: String) async throws {
    guard message.readableBytes <= Int(FrameHeader.maximumBodyLength) else {
      fail(Self.messageTooLarge)
      throw Self.messageTooLarge
    }
    while true {
      switch state.withLock({ $0.machine.write(message, key: key) }) {
      case .stored(let announce):
        if announce { signal(.ready) }
        return
      case .refuse(let error): throw error
      case .fail(let error):
        signal(.failed(error))
        throw error
      case .wait: try await waitForRoom()
      }
    }
  }

  /// Takes the oldest message; nil if there is none.
  func take() -> ByteBuffer? {
    let (message, writers, whenEmpty) = state.withLock { state in
      let message = state.machine.take()
      return (message, state.machine.hasRoom ? state.takeWriters() : [], state.takeWhenEmpty())
    }
    for writer in writers { writer.resume() }
    for call in whenEmpty { call() }
    return message
  }

  func seal() {
    let writers = state.withLock { state in
      state.machine.seal()
      return state.takeWriters()
    }
    for writer in writers { writer.resume() }
  }

  func close(_ error: RPCError) {
    let (writers, whenEmpty) = state.withLock { state in
      state.machine.close(error)
      return (state.takeWriters(), state.takeWhenEmpty())
    }
    for writer in writers { writer.resume() }
    for call in whenEmpty { call() }
  }

  static let messageTooLarge = RPCError(
    .resourceExhausted, "a message has at most \(FrameHeader.maximumBodyLength) bytes")

  // MARK: Offers

  /// Said once, before anybody writes.
  func settle(at loop: LoopMailbox, _ address: ReplyAddress) {
    state.withLock { $0.home = (loop, address) }
  }

  var home: (loop: LoopMailbox, address: ReplyAddress)? { state.withLock { $0.home } }

  /// Stores `message` if nothing waits. Whether the connection must be told: nobody is signalled.
  func offer(_ message: ByteBuffer) -> Bool {
    state.withLock { $0.machine.offer(message) } == .stored(announce: true)
  }

  func announce() {
    signal(.ready)
  }

  /// The stream ends with this error.
  func fail(_ error: RPCError) {
    close(error)
    signal(.failed(error))
  }

  /// Calls `body` once, as soon as nothing waits: at once if nothing does.
  func whenEmpty(_ body: @escaping @Sendable () -> Void) {
    let isEmpty = state.withLock { state in
      if !state.machine.isEmpty { state.whenEmpty.append(body) }
      return state.machine.isEmpty
    }
    if isEmpty { body() }
  }

  /// Returns when it is worth trying again.
  private func waitForRoom() async throws {
    let id = state.withLock { state in
      state.nextWriter += 1
      return state.nextWriter
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: Continuation) in
        enum Outcome { case waiting, again, cancelled }
        let outcome: Outcome = state.withLock { state in
          if Task.isCancelled { return .cancelled }
          if state.machine.hasRoom { return .again }
          state.writers.append((id, continuation))
          return .waiting
        }
        switch outcome {
        case .waiting: break
        case .again: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        }
      }
    } onCancel: {
      let writer = state.withLock { state in
        state.writers.firstIndex { $0.id == id }.map { state.writers.remove(at: $0).continuation }
      }
      writer?.resume(throwing: CancellationError())
    }
  }
}
