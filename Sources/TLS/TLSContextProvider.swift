internal import NIOCore
internal import Synchronization

/// Holds a server's current context, replaces it on reload, and puts out whom the new one refuses.
public final class TLSContextProvider: Sendable {
  private struct Current {
    var context: TLSContext
    var generation: UInt64 = 0
    var connections: [ObjectIdentifier: Registered] = [:]
  }

  private struct Registered {
    let handler: NIOLoopBound<TLSHandler>
    /// Of the peer's certificate, seconds since 1970.
    let notAfter: Int64
  }

  private let current: Mutex<Current>
  /// One reload after the other: the last one asked for must be the one that stays.
  private let reloading = Mutex<Void>(())

  /// - Throws: `TLSError`, see `TLSContext`.
  public init(_ configuration: TLSConfiguration) throws(TLSError) {
    guard configuration.role == .server else {
      throw TLSError(.configurationInvalid, "a provider serves servers", advice: "give it a server's configuration")
    }
    current = Mutex(Current(context: try TLSContext(configuration)))
  }

  init(_ context: TLSContext) { current = Mutex(Current(context: context)) }

  /// The context for new connections.
  public var context: TLSContext { current.withLock { $0.context } }

  /// How many reloads there have been.
  public var generation: UInt64 { current.withLock { $0.generation } }

  /// Reads all files again. Connections stay, except those whose certificate is now revoked, denied or expired, or came
  /// from a trust root that is gone: their close is under way on their event loops when this returns. Sessions from
  /// before are not resumed.
  ///
  /// Reads files: do not call it on an event loop.
  ///
  /// - Throws: `TLSError` that names the bad file. Then nothing has changed.
  public func reload() throws(TLSError) {
    try reloading.withLock { _ throws(TLSError) in
      let old = context
      let new = try TLSContext(old.configuration, now: old.now)
      let connections = current.withLock { current in
        current.context = new
        current.generation += 1
        return current.connections.values.map(\.handler)
      }
      judge(connections)
    }
  }

  /// Puts out whose certificate has expired since the handshake and, once a revocation list has, everybody who needs it:
  /// nobody comes in under a list that old, so nobody stays. To be called every second or so, by a clock that cannot be
  /// set: what the time is by the one that can is asked at every call, so that a step of it is noticed too.
  public func putOutExpired() {
    judge(
      current.withLock { current in
        let now = current.context.now()
        let hasLapsed = current.context.revocation.hasLapsed(at: now)
        return current.connections.values.filter { hasLapsed || $0.notAfter < now }.map(\.handler)
      })
  }

  /// What the operator should know about the revocation lists now; nil: nothing. The same words while nothing changes.
  public var listProblem: String? {
    let context = context
    return context.revocation.problem(at: context.now())
  }

  /// By what is the policy when their event loops get to it.
  private func judge(_ connections: [NIOLoopBound<TLSHandler>]) {
    for (_, neighbours) in Dictionary(grouping: connections, by: { ObjectIdentifier($0.eventLoop) }) {
      neighbours[0].eventLoop.execute {
        let policy = self.context
        for connection in neighbours { connection.value.judgePeer(by: policy) }
      }
    }
  }

  func snapshot() -> (context: TLSContext, generation: UInt64) { current.withLock { ($0.context, $0.generation) } }

  /// Has the connection be looked at by every later reload, and when its certificate has expired.
  ///
  /// - Parameter notAfter: of the peer's certificate, seconds since 1970.
  /// - Returns: the context to judge the peer by now, if there was a reload since `generation`: the handshake was
  ///   checked against lists that are old, and the sweep has not seen this connection.
  func register(
    _ connection: NIOLoopBound<TLSHandler>, id: ObjectIdentifier, notAfter: Int64, generation: UInt64
  ) -> TLSContext? {
    current.withLock { current in
      current.connections[id] = Registered(handler: connection, notAfter: notAfter)
      return current.generation == generation ? nil : current.context
    }
  }

  func unregister(_ id: ObjectIdentifier) {
    // Released after the lock: it may be the handler's last reference.
    _ = current.withLock { $0.connections.removeValue(forKey: id) }
  }
}
