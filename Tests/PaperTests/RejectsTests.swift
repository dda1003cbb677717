import Foundation
import Polling
import Testing

@testable import Paper

@Suite struct RejectsTests {
  static func rejects(_ checked: Checked) -> [UInt8] {
    let file = RejectsFile(checked.report) { $0.rawValue + "!" }
    return file.heading() + checked.rows.filter(\.isRejected).flatMap(file.record)
  }

  @Test func sameLayoutAndWhy() throws {
    let checked = try check(
      latin1("Tê;§¬n vÞ;Ngµy;Møc;Sè phiÕu;Ghi chó\nA;QuÇy 99;14/7/2025;HL;x;\"kh«ng; râ\"\nB;QuÇy 01;14/7/2025;HL;5;\n")
    )
    let text = String(decoding: Self.rejects(checked), as: UTF8.self)
    #expect(
      text == """
        \u{FEFF}Tờ;Đơn vị;Ngày;Mức;Số phiếu;Ghi chú;binhchon: mã lỗi;binhchon: cách sửa\r
        A;Quầy 99;14/7/2025;HL;x;"không; rõ";E205 E210;E205! · E210!\r

        """)
  }

  @Test func halfASheetIsNoSheet() throws {
    // One bad row takes its sheet with it, so that the sum can be checked when it comes again.
    let checked = try check(
      CatalogueTests.sheets(
        "T1,Quầy 01,14/7/2025,HL,5,6", "T1,Quầy 01,14/7/2025,BT,x,6", "T2,Quầy 01,14/7/2025,HL,5,5"))
    #expect(checked.rows.map(\.isRejected) == [true, true, false])
    // The mended file is taken, and known for what it is.
    let mended = String(decoding: Self.rejects(checked), as: UTF8.self).replacing(",x,", with: ",1,")
    let again = try check(Array(mended.utf8))
    #expect(again.codes == [.ownRejects])
    #expect(again.report.acceptedRows == 2)
    // And once more.
    #expect(String(decoding: Self.rejects(again), as: UTF8.self).components(separatedBy: "mã lỗi").count == 2)
  }

  @Test func whatAWorkbookHoldsIsNoOtherNumberNextTime() throws {
    let bad = CatalogueTests.text("Quầy 01") + CatalogueTests.text("14/7/2025") + CatalogueTests.text("HL")
    for (cell, code) in [
      ("<c><v>1.927</v></c>", FindingCode.notWhole), ("<c t=\"b\"><v>1</v></c>", .notANumber),
    ] {
      let checked = try check(try CatalogueTests.workbook(bad + cell))
      #expect(checked.codes == [code])
      let again = try check(Self.rejects(checked))
      #expect(again.codes == [code, .ownRejects])
      #expect(again.entries.isEmpty)
    }
  }

  @Test func unreadableBytesAreSeenInIt() throws {
    let checked = try check(CatalogueTests.rows("Quầy \u{1}") + [0xFF] + Array(",14/7/2025,HL,5\n".utf8))
    #expect(String(decoding: Self.rejects(checked), as: UTF8.self).contains("\\xFF"))
  }
}
