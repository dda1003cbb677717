/// A text as it is compared with others: no case, one kind of space, dash and quote, `Ð` (eth) as `Đ`, `TW` as `TƯ`, and
/// each syllable's tone behind it, so that `hoà` and `hòa` are one. Never shown, never kept.
struct MatchKey: Hashable, Sendable {
  let text: String
  /// The same without any marks: `hai long`.
  let bare: String

  /// Longer names are compared by their beginning: no name is as long, and comparing a long run of combining marks takes
  /// time that grows with its square.
  private static let longest = 1_000

  init(_ source: String) {
    var (text, bare) = ("", "")
    var word = ""
    var bareWord = ""
    var tone: VietnameseLetter.Tone = .level
    func endWord() {
      if word == "tw" { (word, bareWord) = ("tư", "tu") }
      text += word
      // Behind a sign that no name has, so that a tone is never taken for a digit.
      if tone != .level { text += "~" + String(tone.rawValue) }
      bare += bareWord
      (word, bareWord, tone) = ("", "", .level)
    }
    func separate(_ separator: Character) {
      endWord()
      if separator != " " {
        // "a - b" is "a-b".
        if separator == "-" {
          while text.last == " " { text.removeLast() }
          while bare.last == " " { bare.removeLast() }
        }
        text.append(separator)
        bare.append(separator)
      } else if let last = text.last, last != " ", last != "-" {
        text.append(" ")
        bare.append(" ")
      }
    }
    for scalar in Composition.composed(Array(source.unicodeScalars.prefix(Self.longest))) {
      let folded: Unicode.Scalar = scalar == "Ð" || scalar == "ð" ? "đ" : scalar
      if let letter = VietnameseLetters.letter(folded) {
        var plain = letter
        if plain.tone != .level { tone = plain.tone }
        plain.tone = .level
        plain.isCapital = false
        word.unicodeScalars.append(VietnameseLetters.scalar(plain) ?? folded)
        bareWord.unicodeScalars.append(Unicode.Scalar(letter.base))
        continue
      }
      switch scalar {
      case "\u{AD}", "\u{200B}"..."\u{200F}", "\u{2060}", "\u{FEFF}": continue
      case "\u{2010}"..."\u{2015}", "\u{2212}", "-", "\u{FE58}", "\u{FE63}", "\u{FF0D}": separate("-")
      case "‘", "’", "‚", "‛", "′", "`", "´", "'": separate("'")
      case "“", "”", "„", "‟", "″", "«", "»", "\"": separate("\"")
      case "0"..."9":
        word.unicodeScalars.append(scalar)
        bareWord.unicodeScalars.append(scalar)
      default:
        if scalar.isSpace {
          separate(" ")
        } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
          let lower = scalar.properties.lowercaseMapping
          word += lower
          bareWord += lower
        } else {
          separate(Character(scalar))
        }
      }
    }
    endWord()
    while text.last == " " { text.removeLast() }
    while bare.last == " " { bare.removeLast() }
    self.text = text
    self.bare = bare
  }
}

extension Unicode.Scalar {
  /// White space, no-break spaces too.
  var isSpace: Bool { isASCII ? self == " " || (0x09...0x0D).contains(value) : properties.isWhitespace }
}
