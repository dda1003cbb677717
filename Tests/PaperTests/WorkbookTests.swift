import Foundation
import Testing

@testable import Paper

@Suite(.timeLimit(.minutes(5))) struct WorkbookTests {
  /// The cells as read, with what kind they are.
  static func cells(_ book: TestWorkbook, limits: PaperLimits = PaperLimits()) throws -> [[String]] {
    try withFile(try book.bytes()) { path in
      let file = try PaperFile(path, limits: limits)
      var rows: [[String]] = []
      while let row = try file.next() {
        rows.append(
          row.cells.indices.map { column in
            let text = String(decoding: row[column], as: UTF8.self)
            let kind = row.cells[column].kind
            return (row.cells[column].isFormula ? "=" : "") + (kind == .text ? text : "\(kind):\(text)")
          })
      }
      return rows
    }
  }

  static func code(_ book: TestWorkbook, limits: PaperLimits = PaperLimits()) throws -> FindingCode? {
    do {
      _ = try cells(book, limits: limits)
      return nil
    } catch let problem as PaperProblem { return problem.code }
  }

  @Test func everyKindOfCell() throws {
    var book = TestWorkbook()
    book.texts = ["một", "<r><t>ha</t></r><rPh><t>ní</t></rPh><r><t>i</t></r>"]
    book.formats = ["dd/mm/yyyy", "mmm\\-yy", "#,##0", "[Red]0.00&quot;day&quot;"]
    book.rows = """
      <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>
      <row r="3"><c s="1"><v>45852</v></c><c s="2"><v>45852</v></c><c s="3"><v>1927</v></c><c s="4"><v>1</v></c>
      <c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1</f><v>x</v></c><c t="d"><v>2025-07-14</v></c><c s="99"><v>7</v></c><c/></row>
      """
    #expect(
      try Self.cells(book) == [
        ["một", "", "hai", "ab"],
        [
          "day:45852", "month:45852", "number:1927", "number:1", "truth:1", "failure:#N/A", "=x", "2025-07-14",
          "number:7",
        ],
      ])
  }

  @Test(arguments: [
    ("dd/mm/yyyy", SourceRow.Kind.day), ("m/d/yy h:mm", .day), ("mmm-yy", .month), ("yyyy", .month),
    ("h:mm:ss", .number),
    ("[$-42A]d mmmm yyyy", .day), ("0.00", .number), ("\"ngày\" 0", .number), ("General", .number),
    ("0;[Red]\\d0", .number),
  ])
  func formats(_ code: String, _ kind: SourceRow.Kind) {
    #expect(NumberStyles.kind(ofFormat: code) == kind)
  }

  @Test func daysFrom1904() throws {
    var book = TestWorkbook([["Đơn vị", "Ngày", "Mức", "Số phiếu"]])
    book.startsIn1904 = true
    book.formats = ["dd/mm/yyyy"]
    book.rows +=
      "<row r=\"2\">\(CatalogueTests.text("Quầy 01"))<c s=\"1\"><v>44390</v></c>\(CatalogueTests.text("HL"))<c><v>1.927E3</v></c></row>"
    let checked = try check(try book.bytes())
    guard case .total(let total)? = checked.entries.first else {
      Issue.record("\(checked.report.findings)")
      return
    }
    #expect("\(total.period.first)" == "2025-07-14")
    #expect(total.count == 1927)
  }

  @Test func brokenOnes() throws {
    var book = TestWorkbook([["a"]])
    for name in ["xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"] {
      book.without = [name]
      #expect(try Self.code(book) == .damagedWorkbook)
    }
    book.without = []
    for rows in [
      "<row r=\"1\"><c t=\"s\"><v>7</v></c></row>", "<row><c>", "<row r=\"2\"/><row r=\"1\"/>",
      "<row><c r=\"7\"/></row>",
      "<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>", "&undefined;",
      "<row><c t=\"s\"><v>-1</v></c></row>",
      "<row r=\"99999999999999999999999\"/><row r=\"1\"/>x<",
      "<row a=\"\(String(repeating: Self.noise(1 << 16), count: 80))\"/>",
    ] {
      book.rows = rows
      #expect(try Self.code(book) == .damagedWorkbook, "\(rows.prefix(60))")
    }
  }

  @Test func hostileOnes() throws {
    var book = TestWorkbook([["a"]])
    book.rows = "<row><c r=\"ZZZ1\"><v>1</v></c></row>"
    #expect(try Self.code(book) == .tooManyColumns)
    book.rows = "<row r=\"900000000\"/>"
    #expect(try Self.code(book) == .tooManyRows)
    book.rows = "<row><c t=\"inlineStr\"><is><t>\(Self.noise(70_000))</t></is></c></row>"
    #expect(try Self.code(book) == .cellTooLong)
    book.rows = "<row r=\"1\"><c t=\"inlineStr\"><is><t>a</t></is></c></row>"
    book.texts = [Self.noise(70_000)]
    #expect(try Self.code(book) == .cellTooLong)
    book.texts = (0..<100).map { Self.noise(900 + $0) }
    var limits = PaperLimits()
    limits.sharedTextBytes = 50_000
    #expect(try Self.code(book, limits: limits) == .unpacksTooLarge)
    limits = PaperLimits()
    limits.unpackedBytes = 60_000
    #expect(try Self.code(book, limits: limits) == .unpacksTooLarge)
    limits = PaperLimits()
    limits.entries = 3
    #expect(try Self.code(book, limits: limits) == .unpacksTooLarge)
  }

  /// A few bytes that name a long text, again and again; and cells far behind empty ones.
  @Test func rowsThatGrow() throws {
    var book = TestWorkbook()
    book.texts = [Self.noise(1_000)]
    var limits = PaperLimits()
    limits.unpackedBytes = 60_000
    book.rows = String(repeating: "<row><c t=\"s\"><v>0</v></c></row>", count: 50)
    #expect(try Self.cells(book, limits: limits).count == 50)
    book.rows += String(repeating: "<row><c t=\"s\"><v>0</v></c></row>", count: 20)
    #expect(try Self.code(book, limits: limits) == .unpacksTooLarge)
    book.rows = (1...300).map { "<row><c r=\"IV\($0)\"><v/></c></row>" }.joined()
    #expect(try Self.code(book, limits: limits) == .unpacksTooLarge)
  }

  /// Text that does not pack well.
  static func noise(_ count: Int) -> String {
    var state: UInt64 = 42
    var text = ""
    while text.utf8.count < count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += String(state, radix: 36)
    }
    return text
  }

  @Test func entitiesAreNotExpanded() throws {
    for declaration in [
      "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
      "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\">",
    ] {
      var book = TestWorkbook([["a"]])
      book.extra["xl/worksheets/sheet1.xml"] = declaration + "<worksheet><sheetData/></worksheet>"
      #expect(try Self.code(book) == .documentType)
    }
  }

  @Test func aSizeThatLies() throws {
    var book = TestWorkbook([["a"]])
    book.rows = "<row r=\"1\"><c t=\"inlineStr\"><is><t>\(Self.noise(20_000))</t></is></c></row>"
    var bytes = Array(try book.bytes())
    // The size of every file, in the directory at the end (APPNOTE 4.3.12) and in the heads (4.3.7), set to 100.
    for (signature, place) in [([0x50, 0x4B, 0x01, 0x02], 24), ([0x50, 0x4B, 0x03, 0x04], 22)] as [([UInt8], Int)] {
      for start in bytes.indices.dropLast(46) where bytes[start..<start + 4].elementsEqual(signature) {
        bytes.replaceSubrange(start + place..<start + place + 4, with: [100, 0, 0, 0])
      }
    }
    let codes = try check(bytes).codes
    #expect(codes == [.damagedWorkbook] || codes == [.unpacksTooLarge], "\(codes)")
  }

  @Test(arguments: [
    ("word/document.xml", "docx"), ("ppt/presentation.xml", "pptx"), ("xl/workbook.bin", "xlsb"), ("a.txt", "zip"),
  ])
  func otherArchives(_ name: String, _ kind: String) throws {
    let checked = try check(try TestWorkbook.zip([name: Array("x".utf8)]))
    #expect(checked.report.findings[.notATable]?.first.first?.detail == kind)
  }

  @Test(arguments: [
    ("%PDF-1.7", "PDF"), ("<html><table>", "HTML"), ("\u{FEFF}<!DOCTYPE html>", "HTML"),
    ("<?xml version='1.0'?>", "XML"),
    ("{\"a\":1}", "JSON"), ("{\\rtf1", "RTF"), ("SQLite format 3\u{0}", "SQLite"),
    ("-----BEGIN CERTIFICATE-----", "PEM"),
  ])
  func otherFiles(_ text: String, _ kind: String) throws {
    let checked = try check(Array(text.utf8))
    #expect(checked.report.findings[.notATable]?.first.first?.detail == kind)
  }
}
