import Polling
import SeededRandom
import Testing

@Suite struct EnrolmentCodeTests {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  private static func codes(_ count: Int) -> [EnrolmentCode] {
    var generator = SplitMix64(seed: 4)
    return (0..<count).map { _ in EnrolmentCode(using: &generator) }
  }

  private static func letters(_ code: EnrolmentCode) -> [Character] {
    Array(String(decoding: code.characters, as: UTF8.self))
  }

  @Test func isReadAsItIsWritten() throws {
    for code in Self.codes(100) {
      let text = code.text
      #expect(text.count == 19)
      #expect(text.split(separator: "-").map(\.count) == [4, 4, 4, 4])
      for typed in [
        text, text.lowercased(), text.replacing("-", with: ""), text.replacing("-", with: " "), " \(text) ",
        text.replacing("0", with: "O"), text.replacing("0", with: "o"), text.replacing("1", with: "I"),
        text.replacing("1", with: "l"), text.replacing("1", with: "L"),
      ] { #expect(try EnrolmentCode(typed) == code, "\(typed)") }
      #expect("\(code)" == "EnrolmentCode")
    }
    #expect(Set(Self.codes(100)).count == 100)
  }

  @Test func everySingleWrongLetterIsFound() {
    for code in Self.codes(20) {
      let letters = Self.letters(code)
      for place in letters.indices {
        for letter in Self.alphabet where letter != letters[place] {
          var wrong = letters
          wrong[place] = letter
          #expect(throws: InvalidValue.self, "\(String(wrong))") { try EnrolmentCode(String(wrong)) }
        }
      }
    }
  }

  @Test func everyTwoLettersThatChangedPlacesAreFound() {
    for code in Self.codes(50) {
      let letters = Self.letters(code)
      for first in letters.indices {
        for second in letters.indices where second > first && letters[first] != letters[second] {
          var wrong = letters
          wrong.swapAt(first, second)
          #expect(throws: InvalidValue.self, "\(String(wrong))") { try EnrolmentCode(String(wrong)) }
        }
      }
    }
  }

  @Test(arguments: [
    "", "-", "0000", "UUUU-UUUU-UUUU-UUUU", "0000-0000-0000-000", "0000-0000-0000-0000-0", "0000-0000-0000-000*",
    "quầy-0000-0000-0000", String(repeating: "-", count: 65), String(repeating: "0", count: 1_000_000),
    "0000\u{0}0000-0000-0000", "00000000000000001",
  ])
  func whatIsNoCode(text: String) {
    let error = #expect(throws: InvalidValue.self) { try EnrolmentCode(text) }
    #expect(error?.field == "code")
  }
}
