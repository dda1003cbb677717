internal import NIOCore
internal import Synchronization
internal import Wire

/// One attempt at a call: what the task that made it and the event loop of its connection share.
final class ClientCall: Sendable {
  typealias Reader = CheckedContinuation<Result<ByteBuffer?, CallFailure>, Never>

  let request: CallRequest
  /// On the monotonic clock; the server is told what is left of it when the Request is encoded.
  let deadline: Deadline?

  private let responses: Mutex<ResponseQueueStateMachine<Reader>>
  private let connection: ClientConnection
  /// 0 until the connection gave it one. Written on the connection's event loop only.
  private let id = Atomic<UInt32>(0)

  init(
    _ request: CallRequest, deadline: Deadline?, on connection: ClientConnection, configuration: ClientConfiguration
  ) {
    self.request = request
    self.connection = connection
    self.deadline = deadline
    self.responses = Mutex(
      ResponseQueueStateMachine(maximumBytes: configuration.maximumUnreadBytes))
  }

  // MARK: The connection's side

  var streamID: StreamID { StreamID(rawValue: id.load(ordering: .relaxed)) }

  func started(as id: StreamID) {
    self.id.store(id.rawValue, ordering: .relaxed)
  }

  /// - Returns: false if the reader fell too far behind, and the call has failed because of it.
  func deliver(_ message: ByteBuffer) -> Bool {
    switch responses.withLock({ $0.push(message) }) {
    case .resume(let reader):
      reader.resume(returning: .success(message))
      return true
    case .stored, .ignore:
      return true
    case .overflow:
      return false
    }
  }

  /// The server has said everything.
  func end() {
    end(nil, discard: false)
  }

  func fail(_ failure: CallFailure) {
    end(failure, discard: false)
  }

  private func end(_ failure: CallFailure?, discard: Bool) {
    if case .resume(let reader) = responses.withLock({ $0.end(failure, discard: discard) }) {
      reader.resume(returning: failure.map { .failure($0) } ?? .success(nil))
    }
  }

  // MARK: The caller's side

  /// Hands the call to its connection. Does not wait: what becomes of it is heard from `next`.
  func submit() {
    connection.submit(self, nil)
  }

  /// As `submit`, and waits until the Request is written.
  func open() async throws(CallFailure) {
    try await untilTaken { connection.submit(self, $0) }
  }

  func write(_ message: ByteBuffer) async throws(CallFailure) {
    try await untilTaken { connection.write(self, message, $0) }
  }

  func finish() {
    connection.finish(self)
  }

  /// The next message; nil after the last.
  func next() async throws(CallFailure) -> ByteBuffer? {
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (reader: Reader) in
        switch responses.withLock({ $0.next(reader) }) {
        case .message(let message): reader.resume(returning: .success(message))
        case .end(let failure): reader.resume(returning: failure.map { .failure($0) } ?? .success(nil))
        case .wait: break
        case .refuse:
          reader.resume(returning: .failure(.secondReader))
        }
      }
    } onCancel: {
      giveUp(.taskCancelled)
    }
    return try result.get()
  }

  /// Why the call is over; nil while it runs, and if it ended well.
  var failure: CallFailure? {
    responses.withLock { if case .ended(_, let failure) = $0.state { failure } else { nil } }
  }

  /// Ends the call on this side, and on the other if there is a way to say so. Nothing happens if it is over.
  func giveUp(_ failure: CallFailure) {
    let reader: Reader?? = responses.withLock { queue in
      if case .ended = queue.state { return nil }
      if case .resume(let reader) = queue.end(failure, discard: true) { return reader }
      return .some(nil)
    }
    guard let reader else { return }
    reader?.resume(returning: .failure(failure))
    connection.giveUp(self)
  }

  private func untilTaken(
    _ hand: (ClientConnectionHandler.Writer) -> Void
  ) async throws(CallFailure) {
    let failure = await withTaskCancellationHandler {
      await withCheckedContinuation { (writer: ClientConnectionHandler.Writer) in hand(writer) }
    } onCancel: {
      giveUp(.taskCancelled)
    }
    if let failure { throw failure }
  }
}
