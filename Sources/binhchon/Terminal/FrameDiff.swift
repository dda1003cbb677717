/// Turns frames into the bytes that change the screen from the last one: only rows that differ are written.
struct FrameDiff: Sendable {
  private var shown: [String]?
  private var size: ScreenSize?

  /// What to write so that the screen shows `lines`, one per row from the top.
  mutating func update(to lines: [Line], size: ScreenSize, style: Style) -> String {
    let rows = lines.prefix(size.rows).map { $0.rendered(style, columns: size.columns) }
    let isFirst = shown == nil || self.size != size
    var output = isFirst ? "\u{1B}[0m\u{1B}[2J" : ""
    let before = isFirst ? [] : (shown ?? [])
    for row in 0..<max(rows.count, before.count) {
      let new = row < rows.count ? rows[row] : ""
      let old = row < before.count ? before[row] : ""
      if new != old { output += "\u{1B}[\(row + 1);1H\(new)\u{1B}[K" }
    }
    shown = rows
    self.size = size
    return output
  }
}
