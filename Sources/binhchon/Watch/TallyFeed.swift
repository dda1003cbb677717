internal import Schema

/// What comes of watching: updates, and how the connection stands.
enum FeedEvent: Sendable {
  case update(Binhchon_V1_WatchTallyResponse)
  case lost(Refusal)
}

/// Watches a tally over lost connections.
struct TallyFeed: Sendable {
  let service: any PollingService

  /// Calls `handle` for every event until it returns false, the task is cancelled, or the server refuses for good.
  /// `request` says what to ask for, so that a new connection begins where the last one ended.
  func run(
    request: () -> Binhchon_V1_WatchTallyRequest, handle: (FeedEvent) throws -> Bool
  ) async throws {
    var pace = RetryPace()
    while true {
      do {
        for try await update in try await service.watchTally(request()) {
          pace.reset()
          guard try handle(.update(update)) else { return }
        }
        try Task.checkCancellation()
        throw Refusal(code: StatusCode.unavailable.rawValue, message: "the server ended the stream")
      } catch let refusal as Refusal where refusal.isTransient {
        guard try handle(.lost(refusal)) else { return }
        try await Task.sleep(for: pace.next(jitter: .random(in: 0..<1), asked: refusal.retryAfter))
      }
    }
  }
}
