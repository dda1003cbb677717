import Testing

@testable import binhchon

@Suite struct QRCodeTests {
  /// The fifteen bits of format information for level M, by mask (ISO/IEC 18004, annex C).
  static let formatsOfLevelM: Set<String> = [
    "101010000010010", "101000100100101", "101111001111100", "101101101001011", "100010111111001", "100000011001110",
    "100111110010111", "100101010100000",
  ]

  static let texts = ["A", "binhchon-7K2Q", "https://dan-van-kheo.example/so-tay.html#mo-hinh-dd23-001"]

  /// Where rows are taken for columns, or for each other, the marks of the standard do not stand where they must.
  @Test(arguments: texts)
  func marksStandWhereTheStandardPutsThem(_ text: String) throws {
    let code = try #require(QRCode(text))
    let width = code.width
    #expect(width >= 21 && (width - 17).isMultiple(of: 4))
    #expect(code.modules.count == width * width)
    func bit(_ row: Int, _ column: Int) -> Character { code.modules[row * width + column] ? "1" : "0" }
    func bits(_ places: [(Int, Int)]) -> String { String(places.map { bit($0.0, $0.1) }) }
    // Finder patterns in three corners.
    for (top, left) in [(0, 0), (0, width - 7), (width - 7, 0)] {
      for (row, pattern) in ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"].enumerated() {
        #expect(bits((0..<7).map { (top + row, left + $0) }) == pattern)
      }
    }
    // Format information, bit 14 first: around the upper left, and once more along the other two corners.
    let first =
      (0..<6).map { (8, $0) } + [(8, 7), (8, 8), (7, 8)] + (0..<6).reversed().map { ($0, 8) }
    let second = (0..<7).map { (width - 1 - $0, 8) } + (0..<8).map { (8, width - 8 + $0) }
    #expect(Self.formatsOfLevelM.contains(bits(first)))
    #expect(bits(first) == bits(second))
    #expect(bit(width - 8, 8) == "1")
  }

  @Test func whatIsTooLongHasNone() {
    #expect(QRCode("") == nil)
    #expect(QRCode(String(repeating: "a", count: 2_331)) != nil)
    #expect(QRCode(String(repeating: "a", count: 2_332)) == nil)
  }

  /// Every dark module is drawn, and no light one.
  @Test func theImageIsTheCode() throws {
    let code = try #require(QRCode(Self.texts[1]))
    let image = code.svg(label: "\"><script>")
    #expect(HTMLTests.fault(image) == nil)
    #expect(image.contains("viewBox=\"0 0 \(code.width + 8) \(code.width + 8)\""))
    let path = try #require(image.split(separator: "<path d=\"").last?.split(separator: "\"").first)
    var drawn = Array(repeating: false, count: code.modules.count)
    for run in path.split(separator: "z") {
      let numbers = run.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
      try #require(numbers.count == 5 && numbers[2] == numbers[4] && numbers[3] == 1)
      for column in 0..<numbers[2] { drawn[(numbers[1] - 4) * code.width + numbers[0] - 4 + column] = true }
    }
    #expect(drawn == code.modules)
  }
}
