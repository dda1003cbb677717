/// One letter of Vietnamese, taken apart: `Ệ` is e, circumflex, nặng, capital.
struct VietnameseLetter: Hashable {
  enum Shape: UInt8 { case plain, circumflex, breve, horn, stroke }
  /// In the usual order: ngang, huyền, hỏi, ngã, sắc, nặng.
  enum Tone: UInt8 { case level, grave, hook, tilde, acute, dot }

  /// The ASCII letter under all marks, in lower case.
  var base: UInt8
  var shape: Shape
  var tone: Tone
  var isCapital: Bool
}

/// All letters that Vietnamese writes with marks, precomposed (Unicode NFC), in one table that everything else is
/// derived from.
enum VietnameseLetters {
  /// Per vowel and shape: the six tones.
  private static let vowels: [(UInt8, VietnameseLetter.Shape, String, String)] = [
    (UInt8(ascii: "a"), .plain, "aàảãáạ", "AÀẢÃÁẠ"), (UInt8(ascii: "a"), .breve, "ăằẳẵắặ", "ĂẰẲẴẮẶ"),
    (UInt8(ascii: "a"), .circumflex, "âầẩẫấậ", "ÂẦẨẪẤẬ"), (UInt8(ascii: "e"), .plain, "eèẻẽéẹ", "EÈẺẼÉẸ"),
    (UInt8(ascii: "e"), .circumflex, "êềểễếệ", "ÊỀỂỄẾỆ"), (UInt8(ascii: "i"), .plain, "iìỉĩíị", "IÌỈĨÍỊ"),
    (UInt8(ascii: "o"), .plain, "oòỏõóọ", "OÒỎÕÓỌ"), (UInt8(ascii: "o"), .circumflex, "ôồổỗốộ", "ÔỒỔỖỐỘ"),
    (UInt8(ascii: "o"), .horn, "ơờởỡớợ", "ƠỜỞỠỚỢ"), (UInt8(ascii: "u"), .plain, "uùủũúụ", "UÙỦŨÚỤ"),
    (UInt8(ascii: "u"), .horn, "ưừửữứự", "ƯỪỬỮỨỰ"), (UInt8(ascii: "y"), .plain, "yỳỷỹýỵ", "YỲỶỸÝỴ"),
  ]

  private static let letters: [Unicode.Scalar: VietnameseLetter] = {
    var letters: [Unicode.Scalar: VietnameseLetter] = [:]
    for byte in UInt8(ascii: "a")...UInt8(ascii: "z") {
      letters[Unicode.Scalar(byte)] = VietnameseLetter(base: byte, shape: .plain, tone: .level, isCapital: false)
      letters[Unicode.Scalar(byte - 32)] = VietnameseLetter(base: byte, shape: .plain, tone: .level, isCapital: true)
    }
    for (base, shape, small, capital) in vowels {
      for (row, isCapital) in [(small, false), (capital, true)] {
        for (tone, scalar) in row.unicodeScalars.enumerated() {
          letters[scalar] = VietnameseLetter(
            base: base, shape: shape, tone: VietnameseLetter.Tone(rawValue: UInt8(tone)) ?? .level,
            isCapital: isCapital)
        }
      }
    }
    letters["đ"] = VietnameseLetter(base: UInt8(ascii: "d"), shape: .stroke, tone: .level, isCapital: false)
    letters["Đ"] = VietnameseLetter(base: UInt8(ascii: "d"), shape: .stroke, tone: .level, isCapital: true)
    return letters
  }()

  private static let scalars: [VietnameseLetter: Unicode.Scalar] =
    Dictionary(letters.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })

  /// Nil: no letter that Vietnamese texts use.
  static func letter(_ scalar: Unicode.Scalar) -> VietnameseLetter? { letters[scalar] }

  /// Nil: there is no such letter (an n with a nặng).
  static func scalar(_ letter: VietnameseLetter) -> Unicode.Scalar? { scalars[letter] }
}
