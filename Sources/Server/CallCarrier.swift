internal import Logging
internal import NIOCore
internal import Polling
public import RPC
internal import Schema
public import Tallies

/// The watcher is a WatchTally call, by its sink.
extension ResponseSink: TallyWatcher {}

/// Carries tallies to the calls that watch them: what many are told is encoded once.
struct CallCarrier: TallyCarrier {
  var now: @Sendable () -> Timestamp
  var logger: Logger

  func carry(_ tellings: [WatchTelling]) async -> [SlowWatcher] {
    let asOf = now()
    let offers = tellings.map { telling in
      let sinks = telling.watchers.compactMap { $0 as? ResponseSink }
      return ResponseSink.Offer(message(telling.event, asOf, sinks), to: sinks)
    }
    return await ResponseSink.offer(offers).map { SlowWatcher(telling: $0.offer, watcher: $0.sink) }
  }

  private func message(_ event: WatchEvent, _ asOf: Timestamp, _ sinks: [ResponseSink]) -> ByteBuffer {
    do {
      return try event.message(asOf: asOf).encoded()
    } catch {
      logger.error("tally not encoded", metadata: ["error": "\(error)"])
      for sink in sinks { sink.fail(RPCError(.internal, "internal error")) }
      return ByteBuffer()
    }
  }
}
