/// Faces as block art, from worst to best, in any size.
///
/// Where there are block characters a cell is two square points; elsewhere a drawing of letters is used, or one point
/// per cell where there is room for it to be seen.
enum FaceArt {
  /// Twice as many columns as rows.
  ///
  /// - Parameter mood: 0 (worst) to 1 (best).
  static func lines(mood: Double, rows: Int, style: Style) -> [String] {
    if let drawn = drawings(style)[rows] { return drawn(place(mood)) }
    return blocks(max(0, rows), halves: style.unicode) { isFace($0, $1, mood) }
  }

  /// The tallest face of at most so many rows that looks well; nil: there is none.
  static func rows(atMost rows: Int, style: Style) -> Int? {
    let tallest = style.unicode ? 8 : 12
    if rows >= tallest { return rows - rows % 2 }
    return drawings(style).keys.filter { $0 <= rows }.max()
  }

  /// In words' place on a row.
  static func brief(mood: Double) -> String {
    [">:(", ":-(", ":-|", ":-)", ":-D"][place(mood)]
  }

  /// A tick, for thanks.
  static func tick(rows: Int, style: Style) -> [String] {
    blocks(max(0, rows), halves: style.unicode) { x, y in
      near(x, y, from: (-0.75, 0.05), to: (-0.25, 0.6), 0.17) || near(x, y, from: (-0.25, 0.6), to: (0.8, -0.6), 0.17)
    }
  }

  static func mood(_ index: Int, of count: Int) -> Double {
    count > 1 ? Double(index) / Double(count - 1) : 0.5
  }

  private static func place(_ mood: Double) -> Int { min(4, max(0, Int((mood * 4).rounded()))) }

  /// A square of points from (-1, -1) to (1, 1), y downwards.
  private static func blocks(_ rows: Int, halves: Bool, _ isSet: (Double, Double) -> Bool) -> [String] {
    let columns = rows * 2
    let high = halves ? rows * 2 : rows
    func point(_ column: Int, _ row: Int) -> Bool {
      isSet((Double(column) + 0.5) / Double(columns) * 2 - 1, (Double(row) + 0.5) / Double(high) * 2 - 1)
    }
    return (0..<rows).map { row in
      String(
        (0..<columns).map { column -> Character in
          guard halves else { return point(column, row) ? "#" : " " }
          switch (point(column, row * 2), point(column, row * 2 + 1)) {
          case (true, true): return "█"
          case (true, false): return "▀"
          case (false, true): return "▄"
          case (false, false): return " "
          }
        })
    }
  }

  /// A disc with holes for eyes and mouth.
  private static func isFace(_ x: Double, _ y: Double, _ mood: Double) -> Bool {
    guard x * x + y * y <= 1.02 else { return false }
    let ex = abs(x) - 0.36
    let ey = (y + 0.28) * 0.8
    if ex * ex + ey * ey <= 0.024 { return false }
    let bend = mood * 2 - 1
    // How far from the middle the mouth's line is at this place: 0 … 1.
    let across = abs(x) / 0.58
    guard across <= 1 else { return true }
    let middle = 0.40 + 0.20 * bend * (1 - 2 * across * across)
    if abs(y - middle) <= 0.095 { return false }
    // The best one laughs, the worst one wails.
    if mood > 0.9, y >= 0.22, y <= middle { return false }
    if mood < 0.1, y <= 0.58, y >= middle { return false }
    return true
  }

  private static func near(
    _ x: Double, _ y: Double, from a: (Double, Double), to b: (Double, Double), _ distance: Double
  ) -> Bool {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1)
    let along = min(1, max(0, ((x - a.0) * dx + (y - a.1) * dy) / (dx * dx + dy * dy)))
    let (px, py) = (x - a.0 - along * dx, y - a.1 - along * dy)
    return px * px + py * py <= distance * distance
  }

  /// Where points are too few for a curve, faces drawn by hand: rows, and the face in each place.
  private static func drawings(_ style: Style) -> [Int: @Sendable (Int) -> [String]] {
    style.unicode ? [5: { small($0) }, 6: { middle($0) }] : [6: { letters($0) }]
  }

  private static func small(_ place: Int) -> [String] {
    let mouth = ["▀█▀    ▀█▀", "▀█▀▄▄▄▄▀█▀", "▀█▄▄▄▄▄▄█▀", "▀█▄▀▀▀▀▄█▀", "▀█▄    ▄█▀"][place]
    return [" ▄▄████▄▄ ", "▄█▀▀██▀▀█▄", "██▄▄██▄▄██", mouth, " ▀▀████▀▀ "]
  }

  private static func middle(_ place: Int) -> [String] {
    let mouth = [
      ["████▀  ▀████", "▀██▄▄▄▄▄▄██▀"], ["████▀▀▀▀████", "▀██▄████▄██▀"], ["████████████", "▀██▄▄▄▄▄▄██▀"],
      ["███▀████▀███", "▀███▄▄▄▄███▀"], ["███▀▀▀▀▀▀███", "▀██▄    ▄██▀"],
    ][place]
    return ["  ▄██████▄  ", "▄██▀▀██▀▀██▄", "███▄▄██▄▄███"] + mouth + ["  ▀██████▀  "]
  }

  private static func letters(_ place: Int) -> [String] {
    let mouth = [
      ["  .----.  ", " /______\\ "], ["          ", "  .----.  "], ["          ", "  ------  "],
      ["          ", "  \\____/  "], [" .______. ", "  \\____/  "],
    ][place]
    return ["  .------.  ", " /  o  o  \\ ", "|\(mouth[0])|", "|\(mouth[1])|", " \\        / ", "  '------'  "]
  }
}
