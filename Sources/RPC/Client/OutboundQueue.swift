internal import NIOCore
internal import Wire

/// What waits to be written, in order, because the peer reads more slowly than we write. Nothing here is encoded yet:
/// a Request's timeout is counted when its turn comes.
///
/// It is bounded by its producers: each of them is suspended until its entry is taken.
struct OutboundQueue<Waiter> {
  enum Item: Equatable {
    case request
    case message(ByteBuffer)
    case close
  }

  struct Entry {
    let id: StreamID
    let item: Item
    /// Whom to tell that the entry was taken.
    let waiter: Waiter?
  }

  private var entries = CircularBuffer<Entry>()

  var isEmpty: Bool { entries.isEmpty }

  mutating func append(_ id: StreamID, _ item: Item, _ waiter: Waiter?) {
    entries.append(Entry(id: id, item: item, waiter: waiter))
  }

  mutating func popFirst() -> Entry? {
    entries.popFirst()
  }

  /// Takes out all entries of a call that is over.
  mutating func remove(_ id: StreamID) -> [Waiter] {
    guard entries.contains(where: { $0.id == id }) else { return [] }
    let waiters = entries.filter { $0.id == id }.compactMap(\.waiter)
    entries.removeAll { $0.id == id }
    return waiters
  }

  mutating func removeAll() -> [Waiter] {
    defer { entries = CircularBuffer() }
    return entries.compactMap(\.waiter)
  }
}
