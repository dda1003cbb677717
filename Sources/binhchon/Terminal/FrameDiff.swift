/// Turns frames into the bytes that change the screen from the last one: only rows that differ are written.
struct FrameDiff: Sendable {
  private var shown: [String]?
  private var lines: [Line]?
  private var size: ScreenSize?

  /// What to write so that the screen shows `lines`, one per row from the top.
  mutating func update(to lines: [Line], size: ScreenSize, style: Style) -> String {
    // Most of the time nobody is there.
    if lines == self.lines, size == self.size { return "" }
    let rows = lines.prefix(size.rows).map { $0.rendered(style, columns: size.columns) }
    let isFirst = shown == nil || self.size != size
    var output = isFirst ? "\u{1B}[0m\u{1B}[2J" : ""
    let before = isFirst ? [] : (shown ?? [])
    for row in 0..<max(rows.count, before.count) {
      let new = row < rows.count ? rows[row] : ""
      let old = row < before.count ? before[row] : ""
      guard new != old else { continue }
      // After the last column the cursor still stands on it: what is erased from there would be its letter.
      let isFull = row < rows.count && lines[row].width >= size.columns
      output += "\u{1B}[\(row + 1);1H\(new)\(isFull ? "" : "\u{1B}[K")"
    }
    shown = rows
    self.lines = lines
    self.size = size
    return output
  }
}
