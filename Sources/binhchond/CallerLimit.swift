import Logging
import NIOCore
import Polling
import Synchronization

/// Bounds the connections of one identity: a stolen certificate does not take the places of all others.
final class CallerLimit: Sendable {
  private struct State {
    /// Of identities with open connections.
    var counts: [String: Int] = [:]
    var refusals = RareLines<String>()
  }

  private let state = Mutex(State())
  private let limit: Int
  private let logger: Logger

  init(_ limit: Int, logger: Logger) {
    self.limit = limit
    self.logger = logger
  }

  /// Counts `channel` until it is closed. Throws, and counts nothing, at the limit.
  func take(_ channel: any NIOCore.Channel, identity: String) throws(ConnectionLimit.Reached) {
    let (isTaken, refused) = state.withLock { state in
      let count = state.counts[identity, default: 0]
      guard count < limit else { return (false, state.refusals.note(identity, at: .now)) }
      state.counts[identity] = count + 1
      return (true, nil as Int?)
    }
    if let refused {
      logger.warning(
        "limits.connections_per_identity: the limit of \(limit) is reached, connections were refused",
        metadata: ["identity": "\(identity)", "count": "\(refused)"])
    }
    guard isTaken else { throw ConnectionLimit.Reached() }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { state in
        let left = state.counts[identity, default: 0] - 1
        state.counts[identity] = left > 0 ? left : nil
      }
    }
  }
}
