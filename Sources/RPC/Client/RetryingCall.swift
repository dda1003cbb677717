internal import NIOCore
internal import Synchronization

/// A streaming call as its caller holds it. A server stream that fails before its first message is tried again like a
/// unary call: its only request is at hand, and nothing has been seen yet. Other streams stay on their connection.
final class RetryingCall: OpenCall {
  private struct State {
    var call: ClientCall
    var attempts: RPCClient.Attempts
    var isRetried: Bool
    var isCancelled = false
  }

  private let state: Mutex<State>
  private let client: RPCClient

  init(_ call: ClientCall, _ attempts: RPCClient.Attempts, _ client: RPCClient) {
    self.state = Mutex(State(call: call, attempts: attempts, isRetried: attempts.request.kind == .serverStream))
    self.client = client
  }

  private var call: ClientCall { state.withLock { $0.call } }

  func write(_ message: ByteBuffer) async throws {
    do throws(CallFailure) {
      try await call.write(message)
    } catch {
      throw error.thrown
    }
  }

  func finish() async throws {
    call.finish()
  }

  func next() async throws -> ByteBuffer? {
    while true {
      do throws(CallFailure) {
        let message = try await call.next()
        state.withLock { $0.isRetried = false }
        return message
      } catch {
        try await startAgain(after: error)
      }
    }
  }

  func cancel() {
    let call = state.withLock { state in
      state.isCancelled = true
      return state.call
    }
    call.giveUp(.cancelled)
  }

  private func startAgain(after failure: CallFailure) async throws {
    var failure = failure
    while true {
      var (attempts, isRetried) = state.withLock { ($0.attempts, $0.isRetried && !$0.isCancelled) }
      guard isRetried else { throw failure.thrown }
      try await client.pause(after: failure, &attempts)
      state.withLock { $0.attempts = attempts }
      do throws(CallFailure) {
        let call = try await client.start(attempts)
        let isCancelled = state.withLock { state in
          state.call = call
          return state.isCancelled
        }
        if isCancelled { call.giveUp(.cancelled) }
        return
      } catch {
        failure = error
      }
    }
  }
}
