/// Whether a word could be a Vietnamese syllable: one onset, one rhyme, one tone. By this the encodings are told apart,
/// as texts read in the wrong one are not made of syllables.
enum Syllable {
  private static let onsets: Set<String> = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu",
    "r", "s", "t", "th", "tr", "v", "x",
  ]

  private static let rhymes: Set<String> = Set(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op
    ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông
    uôt uơ up ut uy uya uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu ych ynh yt
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  static func isValid(_ word: [VietnameseLetter]) -> Bool {
    let tones = word.map(\.tone).filter { $0 != .level }
    guard word.count <= 7, tones.count <= 1 else { return false }
    let toneless = word.map { letter in
      var letter = letter
      letter.tone = .level
      letter.isCapital = false
      return VietnameseLetters.scalar(letter).map { String($0) } ?? ""
    }
    guard toneless.count == word.count else { return false }
    // Syllables ending in a stop bear no other tone than these.
    let ending = toneless.suffix(2).joined()
    if let tone = tones.first, ["c", "p", "t"].contains(toneless.last) || ending == "ch", tone != .acute, tone != .dot {
      return false
    }
    return (0...min(3, word.count)).contains { cut in
      onsets.contains(toneless.prefix(cut).joined()) && rhymes.contains(toneless.dropFirst(cut).joined())
    }
  }
}

/// How much of a text is made of Vietnamese syllables, of its words with letters beyond ASCII.
struct SyllableShare: Hashable {
  var valid = 0
  var words = 0

  mutating func add(_ decoded: DecodedText) {
    // Bytes that mean nothing count as words that are none.
    words += decoded.losses.count { $0.kind == .undefined }
    var word: [VietnameseLetter] = []
    var (hasMarks, isForeign) = (false, false)
    func isWorthCounting() -> Bool { hasMarks || isForeign }
    for scalar in decoded.text.unicodeScalars {
      if let letter = VietnameseLetters.letter(scalar) {
        word.append(letter)
        hasMarks = hasMarks || !scalar.isASCII
      } else if scalar.value >= 0xA1, !Self.isPunctuation(scalar) {
        isForeign = true
      } else {
        if isWorthCounting() { add(word, isForeign) }
        (word, hasMarks, isForeign) = ([], false, false)
      }
    }
    if isWorthCounting() { add(word, isForeign) }
  }

  private mutating func add(_ word: [VietnameseLetter], _ isForeign: Bool) {
    words += 1
    if !isForeign, Syllable.isValid(word) { valid += 1 }
  }

  /// Dashes, quotes and the like: U+2010 to U+2027, the ellipsis, primes.
  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    (0x2000...0x206F).contains(scalar.value) || scalar.value == 0xAB || scalar.value == 0xBB
  }

  /// In hundredths; 0 if there is no word to go by.
  var percent: Int { words == 0 ? 0 : valid * 100 / words }

  static func + (left: SyllableShare, right: SyllableShare) -> SyllableShare {
    SyllableShare(valid: left.valid + right.valid, words: left.words + right.words)
  }
}
