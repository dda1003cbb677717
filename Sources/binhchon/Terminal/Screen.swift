import Foundation
import Synchronization

/// What happens to a full-screen page.
enum ScreenEvent<Update: Sendable>: Sendable {
  /// And when it was pressed: a page that waits for a disk hears of it later.
  case key(Key, at: ContinuousClock.Instant)
  case resized
  case tick(at: ContinuousClock.Instant)
  /// The keyboard is gone.
  case ended
  case update(Update)
}

/// A full-screen page: keys, window changes, ticks and updates come in one order; frames go out.
struct Screen<Update: Sendable>: Sendable {
  let style: Style
  let events: AsyncStream<ScreenEvent<Update>>
  private let feed: AsyncStream<ScreenEvent<Update>>.Continuation

  init(style: Style) {
    self.style = style
    (events, feed) = AsyncStream.makeStream()
  }

  /// Hands an update to the page.
  func post(_ update: Update) {
    feed.yield(.update(update))
  }

  /// Shows the page until `handle` returns false or the task is cancelled. `handle` and `draw` are called one after
  /// the other, never at once. The terminal is as before when this returns or throws.
  ///
  /// - Parameter hasMouse: the terminal is asked to tell of its mouse or touch screen.
  func run<State>(
    _ state: inout State, tick: Duration, hasMouse: Bool = false,
    handle: (inout State, ScreenEvent<Update>) throws -> Bool,
    draw: (State, ScreenSize) -> [Line]
  ) async throws {
    try TerminalMode.enter()
    defer { TerminalMode.leave() }
    try writeAll("\u{1B}[?1049h\u{1B}[?25l".utf8, to: STDOUT_FILENO)
    if hasMouse { try writeAll("\u{1B}[?1000h\u{1B}[?1006h".utf8, to: STDOUT_FILENO) }

    let resizes = SignalSource([SIGWINCH]) { [feed] _ in feed.yield(.resized) }
    defer { resizes.cancel() }
    let keyboard = Task { [feed] in
      let source = ByteSource(descriptor: STDIN_FILENO)
      var decoder = KeyDecoder()
      // A keyboard that cannot be read is a keyboard that is gone: both end the page.
      while let bytes = try? await source.next() {
        let now = ContinuousClock.now
        for key in decoder.decode(bytes, at: now) { feed.yield(.key(key, at: now)) }
      }
      feed.yield(.ended)
    }
    let clock = Task { [feed] in
      while !Task.isCancelled {
        try await Task.sleep(for: tick)
        feed.yield(.tick(at: .now))
      }
    }
    defer {
      keyboard.cancel()
      clock.cancel()
    }

    var diff = FrameDiff()
    func show() throws {
      let size = TerminalMode.size
      try writeAll(diff.update(to: draw(state, size), size: size, style: style).utf8, to: STDOUT_FILENO)
    }
    try show()
    for await event in events {
      guard try handle(&state, event) else { return }
      try show()
    }
    try Task.checkCancellation()
  }
}

/// Signals as calls on a queue, instead of their default.
final class SignalSource: Sendable {
  private let sources: Mutex<[any DispatchSourceSignal]>

  init(_ signals: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
    let queue = DispatchQueue(label: "binhchon.signals")
    sources = Mutex(
      signals.map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { handler(number) }
        source.resume()
        return source
      })
  }

  func cancel() {
    sources.withLock { sources in
      for source in sources { source.cancel() }
    }
  }
}
