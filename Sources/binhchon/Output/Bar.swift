/// A bar as long as its part of the longest one.
enum Bar {
  /// Eighths of a column with block characters, whole columns of `#` without; at least a trace of what is not nothing.
  static func text(_ count: UInt64, of most: UInt64, width: Int, unicode: Bool) -> String {
    guard most > 0, width > 0, count > 0, count <= most else { return "" }
    let eighths = Int(most.dividingFullWidth(count.multipliedFullWidth(by: UInt64(width * 8))).quotient)
    guard unicode else { return String(repeating: "#", count: max(1, eighths / 8)) }
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + (eighths == 0 ? "▏" : parts[eighths % 8])
  }

  /// What is done of a whole, in columns of `#` and `-`.
  static func ofWhole(_ done: Int, _ total: Int, width: Int) -> String {
    let filled = text(UInt64(max(0, min(done, total))), of: UInt64(max(0, total)), width: width, unicode: false)
    return filled + String(repeating: "-", count: max(0, width - filled.count))
  }
}
