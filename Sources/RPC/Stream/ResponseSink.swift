public import NIOCore
internal import Synchronization
internal import Wire

/// A streaming call's way to its peer, for state that many calls are shown: a message is encoded once and its bytes
/// are offered to all of them, without a task that waits for each.
///
/// A sink holds one message at most. Whoever offers is told which sinks could not let it go, and waits for those
/// (``whenReady(_:)``), so that a slow peer gets fewer messages and newer ones, and never a queue.
public final class ResponseSink: Sendable {
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

  /// Calls `body` once, on any thread, as soon as nothing waits in the sink or its call is over: at once if so already.
  public func whenReady(_ body: @escaping @Sendable () -> Void) {
    queue.whenEmpty(body)
  }

  /// Ends the call with this error.
  public func fail(_ error: RPCError) {
    queue.fail(error)
  }

  /// One sink of what was offered, by positions.
  public struct Position: Hashable, Sendable {
    public var offer: Int
    public var sink: Int
  }

  /// Offers messages, with one wake-up per event loop. Returns when every connection has had its turn, and then which
  /// sinks were not ready to let the message go: it waits there (or was declined, where another did already). Offer to
  /// so many at a time that their event loop may be kept from other work for so long. A call that is over gets nothing;
  /// a message over 4 MiB ends its calls with code 8.
  public static func offer(_ offers: [Offer]) async -> [Position] {
    var loops: [LoopMailbox] = []
    var parcels: [[OfferParcel.Offer]] = []
    var waiting: [Position] = []
    for (index, offer) in offers.enumerated() {
      guard offer.message.readableBytes <= Int(FrameHeader.maximumBodyLength) else {
        for sink in offer.sinks { sink.fail(WriterQueue.messageTooLarge) }
        continue
      }
      var recipients = [[OfferParcel.Recipient]](repeating: [], count: loops.count)
      for (position, sink) in offer.sinks.enumerated() {
        let position = Position(offer: index, sink: position)
        guard let (loop, address) = sink.home else {
          if sink.queue.offer(offer.message) { sink.queue.announce() }
          waiting.append(position)
          continue
        }
        // There are as many as processors.
        let known = loops.firstIndex { $0 === loop }
        if known == nil {
          loops.append(loop)
          parcels.append([])
          recipients.append([])
        }
        recipients[known ?? loops.count - 1].append((address, position))
      }
      for (loop, recipients) in recipients.enumerated() where !recipients.isEmpty {
        parcels[loop].append((offer.message, recipients))
      }
    }
    guard !loops.isEmpty else { return waiting }
    return await withCheckedContinuation { continuation in
      let delivery = OfferParcel.Delivery(parcels: parcels.count, waiting: waiting) {
        continuation.resume(returning: $0)
      }
      for (loop, offers) in zip(loops, parcels) { loop.post(OfferParcel(offers: offers, delivery: delivery)) }
    }
  }
}

/// What is offered to streams of one event loop's connections.
struct OfferParcel: Sendable {
  typealias Recipient = (address: ReplyAddress, position: ResponseSink.Position)
  typealias Offer = (message: ByteBuffer, to: [Recipient])

  let offers: [Offer]
  let delivery: Delivery

  /// Waits for the last of a number of parcels.
  final class Delivery: Sendable {
    private struct State {
      var parcelsLeft: Int
      var waiting: [ResponseSink.Position]
    }

    private let state: Mutex<State>
    private let whenComplete: @Sendable ([ResponseSink.Position]) -> Void

    /// - Parameter waiting: the sinks known to wait from the beginning.
    init(
      parcels: Int, waiting: [ResponseSink.Position] = [],
      whenComplete: @escaping @Sendable ([ResponseSink.Position]) -> Void
    ) {
      state = Mutex(State(parcelsLeft: parcels, waiting: waiting))
      self.whenComplete = whenComplete
    }

    /// A parcel was delivered; at `waiting` its message waits.
    func arrived(waiting: [ResponseSink.Position]) {
      let all: [ResponseSink.Position]? = state.withLock { state in
        state.parcelsLeft -= 1
        state.waiting += waiting
        return state.parcelsLeft == 0 ? state.waiting : nil
      }
      if let all { whenComplete(all) }
    }
  }
}
