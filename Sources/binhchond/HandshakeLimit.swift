import Logging
import NIOCore
import Polling
import Server
import Synchronization

/// Bounds the handshakes that are not finished: before it is known who somebody is, only their address tells them apart.
final class HandshakeLimit: Sendable {
  private struct State {
    var machine: HandshakeLimitStateMachine
    var channels: [HandshakeLimitStateMachine.ID: any NIOCore.Channel] = [:]
    /// Strangers do not get to fill the log.
    var refusals = RareLine()
    var evictions = RareLine()

    mutating func begin(
      _ channel: any NIOCore.Channel, from address: NetworkAddress, at now: NIODeadline
    ) -> Begun {
      switch machine.begin(from: address, at: now) {
      case .take(let id):
        channels[id] = channel
        return .taken(id)
      case .replace(let old, let id):
        channels[id] = channel
        return .takenInPlaceOf(channels.removeValue(forKey: old), id, unsaid: evictions.note(at: .now))
      case .refuse:
        return .refused(unsaid: refusals.note(at: .now))
      }
    }
  }

  /// With the number for the log, if a line is to be written.
  private enum Begun {
    case taken(HandshakeLimitStateMachine.ID)
    case takenInPlaceOf((any NIOCore.Channel)?, HandshakeLimitStateMachine.ID, unsaid: Int?)
    case refused(unsaid: Int?)
  }

  private let state: Mutex<State>
  private let logger: Logger

  init(most: Int, mostPerAddress: Int, logger: Logger) {
    state = Mutex(State(machine: HandshakeLimitStateMachine(most: most, mostPerAddress: mostPerAddress)))
    self.logger = logger
  }

  /// Counts `channel` until its handshake has ended or it is closed. Throws at the limit.
  ///
  /// - Returns: what to call ``end(_:)`` with.
  func begin(
    _ channel: any NIOCore.Channel, at now: NIODeadline = .now()
  ) throws(ConnectionLimit.Reached) -> HandshakeLimitStateMachine.ID {
    let address = NetworkAddress(channel.remoteAddress)
    switch state.withLock({ $0.begin(channel, from: address, at: now) }) {
    case .taken(let id):
      channel.closeFuture.whenComplete { _ in self.end(id) }
      return id
    case .takenInPlaceOf(let old, let id, let unsaid):
      if let unsaid {
        logger.notice(
          "limits.handshakes: unfinished handshakes made room for new ones", metadata: ["count": "\(unsaid)"])
      }
      old?.close(promise: nil)
      channel.closeFuture.whenComplete { _ in self.end(id) }
      return id
    case .refused(let unsaid):
      if let unsaid {
        logger.warning(
          "limits.handshakes: too many unfinished handshakes, connections were refused",
          metadata: ["count": "\(unsaid)"])
      }
      throw ConnectionLimit.Reached()
    }
  }

  func end(_ id: HandshakeLimitStateMachine.ID) {
    state.withLock { state in
      state.machine.end(id)
      state.channels[id] = nil
    }
  }
}
