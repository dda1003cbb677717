/// A number of votes or sheets as people and programs write it.
enum WholeNumber {
  enum Reading: Hashable, Sendable {
    case value(Int)
    /// `1,927` is 1927 in English and less than two in Vietnamese; a count is whole, so 1927 it is.
    case likely(Int)
    case notANumber
    case notWhole
    case negative
    case tooLarge
  }

  /// No sheet of paper and no unit has more.
  static let largest = 100_000_000

  /// `1.927`, `1 927`, `1927,0` are 1927; `1,5` is not whole.
  static func read(_ text: String) -> Reading {
    var digits: [UInt8] = []
    /// Separators, with how many digits stand before each.
    var separators: [(sign: UInt8, place: Int)] = []
    var isNegative = false
    var scalars = Array(text.unicodeScalars)
    while scalars.last?.isSpace == true { scalars.removeLast() }
    scalars = Array(scalars.drop(while: \.isSpace))
    if scalars.first == "(", scalars.last == ")", scalars.count > 2 {
      isNegative = true
      scalars = Array(scalars.dropFirst().dropLast())
    }
    if let first = scalars.first, first == "-" || first == "\u{2212}" || first == "\u{2013}" || first == "+" {
      isNegative = isNegative || first != "+"
      scalars.removeFirst()
    }
    for scalar in scalars {
      switch scalar {
      case "0"..."9": digits.append(UInt8(truncatingIfNeeded: scalar.value) - 0x30)
      case ".", ",": separators.append((UInt8(truncatingIfNeeded: scalar.value), digits.count))
      // Spaces between groups: plain, no-break, narrow, thin.
      case " ", "\u{A0}", "\u{202F}", "\u{2009}": separators.append((0x20, digits.count))
      default: return .notANumber
      }
    }
    guard !digits.isEmpty, digits.count <= 30 else { return digits.isEmpty ? .notANumber : .tooLarge }
    return whole(digits, separators, isNegative: isNegative)
  }

  private static func whole(
    _ digits: [UInt8], _ separators: [(sign: UInt8, place: Int)], isNegative: Bool
  ) -> Reading {
    var wholeDigits = digits[...]
    var groups = separators
    var isDoubtful = false
    if let last = separators.last {
      let behind = digits.count - last.place
      let isAlone = separators.count { $0.sign == last.sign } == 1
      let isGroup = behind == 3 && digits.first != 0 && last.place > 0
      if isAlone, last.sign != 0x20, !isGroup || separators.count > 1 {
        // A decimal sign: alone of its kind, and no thousands behind it, or behind signs of another kind.
        guard behind > 0, digits[last.place...].allSatisfy({ $0 == 0 }) else {
          return behind > 0 ? .notWhole : .notANumber
        }
        wholeDigits = digits[..<last.place]
        groups.removeLast()
      } else if isAlone, last.sign == 0x2C {
        isDoubtful = true
      }
    }
    if let first = groups.first {
      // Groups of three, one sign for all, the first of one to three.
      guard (1...3).contains(first.place), groups.allSatisfy({ $0.sign == first.sign }) else { return .notANumber }
      let ends = groups.dropFirst().map(\.place) + [wholeDigits.count]
      for (group, end) in zip(groups, ends) where end - group.place != 3 { return .notANumber }
    }
    guard !wholeDigits.isEmpty else { return .notANumber }
    var value = 0
    for digit in wholeDigits {
      value = value * 10 + Int(digit)
      if value > largest { return isNegative ? .negative : .tooLarge }
    }
    if isNegative, value > 0 { return .negative }
    return isDoubtful ? .likely(value) : .value(value)
  }

  /// A number as a workbook holds it: `1927`, `1.927E3`, `19.27`.
  static func read(stored text: String) -> Reading {
    guard let number = Double(text), number.isFinite else { return .notANumber }
    guard number >= 0 else { return .negative }
    guard number <= Double(largest) else { return .tooLarge }
    return number.rounded() == number ? .value(Int(number)) : .notWhole
  }

  /// A workbook's number as text that `read(_:)` takes for the same: `1.927` is less than two there, and 1927 here.
  static func text(stored text: String) -> String {
    switch read(stored: text) {
    case .value(let value): return String(value)
    case .notWhole:
      let parts = text.trimmed.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2 else { return text }
      // Three digits behind the comma would be thousands.
      return "\(parts[0]),\(parts[1])\(parts[1].utf8.count == 3 ? "0" : "")"
    case .likely, .notANumber, .negative, .tooLarge: return text
    }
  }
}
