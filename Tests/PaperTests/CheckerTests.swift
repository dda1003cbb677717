import Foundation
import Polling
import Testing

@testable import Paper

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

  /// Beside a day that could be read either way.
  @Test(arguments: [
    ("14/3/2025", true), ("14.3.2025", true), ("14/3", true), ("4/3/2025 - 14/3/2025", true),
    ("ngày 4 tháng 3 năm 2025", true),
    // A Monday only if the fourth month is meant.
    ("Thứ Hai 7/4/2025", true),
    ("5/5/2025", false), ("5/5", false), ("2025-03-14", false), ("2025/3/14", false), ("T7/2025", false),
    ("Quý III/2025", false), ("2025", false), ("4/3/2025 - 5/5/2025", false), ("Thứ Hai 5/5/2025", false),
  ])
  func whatProvesThatDaysStandFirst(_ day: String, _ proves: Bool) throws {
    let checked = try check(CatalogueTests.rows("Quầy 01,4/3/2025,HL,5", "Quầy 02,\(day),HL,6"))
    #expect(checked.report.rejectedRows == 0, "\(checked.report.findings)")
    #expect(checked.codes.contains(.datesEitherWay) == !proves)
  }

  /// What is said of them loses no votes: either may be added to the other, or be a sheet of its own.
  @Test func twoPartsOfOneDay() throws {
    let checked = try check(CatalogueTests.rows("Quầy 01,Sáng 14/7/2025,HL,5", "Quầy 01,Chiều 14/7/2025,HL,6"))
    #expect(checked.codes == [.rowTwice])
    let hint = FindingCode.rowTwice.hint
    #expect(hint.vi.contains("hai buổi trong ngày: cộng lại") && hint.en.contains("two parts of a day: add them up"))
    let named = try check(
      CatalogueTests.sheets("S,Quầy 01,Sáng 14/7/2025,HL,5,5", "C,Quầy 01,Chiều 14/7/2025,HL,6,6"))
    #expect(named.codes.isEmpty)
    #expect(named.report.votes == ["hai-long": ["HL": 11]])
  }

  @Test func subtotalsAreKnown() throws {
    let checked = try check(
      CatalogueTests.rows(
        "Quầy 01,14/7/2025,HL,5", "Cộng,,,5", "Quầy 02,14/7/2025,HL,7", "Cộng,,,7", "Tổng số,,,12"))
    #expect(checked.codes == [.totalsRow])
    #expect(checked.report.rows == 2)
  }

  @Test func rowsOfAnotherEncodingAreTold() throws {
    let tcvn3 = (1...6).map {
      latin1(
        "QuÇy 0\($0 % 3 + 1),\($0 + 13)/7/2025,RÊt hµi lßng,5,®· ®Õm lÇn \($0), kh«ng cã lçi\n".replacing(
          ", kh", with: " kh"))
    }
    let checked = try check(
      latin1("§¬n vÞ,Ngµy,Møc,Sè phiÕu,Tê\n") + tcvn3.joined() + Array("quay-01,28/7/2025,HL,5,đếm lại\n".utf8))
    let findings = checked.rows.last?.findings.map(\.code) ?? []
    #expect(findings.contains(.encodingUnsure), "\(checked.report.findings)")
    #expect(checked.rows.dropLast().allSatisfy { $0.findings.allSatisfy { $0.code == .weekend } })
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
      events.accepted = { _, _ in throw Stop() }
      #expect(throws: Stop.self) { try PaperCheck(poll: try Samples.poll(), today: Samples.today).run(path, events) }
    }
  }
}
