import FoundationEssentials
import Glibc

/// Progress of long work on standard error: after half a second, at most ten times a second on a terminal, every ten
/// seconds elsewhere.
final class Progress {
  private let what: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?

  init(_ what: String) {
    self.what = what
  }

  func show(_ done: UInt64, of total: UInt64) {
    let now = ContinuousClock.now
    let pace: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
    guard total > 0, now - start >= .milliseconds(500), now - (shown ?? start) >= pace || shown == nil && isTerminal
    else { return }
    shown = now
    let elapsed = Double((now - start).components.seconds) + Double((now - start).components.attoseconds) / 1e18
    let rate = Double(done) / elapsed
    let left = rate > 0 ? Int(Double(total - min(done, total)) / rate) : 0
    let line = "\(done) of \(total) \(what) (\(done * 100 / total) %), \(Int(rate))/s, \(left) s left"
    write(isTerminal ? "\r\(line)\u{1B}[K" : line + "\n")
  }

  /// Takes the line off the screen.
  func end() {
    if isTerminal, shown != nil { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    // Nobody is left to tell if standard error is closed.
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
