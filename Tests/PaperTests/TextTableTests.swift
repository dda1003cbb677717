import Foundation
import Testing

@testable import Paper

@Suite struct TextTableTests {
  /// How many of a row's cells are headings here.
  static func known(_ cells: [String]) -> Int { cells.count { ["Họ tên", "Đơn vị", "Thành tích"].contains($0) } }

  static func table(_ bytes: some Sequence<UInt8>, options: TextTable.Options = .init()) throws -> TextTable {
    try withFile(bytes) { try TextTable($0, options: options, known: known) }
  }

  static func code(_ bytes: some Sequence<UInt8>, options: TextTable.Options = .init()) throws -> FindingCode? {
    do {
      _ = try table(bytes, options: options)
      return nil
    } catch let unreadable as TextTable.Unreadable {
      return unreadable.finding.code
    }
  }

  @Test func rowsBelowTheHeading() throws {
    let table = try Self.table(
      "UBND phường\n\nHọ tên;Đơn vị;Thành tích\n  Lê Lan ;\"Tổ 1; 2\";dọn kênh\n\n;;\nTrần Mai;Tổ 3\n".utf8)
    #expect(table.format == .delimited(0x3B) && !table.isUTF16 && table.headingRow == 3)
    #expect(table.columns.map(\.heading) == ["Họ tên", "Đơn vị", "Thành tích"])
    #expect(table.rows.map(\.number) == [4, 7])
    #expect(table.rows.map(\.cells) == [["Lê Lan", "Tổ 1; 2", "dọn kênh"], ["Trần Mai", "Tổ 3", ""]])
    #expect(table.rows.flatMap(\.findings) == [])
  }

  /// The row with most known cells, the first of equals; one is too few.
  @Test func theHeadingIsTheRowThatIsKnownBest() throws {
    let table = try Self.table("Họ tên,Đơn vị,\nHọ tên,Đơn vị,Thành tích\nHọ tên,Đơn vị,Thành tích\na,b,c\n".utf8)
    #expect(table.headingRow == 2 && table.rows.count == 2)
    #expect(try Self.code("Họ tên,Tuổi\na,5\n".utf8) == .noHeading)
    let late = String(repeating: "x,y\n", count: PaperCheck.headingRows) + "Họ tên,Đơn vị\n"
    #expect(try Self.code(late.utf8) == .noHeading)
  }

  @Test func columnsInTheirEncodings() throws {
    let tcvn3 = latin1("Hä tªn,§¬n vÞ\nNguyÔn V¨n An,Phßng Néi vô\nTrÇn ThÞ B×nh,Phßng T− ph¸p\n")
    let table = try Self.table(tcvn3)
    #expect(table.columns.map(\.heading) == ["Họ tên", "Đơn vị"])
    #expect(table.rows.first?.cells == ["Nguyễn Văn An", "Phòng Nội vụ"])
    let utf16: [UInt8] =
      [0xFF, 0xFE]
      + "Họ tên,Đơn vị\nLê Lan,Tổ 1\n".utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
    let wide = try Self.table(utf16)
    #expect(wide.isUTF16 && wide.rows.map(\.cells) == [["Lê Lan", "Tổ 1"]])
  }

  @Test func whatCannotBeReadIsTold() throws {
    let bytes = Array("Họ tên,Đơn vị\nLê ".utf8) + [0xFF] + Array("an,Tổ 1\nLê Lan,Tổ 1, ,thừa\nAn,Tổ 2,, \n".utf8)
    let rows = try Self.table(bytes).rows
    #expect(rows.map { $0.findings.map(\.code) } == [[.unreadableLetters], [.cellsBeyondHeading], []])
    #expect(rows.first?.cells.first == "Lê \\xFFan")
    #expect(rows[1].findings.first?.column == 3 && rows[1].findings.first?.row == 3)
  }

  @Test func limits() throws {
    var options = TextTable.Options()
    options.mostRows = 2
    let heading = "Họ tên,Đơn vị\n"
    // As many more as may stand above a heading.
    let most = options.mostRows + PaperCheck.headingRows
    #expect(try Self.code((heading + String(repeating: "a,b\n", count: most - 1)).utf8, options: options) == nil)
    #expect(
      try Self.code((heading + String(repeating: "a,b\n", count: most)).utf8, options: options) == .tooManyRows)
    options = TextTable.Options()
    options.mostBytes = 40
    #expect(
      try Self.code((heading + String(repeating: "abcdefgh,b\n", count: 3)).utf8, options: options) == .tooManyRows)
  }

  @Test(
    arguments: [
      ("", .emptyFile), ("\n\n", .emptyFile), ("<html><table></table>", .notATable), ("a,b\u{0}\n", .nulByte),
      ("Họ tên,Đơn vị\na,\"b\n", .unclosedQuote),
    ] as [(String, FindingCode)])
  func files(_ text: String, _ code: FindingCode) throws {
    #expect(try Self.code(text.utf8) == code)
  }

  @Test func aFileThatIsNotThere() {
    #expect(throws: FileFailure(path: "/nowhere/a.csv", errno: ENOENT)) {
      try TextTable("/nowhere/a.csv", known: Self.known)
    }
  }
}
