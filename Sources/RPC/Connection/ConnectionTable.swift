internal import Wire

/// Names one connection of one event loop, for as long as it lives: a slot is given to another connection later, with
/// another generation. A number instead of a reference, so that what is sent to connections counts no references.
struct ConnectionAddress: Hashable, Sendable {
  var slot: UInt32
  var generation: UInt32
}

/// Names one call of one connection: where the answer of a call goes that a ``Shortcut`` took.
public struct ReplyAddress: Hashable, Sendable {
  let slot: UInt32
  let generation: UInt32
  let stream: StreamID

  init(_ connection: ConnectionAddress, stream: StreamID) {
    slot = connection.slot
    generation = connection.generation
    self.stream = stream
  }

  var connection: ConnectionAddress { ConnectionAddress(slot: slot, generation: generation) }
}

/// Who lives at which address of an event loop.
struct ConnectionTable<Connection> {
  private struct Slot {
    var generation: UInt32 = 0
    var connection: Connection?
  }

  private var slots: [Slot] = []
  private var free: [UInt32] = []

  /// An address where nobody lives yet.
  mutating func reserve() -> ConnectionAddress {
    if let slot = free.popLast() {
      return ConnectionAddress(slot: slot, generation: slots[Int(slot)].generation)
    }
    slots.append(Slot())
    // Each is an open file: there are never 2^32 of them.
    return ConnectionAddress(slot: UInt32(truncatingIfNeeded: slots.count - 1), generation: 0)
  }

  mutating func occupy(_ address: ConnectionAddress, _ connection: Connection) {
    guard isValid(address) else { return }
    slots[Int(address.slot)].connection = connection
  }

  /// The address means nobody from here on.
  mutating func remove(_ address: ConnectionAddress) {
    guard isValid(address) else { return }
    slots[Int(address.slot)].connection = nil
    slots[Int(address.slot)].generation &+= 1
    free.append(address.slot)
  }

  /// nil: nobody lives there, yet or any more.
  subscript(_ address: ConnectionAddress) -> Connection? {
    isValid(address) ? slots[Int(address.slot)].connection : nil
  }

  private func isValid(_ address: ConnectionAddress) -> Bool {
    Int(address.slot) < slots.count && slots[Int(address.slot)].generation == address.generation
  }
}
