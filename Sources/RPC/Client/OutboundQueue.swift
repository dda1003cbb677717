internal import NIOCore
internal import Wire

/// What waits to be written, in order, because the peer reads more slowly than we write. Nothing here is encoded yet:
/// a Request's timeout is counted when its turn comes.
///
/// It is bounded by its producers: each of them is suspended until its entry is taken.
struct OutboundQueue<Writer> {
  enum Item: Equatable {
    case request
    case message(ByteBuffer)
    case close
  }

  struct Entry {
    let id: StreamID
    let item: Item
    /// Whom to tell that the entry was taken.
    let writer: Writer?
  }

  private var entries = CircularBuffer<Entry>()

  mutating func append(_ id: StreamID, _ item: Item, _ writer: Writer?) {
    entries.append(Entry(id: id, item: item, writer: writer))
  }

  mutating func popFirst() -> Entry? {
    entries.popFirst()
  }

  /// Takes out all entries of a call that is over.
  mutating func remove(_ id: StreamID) -> [Writer] {
    guard entries.contains(where: { $0.id == id }) else { return [] }
    let writers = entries.filter { $0.id == id }.compactMap(\.writer)
    entries.removeAll { $0.id == id }
    return writers
  }
}
