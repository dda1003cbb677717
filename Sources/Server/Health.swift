internal import RPC
internal import Schema
internal import Synchronization

/// Whether we serve, and who waits to hear of a change.
final class Health: Sendable {
  private struct State {
    var isServing = true
    var watchers: [UInt64: AsyncStream<Bool>.Continuation] = [:]
    var nextID: UInt64 = 0
  }

  private let state = Mutex(State())

  var isServing: Bool { state.withLock { $0.isServing } }

  /// For good: we are draining or the disk failed.
  func stopServing() {
    let watchers = state.withLock { state in
      state.isServing = false
      return state.watchers.values
    }
    for watcher in watchers { watcher.yield(false) }
  }

  /// The state now, then each change; only the newest waits for a slow reader.
  func changes() -> AsyncStream<Bool> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let id = state.withLock { state in
        let id = state.nextID
        state.nextID += 1
        state.watchers[id] = continuation
        continuation.yield(state.isServing)
        return id
      }
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { $0.watchers[id] = nil }
      }
    }
  }
}

/// grpc.health.v1.Health (gRPC health checking protocol). Needs no certificate where the transport lets one in without.
struct HealthService: Sendable {
  var health: Health
  /// Whose health may be asked for; the empty name is the whole server's.
  private let services: Set<String>

  /// - Parameter others: the services beside this one.
  init(health: Health, others: [String]) {
    self.health = health
    services = Set(others).union(["", HealthMethods.service])
  }

  func register(in router: inout Router) {
    router.handle(HealthMethods.check) { request, _ in
      guard isKnown(request.service) else {
        throw RPCError(.notFound, "no service of this name")
      }
      return response(health.isServing ? .serving : .notServing)
    }
    // Conflated: only the newest state matters, and a drain ends it at once.
    router.handle(HealthMethods.watch, policy: .conflate) { request, _, writer in
      // The protocol wants the watch of an unknown service kept open: it might come.
      let isKnown = isKnown(request.service)
      for await isServing in health.changes() {
        try await writer.write(response(isKnown ? (isServing ? .serving : .notServing) : .serviceUnknown))
      }
    }
  }

  /// Looks at the length first: hashing a string takes time that grows with the square of a run of combining marks.
  private func isKnown(_ service: String) -> Bool {
    service.utf8.count <= 64 && services.contains(service)
  }

  private func response(
    _ status: Grpc_Health_V1_HealthCheckResponse.ServingStatus
  ) -> Grpc_Health_V1_HealthCheckResponse {
    var response = Grpc_Health_V1_HealthCheckResponse()
    response.status = status
    return response
  }
}
