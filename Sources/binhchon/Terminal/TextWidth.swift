import Foundation

/// How many columns a text takes: one per letter, none for combining marks. Vietnamese needs no more.
enum TextWidth {
  static func of(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  static func of(_ scalar: Unicode.Scalar) -> Int {
    // Shown as a sign.
    if Steering.contains(scalar) { return 1 }
    return switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: 0
    default: 1
    }
  }

  /// Cuts to at most `width` columns; a cut text ends in `ellipsis`.
  static func fit(_ text: String, _ width: Int, ellipsis: String = "…") -> String {
    guard of(text) > width else { return text }
    guard width > of(ellipsis) else { return prefix(text, max(0, width)) }
    return prefix(text, width - of(ellipsis)) + ellipsis
  }

  static func padded(_ text: String, _ width: Int) -> String {
    let fitted = fit(text, width)
    return fitted + String(repeating: " ", count: max(0, width - of(fitted)))
  }

  static func rightAligned(_ text: String, _ width: Int) -> String {
    let fitted = fit(text, width)
    return String(repeating: " ", count: max(0, width - of(fitted))) + fitted
  }

  static func centered(_ text: String, _ width: Int) -> String {
    let fitted = fit(text, width)
    let left = max(0, width - of(fitted)) / 2
    return padded(String(repeating: " ", count: left) + fitted, width)
  }

  /// Breaks at spaces into at most `maximum` lines; what is left over is cut.
  static func wrapped(_ text: String, _ width: Int, maximum: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var words = text.split(separator: " ").map(String.init)[...]
    while let word = words.first {
      let longer = line.isEmpty ? word : line + " " + word
      if of(longer) <= width || line.isEmpty {
        line = longer
        words.removeFirst()
      } else if lines.count + 1 < maximum {
        lines.append(line)
        line = ""
      } else {
        line += " " + words.joined(separator: " ")
        break
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { fit($0, width) }
  }

  /// Breaks at spaces as ``wrapped(_:_:maximum:)`` does, into lines of about the same width.
  static func balanced(_ text: String, _ width: Int, maximum: Int) -> [String] {
    let best = wrapped(text, width, maximum: maximum)
    guard best.count > 1, width > 1 else { return best }
    let narrower = (1..<width).lazy.map { wrapped(text, $0, maximum: maximum + 1) }
      .first { $0.count == best.count && $0.joined(separator: " ") == best.joined(separator: " ") }
    return narrower ?? best
  }

  private static func prefix(_ text: String, _ width: Int) -> String {
    var result = String.UnicodeScalarView()
    var used = 0
    for scalar in text.unicodeScalars {
      used += of(scalar)
      if used > width { break }
      result.append(scalar)
    }
    return String(result)
  }
}

/// Text for terminals that show only ASCII: letters without their marks, signs by the nearest ones.
enum PlainASCII {
  static func fold(_ text: String) -> String {
    var result = ""
    for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
      if scalar.isASCII {
        result.unicodeScalars.append(scalar)
      } else if let replacement = signs[scalar] {
        result += replacement
      } else if TextWidth.of(scalar) > 0 {
        result += "?"
      }
    }
    return result
  }

  private static let signs: [Unicode.Scalar: String] = [
    "đ": "d", "Đ": "D", "–": "-", "—": "-", "…": ".", "·": "-", "•": "*", "●": "*", "○": "o", "×": "x", "±": "~",
    "“": "\"", "”": "\"", "‘": "'", "’": "'", "\u{A0}": " ", "←": "<", "→": ">", "≥": ">", "≤": "<", "✓": "v",
    "▀": "\"", "▄": "_", "─": "-", "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "█": "#",
    "▏": " ", "▎": " ", "▍": " ", "▌": "#", "▋": "#", "▊": "#", "▉": "#",
  ]
}
