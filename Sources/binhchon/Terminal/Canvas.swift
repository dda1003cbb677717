/// A page under construction: cells that are written to in any order and become lines.
struct Canvas: Sendable, Equatable {
  private struct Cell: Sendable, Equatable {
    var character: Character = " "
    var ink = Ink.normal
  }

  let size: ScreenSize
  let style: Style
  private var cells: [Cell]

  init(size: ScreenSize, style: Style) {
    self.size = ScreenSize(columns: max(0, size.columns), rows: max(0, size.rows))
    self.style = style
    cells = Array(repeating: Cell(), count: self.size.columns * self.size.rows)
  }

  /// Writes what fits between `column` and the canvas's edge; what is outside is left out.
  mutating func write(_ text: String, row: Int, column: Int, _ ink: Ink = .normal) {
    guard (0..<size.rows).contains(row) else { return }
    var column = column
    // As it will be shown: a sign may become several letters on a plain terminal.
    for character in style.shown(text) where TextWidth.of(String(character)) > 0 {
      if column >= size.columns { return }
      if column >= 0 { cells[row * size.columns + column] = Cell(character: character, ink: ink) }
      column += 1
    }
  }

  /// Writes text cut to the area's width and in its middle.
  mutating func center(_ text: String, row: Int, in area: Area, _ ink: Ink = .normal) {
    let fitted = TextWidth.fit(style.shown(text), area.columns, ellipsis: style.unicode ? "…" : "~")
    write(fitted, row: row, column: area.column + (area.columns - TextWidth.of(fitted)) / 2, ink)
  }

  mutating func fill(_ area: Area, _ ink: Ink) {
    for row in area.row..<max(area.row, area.bottom) {
      write(String(repeating: " ", count: max(0, area.columns)), row: row, column: area.column, ink)
    }
  }

  /// A box around an area's edge; at least 2 × 2, else nothing.
  mutating func box(_ area: Area, _ ink: Ink = .normal, isDouble: Bool = false) {
    guard area.rows >= 2, area.columns >= 2 else { return }
    let signs: [String] =
      style.unicode
      ? (isDouble ? ["╔", "═", "╗", "║", "╚", "╝"] : ["╭", "─", "╮", "│", "╰", "╯"])
      : (isDouble ? ["#", "=", "#", "#", "#", "#"] : ["+", "-", "+", "|", "+", "+"])
    let bar = String(repeating: signs[1], count: area.columns - 2)
    write(signs[0] + bar + signs[2], row: area.row, column: area.column, ink)
    for row in (area.row + 1)..<(area.bottom - 1) {
      write(signs[3], row: row, column: area.column, ink)
      write(signs[3], row: row, column: area.right - 1, ink)
    }
    write(signs[4] + bar + signs[5], row: area.bottom - 1, column: area.column, ink)
  }

  /// One per row, without the blanks on the right.
  var lines: [Line] {
    (0..<size.rows).map { row in
      let cells = cells[row * size.columns..<(row + 1) * size.columns]
      let end = cells.lastIndex { $0 != Cell() }.map { $0 + 1 } ?? cells.startIndex
      var line = Line()
      var text = ""
      var ink = Ink.normal
      for cell in cells[..<end] {
        if cell.ink != ink, !text.isEmpty {
          line.pieces.append(Line.Piece(text: text, ink: ink))
          text = ""
        }
        ink = cell.ink
        text.append(cell.character)
      }
      if !text.isEmpty { line.pieces.append(Line.Piece(text: text, ink: ink)) }
      return line
    }
  }
}
