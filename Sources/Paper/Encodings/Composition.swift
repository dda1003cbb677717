/// Unicode's composition (NFC, UAX #15) for Latin letters: what Vietnamese needs of it. Other scripts stay as they are.
enum Composition {
  /// The precomposed Latin letters, found by canonical equivalence, which is how `Character` compares.
  private static let composed: [Character: Unicode.Scalar] = {
    var composed: [Character: Unicode.Scalar] = [:]
    for range in [0xC0...0x24F, 0x1E00...0x1EFF] {
      for value in range {
        guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
        composed[Character(scalar)] = scalar
      }
    }
    return composed
  }()

  static func isMark(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36F).contains(scalar.value) }

  /// Composes letters with the marks behind them, in whatever order the marks stand: in NFD the nặng comes before the
  /// hat (`ệ` is 0065 0323 0302), Windows-1258 has the hat in the letter.
  static func composed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard scalars.contains(where: isMark) else { return scalars }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    var index = 0
    while index < scalars.count {
      let starter = scalars[index]
      index += 1
      var marks: [Unicode.Scalar] = []
      while index < scalars.count, isMark(scalars[index]) {
        marks.append(scalars[index])
        index += 1
      }
      append(starter, marks, to: &result)
    }
    return result
  }

  private static func append(_ starter: Unicode.Scalar, _ marks: [Unicode.Scalar], to result: inout [Unicode.Scalar]) {
    // No language needs so many (UAX #15, 13: the stream-safe text format); they stay as they are.
    guard (1...30).contains(marks.count) else {
      result.append(starter)
      result += marks
      return
    }
    var starter = starter
    var left: [Unicode.Scalar] = []
    // Canonical ordering: by combining class, stable.
    let ordered = marks.enumerated().sorted {
      ($0.element.properties.canonicalCombiningClass, $0.offset)
        < ($1.element.properties.canonicalCombiningClass, $1.offset)
    }
    for (_, mark) in ordered {
      // A mark that stays and has the same class blocks those behind it (UAX #15, D115).
      let isBlocked =
        left.last?.properties.canonicalCombiningClass == mark.properties.canonicalCombiningClass
      if !isBlocked, let both = pair(starter, mark) { starter = both } else { left.append(mark) }
    }
    result.append(starter)
    result += left
  }

  private static func pair(_ starter: Unicode.Scalar, _ mark: Unicode.Scalar) -> Unicode.Scalar? {
    var text = String(Character(starter))
    text.unicodeScalars.append(mark)
    guard text.count == 1, let character = text.first else { return nil }
    return composed[character]
  }
}
