internal import Synchronization

/// What all connections of a server share: how much more may be taken on.
final class ServerBudget: Sendable {
  /// One counted thing with a bound.
  final class Allowance: Sendable {
    private let used = Atomic<Int>(0)
    private let limit: Int

    init(_ limit: Int) {
      self.limit = limit
    }

    var current: Int { used.load(ordering: .relaxed) }

    /// False, and nothing taken, if that would go over the bound.
    func take(_ amount: Int = 1) -> Bool {
      let (_, now) = used.add(amount, ordering: .relaxed)
      if now <= limit { return true }
      used.subtract(amount, ordering: .relaxed)
      return false
    }

    func giveBack(_ amount: Int = 1) {
      used.subtract(amount, ordering: .relaxed)
    }
  }

  let connections: Allowance
  let unaryCalls: Allowance
  let streams: Allowance
  let bytes: Allowance
  let unread: UnreadBudget

  init(_ limits: ServerLimits) {
    connections = Allowance(limits.connections)
    unaryCalls = Allowance(limits.unaryCalls)
    streams = Allowance(limits.streams)
    bytes = Allowance(limits.bytesHeld)
    unread = UnreadBudget(limits.bytesUnread)
  }
}
