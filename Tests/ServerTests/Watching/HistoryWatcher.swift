import Foundation
import RPC
import Schema
import Synchronization
import WatchChecking

/// Where the server is that a watcher connects to; nowhere while there is none.
final class HistoryPlace: Sendable {
  private struct State {
    var server: HistoryServer?
    var isOver = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var server: HistoryServer? {
    get { state.withLock { $0.server } }
    set {
      change { $0.server = newValue }
    }
  }

  func end() { change { $0.isOver = true } }

  private func change(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// As soon as there is one; nil: it is over.
  func next() async -> HistoryServer? {
    while true {
      let (server, isOver) = state.withLock { ($0.server, $0.isOver) }
      if isOver { return nil }
      if let server { return server }
      await withCheckedContinuation { continuation in
        let isNews = state.withLock { state in
          if state.isOver || state.server != nil { return true }
          state.waiting.append(continuation)
          return false
        }
        if isNews { continuation.resume() }
      }
    }
  }
}

/// Watches a part of the poll from connection to connection, each time from where it was, at its own pace, and keeps a log.
final class HistoryWatcher: Sendable {
  private struct State {
    var log = WatchLog()
    var isReading = true
    var isOver = false
    var reader: CheckedContinuation<Void, Never>?
    var stream: ResponseStream<Binhchon_V1_WatchTallyResponse>?
  }

  let unit: String
  let channel: Binhchon_V1_Channel
  let interval: UInt32
  private let state = Mutex(State())

  init(unit: String, channel: Binhchon_V1_Channel, interval: UInt32) {
    self.unit = unit
    self.channel = channel
    self.interval = interval
  }

  var log: WatchLog { state.withLock { $0.log } }

  func run(_ place: HistoryPlace) async {
    while !state.withLock({ $0.isOver }), let server = await place.next() {
      var request = Binhchon_V1_WatchTallyRequest()
      request.poll = HistoryServer.poll
      (request.unit, request.channel, request.intervalMs) = (unit, channel, interval)
      let log = log
      (request.sinceEpoch, request.sinceRevision) = (log.epoch, log.revision)
      state.withLock { $0.log.add(.opened(epoch: log.epoch, revision: log.revision)) }
      do {
        let stream = try await server.caller.call(TallyMethods.watchTally, request)
        let isOver = state.withLock { state in
          state.stream = stream
          return state.isOver
        }
        // Cut before there was anything to cut.
        if isOver || place.server !== server { stream.cancel() }
        for try await response in stream {
          state.withLock { $0.log.add(.told(response)) }
          await mayRead()
        }
      } catch {
        // The connection is gone, the server says that it goes, or there is another one by now.
        await Task.yield()
      }
    }
  }

  /// Stops reading, or goes on.
  func read(_ isReading: Bool, at server: HistoryServer? = nil) {
    let reader = state.withLock { state in
      // Who was not held up yet had one in its hand and one waiting, and never stopped.
      if isReading, state.reader != nil, let server {
        state.log.add(.resumedReading(epoch: server.epoch, revision: server.folded))
      }
      state.isReading = isReading
      return isReading ? state.reader.take() : nil
    }
    reader?.resume()
  }

  func clockIsSet() { state.withLock { $0.log.add(.clockIsSet) } }

  /// The connection is cut.
  func cut() { state.withLock { $0.stream }?.cancel() }

  func end() {
    state.withLock { $0.isOver = true }
    cut()
    read(true)
  }

  private func mayRead() async {
    await withCheckedContinuation { continuation in
      let isReading = state.withLock { state in
        if !state.isReading { state.reader = continuation }
        return state.isReading
      }
      if isReading { continuation.resume() }
    }
  }
}
