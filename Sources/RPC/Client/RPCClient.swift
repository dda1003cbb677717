public import Logging
public import NIOCore

/// Makes calls to one server, over one connection at a time, which it makes when the first call wants it and replaces
/// when it is lost.
///
/// A call waits for a connection until its deadline. Replay-safe calls that fail with the connection, and calls that
/// surely were not started, are tried again (`RetryPolicy`). Errors are `RPCError`; where there is no connection it has
/// code 14 and, as its `cause`, what the connector or the channel said.
public final class RPCClient: Caller {
  private let manager: ConnectionManager
  private let configuration: ClientConfiguration
  private let environment: ClientEnvironment

  public convenience init(
    connector: any ClientConnector, configuration: ClientConfiguration = ClientConfiguration(), logger: Logger
  ) {
    self.init(
      connector: connector, configuration: configuration, environment: ClientEnvironment(), logger: logger)
  }

  init(
    connector: any ClientConnector, configuration: ClientConfiguration, environment: ClientEnvironment, logger: Logger
  ) {
    self.manager = ConnectionManager(
      connector: connector, configuration: configuration, environment: environment, logger: logger)
    self.configuration = configuration
    self.environment = environment
  }

  deinit {
    manager.shutDown()
  }

  /// What the connection does, from now on, the present state first. A slow reader misses states, never the last one.
  /// Ends after `shutDown`.
  public var connectionState: AsyncStream<ConnectionState> { manager.states() }

  /// Fails the calls that run or wait (code 14), closes the connection and waits until it is closed. Calls made later
  /// fail.
  public func shutdown() async {
    for connection in manager.shutDown() { await connection.untilClosed() }
  }

  public func unary(_ request: CallRequest) async throws -> ByteBuffer {
    var attempts = attempts(at: request)
    while true {
      do throws(CallFailure) {
        guard let response = try await start(attempts).next() else { throw .noResponse }
        return response
      } catch {
        try await pause(after: error, &attempts)
      }
    }
  }

  public func open(_ request: CallRequest) async throws -> any OpenCall {
    var attempts = attempts(at: request)
    while true {
      do throws(CallFailure) {
        return RetryingCall(try await start(attempts), attempts, self)
      } catch {
        try await pause(after: error, &attempts)
      }
    }
  }

  // MARK: Attempts

  /// A call and how often it has been tried.
  struct Attempts: Sendable {
    let request: CallRequest
    let deadline: Deadline?
    var number = 1
  }

  private func attempts(at request: CallRequest) -> Attempts {
    let isEndless = request.kind.streamsResponses
    let timeout = request.timeout ?? (isEndless ? nil : configuration.defaultTimeout)
    return Attempts(
      request: request, deadline: timeout.flatMap { Deadline.after($0, now: environment.now()) })
  }

  func start(_ attempts: Attempts) async throws(CallFailure) -> ClientCall {
    let limit = attempts.deadline ?? Deadline.after(configuration.defaultTimeout, now: environment.now())
    let connection = try await manager.connection(until: limit)
    // A task that is cancelled already sends nothing.
    if Task.isCancelled { throw .taskCancelled }
    let call = ClientCall(
      attempts.request, deadline: attempts.deadline, on: connection, configuration: configuration)
    if attempts.request.kind.streamsRequests {
      try await call.open()
    } else {
      call.submit()
    }
    return call
  }

  /// Waits until the next attempt is due; throws the failure if there is none.
  func pause(after failure: CallFailure, _ attempts: inout Attempts) async throws {
    let now = environment.now()
    let decision = configuration.retry.decide(
      failure, attempt: attempts.number, isReplaySafe: attempts.request.isReplaySafe,
      remaining: attempts.deadline.map { .nanoseconds($0.nanosecondsLeft(at: now)) }, random: environment.random())
    guard case .retry(let delay) = decision else { throw failure.thrown }
    attempts.number += 1
    if delay > .zero { try await environment.sleep(delay) }
  }
}
