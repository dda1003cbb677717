extension KioskScreen {
  /// Faces side by side where they look well; bands below each other where there is no room, and for choices that are
  /// no levels.
  static func drawChoices(_ form: KioskForm, _ language: KioskLanguage, _ body: Area, _ frame: inout KioskFrame) {
    if form.isOrdered, let tiles = Tiles(form, language, body, frame.canvas.style) {
      tiles.draw(form, &frame)
    } else {
      drawBands(form, language, body, &frame)
    }
  }

  /// A face per level, its key and its word under it: never colour or face alone.
  private struct Tiles {
    static let gap = 1
    /// Wider than this a tile is only emptier.
    static let widest = 46

    var areas: [Area]
    var faceRows: Int
    /// Lines of the words.
    var labels: [[String]]

    /// Nil: no room for that.
    init?(_ form: KioskForm, _ language: KioskLanguage, _ body: Area, _ style: Style) {
      let count = form.choices.count
      let width = min(Self.widest, (body.columns - 2 - Self.gap * (count - 1)) / count)
      let inner = width - 2
      guard inner > 0 else { return nil }
      labels = form.choices.map { TextWidth.balanced($0.label(language), inner, maximum: 3) }
      let isWhole = zip(labels, form.choices).allSatisfy { lines, choice in
        lines.joined(separator: " ") == choice.label(language).split(separator: " ").joined(separator: " ")
      }
      // The box, the key, and the words.
      let strip = 3 + (labels.map(\.count).max() ?? 1)
      guard isWhole, let rows = FaceArt.rows(atMost: min(inner / 2, body.rows - strip), style: style) else {
        return nil
      }
      faceRows = rows
      // Air above and below the face, if there is some.
      let height = min(body.rows, rows + strip + (body.rows - rows - strip >= 6 ? 2 : 0))
      let left = (body.columns - width * count - Self.gap * (count - 1)) / 2
      let top = body.row + (body.rows - height) / 2
      areas = (0..<count).map {
        Area(row: top, column: left + $0 * (width + Self.gap), rows: height, columns: width)
      }
    }

    func draw(_ form: KioskForm, _ frame: inout KioskFrame) {
      let count = areas.count
      let words = labels.map(\.count).max() ?? 1
      for (index, area) in areas.enumerated() {
        let ink = Ink.level(index: index, count: count, filled: false)
        let filled = Ink.level(index: index, count: count, filled: true)
        frame.add(.choice(index), area)
        frame.canvas.box(area, ink)
        let art = FaceArt.lines(
          mood: FaceArt.mood(index, of: count), rows: faceRows, style: frame.canvas.style)
        let stripTop = area.bottom - 2 - words
        let faceTop = area.row + 1 + (stripTop - area.row - 1 - faceRows) / 2
        for (row, line) in art.enumerated() {
          frame.canvas.write(
            line, row: faceTop + row, column: area.column + (area.columns - faceRows * 2) / 2, ink)
        }
        let strip = Area(row: stripTop, column: area.column + 1, rows: words + 1, columns: area.columns - 2)
        frame.canvas.fill(strip, filled)
        frame.canvas.center("\(form.choices[index].key)", row: stripTop, in: strip, filled)
        for (row, line) in labels[index].enumerated() {
          frame.canvas.center(line, row: stripTop + 1 + row, in: strip, filled)
        }
      }
    }
  }

  /// A band per choice, as high as there is room for, with its key and its word.
  private static func drawBands(
    _ form: KioskForm, _ language: KioskLanguage, _ body: Area, _ frame: inout KioskFrame
  ) {
    let count = form.choices.count
    let withGaps = body.rows >= count * 4 - 1
    let height = withGaps ? min(5, (body.rows - count + 1) / count) : max(1, min(3, body.rows / count))
    let margin = body.columns > 64 ? (body.columns - 60) / 2 : min(2, body.columns / 20)
    let isFramed = frame.canvas.style.colors == .none
    let step = height + (withGaps ? 1 : 0)
    let top = body.row + max(0, (body.rows - step * count) / 2)
    for (index, choice) in form.choices.enumerated() {
      let area = Area(
        row: top + index * step, column: margin, rows: height, columns: max(1, body.columns - margin * 2))
      guard area.bottom <= body.bottom else { break }
      let ink = form.isOrdered ? Ink.level(index: index, count: count, filled: true) : .selected
      let face = form.isOrdered ? FaceArt.brief(mood: FaceArt.mood(index, of: count)) + "  " : ""
      let padding = area.columns >= 36 ? "   " : " "
      let label = "\(padding)\(choice.key)\(padding)\(face)\(choice.label(language))"
      let middle = area.row + height / 2
      frame.add(.choice(index), area)
      frame.canvas.fill(area, ink)
      if isFramed, height >= 3 { frame.canvas.box(area, ink) }
      let edge = isFramed ? 1 : 0
      frame.canvas.write(
        TextWidth.fit(label, max(0, area.columns - edge * 2), ellipsis: frame.canvas.style.unicode ? "…" : "~"),
        row: middle, column: area.column + edge, ink)
      if isFramed, height < 3 {
        frame.canvas.write("[", row: middle, column: area.column, ink)
        frame.canvas.write("]", row: middle, column: area.right - 1, ink)
      }
    }
  }
}
