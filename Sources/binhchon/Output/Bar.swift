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
}
