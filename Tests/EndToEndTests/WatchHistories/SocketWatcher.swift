import Schema
import WatchChecking

/// Watches the whole poll over real connections, each time from where it was, and keeps a log.
final class SocketWatcher: Sendable {
  let log = Shared(WatchLog())
  private let intervalMs: UInt32

  init(intervalMs: UInt32) {
    self.intervalMs = intervalMs
  }

  /// Until the task is cancelled.
  ///
  /// - Parameter place: how to get to the server, while there is one.
  func run(_ place: Shared<TestClient?>) async {
    while !Task.isCancelled {
      let position = log.value
      var request = Binhchon_V1_WatchTallyRequest()
      (request.poll, request.intervalMs) = (Ballots.poll, intervalMs)
      (request.sinceEpoch, request.sinceRevision) = (position.epoch, position.revision)
      do {
        guard let client = place.value else { throw CancellationError() }
        let stream = try await client.watch(request)
        log.update { $0.add(.opened(epoch: position.epoch, revision: position.revision)) }
        for try await response in stream { log.update { $0.add(.told(response)) } }
      } catch {
        // The server is gone, or not there yet: looked for again in a moment. Ends by cancellation only.
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }
}
