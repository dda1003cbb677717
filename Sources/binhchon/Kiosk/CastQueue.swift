internal import Polling
internal import Schema
import Synchronization

/// Sends taps in the background. Callers never wait for the network.
final class CastQueue: Sendable {
  enum Report: Sendable {
    case settled(CastQueueStateMachine.Tap, CastOutcome)
    case delivery(DeliveryState)
  }

  private struct State {
    var machine: CastQueueStateMachine
    var idleWaiters: [CheckedContinuation<Void, Never>] = []
    var roomWaiters: [CheckedContinuation<Void, Never>] = []
    var tasks: [Int: Task<Void, Never>] = [:]
    var isClosed = false
  }
  private let state: Mutex<State>
  private let service: any PollingService
  private let report: @Sendable (Report) -> Void

  static let capacity = 10_000
  static let window = 16

  init(
    service: any PollingService, capacity: Int = CastQueue.capacity, report: @escaping @Sendable (Report) -> Void
  ) {
    self.service = service
    self.report = report
    state = Mutex(State(machine: CastQueueStateMachine(capacity: capacity, window: Self.window)))
  }

  /// How many have no answer yet.
  var count: Int { state.withLock { $0.machine.count } }

  /// False: full, and the tap was not taken.
  func tap(_ ballot: Binhchon_V1_Ballot) -> Bool {
    let taken = state.withLock { $0.machine.tap(ballot) != nil }
    if taken { sendMore() }
    return taken
  }

  /// Returns when there is room for a tap, or the caller was cancelled.
  func waitForRoom() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          // Asked under the lock: a cancellation that comes later finds the waiter.
          if !state.machine.isFull || state.isClosed || Task.isCancelled { return true }
          state.roomWaiters.append(continuation)
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      releaseWaiters()
    }
  }

  /// Waits until everything is answered, at most so long, and stops. What is left was not answered; each is reported
  /// as unknown. No other call may be made after this.
  func finish(within bound: Duration) async {
    await withTaskGroup { group in
      group.addTask { await self.waitUntilIdle() }
      // Cancelled when everything is answered, or when the caller is: both end the wait.
      group.addTask { try? await Task.sleep(for: bound) }
      await group.next()
      group.cancelAll()
      self.releaseWaiters()
    }
    let (left, tasks) = state.withLock { state in
      state.isClosed = true
      return (state.machine.abandon(), state.tasks.values.map { $0 })
    }
    for task in tasks { task.cancel() }
    for tap in left { report(.settled(tap, .unknown)) }
    releaseWaiters()
  }

  private func waitUntilIdle() async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.machine.count == 0 { return true }
        state.idleWaiters.append(continuation)
        return false
      }
      if isReady { continuation.resume() }
    }
  }

  private func releaseWaiters() {
    let waiters = state.withLock { state in
      defer {
        state.idleWaiters = []
        state.roomWaiters = []
      }
      return state.idleWaiters + state.roomWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private func sendMore() {
    let delivery = state.withLock { state in
      while !state.isClosed, let tap = state.machine.next() {
        state.tasks[tap.number] = Task { await self.send(tap) }
      }
      return state.machine.delivery
    }
    report(.delivery(delivery))
  }

  private func send(_ tap: CastQueueStateMachine.Tap) async {
    var request = Binhchon_V1_CastBallotRequest()
    request.ballot = tap.ballot
    request.sentTimeMs = Timestamp.now.milliseconds
    let result: CastQueueStateMachine.OnAnswer
    do {
      let receipt = try await service.castBallot(request, timeout: .seconds(10)).receipt
      result = state.withLock { $0.machine.taken(tap.number, receipt) }
    } catch let refusal as Refusal {
      result = state.withLock { $0.machine.refused(tap.number, refusal, jitter: .random(in: 0..<1)) }
    } catch let error as ClientError where error.status == .notPermitted {
      let reason = error.reason ?? "PERMISSION_DENIED"
      result = state.withLock { $0.machine.barred(tap.number, reason: reason, jitter: .random(in: 0..<1)) }
    } catch {
      // Whatever it was, it was no answer: the ballot goes again.
      let refusal = Refusal(code: StatusCode.unavailable.rawValue, message: "\(error)")
      result = state.withLock { $0.machine.refused(tap.number, refusal, jitter: .random(in: 0..<1)) }
    }
    answered(tap.number, result)
  }

  private func answered(_ number: Int, _ result: CastQueueStateMachine.OnAnswer) {
    switch result {
    case .settled(let tap, let outcome): report(.settled(tap, outcome))
    case .pause(let pause):
      let wake = Task {
        // A cancelled pause is one that nobody waits for any more.
        try? await Task.sleep(for: pause)
        self.state.withLock { $0.machine.pauseIsOver() }
        if !Task.isCancelled { self.sendMore() }
      }
      state.withLock { $0.tasks[-1] = wake }
    case .ignore: break
    }
    let waiters = state.withLock { state in
      state.tasks[number] = nil
      var ready: [CheckedContinuation<Void, Never>] = []
      if state.machine.count == 0 {
        ready += state.idleWaiters
        state.idleWaiters = []
      }
      if !state.machine.isFull {
        ready += state.roomWaiters
        state.roomWaiters = []
      }
      return ready
    }
    for waiter in waiters { waiter.resume() }
    sendMore()
  }
}
