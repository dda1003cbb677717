/// When memory of closed connections is worth giving back: once half of them, and hundreds, have gone since the last
/// time. Kiosks that come and go do not make it work all day.
struct MemoryReturnStateMachine {
  /// 10 MB, at 20 KB a connection.
  static let fewest = 500

  private var open = 0
  /// The most since the last time.
  private var peak = 0
  private var isWaiting = false

  mutating func opened() {
    open += 1
    peak = max(peak, open)
  }

  enum Closed: Equatable { case waitForTheRest, ignore }

  mutating func closed() -> Closed {
    open -= 1
    guard !isWaiting, peak - open >= max(Self.fewest, open) else { return .ignore }
    isWaiting = true
    return .waitForTheRest
  }

  /// The rest has had time to go: memory is given back now.
  mutating func waited() {
    isWaiting = false
    peak = open
  }
}
