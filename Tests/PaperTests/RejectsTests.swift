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

  @Test func unreadableBytesAreSeenInIt() throws {
    let checked = try check(CatalogueTests.rows("Quầy \u{1}") + [0xFF] + Array(",14/7/2025,HL,5\n".utf8))
    #expect(String(decoding: Self.rejects(checked), as: UTF8.self).contains("\\xFF"))
  }
}

@Suite struct CheckerTests {
  @Test func questionnaires() throws {
    let checked = try check(
      CatalogueTests.forms(
        "1,Quầy 01,14/7/2025,HL,A", "2,Quầy 01,14/7/2025,RHL,A; lý do c", "3,Quầy 02,14/7/2025,trống,",
        "4,Quầy 02,14/7/2025,,"),
      Samples.questionnairePoll())
    let answers = checked.rows.compactMap { row -> [Answer]? in
      if case .questionnaire(let form) = row.entry { form.answers } else { nil }
    }
    #expect(
      answers == [
        [Answer(question: "hai-long", choices: ["HL"]), Answer(question: "ly-do", choices: ["A"])],
        [Answer(question: "hai-long", choices: ["RHL"]), Answer(question: "ly-do", choices: ["A", "C"])],
        [Answer(question: "hai-long", choices: [])],
      ])
    #expect(checked.rows.last?.findings.map(\.code) == [.missingValue])
    #expect(checked.report.votes == ["hai-long": ["HL": 1, "RHL": 1, "blank": 1], "ly-do": ["A": 2, "C": 1]])
  }

  @Test(arguments: [
    (["Đơn vị", "Kỳ", "Mức", "Số phiếu"], "totals unit period level count"),
    (["UNIT", "Date", "Level", "Count", "Remarks"], "totals unit period level count note"),
    (["don vi (quay)", "Thời gian:", "Mức độ hài lòng *", "Số lượng", "STT"], "totals unit period level count note"),
    (
      ["Tờ số", "Đơn vị", "Tháng", "Câu hỏi", "Mức", "Số lượt", "Tổng số phiếu"],
      "totals sheet unit period question level count sheets"
    ),
    (
      ["Mã phiếu", "Đơn vị", "Ngày", "hai-long", "Vì sao?"],
      "questionnaires questionnaire unit period answer:hai-long answer:ly-do"
    ),
    (
      ["Số phiếu", "Đơn vị", "Ngày", "1. Ông/Bà hài lòng đến mức nào?", "2) vì sao?"],
      "questionnaires questionnaire unit period answer:hai-long answer:ly-do"
    ),
    (["Đơn vị", "Ngày", "Câu 1", "Câu 2", "Câu 3"], "questionnaires unit period answer:hai-long answer:ly-do -"),
    (["Họ tên", "Tuổi"], "none"), (["Quầy 01", "14/7/2025", "HL", "5"], "none"), ([], "none"),
  ])
  func headings(_ headings: [String], _ expected: String) throws {
    let map = ColumnMap.suggest(headings, for: try Samples.questionnairePoll())
    let shown = map.map { map in
      ([map.kind.rawValue] + map.fields.map { $0?.word ?? "-" }).joined(separator: " ")
    }
    #expect(shown ?? "none" == expected)
  }

  @Test func titlesAboveTheHeading() throws {
    let checked = try check(
      Array("UBND Quận Hải Châu,,,\nBÁO CÁO tháng 7/2025,,,\n,,,\n\(Samples.heading)Quầy 01,14/7/2025,HL,5\n".utf8))
    #expect(checked.report.headingRow == 4)
    #expect(checked.rows.map(\.source.number) == [5])
    #expect(checked.report.findings.isEmpty)
  }

  @Test func sumsWithBlankAndInvalidOnes() throws {
    let checked = try check(
      CatalogueTests.sheets(
        "T1,Quầy 01,14/7/2025,HL,1.930,1.932", "T1,Quầy 01,14/7/2025,phiếu trống,1,1.932",
        "T1,Quầy 01,14/7/2025,không hợp lệ,1,1.932"))
    // The commas are in no quotes, dots are groups.
    #expect(checked.report.findings.isEmpty, "\(checked.report.findings)")
    #expect(checked.report.votes == ["hai-long": ["HL": 1930, "blank": 1, "invalid": 1]])
  }

  @Test func oneDayProvesTheOthers() throws {
    #expect(try check(CatalogueTests.rows("Quầy 01,4/3/2025,HL,5", "Quầy 01,14/3/2025,HL,5")).codes.isEmpty)
  }

  @Test func subtotalsAreKnown() throws {
    let checked = try check(
      CatalogueTests.rows(
        "Quầy 01,14/7/2025,HL,5", "Cộng,,,5", "Quầy 02,14/7/2025,HL,7", "Cộng,,,7", "Tổng số,,,12"))
    #expect(checked.codes == [.totalsRow])
    #expect(checked.report.rows == 2)
  }

  @Test func anEncodingThatShowsLate() throws {
    // Plain ASCII for longer than the sample, then TCVN3.
    var text = "Unit,Date,Level,Count,Note\n"
    for index in 0..<700 {
      text += "quay-0\(index % 3 + 1),\(index % 28 + 1)/\(index / 28 % 12 + 1)/2025,RHL,\(index),\n"
    }
    let late = latin1("quay-01,14/7/2025,RÊt hµi lßng,5,kh«ng\n")
    let checked = try check(Array(text.utf8) + late)
    guard case .total(let total)? = checked.rows.last?.entry else {
      Issue.record("\(checked.report.findings)")
      return
    }
    #expect(total.level == .choice("RHL"))
  }

  @Test func fileThatIsNotThere() {
    #expect(throws: FileFailure(path: "/nowhere/a.csv", errno: ENOENT)) { try check(path: "/nowhere/a.csv") }
  }

  @Test func whatEventsThrowComesThrough() throws {
    struct Stop: Error {}
    try withFile(CatalogueTests.rows("Quầy 01,14/7/2025,HL,5")) { path in
      var events = PaperCheck.Events()
      events.row = { _ in throw Stop() }
      #expect(throws: Stop.self) { try PaperCheck(poll: try Samples.poll(), today: Samples.today).run(path, events) }
    }
  }
}

/// Cells that are made to cost: whatever a file holds is read in time that grows with its size.
@Suite(.timeLimit(.minutes(5))) struct CostTests {
  static let marks = String(repeating: "\u{323}\u{302}", count: 2_000)

  @Test func runsOfMarks() throws {
    // Everywhere a name may stand, and as the sheet's name, which is kept.
    let cell = "a" + Self.marks
    let checked = try check(
      CatalogueTests.sheets("\(cell),\(cell),\(cell),\(cell),\(cell),5", "\(cell),Quầy 01,14/7/2025,HL,5,5"))
    #expect(checked.report.acceptedRows == 1)
    #expect(checked.codes.isSuperset(of: [.unknownUnit, .notADate, .unknownLevel, .notANumber]))
    // As headings.
    #expect(try check(Array("\(cell),\(cell)\n".utf8)).codes == [.noHeading])
  }

  @Test func cellsFullOfBytesThatMeanNothing() throws {
    let checked = try check(
      CatalogueTests.rows("") + Array(repeating: 0xFF, count: 60_000) + Array(",14/7/2025,HL,5\n".utf8))
    let finding = checked.report.findings[.unreadableLetters]?.first.first
    #expect(finding?.detail.hasSuffix("× 60000") == true)
    #expect(finding?.value.utf8.count == 200)
  }

  @Test func aLineWithoutEndIsNotReadToItsEnd() throws {
    try withFile(Array(repeating: UInt8(ascii: "a"), count: 16 << 20)) { path in
      let file = try PaperFile(path)
      #expect(throws: PaperProblem.self) { while try file.next() != nil {} }
      #expect(file.progress.done <= 1 << 20)
    }
  }
}
