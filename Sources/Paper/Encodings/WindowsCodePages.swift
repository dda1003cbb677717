/// Windows-1258, Vietnamese (unicode.org, Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1258.TXT): letters with hats are one
/// byte, tones are combining marks behind them, so that what comes out must be composed.
enum Windows1258 {
  /// From 0x80; 0: no character.
  private static let upperHalf: [UInt16] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0, 0x2039, 0x0152, 0, 0, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0, 0x203A, 0x0153, 0, 0, 0x0178,
    0x00A0, 0x00A1, 0x00A2, 0x00A3, 0x00A4, 0x00A5, 0x00A6, 0x00A7,
    0x00A8, 0x00A9, 0x00AA, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x00AF,
    0x00B0, 0x00B1, 0x00B2, 0x00B3, 0x00B4, 0x00B5, 0x00B6, 0x00B7,
    0x00B8, 0x00B9, 0x00BA, 0x00BB, 0x00BC, 0x00BD, 0x00BE, 0x00BF,
    0x00C0, 0x00C1, 0x00C2, 0x0102, 0x00C4, 0x00C5, 0x00C6, 0x00C7,
    0x00C8, 0x00C9, 0x00CA, 0x00CB, 0x0300, 0x00CD, 0x00CE, 0x00CF,
    0x0110, 0x00D1, 0x0309, 0x00D3, 0x00D4, 0x01A0, 0x00D6, 0x00D7,
    0x00D8, 0x00D9, 0x00DA, 0x00DB, 0x00DC, 0x01AF, 0x0303, 0x00DF,
    0x00E0, 0x00E1, 0x00E2, 0x0103, 0x00E4, 0x00E5, 0x00E6, 0x00E7,
    0x00E8, 0x00E9, 0x00EA, 0x00EB, 0x0301, 0x00ED, 0x00EE, 0x00EF,
    0x0111, 0x00F1, 0x0323, 0x00F3, 0x00F4, 0x01A1, 0x00F6, 0x00F7,
    0x00F8, 0x00F9, 0x00FA, 0x00FB, 0x00FC, 0x01B0, 0x20AB, 0x00FF,
  ]

  static func decode(_ units: [UInt32], into letters: inout LetterCollector) {
    for unit in units {
      guard (0x80..<0x100).contains(unit) else {
        if let scalar = Unicode.Scalar(unit) { letters.append(scalar) }
        continue
      }
      let value = upperHalf[Int(unit) - 0x80]
      if value != 0, let scalar = Unicode.Scalar(value) {
        letters.append(scalar)
      } else {
        letters.appendUndefined(UInt8(unit))
      }
    }
  }
}

/// Windows-1252, Western (CP1252.TXT, as above): what the old Vietnamese fonts' letters look like without the font, and
/// where those fonts have their quotes and dashes.
enum Windows1252 {
  /// 0x80 to 0x9F; 0: no character. Above, Windows-1252 is Latin-1.
  private static let controls: [UInt16] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]

  private static let bytes: [UInt32: UInt32] = Dictionary(
    controls.enumerated().compactMap { $1 == 0 ? nil : (UInt32($1), UInt32($0) + 0x80) },
    uniquingKeysWith: { first, _ in first })

  /// The byte a character has, below 256; a character that has none stays itself.
  /// The Greek mu is what some programs make of the micro sign, which is `à` in TCVN3.
  static func unit(_ scalar: Unicode.Scalar) -> UInt32 {
    scalar == "μ" ? 0xB5 : bytes[scalar.value] ?? scalar.value
  }

  /// - Parameter byte: 0x80 to 0x9F.
  static func decode(_ byte: UInt8, into letters: inout LetterCollector) {
    let place = Int(byte) - 0x80
    if controls.indices.contains(place), controls[place] != 0, let scalar = Unicode.Scalar(controls[place]) {
      letters.append(scalar)
    } else {
      letters.appendUndefined(byte)
    }
  }
}
