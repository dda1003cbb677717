import NIOCore

/// Who may begin a handshake: so many may be unfinished from one address, and in all.
///
/// Over a bound the oldest one gives way, if it has had time enough: who holds places and stays silent does not keep
/// kiosks out. If none is so old, who comes now is turned away: a thousand kiosks that come back at once would only
/// push each other out. But over the bound on all, an address that holds more than the newcomer's would then gives one
/// up at once: a few addresses that renew their places faster than these grow old do not keep all others out.
struct HandshakeLimitStateMachine {
  /// More than a handshake takes on a bad mobile network.
  static let patience = TimeAmount.seconds(2)

  typealias ID = UInt64

  private struct Handshake {
    var id: ID
    var address: NetworkAddress
    var began: NIODeadline
  }

  private let most: Int
  private let mostPerAddress: Int
  /// The oldest first.
  private var unfinished: [Handshake] = []
  private var counts: [NetworkAddress: Int] = [:]
  private var nextID: ID = 0

  init(most: Int, mostPerAddress: Int) {
    self.most = most
    self.mostPerAddress = mostPerAddress
  }

  var count: Int { unfinished.count }

  enum Begin: Equatable {
    case take(ID)
    /// The old one's connection is to be closed.
    case replace(old: ID, new: ID)
    case refuse
  }

  mutating func begin(from address: NetworkAddress, at now: NIODeadline) -> Begin {
    let count = counts[address, default: 0]
    if count >= mostPerAddress {
      guard let oldest = unfinished.first(where: { $0.address == address }), isOld(oldest, at: now) else {
        return .refuse
      }
      return replace(oldest, by: address, now)
    }
    guard unfinished.count >= most else { return .take(add(address, now)) }
    let mostHeld = counts.values.max() ?? 0
    // Not with one place less than the other: they would take it from each other.
    if count + 1 < mostHeld, let oldest = unfinished.first(where: { counts[$0.address] == mostHeld }) {
      return replace(oldest, by: address, now)
    }
    guard let oldest = unfinished.first, isOld(oldest, at: now) else { return .refuse }
    return replace(oldest, by: address, now)
  }

  private func isOld(_ handshake: Handshake, at now: NIODeadline) -> Bool {
    now - handshake.began >= Self.patience
  }

  private mutating func replace(_ old: Handshake, by address: NetworkAddress, _ now: NIODeadline) -> Begin {
    end(old.id)
    return .replace(old: old.id, new: add(address, now))
  }

  /// It is finished, or its connection closed; again does nothing.
  mutating func end(_ id: ID) {
    // Most end soon after they began.
    guard let index = unfinished.lastIndex(where: { $0.id == id }) else { return }
    let address = unfinished.remove(at: index).address
    let left = counts[address, default: 0] - 1
    counts[address] = left > 0 ? left : nil
  }

  private mutating func add(_ address: NetworkAddress, _ now: NIODeadline) -> ID {
    nextID &+= 1
    unfinished.append(Handshake(id: nextID, address: address, began: now))
    counts[address, default: 0] += 1
    return nextID
  }
}
