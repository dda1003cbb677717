internal import Logging
internal import NIOCore
internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// A WatchTally call.
final class CallWatcher: TallyWatcher {
  let sink: ResponseSink

  init(_ sink: ResponseSink) {
    self.sink = sink
  }

  var isReady: Bool { sink.isReady }

  func whenReady(_ body: @escaping @Sendable () -> Void) {
    sink.whenReady(body)
  }
}

/// Carries tallies to the calls that watch them: what many are told is encoded once.
struct CallCarrier: TallyCarrier {
  var now: @Sendable () -> Timestamp
  var logger: Logger

  func carry(_ tellings: [WatchTelling]) async {
    let asOf = now()
    var offers: [ResponseSink.Offer] = []
    offers.reserveCapacity(tellings.count)
    for telling in tellings {
      let sinks = telling.watchers.compactMap { ($0 as? CallWatcher)?.sink }
      do {
        offers.append(ResponseSink.Offer(try telling.event.message(asOf: asOf).encoded(), to: sinks))
      } catch {
        logger.error("tally not encoded", metadata: ["error": "\(error)"])
        for sink in sinks { sink.fail(RPCError(.internal, "internal error")) }
      }
    }
    await ResponseSink.offer(offers)
  }
}
