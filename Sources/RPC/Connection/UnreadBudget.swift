internal import NIOCore
internal import Synchronization

/// The bytes that slow peers leave unread, on all connections of a server. Over the bound who leaves most is closed, and
/// not who happens to be answered then.
final class UnreadBudget: Sendable {
  private struct Holder {
    var bytes: Int
    var channel: any Channel
  }

  private struct State {
    var total = 0
    var holders: [ObjectIdentifier: Holder] = [:]

    mutating func forget(_ id: ObjectIdentifier) {
      total -= holders.removeValue(forKey: id)?.bytes ?? 0
    }
  }

  private let state = Mutex(State())
  private let limit: Int

  init(_ limit: Int) {
    self.limit = limit
  }

  var current: Int { state.withLock { $0.total } }

  /// From now on `bytes` wait on `channel`; none, and it is forgotten.
  ///
  /// - Returns: what is to be closed for it; it counts no longer.
  func note(_ bytes: Int, on channel: any Channel) -> [any Channel] {
    let id = ObjectIdentifier(channel)
    return state.withLock { state in
      state.forget(id)
      guard bytes > 0 else { return [] }
      state.holders[id] = Holder(bytes: bytes, channel: channel)
      state.total += bytes
      var closing: [any Channel] = []
      while state.total > limit, let most = state.holders.max(by: { $0.value.bytes < $1.value.bytes }) {
        closing.append(most.value.channel)
        state.forget(most.key)
      }
      return closing
    }
  }
}
