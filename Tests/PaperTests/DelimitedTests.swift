import Testing

@testable import Paper

@Suite struct DelimitedTests {
  /// The rows, with the bytes given `size` at a time.
  static func rows(
    _ text: String, delimiter: Character = ",", drip size: Int = .max, limits: PaperLimits = PaperLimits()
  ) throws -> [[String]] {
    var machine = DelimitedStateMachine(delimiter: delimiter.asciiValue ?? 0x2C, limits: limits)
    var rows: [[String]] = []
    func take() { rows.append(machine.row.cells.indices.map { String(decoding: machine.row[$0], as: UTF8.self) }) }
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      let chunk = Array(bytes[start..<min(bytes.count, start + min(size, bytes.count))])
      start += chunk.count
      var offset = 0
      while case .row = try machine.read(chunk, &offset) { take() }
    }
    if case .row = try machine.finish() { take() }
    return rows
  }

  static let table: [(String, [[String]])] = [
    ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
    ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]), ("", []), ("\n", [[""]]), ("\r\n", [[""]]), ("a", [["a"]]),
    ("a,", [["a", ""]]), (",", [["", ""]]), ("a\n\nb", [["a"], [""], ["b"]]), ("\"a\"", [["a"]]),
    ("\"a,b\",c", [["a,b", "c"]]), ("\"a\"\"b\"", [["a\"b"]]), ("\"a\nb\",c\r\nd", [["a\nb", "c"], ["d"]]),
    ("\"\",x", [["", "x"]]), ("a\"b,c", [["a\"b", "c"]]), ("\"a\"b,c", [["ab", "c"]]), ("a,\"\"", [["a", ""]]),
    ("\"\r\n\"", [["\r\n"]]),
  ]

  @Test(arguments: table)
  func cuts(_ text: String, _ expected: [[String]]) throws {
    #expect(try Self.rows(text) == expected)
    for size in 1...3 { #expect(try Self.rows(text, drip: size) == expected) }
  }

  @Test func strayQuotesAreMarked() throws {
    var machine = DelimitedStateMachine(delimiter: 0x2C)
    var offset = 0
    _ = try machine.read(Array("\"a\"b,\"c\"\n".utf8), &offset)
    #expect(machine.row.cells.map(\.hasStrayQuote) == [true, false])
  }

  @Test func limits() {
    var limits = PaperLimits()
    (limits.cellBytes, limits.rowBytes, limits.columns, limits.rows) = (10, 25, 3, 4)
    func code(_ text: String) -> FindingCode? {
      do {
        _ = try Self.rows(text, drip: 2, limits: limits)
        return nil
      } catch { return (error as? PaperProblem)?.code }
    }
    #expect(code("1234567890,b") == nil)
    #expect(code("12345678901") == .cellTooLong)
    #expect(code("\"12345678901") == .cellTooLong)
    #expect(code("123456789,123456789,123456789") == .rowTooLong)
    #expect(code("a,b,c,d") == .tooManyColumns)
    #expect(code(",,,,,,,,,,,,,,,,") == .tooManyColumns)
    #expect(code("1\n2\n3\n4\n") == nil)
    #expect(code("1\n2\n3\n4\n5\n") == .tooManyRows)
    #expect(code("a\u{0}b") == .nulByte)
    #expect(code("\"a") == .unclosedQuote)
  }

  @Test(
    arguments: [
      ("a,b,c\n1,2,3\n", ","), ("a;b;c\n1,5;2;3\n1,5;2;3\n", ";"), ("a\tb\n1\t2\n", "\t"), ("a\n1\n", ","),
      ("\"a;b\",c\n\"d;e;f\",g\n", ","), ("Báo cáo, tháng 7\n\na;b;c;d\n1;2;3;4\n", ";"),
    ] as [(String, Character)])
  func delimiters(_ text: String, _ delimiter: Character) {
    #expect(DelimiterGuess.delimiter(of: Array(text.utf8)) == delimiter.asciiValue)
  }
}
