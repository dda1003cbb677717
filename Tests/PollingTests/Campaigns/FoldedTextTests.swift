import Testing

@testable import Polling

struct FoldedTextTests {
  static let same: [(String, String)] = [
    ("Văn hóa – xã hội", "VĂN HÓA - XÃ HỘI"),
    ("văn hóa-xã hội", "văn  hóa — xã\u{A0}hội "),
    // New and old place of the tone.
    ("hoà", "hòa"), ("Thuỷ", "Thủy"), ("khỏe", "khoẻ"),
    // NFC, NFD, and letter composed with its mark but not with its tone (CP1258).
    ("ấ", "a\u{302}\u{301}"), ("ấ", "â\u{301}"), ("Ộ", "O\u{323}\u{302}"), ("ộ", "ô\u{323}"), ("ự", "u\u{31B}\u{323}"),
    // The tone typed first.
    ("ấ", "a\u{301}\u{302}"),
    ("Đống Đa", "\u{D0}ống đa"), ("Đảng", "\u{189}ảng"),
    ("“Dân vận khéo”", "\"dân vận khéo\""), ("Mô\u{200B} hình", "mô hình"), ("Mô hình\u{FEFF}", "mô hình"),
    ("ma\u{200D}\u{301}", "má"), ("hoà/thuỷ", "HÒA/THỦY"), ("“khoẻ”, hoà", "\"khỏe\", hòa"),
  ]

  @Test(arguments: same)
  func areOne(_ left: String, _ right: String) throws {
    let (left, right) = (try #require(FoldedText(left)), try #require(FoldedText(right)))
    #expect(left == right)
    // Byte for byte: what is hashed or kept must not depend on Unicode's equivalence.
    #expect(Array(left.text.utf8) == Array(right.text.utf8))
  }

  static let different: [(String, String, Bool)] = [
    ("Bàn", "Bán", true), ("Bân", "Ban", true), ("dô", "đô", true), ("mô hình", "môhình", false),
    ("tổ 1", "tổ 2", false),
    ("An ninh", "Anh ninh", false), ("tư", "tu", true), ("a", "b", false),
    ("hoà/thuỷ", "hoả/thuỷ", true), ("mìnhchuẩn", "mỉnhchuẩn", true), ("“hoà”-thuỷ", "“hoả”-thuỷ", true),
  ]

  @Test(arguments: different)
  func areTwo(_ left: String, _ right: String, _ looksAlike: Bool) throws {
    let (left, right) = (try #require(FoldedText(left)), try #require(FoldedText(right)))
    #expect(left.text != right.text)
    #expect((left.unaccented == right.unaccented) == looksAlike)
  }

  @Test(arguments: ["", " ", "\u{A0}\n\t", "\u{200B}", String(repeating: "a", count: 1_001)])
  func isNone(_ text: String) {
    #expect(FoldedText(text) == nil)
  }

  @Test func allLettersLoseEveryMark() throws {
    var letters = ""
    for vowel in ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"] {
      for tone in ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"] { letters += vowel + tone }
    }
    #expect(letters.count == 72)
    let folded = try #require(FoldedText(letters.uppercased() + "Đđ"))
    let expected = "aăâeêioôơuưy".reduce("") { $0 + String(repeating: Self.base[$1] ?? $1, count: 6) } + "dd"
    #expect(folded.unaccented == expected)
  }

  private static let base: [Character: Character] = [
    "ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u",
  ]

  @Test func longestRunOfMarks() throws {
    let marks = String(repeating: "\u{301}\u{323}", count: 249)
    #expect(try #require(FoldedText("ab" + marks)).text.hasPrefix("a"))
  }
}
