public import NIOCore
internal import Synchronization
internal import Wire

/// A streaming call's way to its peer, for state that many calls are shown: a message is encoded once and its bytes
/// are offered to all of them, without a task that waits for each.
///
/// A sink holds one message at most. Whoever offers asks first whether the last one has left (``isReady``), so that a
/// slow peer gets fewer messages and newer ones, and never a queue.
public struct ResponseSink: Sendable {
  /// The same bytes for many.
  public struct Offer: Sendable {
    /// An encoded message of the calls' response type.
    public var message: ByteBuffer
    public var sinks: [ResponseSink]

    public init(_ message: ByteBuffer, to sinks: [ResponseSink]) {
      self.message = message
      self.sinks = sinks
    }
  }

  private let queue: WriterQueue
  private let home: (loop: LoopMailbox, address: ReplyAddress)?

  init(_ queue: WriterQueue) {
    self.queue = queue
    home = queue.home
  }

  /// Whether everything that was offered has gone to the connection.
  public var isReady: Bool { queue.isEmpty }

  /// Calls `body` once, on any thread, as soon as the sink is ready or its call is over: at once if it is.
  public func whenReady(_ body: @escaping @Sendable () -> Void) {
    queue.whenEmpty(body)
  }

  /// Ends the call with this error.
  public func fail(_ error: RPCError) {
    queue.fail(error)
  }

  /// Offers messages, with one wake-up per event loop. Returns when every connection has had its turn: whoever reads
  /// fast enough is ready again. Offer to so many at a time that their event loop may be kept from other work for so
  /// long. A sink that is not ready, or whose call is over, gets nothing; a message over 4 MiB ends its calls with
  /// code 8.
  public static func offer(_ offers: [Offer]) async {
    var parcels: [ObjectIdentifier: (loop: LoopMailbox, offers: [OfferParcel.Offer])] = [:]
    for offer in offers {
      guard offer.message.readableBytes <= Int(FrameHeader.maximumBodyLength) else {
        for sink in offer.sinks { sink.fail(WriterQueue.messageTooLarge) }
        continue
      }
      var addresses: [ObjectIdentifier: [ReplyAddress]] = [:]
      for sink in offer.sinks {
        if let (loop, address) = sink.home {
          let id = ObjectIdentifier(loop)
          addresses[id, default: []].append(address)
          if parcels[id] == nil { parcels[id] = (loop, []) }
        } else if sink.queue.offer(offer.message) {
          sink.queue.announce()
        }
      }
      for (id, addresses) in addresses { parcels[id]?.offers.append((offer.message, addresses)) }
    }
    guard !parcels.isEmpty else { return }
    await withCheckedContinuation { continuation in
      let delivery = OfferParcel.Delivery(parcels: parcels.count) { continuation.resume() }
      for (loop, offers) in parcels.values { loop.post(OfferParcel(offers: offers, delivery: delivery)) }
    }
  }
}

/// What is offered to streams of one event loop's connections.
struct OfferParcel: Sendable {
  typealias Offer = (message: ByteBuffer, to: [ReplyAddress])

  let offers: [Offer]
  let delivery: Delivery

  /// Waits for the last of a number of parcels.
  final class Delivery: Sendable {
    private let parcelsLeft: Atomic<Int>
    private let whenComplete: @Sendable () -> Void

    init(parcels: Int, whenComplete: @escaping @Sendable () -> Void) {
      parcelsLeft = Atomic(parcels)
      self.whenComplete = whenComplete
    }

    func arrived() {
      if parcelsLeft.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { whenComplete() }
    }
  }
}
