import Logging
import NIOCore
import Polling
import Synchronization

/// Bounds the connections of one identity: a stolen certificate does not take the places of all others. At the bound
/// the connection that has been silent longest gives way, if it was silent for long: who holds the places of an identity
/// and says nothing does not keep its owner out.
final class CallerLimit: Sendable {
  /// Our clients are heard every 15 s, and wait 10 s for an answer.
  static let patience = TimeAmount.seconds(30)

  /// Who is one caller.
  enum Caller: Hashable, CustomStringConvertible {
    case identity(String)
    /// Without a certificate only that tells callers apart.
    case address(NetworkAddress)

    var description: String {
      switch self {
      case .identity(let identity): identity
      case .address(let address): "\(address)"
      }
    }
  }

  private struct Connection {
    var channel: any NIOCore.Channel
    var lastHeard: LastHeard
  }

  private struct State {
    /// Of callers with open connections.
    var connections: [Caller: [ObjectIdentifier: Connection]] = [:]
    var refusals = RareLines<Caller>()
    var evictions = RareLines<Caller>()
  }

  private enum Taken {
    case free
    /// With the number for the log, if a line is to be written.
    case inPlaceOf(any NIOCore.Channel, unsaid: Int?)
    case refused(unsaid: Int?)
  }

  private let state = Mutex(State())
  private let limit: Int
  private let logger: Logger

  init(_ limit: Int, logger: Logger) {
    self.limit = limit
    self.logger = logger
  }

  /// Counts `channel` until it is closed or gives way. Throws, and counts nothing, at the limit. Call on its event loop,
  /// before there are handlers of what comes from behind TLS.
  func take(_ channel: any NIOCore.Channel, caller: Caller) throws {
    let lastHeard = LastHeard(channel.eventLoop.now)
    try channel.pipeline.syncOperations.addHandler(ActivityHandler(lastHeard))
    let id = ObjectIdentifier(channel)
    switch place(Connection(channel: channel, lastHeard: lastHeard), caller, at: channel.eventLoop.now) {
    case .free: break
    case .inPlaceOf(let old, let unsaid):
      if let unsaid {
        logger.notice(
          "limits.connections_per_identity: silent connections made room for new ones",
          metadata: ["identity": "\(caller)", "count": "\(unsaid)"])
      }
      old.close(promise: nil)
    case .refused(let unsaid):
      if let unsaid {
        logger.warning(
          "limits.connections_per_identity: the limit of \(limit) is reached, connections were refused",
          metadata: ["identity": "\(caller)", "count": "\(unsaid)"])
      }
      throw ConnectionLimit.Reached()
    }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { state in
        state.connections[caller]?[id] = nil
        if state.connections[caller]?.isEmpty ?? false { state.connections[caller] = nil }
      }
    }
  }

  private func place(_ connection: Connection, _ caller: Caller, at now: NIODeadline) -> Taken {
    state.withLock { state in
      let open = state.connections[caller, default: [:]]
      var taken = Taken.free
      if open.count >= limit {
        guard let oldest = open.min(by: { $0.value.lastHeard.value < $1.value.lastHeard.value }),
          now - oldest.value.lastHeard.value >= Self.patience
        else { return .refused(unsaid: state.refusals.note(caller, at: .now)) }
        state.connections[caller]?[oldest.key] = nil
        taken = .inPlaceOf(oldest.value.channel, unsaid: state.evictions.note(caller, at: .now))
      }
      state.connections[caller, default: [:]][ObjectIdentifier(connection.channel)] = connection
      return taken
    }
  }
}

/// When something last came from a peer.
private final class LastHeard: Sendable {
  private let nanoseconds: Atomic<UInt64>

  init(_ time: NIODeadline) { nanoseconds = Atomic(time.uptimeNanoseconds) }

  var value: NIODeadline { .uptimeNanoseconds(nanoseconds.load(ordering: .relaxed)) }

  func heard(at time: NIODeadline) { nanoseconds.store(time.uptimeNanoseconds, ordering: .relaxed) }
}

private final class ActivityHandler: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  private let lastHeard: LastHeard

  init(_ lastHeard: LastHeard) { self.lastHeard = lastHeard }

  func channelReadComplete(context: ChannelHandlerContext) {
    lastHeard.heard(at: context.eventLoop.now)
    context.fireChannelReadComplete()
  }
}
