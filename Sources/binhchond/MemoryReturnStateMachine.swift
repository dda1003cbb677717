/// When memory of closed connections is worth giving back: once half of them, and hundreds, have gone since the last
/// time, or few that were large. Kiosks that come and go do not make it work all day.
struct MemoryReturnStateMachine {
  /// 10 MB, at 20 KB a connection.
  static let fewest = 500
  /// Bytes.
  static let mostGrowth = 16 << 20

  private var open = 0
  /// The most since the last time.
  private var peak = 0
  /// Bytes that were resident after the last time; nil: before the first connection.
  private var kept: Int?
  private var isWaiting = false

  /// - Parameter resident: bytes of memory that the process has.
  mutating func opened(resident: @autoclosure () -> Int) {
    if kept == nil { kept = resident() }
    open += 1
    peak = max(peak, open)
  }

  enum Closed: Equatable { case waitForTheRest, ignore }

  mutating func closed(resident: @autoclosure () -> Int) -> Closed {
    open -= 1
    guard !isWaiting else { return .ignore }
    let haveManyGone = peak - open >= max(Self.fewest, open)
    guard haveManyGone || resident() - (kept ?? 0) >= Self.mostGrowth else { return .ignore }
    isWaiting = true
    return .waitForTheRest
  }

  /// The rest has had time to go, and memory was given back.
  mutating func gaveBack(resident: Int) {
    isWaiting = false
    peak = open
    kept = resident
  }
}
