import Foundation
import Polling
import Testing

@testable import Paper

/// A file for every code of the catalogue.
@Suite(.timeLimit(.minutes(5))) struct CatalogueTests {
  static let sheetHeading = "Tờ,Đơn vị,Ngày,Mức,Số phiếu,Số phiếu thu về\n"
  static let formHeading = "Mã phiếu,Đơn vị,Ngày,hai-long,ly-do\n"

  static func rows(_ rows: String...) -> [UInt8] { Array((Samples.heading + rows.joined(separator: "\n")).utf8) }
  static func sheets(_ rows: String...) -> [UInt8] { Array((sheetHeading + rows.joined(separator: "\n")).utf8) }
  static func forms(_ rows: String...) -> [UInt8] { Array((formHeading + rows.joined(separator: "\n")).utf8) }

  static func workbook(_ cells: String, _ change: (inout TestWorkbook) -> Void = { _ in }) throws -> [UInt8] {
    var book = TestWorkbook([["Đơn vị", "Ngày", "Mức", "Số phiếu"]])
    book.rows += "<row r=\"2\">\(cells)</row>"
    change(&book)
    return Array(try book.bytes())
  }

  static func text(_ text: String) -> String { "<c t=\"inlineStr\"><is><t>\(text)</t></is></c>" }
  static let good = text("Quầy 01") + text("14/7/2025") + text("HL") + "<c><v>5</v></c>"

  /// The file that provokes a code. No default: a new code does not compile without its file.
  static func file(_ code: FindingCode) throws -> [UInt8] {
    switch code {
    case .emptyFile: []
    case .notATable: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    case .oldWorkbook: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + Array(repeating: 0, count: 600)
    case .encrypted:
      [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + Array(repeating: 0, count: 600)
        + "EncryptedPackage".utf8.flatMap { [$0, 0] }
    case .ourExport:
      Array(
        """
        poll,poll_version,unit,channel,revision,as_of,window,ballots,flagged_ballots,question,choice,count
        hai-chau,1,hai-chau,,7,2025-07-14,today,5,0,hai-long,HL,5

        """.utf8)
    case .damagedWorkbook: Array(try Data(workbook(good)).dropLast(30))
    case .unpacksTooLarge:
      try workbook(good) {
        $0.extra["xl/sharedStrings.xml"] = "<sst>" + String(repeating: " ", count: 3 << 19) + "</sst>"
      }
    case .documentType:
      try workbook(good) {
        $0.prolog = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
      }
    case .nulByte: Array("Đơn vị,Ngày\u{0},Mức,Số phiếu\n".utf8)
    case .cellTooLong: Array(repeating: UInt8(ascii: "a"), count: 1 << 18)
    case .rowTooLong:
      Array(Array(repeating: String(repeating: "a", count: 60_000), count: 30).joined(separator: ",").utf8)
    case .tooManyColumns: Array(String(repeating: "a,", count: 1_000).utf8)
    case .tooManyRows: rows("Quầy 01,14/7/2025,HL,5", "Quầy 01,14/7/2025,BT,5", "Quầy 01,14/7/2025,KHL,5")
    case .unclosedQuote: rows("Quầy 01,14/7/2025,HL,\"5")
    case .noHeading: Array("1,2,3\n4,5,6\n".utf8)
    case .missingColumn: Array("Đơn vị,Mức,Số phiếu\nQuầy 01,HL,5\n".utf8)
    case .columnTwice: Array("Đơn vị,Ngày,Mức,Số phiếu,Số lượng\nQuầy 01,14/7/2025,HL,5,5\n".utf8)
    case .noSuchSheet: try workbook(good)
    case .noRows: rows()

    case .unreadableLetters: rows("Quầy 01,14/7/2025,HL,5") + [0xFF, 0x0A]
    case .strayQuote: rows("\"Quầy\" 01,14/7/2025,HL,5")
    case .cellsBeyondHeading: rows("Quầy 01,14/7/2025,HL,5,6")
    case .missingValue: rows("Quầy 01,,HL,5")
    case .unknownUnit: rows("Quầy 99,14/7/2025,HL,5")
    case .severalUnits: rows("Quầy xã,14/7/2025,HL,5")
    case .unknownQuestion: Array("Đơn vị,Ngày,Câu hỏi,Mức,Số phiếu\nQuầy 01,14/7/2025,gì,HL,5\n".utf8)
    case .unknownLevel: rows("Quầy 01,14/7/2025,Tuyệt vời,5")
    case .tooManyChoices: forms("1,Quầy 01,14/7/2025,HL,A;B;C")
    case .notANumber: rows("Quầy 01,14/7/2025,HL,năm")
    case .notWhole: rows("Quầy 01,14/7/2025,HL,\"1,5\"")
    case .negative: rows("Quầy 01,14/7/2025,HL,-5")
    case .tooLarge: rows("Quầy 01,14/7/2025,HL,999999999")
    case .nameTooLong: sheets("\(String(repeating: "x", count: 201)),Quầy 01,14/7/2025,HL,5,5")
    case .notADate: rows("Quầy 01,hôm qua,HL,5")
    case .monthFirst: rows("Quầy 01,07/14/2025,HL,5")
    case .futureDate: rows("Quầy 01,14/7/2031,HL,5")
    case .outsidePoll: rows("Quầy 01,15/7/2024,HL,5")
    case .otherWeekday: rows("Quầy 01,Thứ Hai 15/7/2025,HL,5")
    case .yearUnknown: rows("Quầy 01,29/2,HL,5")
    case .formulaWithoutValue:
      try workbook(text("Quầy 01") + text("14/7/2025") + text("HL") + "<c><f>SUM(A1)</f></c>")
    case .failedFormula:
      try workbook(text("Quầy 01") + text("14/7/2025") + text("HL") + "<c t=\"e\"><f>A1</f><v>#REF!</v></c>")

    case .sumDiffers: sheets("T1,Quầy 01,14/7/2025,HL,5,7", "T1,Quầy 01,14/7/2025,BT,1,7")
    case .rowTwice: rows("Quầy 01,14/7/2025,HL,5", "quầy 01,14-07-2025,hài lòng,6")
    case .questionnaireTwice: forms("1,Quầy 01,14/7/2025,HL,A", "1,Quầy 01,14/7/2025,BT,A")
    case .totalsDiffer: rows("Quầy 01,14/7/2025,HL,5", "Tổng cộng,,,6")
    case .sheetsDiffer: sheets("T1,Quầy 01,14/7/2025,HL,5,6", "T1,Quầy 01,14/7/2025,BT,1,7")
    case .sheetTorn:
      sheets("T1,Quầy 01,14/7/2025,HL,5,5", "T2,Quầy 01,14/7/2025,HL,5,5", "T1,Quầy 01,14/7/2025,BT,1,5")

    case .encodingUnsure:
      Array("Sheet,Unit,Date,Level,Count\n".utf8) + [0xE9, 0xE9, 0xEA, 0xFE] + Array(",quay-01,14/7/2025,HL,5".utf8)
    case .capitalUnknown: latin1("§¬n vÞ,Ngµy,Møc,Sè phiÕu\nBé phËn MéT CöA,14/7/2025,HL,5\n")
    case .columnIgnored: Array("Đơn vị,Ngày,Mức,Số phiếu,Thời tiết\nQuầy 01,14/7/2025,HL,5,mưa\n".utf8)
    case .numberDoubtful: rows("Quầy 01,14/7/2025,HL,\"1,927\"")
    case .datesEitherWay: rows("Quầy 01,4/3/2025,HL,5")
    case .serialDate: rows("Quầy 01,45852,HL,5")
    case .shortYear: rows("Quầy 01,14/7/25,HL,5")
    case .yearAssumed: rows("Quầy 01,14/7,HL,5")
    case .formulaValue: try workbook(text("Quầy 01") + text("14/7/2025") + text("HL") + "<c><f>2+3</f><v>5</v></c>")
    case .totalsRow: rows("Quầy 01,14/7/2025,HL,5", "Quầy 01,14/7/2025,BT,4", "TỔNG CỘNG:,,,9")
    case .ownRejects:
      Array(
        "Đơn vị,Ngày,Mức,Số phiếu,binhchon: mã lỗi,binhchon: cách sửa\nQuầy 01,14/7/2025,HL,5,E205,xem\n".utf8)
    case .otherSheets: try workbook(good) { $0.sheets.append("Trang 2") }
    case .manyInvalid: sheets("T1,Quầy 01,14/7/2025,HL,97,100", "T1,Quầy 01,14/7/2025,phiếu hỏng,3,100")
    case .weekend: rows("Quầy 01,13/7/2025,HL,5")
    case .roundNumbers:
      Array(
        (Samples.heading
          + (0..<60).map { "Quầy 01,\($0 % 28 + 1)/\($0 / 28 + 1)/2025,HL,\(100 + $0 * 5)" }.joined(separator: "\n"))
          .utf8)
    case .repeated:
      Array((Samples.heading + (1...12).map { "Quầy 01,\($0)/7/2025,HL,37" }.joined(separator: "\n")).utf8)
    case .unaccented: rows("Quay 01,14/7/2025,hai long,5")
    case .levelByNumber: rows("Quầy 01,14/7/2025,4,5")
    case .repeatsUnchecked: rows("Quầy 01,14/7/2025,HL,5", "Quầy 02,14/7/2025,HL,6", "Quầy 02,14/7/2025,BT,6")
    }
  }

  @Test(arguments: FindingCode.allCases)
  func everyCodeIsProvoked(_ code: FindingCode) throws {
    var options = PaperCheck.Options()
    if code == .tooManyRows { options.limits.rows = 3 }
    if code == .repeatsUnchecked { options.limits.remembered = 2 }
    if code == .noSuchSheet { options.sheet = "Trang 9" }
    let isForm = code == .tooManyChoices || code == .questionnaireTwice
    let checked = try check(Self.file(code), isForm ? Samples.questionnairePoll() : nil, options: options)
    #expect(checked.codes.contains(code), "\(checked.report.findings)")
    // An error leaves something out; a warning leaves nothing out.
    if code.blocks {
      #expect(checked.report.isCutShort || checked.report.rejectedRows > 0 || code == .noRows)
    } else {
      #expect(checked.report.rejectedRows == 0 && !checked.report.isCutShort, "\(checked.report.findings)")
      #expect(checked.report.acceptedRows > 0)
    }
    // Every language has its words.
    for text in [code.title, code.hint] { #expect(!text.vi.isEmpty && !text.en.isEmpty && text.vi != text.en) }
  }

  /// A server takes no longer one.
  @Test func namesThatAreTooLong() throws {
    for (length, isTooLong) in [(PaperRow.longestLabel, false), (PaperRow.longestLabel + 1, true)] {
      let name = String(repeating: "x", count: length)
      let sheet = try check(Self.sheets("\(name),Quầy 01,14/7/2025,HL,5,5"))
      let form = try check(Self.forms("\(name),Quầy 01,14/7/2025,HL,A"), Samples.questionnairePoll())
      for checked in [sheet, form] {
        #expect((checked.report.findings[.nameTooLong]?.first.first?.row == 2) == isTooLong)
        #expect(checked.report.rejectedRows == (isTooLong ? 1 : 0))
      }
    }
  }

  @Test func nothingIsFoundInAGoodFile() throws {
    let checked = try check(Self.rows("Quầy 01,14/7/2025,HL,5", "hai-chau/mot-cua/quay-02,15/7/2025,RKHL,0"))
    #expect(checked.report.findings.isEmpty, "\(checked.report.findings)")
    #expect(checked.report.acceptedRows == 2)
  }

  @Test func codesAreNeverGivenTwice() {
    #expect(Set(FindingCode.allCases.map(\.rawValue)).count == FindingCode.allCases.count)
    #expect(FindingCode.allCases.allSatisfy { $0.blocks != $0.rawValue.hasPrefix("W") })
  }

  @Test func allErrorsInOnePass() throws {
    let checked = try check(
      Self.rows("Quầy 99,32/7/2025,Tuyệt,x", "Quầy 01,14/7/2025,HL,5", ",,,", "Quầy 01,15/7/2025,,-1"))
    let found = checked.rows.flatMap(\.findings).map { "\($0.row ?? 0):\($0.column ?? -1) \($0.code.rawValue)" }
    #expect(found == ["2:0 E205", "2:1 E220", "2:2 E208", "2:3 E210", "5:2 E204", "5:3 E212"])
    #expect(checked.report.rejectedRows == 2)
    #expect(checked.report.acceptedRows == 1)
  }
}
