/// How the letters of a text were written down.
public enum TextEncoding: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  /// Of a whole file; told by its byte order mark, or by its zeros.
  case utf16 = "utf-16"
  /// The encoding of the ABC fonts (`.VnTime`): TCVN 5712:1993, one byte a letter, without capitals that bear a tone.
  case tcvn3
  /// The encoding of the VNI fonts: a letter, and its marks in the byte behind it.
  case vni
  case windows1258 = "windows-1258"

  /// Also by the names people use: `utf8`, `abc`, `cp1258`.
  public init?(name: String) {
    switch name.lowercased() {
    case "utf-8", "utf8", "unicode": self = .utf8
    case "utf-16", "utf16", "utf-16le", "utf-16be": self = .utf16
    case "tcvn3", "tcvn", "tcvn-3", "abc", "tcvn5712", "vntime", ".vntime": self = .tcvn3
    case "vni", "vni-windows", "vni-win": self = .vni
    case "windows-1258", "windows1258", "cp1258", "1258": self = .windows1258
    default: return nil
    }
  }
}

/// How the text of one column is read.
public struct ColumnEncoding: Hashable, Sendable {
  var letters: TextEncoding
  /// The letters of an old font inside Unicode: `Céng hßa` as UTF-8 or in a workbook. Each character then stands for
  /// the byte it has in Windows-1252.
  var isInUnicode: Bool

  init(_ letters: TextEncoding, isInUnicode: Bool = false) {
    self.letters = letters
    self.isInUnicode = isInUnicode
  }

  static let utf8 = ColumnEncoding(.utf8)

  public var name: String { isInUnicode ? "\(letters.rawValue)-in-unicode" : letters.rawValue }
}

/// A letter that the text could not carry over.
struct LossyLetter: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// The encoding has no letter for these bytes; they are shown as `\xAF`.
    case undefined
    /// TCVN3 writes `ả` and `Ả` with one byte and leaves the rest to the font: among capitals it is likely the other.
    case capitalUnknown
  }

  var kind: Kind
  /// As it stands in the text: `\xAF`, `ả`.
  var shown: String
  /// How many Unicode scalars of the text stand before it.
  var position: Int

  init(_ kind: Kind, shown: String, position: Int) {
    self.kind = kind
    self.shown = shown
    self.position = position
  }
}

/// Text read from bytes: NFC, nothing replaced in silence.
struct DecodedText: Hashable, Sendable {
  var text: String
  var losses: [LossyLetter]

  init(_ text: String, losses: [LossyLetter] = []) {
    self.text = text
    self.losses = losses
  }
}

extension ColumnEncoding {
  /// Reads the bytes of one cell. A pure function: the bytes stay with the caller.
  func decode(_ bytes: some Collection<UInt8>) -> DecodedText {
    if bytes.allSatisfy({ $0 < 0x80 }) {
      return DecodedText(String(decoding: bytes, as: UTF8.self))
    }
    var letters = LetterCollector()
    if isInUnicode, self.letters != .utf8 {
      var scalars = LetterCollector()
      UTF8Letters.decode(bytes, into: &scalars)
      // In NFD the bytes are taken apart too.
      decode(units: Composition.composed(scalars.scalars).map(Windows1252.unit), into: &letters)
      letters.undefined += scalars.undefined
    } else if self.letters == .utf8 || self.letters == .utf16 {
      UTF8Letters.decode(bytes, into: &letters)
    } else {
      decode(units: bytes.map(UInt32.init), into: &letters)
    }
    return letters.finish(findsUnknownCapitals: self.letters == .tcvn3)
  }

  private func decode(units: [UInt32], into letters: inout LetterCollector) {
    switch self.letters {
    case .utf8, .utf16: break
    case .tcvn3: TCVN3Letters.decode(units, into: &letters)
    case .vni: VNILetters.decode(units, into: &letters)
    case .windows1258: Windows1258.decode(units, into: &letters)
    }
  }
}

/// Collects what a decoder finds.
struct LetterCollector {
  var scalars: [Unicode.Scalar] = []
  /// What stands in the text for bytes that mean nothing.
  var undefined: [String] = []

  mutating func append(_ scalar: Unicode.Scalar) { scalars.append(scalar) }

  /// `\xAF` in the text: seen by everybody, and back to the byte if need be.
  mutating func appendUndefined(_ byte: UInt8) {
    let digits = String(byte, radix: 16, uppercase: true)
    let shown = "\\x" + (digits.count < 2 ? "0" : "") + digits
    undefined.append(shown)
    scalars += shown.unicodeScalars
  }

  func finish(findsUnknownCapitals: Bool) -> DecodedText {
    let composed = Composition.composed(scalars)
    var view = String.UnicodeScalarView()
    view.append(contentsOf: composed)
    var losses = undefinedLetters(composed)
    if findsUnknownCapitals { losses += Self.unknownCapitals(composed) }
    return DecodedText(String(view), losses: losses)
  }

  /// Where those stand that mean nothing, in one pass: a cell may be full of them.
  private func undefinedLetters(_ scalars: [Unicode.Scalar]) -> [LossyLetter] {
    var found: [LossyLetter] = []
    var rest = undefined[...]
    var position = 0
    while let shown = rest.first, position < scalars.count {
      if scalars[position] == "\\", scalars[position...].prefix(4).elementsEqual(shown.unicodeScalars) {
        found.append(LossyLetter(.undefined, shown: shown, position: position))
        rest = rest.dropFirst()
        position += 4
      } else {
        position += 1
      }
    }
    return found
  }

  /// Letters with a tone beside a capital that is not the word's first letter, or behind two capitals: `HảI`, `CỦa`.
  private static func unknownCapitals(_ scalars: [Unicode.Scalar]) -> [LossyLetter] {
    var found: [LossyLetter] = []
    var word: [(Int, VietnameseLetter, Unicode.Scalar)] = []
    func end() {
      let capitals = word.dropFirst().contains { $0.1.isCapital }
      guard capitals else { return }
      for (position, letter, scalar) in word where !letter.isCapital && letter.tone != .level {
        found.append(LossyLetter(.capitalUnknown, shown: String(scalar), position: position))
      }
    }
    for (position, scalar) in scalars.enumerated() {
      if let letter = VietnameseLetters.letter(scalar) {
        word.append((position, letter, scalar))
      } else {
        end()
        word = []
      }
    }
    end()
    return found
  }
}
