import Logging
import NIOCore
import Polling
import Server
import Synchronization

/// Bounds the open connections from the moment they are accepted: a stranger who never ends a handshake takes a
/// descriptor too, and without one left neither a kiosk nor a reload gets in.
final class ConnectionLimit: Sendable {
  private let open = Atomic(0)
  private let limit: Int
  private let logger: Logger
  /// Strangers do not get to fill the log.
  private let refusals = Mutex(RareLine())

  init(_ limit: Int, logger: Logger) {
    self.limit = limit
    self.logger = logger
  }

  struct Reached: Error {}

  /// Counts `channel` until it is closed. Throws `Reached`, and counts nothing, at the limit.
  func take(_ channel: any NIOCore.Channel) throws(Reached) {
    let (_, count) = open.add(1, ordering: .relaxed)
    guard count <= limit else {
      open.subtract(1, ordering: .relaxed)
      if let count = refusals.withLock({ $0.note(at: .now) }) {
        logger.warning(
          "limits.connections: the limit of \(limit) is reached, connections were refused",
          metadata: ["count": "\(count)"])
      }
      throw Reached()
    }
    channel.closeFuture.whenComplete { _ in self.open.subtract(1, ordering: .relaxed) }
  }
}
