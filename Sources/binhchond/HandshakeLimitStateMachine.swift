import NIOCore

/// Who may begin a handshake: so many may be unfinished from one address, and in all.
///
/// Over a bound the oldest one gives way, if it has had time enough: who holds places and stays silent does not keep
/// kiosks out. If none is so old, who comes now is turned away: a thousand kiosks that come back at once would only
/// push each other out.
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
    let oldest: Int?
    if counts[address, default: 0] >= mostPerAddress {
      oldest = unfinished.firstIndex { $0.address == address }
    } else if unfinished.count >= most {
      oldest = unfinished.indices.first
    } else {
      return .take(add(address, now))
    }
    guard let oldest, now - unfinished[oldest].began >= Self.patience else { return .refuse }
    let old = unfinished[oldest].id
    end(old)
    return .replace(old: old, new: add(address, now))
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
