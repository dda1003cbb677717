import Foundation

/// What the terminal can show.
struct Style: Sendable, Equatable {
  enum Colors: Sendable { case none, eight, many }

  var colors: Colors
  /// Vietnamese letters and block characters; otherwise unaccented ASCII.
  var unicode: Bool

  static let plain = Style(colors: .none, unicode: true)
  static let ascii = Style(colors: .none, unicode: false)

  init(colors: Colors, unicode: Bool) {
    self.colors = colors
    self.unicode = unicode
  }

  /// `--color` decides before `NO_COLOR` (no-color.org), which decides before the terminal. The bare Linux console has
  /// glyphs for at most 512 characters, and Vietnamese stacked letters are not among them.
  init(choice: ColorChoice, environment: ProcessEnvironment, isTerminal: Bool) {
    let term = environment["TERM"] ?? "dumb"
    let wanted =
      switch choice {
      case .always: true
      case .never: false
      case .auto: isTerminal && environment["NO_COLOR"] == nil && term != "dumb"
      }
    let many = term.contains("256color") || environment["COLORTERM"] != nil
    self.init(
      colors: wanted ? (many ? .many : .eight) : .none,
      unicode: environment.isUTF8 && !(isTerminal && term == "linux"))
  }

  /// The text as this terminal can show it: NFC, or ASCII. Texts come from files and peers; nothing in them may steer
  /// the terminal.
  ///
  /// - Parameter keepsBreaks: line breaks stay; otherwise it is one line.
  func shown(_ text: String, keepsBreaks: Bool = false) -> String {
    let text = Steering.replaced(in: text, keepsBreaks: keepsBreaks)
    return unicode ? text.precomposedStringWithCanonicalMapping : PlainASCII.fold(text)
  }
}

enum ColorChoice: String, Sendable, CaseIterable {
  case auto, always, never
}

/// How a piece of text looks, by meaning.
enum Ink: Sendable, Equatable {
  case normal
  case bold
  case dim
  case good
  case warning
  case bad
  /// The `index`-th of `count` ordered levels, worst first; on the background if `filled`.
  case level(index: Int, count: Int, filled: Bool)
  case selected

  /// SGR parameters (ECMA-48, 8.3.117).
  func parameters(_ colors: Style.Colors) -> String {
    switch (self, colors) {
    case (.normal, _), (_, .none): ""
    case (.bold, _): "1"
    case (.dim, _): "2"
    case (.selected, _): "7"
    case (.good, .many): "38;5;34"
    case (.good, .eight): "32"
    case (.warning, .many): "38;5;214"
    case (.warning, .eight): "33"
    case (.bad, .many): "38;5;196"
    case (.bad, .eight): "31"
    case (.level(let index, let count, let filled), .many):
      // Text on the filled colours is black or white, whichever has the better contrast.
      filled
        ? "1;38;5;\(Self.isDark(index, count) ? 231 : 16);48;5;\(Self.scale256(index, count))"
        : "38;5;\(Self.scale256(index, count))"
    case (.level(let index, let count, let filled), .eight):
      // Not bold: with eight colours bold black is grey.
      filled ? "30;4\(Self.scale8(index, count))" : "3\(Self.scale8(index, count))"
    }
  }

  private static func scale256(_ index: Int, _ count: Int) -> Int {
    let scale = [160, 208, 220, 112, 34]
    return scale[position(index, count, among: scale.count)]
  }

  private static func isDark(_ index: Int, _ count: Int) -> Bool { position(index, count, among: 5) == 0 }

  private static func scale8(_ index: Int, _ count: Int) -> Int {
    let scale = [1, 3, 7, 6, 2]
    return scale[position(index, count, among: scale.count)]
  }

  private static func position(_ index: Int, _ count: Int, among places: Int) -> Int {
    guard count > 1, (0..<count).contains(index) else { return places / 2 }
    return (index * (places - 1) + (count - 1) / 2) / (count - 1)
  }
}

/// A row of a screen: pieces of text, each with its look.
struct Line: Sendable, Equatable {
  struct Piece: Sendable, Equatable {
    var text: String
    var ink: Ink
  }
  var pieces: [Piece]

  init(_ text: String = "", _ ink: Ink = .normal) {
    pieces = text.isEmpty ? [] : [Piece(text: text, ink: ink)]
  }

  static func + (left: Line, right: Line) -> Line {
    var line = left
    line.pieces += right.pieces
    return line
  }

  var width: Int { pieces.reduce(0) { $0 + TextWidth.of($1.text) } }

  /// Cut to `columns`, with escape sequences if the style has colours.
  func rendered(_ style: Style, columns: Int) -> String {
    var left = columns
    var result = ""
    for piece in pieces where left > 0 {
      let text = TextWidth.fit(style.shown(piece.text), left, ellipsis: style.unicode ? "…" : "~")
      left -= TextWidth.of(text)
      let parameters = piece.ink.parameters(style.colors)
      result += parameters.isEmpty ? text : "\u{1B}[\(parameters)m\(text)\u{1B}[0m"
    }
    return result
  }
}

struct ScreenSize: Sendable, Equatable {
  var columns: Int
  var rows: Int

  static let usual = ScreenSize(columns: 80, rows: 24)
}
