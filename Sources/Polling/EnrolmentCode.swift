/// A one-time code by which a kiosk gets its certificate, as a person reads it out and types it.
///
/// 16 letters of Crockford's base 32, in groups of four: 15 are random, 75 bits, and the last one is a check. It finds
/// every single wrong letter and every two letters that changed places: the letters, as elements of GF(32), times 16
/// different powers of a generator, add up to 0.
public struct EnrolmentCode: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Letters of a code, check letter included.
  public static let length = 16
  /// Typed with whatever between its letters: longer is none.
  private static let longestText = 64
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// 0 to 31 each.
  private let letters: [UInt8]

  /// A new one.
  public init(using generator: inout some RandomNumberGenerator) {
    var letters = (1..<Self.length).map { _ in UInt8.random(in: 0...31, using: &generator) }
    letters.append(Self.sum(letters))
    self.letters = letters
  }

  /// One that was typed: small or capital letters, O for 0, I and L for 1, spaces and hyphens anywhere.
  ///
  /// - Throws: ``InvalidValue`` for field `code`; says nothing of whether anybody made such a code.
  public init(_ text: String) throws(InvalidValue) {
    guard text.utf8.count <= Self.longestText else { throw Self.invalid("is too long") }
    var letters: [UInt8] = []
    for byte in text.utf8 where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") {
      guard let letter = Self.letter(byte) else { throw Self.invalid("holds a character that no code has") }
      letters.append(letter)
    }
    guard letters.count == Self.length else { throw Self.invalid("must have \(Self.length) letters and digits") }
    guard Self.sum(letters.dropLast()) == letters[Self.length - 1] else { throw Self.invalid("has a typing mistake") }
    self.letters = letters
  }

  /// For people: `7K2M-0Q9D-…`. A secret: not for logs.
  public var text: String {
    let characters = characters
    return stride(from: 0, to: Self.length, by: 4).map { start in
      String(decoding: characters[start..<start + 4], as: UTF8.self)
    }.joined(separator: "-")
  }

  /// Its 16 letters, the same however it was typed: what is hashed.
  public var characters: [UInt8] { letters.map { Self.alphabet[Int($0)] } }

  public var description: String { "EnrolmentCode" }
  public var debugDescription: String { description }

  private static func invalid(_ problem: String) -> InvalidValue { InvalidValue(field: "code", problem: problem) }

  private static func letter(_ byte: UInt8) -> UInt8? {
    let capital = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
    let meant =
      switch capital {
      case UInt8(ascii: "O"): UInt8(ascii: "0")
      case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
      default: capital
      }
    return alphabet.firstIndex(of: meant).map { UInt8($0) }
  }

  /// The check letter of 15 letters: the n-th counts g^n times, it counts once.
  private static func sum(_ letters: some Sequence<UInt8>) -> UInt8 {
    var sum: UInt8 = 0
    // Horner's rule from the far end gives every letter its own power of the generator 2.
    for letter in letters { sum = double(sum ^ letter) }
    return sum
  }

  /// Times 2 in GF(32) = GF(2)[x] / (x^5 + x^2 + 1), whose 2 has order 31.
  private static func double(_ element: UInt8) -> UInt8 {
    let shifted = element << 1
    return shifted & 0x20 == 0 ? shifted : shifted ^ 0x25
  }
}
