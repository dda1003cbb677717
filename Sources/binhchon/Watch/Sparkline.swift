/// Counts as a row of small columns, each as high as its part of the highest.
enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let signs: [Character] = [".", ":", "-", "=", "+", "*", "#", "@"]

  /// - Parameter counts: nil: left out.
  static func text(_ counts: [UInt64?], unicode: Bool) -> String {
    let levels = unicode ? blocks : signs
    let most = counts.compactMap { $0 }.max() ?? 0
    return String(
      counts.map { count -> Character in
        guard let count else { return "?" }
        guard count > 0 else { return " " }
        // Eighths of the highest, rounded up: what is not nothing is seen.
        let (high, low) = (count - 1).multipliedFullWidth(by: UInt64(levels.count))
        let level = Int(most.dividingFullWidth((high, low)).quotient)
        return levels[min(level, levels.count - 1)]
      })
  }
}
