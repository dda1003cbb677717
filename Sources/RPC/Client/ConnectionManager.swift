internal import Logging
internal import NIOCore
internal import Synchronization
internal import Wire

/// Carries out what `ConnectionManagerStateMachine` decides: connects, sleeps, and hands connections to calls.
final class ConnectionManager: Sendable {
  typealias Waiter = CheckedContinuation<Result<ClientConnection, CallFailure>, Never>
  typealias Machine = ConnectionManagerStateMachine<ClientConnection, Waiter>

  private struct Guarded {
    var machine: Machine
    /// The attempt or the sleep that is under way; never both.
    var task: Task<Void, Never>?
    var lastID: UInt64 = 0
    var observers: [UInt64: AsyncStream<ConnectionState>.Continuation] = [:]
    var published = ConnectionState.idle

    mutating func takeID() -> UInt64 {
      lastID &+= 1
      return lastID
    }

    /// Under the lock, so that observers see the states in their order; a continuation's `yield` calls nobody back.
    mutating func publish() {
      let state = machine.observable
      guard state != published else { return }
      published = state
      for observer in observers.values { observer.yield(state) }
    }
  }

  private let guarded: Mutex<Guarded>
  private let connector: any ClientConnector
  private let keepalive: Keepalive
  private let environment: ClientEnvironment
  private let logger: Logger

  init(
    connector: any ClientConnector, configuration: ClientConfiguration, environment: ClientEnvironment, logger: Logger
  ) {
    self.guarded = Mutex(Guarded(machine: Machine(backoff: configuration.reconnect)))
    self.connector = connector
    self.keepalive = configuration.keepalive
    self.environment = environment
    self.logger = logger
  }

  // MARK: Calls

  /// The connection for a new call; waits for one until `deadline`.
  func connection(until deadline: Deadline?) async throws(CallFailure) -> ClientConnection {
    if let ready = guarded.withLock({ $0.machine.ready }) { return ready }
    let id = guarded.withLock { $0.takeID() }
    let timer = deadline.map { deadline in
      Task {
        // Cancelled when the wait is over.
        guard (try? await environment.sleep(.nanoseconds(deadline.nanosecondsLeft(at: environment.now())))) != nil
        else { return }
        timedOut(id)
      }
    }
    defer { timer?.cancel() }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (waiter: Waiter) in
        acquire(id, waiter)
        // The handler below may have run before there was anything to release.
        if Task.isCancelled { release(id, .taskCancelled) }
      }
    } onCancel: {
      release(id, .taskCancelled)
    }
    return try result.get()
  }

  private func acquire(_ id: UInt64, _ waiter: Waiter) {
    let result: Result<ClientConnection, CallFailure>? = guarded.withLock { guarded in
      switch guarded.machine.acquire(id, waiter) {
      case .use(let connection): return .success(connection)
      case .fail(let refusal): return .failure(CallFailure(refusal, notStarted: true))
      case .failShutDown: return .failure(.shutDown)
      case .wait: return nil
      case .connect(let ticket):
        connect(ticket, &guarded)
        return nil
      }
    }
    if let result { waiter.resume(returning: result) }
  }

  private func release(_ id: UInt64, _ failure: CallFailure) {
    guarded.withLock { $0.machine.release(id) }?.resume(returning: .failure(failure))
  }

  private func timedOut(_ id: UInt64) {
    let (waiter, failure) = guarded.withLock { ($0.machine.release(id), $0.machine.lastFailure) }
    waiter?.resume(returning: .failure(failure.map { .notConnectedInTime($0) } ?? .notConnectedInTime))
  }

  // MARK: Connecting

  private func connect(_ ticket: Machine.Ticket, _ guarded: inout Guarded) {
    guarded.task = Task {
      do {
        connected(ticket, try await makeConnection())
      } catch {
        connectFailed(ticket, ConnectFailure(error))
      }
    }
    guarded.publish()
  }

  private func makeConnection() async throws -> ClientConnection {
    let made = Mutex<ClientConnection?>(nil)
    _ = try await connector.connect { [keepalive, environment, logger] channel, level in
      let handler = ClientConnectionHandler(
        level: level, firstID: environment.firstStreamID, keepalive: keepalive, logger: logger)
      try channel.pipeline.syncOperations.addHandler(handler)
      let connection = ClientConnection(channel, handler)
      made.withLock { $0 = connection }
    }
    guard let connection = made.withLock({ $0 }) else { throw ConnectionEnded.notInstalled }
    return connection
  }

  private func connected(_ ticket: Machine.Ticket, _ connection: ClientConnection) {
    let action = guarded.withLock { guarded in
      defer { guarded.publish() }
      return guarded.machine.connected(ticket, connection)
    }
    switch action {
    case .serve(let waiters, let connection):
      connection.observe { self.happened($0, to: connection.id) }
      for waiter in waiters { waiter.resume(returning: .success(connection)) }
    case .close(let connection):
      connection.shutDown()
    }
  }

  private func connectFailed(_ ticket: Machine.Ticket, _ failure: ConnectFailure) {
    logger.notice("connecting failed", metadata: ["cause": "\(failure)"])
    failed(failure) { $0.connectFailed(ticket, failure, random: $1) }
  }

  private func happened(_ event: ClientConnectionHandler.Event, to id: ClientConnection.ID) {
    switch event {
    case .proved:
      guarded.withLock { $0.machine.proved(id) }
    case .draining:
      guarded.withLock { guarded in
        guarded.machine.drains(id)
        guarded.publish()
      }
    case .closed(let failure):
      logger.info("connection closed", metadata: ["cause": "\(failure)"])
      failed(failure) { $0.closed(id, failure, random: $1) }
    }
  }

  private func failed(_ failure: ConnectFailure, _ event: (inout Machine, Double) -> Machine.OnFailure) {
    let random = environment.random()
    let refused: [Waiter] = guarded.withLock { guarded in
      defer { guarded.publish() }
      guard case .backOff(let ticket, let delay, let refused) = event(&guarded.machine, random) else { return [] }
      guarded.task = Task {
        // Cancelled by a shutdown only, which needs no timer.
        guard (try? await environment.sleep(delay)) != nil else { return }
        backoffEnded(ticket)
      }
      return refused
    }
    for waiter in refused { waiter.resume(returning: .failure(CallFailure(failure, notStarted: true))) }
  }

  private func backoffEnded(_ ticket: Machine.Ticket) {
    guarded.withLock { guarded in
      if case .connect(let ticket) = guarded.machine.backoffEnded(ticket) { connect(ticket, &guarded) }
      guarded.publish()
    }
  }

  // MARK: The owner

  /// The states from now on, the present one first; newer ones replace those that were not read.
  func states() -> AsyncStream<ConnectionState> {
    let (stream, continuation) = AsyncStream.makeStream(of: ConnectionState.self, bufferingPolicy: .bufferingNewest(1))
    let id = guarded.withLock { guarded in
      let id = guarded.takeID()
      guarded.observers[id] = continuation
      continuation.yield(guarded.published)
      return id
    }
    continuation.onTermination = { [weak self] _ in
      self?.guarded.withLock { _ = $0.observers.removeValue(forKey: id) }
    }
    return stream
  }

  /// Fails what waits and what runs, now; the connections close behind.
  @discardableResult
  func shutDown() -> [ClientConnection] {
    let (waiters, connections, observers) = guarded.withLock { guarded in
      let (waiters, connections) = guarded.machine.shutDown()
      guarded.task?.cancel()
      guarded.task = nil
      guarded.publish()
      defer { guarded.observers = [:] }
      return (waiters, connections, guarded.observers)
    }
    for observer in observers.values { observer.finish() }
    for waiter in waiters { waiter.resume(returning: .failure(.shutDown)) }
    for connection in connections { connection.shutDown() }
    return connections
  }
}

extension ConnectionManagerStateMachine {
  /// What calls may use at once.
  var ready: Connection? {
    if case .connected(let connection, _) = state { connection } else { nil }
  }

  var observable: ConnectionState {
    switch state {
    case .idle: .idle
    case .connecting: .connecting
    case .connected: .connected
    case .backingOff(_, _, let refusal):
      .backingOff(cause: lastFailure?.description ?? "", isPermanent: refusal != nil)
    case .shutDown: .shutDown
    }
  }
}
