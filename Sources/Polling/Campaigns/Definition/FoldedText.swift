/// A Vietnamese name as it is compared: the same however it was typed. For matching only; what was written is kept.
///
/// Case, composed and decomposed letters (NFC, NFD and mixtures), the place of the tone mark (`hoà`, `hòa`), dashes,
/// quotes, spaces and the look-alikes of `đ` make no difference. Vowels and tones do: `Bàn`, `Bán` and `Bân` are three
/// names; ``unaccented`` is the looser key that takes them for one.
public struct FoldedText: Hashable, Sendable {
  /// Longer texts are no names and are not folded: a peer chooses how long they are.
  public static let longest = 1_000

  /// Lower case, words joined by one space, each with its tone mark at its end.
  public let text: String
  /// The same without any mark, `đ` as `d`.
  public let unaccented: String

  /// Nil: longer than ``longest`` bytes of UTF-8, or nothing but spaces and invisible characters.
  public init?(_ original: String) {
    guard original.utf8.count <= Self.longest else { return nil }
    var folding = Folding()
    // Lower case first: capital letters with marks have the same letters with marks.
    let visible = original.lowercased().unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
    for character in String(String.UnicodeScalarView(visible)) { folding.add(character) }
    folding.endWord()
    guard !folding.text.isEmpty else { return nil }
    text = folding.text
    unaccented = folding.unaccented
  }
}

private struct Folding {
  var text = ""
  var unaccented = ""
  /// Of the word so far: one, but for words that were run together.
  private var tones = String.UnicodeScalarView()
  /// Whether a space is due before the next letter; a dash takes it away.
  private var spaceIsDue = false

  mutating func add(_ character: Character) {
    guard let first = character.unicodeScalars.first else { return }
    if let letter = VietnameseLetter.all[character] {
      append(letter.written, letter.base)
      if let tone = letter.tone { tones.append(tone) }
    } else if first.properties.isWhitespace {
      endWord()
      spaceIsDue = !text.isEmpty && text.last != "-"
    } else if first.properties.generalCategory == .dashPunctuation || first == "\u{2212}" {
      endWord()
      spaceIsDue = false
      append("-", "-")
    } else if let quote = Self.quotes[first] {
      endWord()
      append(quote, quote)
    } else {
      if !first.properties.isAlphabetic { endWord() }
      append(character, character)
    }
  }

  mutating func endWord() {
    text.unicodeScalars.append(contentsOf: tones)
    tones = String.UnicodeScalarView()
  }

  private mutating func append(_ written: Character, _ base: Character) {
    if spaceIsDue, written != "-" {
      text.append(" ")
      unaccented.append(" ")
    }
    spaceIsDue = false
    text.append(written)
    unaccented.append(base)
  }

  private static let quotes: [Unicode.Scalar: Character] = [
    "\u{201C}": "\"", "\u{201D}": "\"", "\u{201E}": "\"", "\u{AB}": "\"", "\u{BB}": "\"", "\u{2018}": "'",
    "\u{2019}": "'", "\u{2B9}": "'", "\u{2BC}": "'",
  ]
}

/// A small letter of Vietnamese that is not plain ASCII, or is so only without its tone.
private struct VietnameseLetter {
  /// With the mark that makes it another vowel, without the tone.
  var written: Character
  var base: Character
  var tone: Unicode.Scalar?

  /// By the letter in any spelling that is canonically equivalent: characters are compared and hashed so.
  static let all: [Character: VietnameseLetter] = {
    var letters: [Character: VietnameseLetter] = [:]
    let vowels: [(Character, Character)] = [
      ("a", "a"), ("ă", "a"), ("â", "a"), ("e", "e"), ("ê", "e"), ("i", "i"), ("o", "o"), ("ô", "o"), ("ơ", "o"),
      ("u", "u"), ("ư", "u"), ("y", "y"),
    ]
    let marks: [Character: String] = [
      "ă": "\u{306}", "â": "\u{302}", "ê": "\u{302}", "ô": "\u{302}", "ơ": "\u{31B}", "ư": "\u{31B}",
    ]
    for (written, base) in vowels {
      letters[written] = VietnameseLetter(written: written, base: base, tone: nil)
      for tone in ["\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"] as [Unicode.Scalar] {
        let letter = VietnameseLetter(written: written, base: base, tone: tone)
        letters[Character(String(written) + String(tone))] = letter
        // The tone typed before the other mark: not equivalent in Unicode, and meant the same.
        if let mark = marks[written] { letters[Character(String(base) + String(tone) + mark)] = letter }
      }
    }
    // Đ is U+0110; Icelandic Eth and African D look the same and stand in many files.
    for lookAlike in ["đ", "ð", "ɖ"] as [Character] {
      letters[lookAlike] = VietnameseLetter(written: "đ", base: "d", tone: nil)
    }
    return letters
  }()
}
