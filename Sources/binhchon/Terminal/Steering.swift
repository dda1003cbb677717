/// Characters that a terminal obeys instead of showing them: control characters (ECMA-48), and those that turn the
/// direction of the text behind them (UAX #9, 2.1-2.3), by which a line says something else than it is.
enum Steering {
  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// The text with a sign of one column in the place of each of them; white space becomes a space.
  static func replaced(in text: String, keepsBreaks: Bool) -> String {
    guard text.unicodeScalars.contains(where: contains) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where keepsBreaks: shown.append(scalar)
      case "\t", "\n", "\u{0B}", "\u{0C}", "\r": shown.append(" ")
      default: shown.append(contains(scalar) ? "\u{FFFD}" : scalar)
      }
    }
    return String(shown)
  }
}
