internal import NIOCore
internal import Synchronization
internal import Wire

/// What tasks and threads tell the connections of one event loop. Everything that is told before the event loop comes
/// round is read in one go and written once per connection, so that a commit answered on a hundred connections wakes
/// the event loop once, and a burst of answers leaves in one write.
final class LoopMailbox: Sendable {
  enum Message: Sendable {
    case handlerEnded(StreamID, PreparedCall.Outcome)
    case responses(StreamID, WriterQueue.Signal)
    case drain
    case endNow
  }

  fileprivate struct Letters {
    var messages: [(to: ConnectionAddress, message: Message)] = []
    var batches: [ReplyBatch] = []
    var parcels: [OfferParcel] = []

    var isEmpty: Bool { messages.isEmpty && batches.isEmpty && parcels.isEmpty }
  }

  /// An object, so that it is asked for once a round, and not for every letter.
  fileprivate final class Reader {
    var connections = ConnectionTable<ServerConnectionHandler>()
    /// Storage for the next letters: empty, its capacity kept.
    var spare = Letters()
  }

  /// Over so many the storage of a burst is not kept.
  fileprivate static let capacityKept = 4_096

  private let letters = Mutex(Letters())
  private let eventLoop: any EventLoop
  private let budget: ServerBudget
  private let reader: NIOLoopBound<Reader>

  /// Call on `eventLoop`.
  init(eventLoop: any EventLoop, budget: ServerBudget) {
    self.eventLoop = eventLoop
    self.budget = budget
    reader = NIOLoopBound(Reader(), eventLoop: eventLoop)
  }

  // MARK: Connections

  /// A new connection's part of this mailbox. Call on the event loop, as the two below.
  func open() -> ConnectionMailbox {
    ConnectionMailbox(loop: self, address: reader.value.connections.reserve())
  }

  func attach(_ connection: ServerConnectionHandler, at address: ConnectionAddress) {
    reader.value.connections.occupy(address, connection)
  }

  /// What is sent to this address is dropped from here on: everything has been cancelled, nobody waits for answers.
  func close(_ address: ConnectionAddress) {
    reader.value.connections.remove(address)
  }

  // MARK: Posting

  func post(_ message: Message, to connection: ConnectionAddress) {
    post { $0.messages.append((connection, message)) }
  }

  func post(contentsOf messages: some Sequence<(to: ConnectionAddress, message: Message)>) {
    post { $0.messages.append(contentsOf: messages) }
  }

  /// Answers many unary calls, and gives back their places among the server's running calls.
  func post(_ batch: ReplyBatch) {
    budget.unaryCalls.giveBack(batch.count)
    post { $0.batches.append(batch) }
  }

  /// Offers messages to streams; the parcel's delivery hears when they are written or wait.
  func post(_ parcel: OfferParcel) {
    post { $0.parcels.append(parcel) }
  }

  private func post(_ add: (inout Letters) -> Void) {
    let isFirst = letters.withLock { letters in
      let wasEmpty = letters.isEmpty
      add(&letters)
      return wasEmpty && !letters.isEmpty
    }
    if isFirst { eventLoop.execute { self.read() } }
  }

  // MARK: Reading

  private func read() {
    let reader = reader.value
    var taken = Letters()
    swap(&taken, &reader.spare)
    letters.withLock { swap(&taken, &$0) }
    var touched: [ServerConnectionHandler] = []
    for (address, message) in taken.messages {
      reader.connection(at: address, &touched)?.receive(message)
    }
    for batch in taken.batches {
      // The calls of a connection mostly came together and are answered together.
      var latest: (address: ConnectionAddress, connection: ServerConnectionHandler?)?
      batch.visitResponses { address, payload in
        if latest?.address != address.connection {
          latest = (address.connection, reader.connection(at: address.connection, &touched))
        }
        latest?.connection?.receiveReply(payload, to: address.stream)
      }
      for (address, status) in batch.failures {
        reader.connection(at: address.connection, &touched)?.receive(.handlerEnded(address.stream, .failure(status)))
      }
    }
    let waiting = taken.parcels.map { reader.deliver($0, &touched) }
    for connection in touched { connection.settleAfterMail() }
    for (parcel, waiting) in zip(taken.parcels, waiting) { parcel.delivery.arrived(waiting: waiting) }
    reader.keep(&taken)
  }
}

extension LoopMailbox.Reader {
  /// Returns where messages wait.
  fileprivate func deliver(_ parcel: OfferParcel, _ touched: inout [ServerConnectionHandler]) -> [ResponseSink.Position]
  {
    var waiting: [ResponseSink.Position] = []
    for (message, recipients) in parcel.offers {
      // Most are on the first stream of their connection: the same frame, and the same bytes, for all of them.
      var frame = SharedFrame(message, on: .firstOfClient)
      for (address, position) in recipients {
        guard let connection = connection(at: address.connection, &touched) else { continue }
        if frame.streamID != address.stream { frame = SharedFrame(message, on: address.stream) }
        if !connection.receiveOffer(frame) { waiting.append(position) }
      }
    }
    return waiting
  }

  fileprivate func connection(
    at address: ConnectionAddress, _ touched: inout [ServerConnectionHandler]
  ) -> ServerConnectionHandler? {
    guard let connection = connections[address] else { return nil }
    if !connection.hasMail {
      connection.hasMail = true
      touched.append(connection)
    }
    return connection
  }

  fileprivate func keep(_ letters: inout LoopMailbox.Letters) {
    letters.messages.removeAll(keepingCapacity: letters.messages.capacity <= LoopMailbox.capacityKept)
    letters.batches.removeAll(keepingCapacity: letters.batches.capacity <= LoopMailbox.capacityKept)
    letters.parcels.removeAll(keepingCapacity: true)
    swap(&letters, &spare)
  }
}
