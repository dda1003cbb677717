/// One line that says how far long work has come: after half a second, ten times a second where it can be drawn over,
/// elsewhere every ten seconds.
struct ProgressLine {
  private let console: Console
  private let start = ContinuousClock.now
  private var pace: ProgressPace
  private var isShown = false

  init(_ console: Console) {
    self.console = console
    pace = ProgressPace(redraws: console.redraws)
  }

  /// - Parameter text: asked only when it is time; of seconds since the work began.
  mutating func show(_ text: (_ seconds: Double) -> Text) {
    let now = ContinuousClock.now - start
    guard pace.isDue(now) else { return }
    isShown = true
    console.progress(text(now / .seconds(1)))
  }

  /// Takes the line off a terminal, so that something else can be said.
  mutating func clear() {
    guard isShown, console.redraws else { return }
    isShown = false
    console.progress(Text(verbatim: ""))
  }
}

/// When a line of progress is due.
struct ProgressPace {
  private static let first = Duration.milliseconds(500)

  private let pause: Duration
  private var last: Duration?

  init(redraws: Bool) {
    pause = redraws ? .milliseconds(100) : .seconds(10)
  }

  /// - Parameter now: since the work began.
  mutating func isDue(_ now: Duration) -> Bool {
    guard now - (last ?? .zero) >= (last == nil ? max(pause, Self.first) : pause) else { return false }
    last = now
    return true
  }
}
