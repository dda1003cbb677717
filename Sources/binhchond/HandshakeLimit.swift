import Logging
import NIOCore
import Polling
import Server
import Synchronization

/// Bounds what callers have before it is known who they are, when only their address tells them apart: handshakes that are
/// not finished, and connections without a certificate.
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
  private let what: String
  private let logger: Logger

  /// - Parameter what: what is limited, for the log.
  init(
    most: Int, mostPerAddress: Int, of what: String = "limits.handshakes: unfinished handshakes", logger: Logger
  ) {
    self.what = what
    state = Mutex(State(machine: HandshakeLimitStateMachine(most: most, mostPerAddress: mostPerAddress)))
    self.logger = logger
  }

  /// Counts `channel` until ``end(_:)`` or until it is closed. Throws at the limit.
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
        logger.notice("\(what) made room for new ones", metadata: ["count": "\(unsaid)"])
      }
      old?.close(promise: nil)
      channel.closeFuture.whenComplete { _ in self.end(id) }
      return id
    case .refused(let unsaid):
      if let unsaid {
        logger.warning("\(what): too many, connections were refused", metadata: ["count": "\(unsaid)"])
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
