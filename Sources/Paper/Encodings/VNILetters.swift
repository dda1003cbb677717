/// VNI for Windows (the fonts `VNI-Times`): a letter, and its hat and tone together in the byte behind it; six letters
/// are a byte of their own. After the table in xvnkb (`vni.h`, VISC 2002).
///
/// Read greedily, two bytes before one: 0xF4 is `ơ` and also the base of its five tones, and no mark is ever a letter of
/// its own. A mark may be typed as a capital behind a small letter and the other way round; the letter decides.
enum VNILetters {
  private typealias Letter = VietnameseLetter

  /// Bytes that are a whole letter, small. Capitals are 0x20 lower.
  private static let singles: [UInt8: (base: UInt8, shape: Letter.Shape, tone: Letter.Tone)] = [
    0xED: (UInt8(ascii: "i"), .plain, .acute), 0xEC: (UInt8(ascii: "i"), .plain, .grave),
    0xE6: (UInt8(ascii: "i"), .plain, .hook), 0xF3: (UInt8(ascii: "i"), .plain, .tilde),
    0xF2: (UInt8(ascii: "i"), .plain, .dot), 0xEE: (UInt8(ascii: "y"), .plain, .dot),
    0xF4: (UInt8(ascii: "o"), .horn, .level), 0xF6: (UInt8(ascii: "u"), .horn, .level),
    0xF1: (UInt8(ascii: "d"), .stroke, .level),
  ]

  /// Bytes that mark the letter before them, small.
  private static let marks: [UInt8: (shape: Letter.Shape, tone: Letter.Tone)] = [
    0xF9: (.plain, .acute), 0xF8: (.plain, .grave), 0xFB: (.plain, .hook), 0xF5: (.plain, .tilde),
    0xEF: (.plain, .dot),
    0xE2: (.circumflex, .level), 0xE1: (.circumflex, .acute), 0xE0: (.circumflex, .grave),
    0xE5: (.circumflex, .hook), 0xE3: (.circumflex, .tilde), 0xE4: (.circumflex, .dot),
    0xEA: (.breve, .level), 0xE9: (.breve, .acute), 0xE8: (.breve, .grave), 0xFA: (.breve, .hook),
    0xFC: (.breve, .tilde), 0xEB: (.breve, .dot),
  ]

  /// Units below 256 are bytes; others are characters that are no part of the encoding and stay.
  static func decode(_ units: [UInt32], into letters: inout LetterCollector) {
    var index = 0
    while index < units.count {
      let unit = units[index]
      index += 1
      guard let byte = UInt8(exactly: unit) else {
        if let scalar = Unicode.Scalar(unit) { letters.append(scalar) }
        continue
      }
      guard let letter = letter(byte) else {
        switch byte {
        case 0..<0x80: letters.append(Unicode.Scalar(byte))
        // No-break space and the signs of Latin-1.
        case 0xA0..<0xC0: letters.append(Unicode.Scalar(byte))
        case 0x80..<0xA0: Windows1252.decode(byte, into: &letters)
        // A mark without a letter, or a byte that VNI does not use.
        default: letters.appendUndefined(byte)
        }
        continue
      }
      if index < units.count, let next = UInt8(exactly: units[index]), let marked = mark(letter, with: next) {
        letters.append(marked)
        index += 1
      } else if let scalar = VietnameseLetters.scalar(letter) {
        letters.append(scalar)
      }
    }
  }

  private static func letter(_ byte: UInt8) -> VietnameseLetter? {
    if byte < 0x80 { return VietnameseLetters.letter(Unicode.Scalar(byte)) }
    guard byte >= 0xC0, let single = singles[byte | 0x20] else { return nil }
    return VietnameseLetter(
      base: single.base, shape: single.shape, tone: single.tone, isCapital: byte & 0x20 == 0)
  }

  private static func mark(_ letter: VietnameseLetter, with byte: UInt8) -> Unicode.Scalar? {
    guard byte >= 0xC0, letter.tone == .level, let mark = marks[byte | 0x20] else { return nil }
    var marked = letter
    marked.tone = mark.tone
    if mark.shape != .plain {
      guard letter.shape == .plain else { return nil }
      marked.shape = mark.shape
    }
    return VietnameseLetters.scalar(marked)
  }
}
