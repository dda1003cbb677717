internal import Schema
import Synchronization

/// One run of `watch` in lines.
struct WatchSession: Sendable {
  let service: any PollingService
  let model: WatchModel
  /// Milliseconds between updates; 0: the server's default.
  let interval: UInt32
  let console: Console

  /// One line per update, until cancelled; with `once`, one line.
  func runLines(once: Bool) async throws {
    // Captured by two closures that are never called at once, so the lock is never contended.
    let position = WatchPosition(model)
    var isLost = false
    var told: Text?
    try await TallyFeed(service: service).run {
      position.model.withLock { $0.request(interval: interval) }
    } handle: { event in
      switch event {
      case .lost(let refusal):
        if once { throw refusal }
        if !isLost {
          let why = refusal.why ?? Text(verbatim: refusal.message)
          console.say(
            Text(vi: "mất kết nối (\(why.vi)), đang nối lại", en: "connection lost (\(why.en)), reconnecting"))
        }
        isLost = true
        return true
      case .update(let update):
        if isLost { console.say(Text(vi: "đã nối lại", en: "connected again")) }
        isLost = false
        let (isNew, current) = position.model.withLock { model in
          let isNew = model.receive(update)
          return (isNew, model)
        }
        guard isNew, let tally = current.tally else { return true }
        let why = tally.k > 0 ? Figures.leftOut(k: tally.k, from: tally.publishedFrom) : nil
        if let why, why != told, !console.json { console.say(why) }
        told = why
        if console.json {
          try console.print(json: WatchRecord(update.kind, tally))
        } else if update.kind != .current, let line = WatchLine.text(current, unicode: console.style.unicode) {
          try console.print(line)
        }
        return !once
      }
    }
  }
}

/// What the feed asks for next: it runs beside who shows its events, and has to know what came last.
final class WatchPosition: Sendable {
  let model: Mutex<WatchModel>

  init(_ model: WatchModel) {
    self.model = Mutex(model)
  }
}
