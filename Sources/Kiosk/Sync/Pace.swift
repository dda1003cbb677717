/// How long to wait before trying again: doubling, bounded, spread, so that a thousand kiosks that lost one server do
/// not come back at once.
struct Pace: Sendable, Equatable {
  /// Milliseconds.
  static let first: Int64 = 200
  static let longest: Int64 = 30_000
  private let first: Int64
  private let longest: Int64
  private var step = 0

  init(first: Int64 = Pace.first, longest: Int64 = Pace.longest) {
    self.first = first
    self.longest = longest
  }

  /// - Parameters:
  ///   - jitter: 0..<1; waits lie between half and all of the full one.
  ///   - asked: what the server asked for, in milliseconds; never less than that.
  mutating func next(jitter: Double, asked: Int64 = 0) -> Int64 {
    let full = min(longest, first << Int64(step))
    step = min(step + 1, 10)
    return max(asked, Int64(Double(full) * (0.5 + min(max(jitter, 0), 1) / 2)))
  }

  mutating func reset() {
    step = 0
  }
}
