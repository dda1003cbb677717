import Foundation
internal import Polling
internal import Schema
import Synchronization

/// One run of `watch`.
struct WatchSession: Sendable {
  let service: any PollingService
  let model: WatchModel
  /// Milliseconds between updates; 0: the server's default.
  let interval: UInt32
  let console: Console

  /// What the feed asks for next: it runs beside the page, and has to know what the page has.
  private final class Position: Sendable {
    let model: Mutex<WatchModel>

    init(_ model: WatchModel) {
      self.model = Mutex(model)
    }
  }

  private enum Update: Sendable {
    case event(FeedEvent)
    case poll(Binhchon_V1_Poll)
    case failed(any Error)
  }

  /// The full-screen page, until `q`, Ctrl-C or a signal; the last figures stay behind as a line.
  func runScreen() async throws {
    let screen = Screen<Update>(style: console.style)
    let position = Position(model)
    let feeder = Task {
      do {
        try await TallyFeed(service: service).run {
          position.model.withLock { $0.request(interval: interval) }
        } handle: { event in
          screen.post(.event(event))
          guard case .update(let update) = event else { return true }
          let isOutdated = position.model.withLock { model in
            model.receive(update)
            return model.isOutdated
          }
          if isOutdated { refresh(position, screen) }
          return true
        }
      } catch {
        screen.post(.failed(error))
      }
    }
    var state = model
    defer {
      feeder.cancel()
      if let line = WatchLine.text(state, unicode: console.errorStyle.unicode) { console.say(Text(verbatim: line)) }
    }
    try await screen.run(&state, tick: .seconds(1)) { state, event in
      switch event {
      case .key(let key, _):
        switch state.press(key) {
        case .stay: return true
        case .quit: return false
        case .interrupt: throw CancellationError()
        }
      case .tick, .resized: return true
      case .ended: return false
      case .update(.event(.update(let update))):
        state.receive(update)
        return true
      case .update(.event(.lost)):
        state.disconnected()
        return true
      case .update(.poll(let poll)):
        state.republished(poll)
        return true
      case .update(.failed(let error)): throw error
      }
    } draw: { state, size in
      WatchScreen.render(state, nowMilliseconds: Timestamp.now.milliseconds, size: size, style: console.style)
    }
  }

  private func refresh(_ position: Position, _ screen: Screen<Update>) {
    Task {
      // Without the new labels the page shows codes; the next update asks again.
      guard let poll = try? await service.poll(named: model.poll.id) else { return }
      position.model.withLock { $0.republished(poll) }
      screen.post(.poll(poll))
    }
  }

  /// One line per update, until cancelled; with `once`, one line.
  func runLines(once: Bool) async throws {
    // Captured by two closures that are never called at once, so the lock is never contended.
    let position = Position(model)
    var isLost = false
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
