import Polling
import Testing

@testable import binhchon

@Suite struct CertificateTests {
  @Test func asItIsPrinted() throws {
    let html = CertificateHTML.page([try PrintedSamples.sheet("Tuyến phố xanh, sạch, đẹp")]).html
    #expect(HTMLTests.fault(html) == nil, "\(HTMLTests.fault(html) ?? "")")
    try GoldenTests.compare(html, "chung-nhan.html")
  }

  @Test func whatIsNotKnownIsLeftToThePen() throws {
    var sheet = try PrintedSamples.sheet("Ngõ không rác")
    sheet.place = nil
    sheet.decision = CertificateSheet.Decision()
    sheet.reprints = 2
    let html = CertificateHTML.page([sheet]).html
    #expect(html.contains("Quyết định số: ......"))
    #expect(html.contains("Ngày .... tháng .... năm ......"))
    #expect(html.contains("Số vào sổ: 0001 (in lại lần 2)"))
    #expect(!html.contains("Đống Đa"))
  }

  @Test(arguments: [
    (2023, 2, 3, "ngày 03 tháng 02 năm 2023"), (2023, 3, 9, "ngày 09 tháng 3 năm 2023"),
    (2023, 12, 31, "ngày 31 tháng 12 năm 2023"),
  ])
  func daysAreWrittenAsInDocuments(_ year: Int, _ month: Int, _ day: Int, _ written: String) throws {
    var sheet = try PrintedSamples.sheet("Ngõ không rác")
    sheet.decision.date = try PrintedSamples.day(year, month, day)
    #expect(CertificateHTML.page([sheet]).html.contains("Đống Đa, \(written)</p>"))
  }

  @Test(arguments: AwardKind.allCases)
  func papersOfPraise(_ kind: AwardKind) throws {
    let sheet = CertificateSheet(
      kind, to: .individual, named: "Nguyễn Thị Hà", for: ["Đã có thành tích xuất sắc năm 2023"],
      decision: CertificateSheet.Decision(), signer: "Ban Thường vụ Tỉnh ủy", serial: 7)
    let titles: [AwardKind: String] = [.giayKhen: "GIẤY KHEN", .bangKhen: "BẰNG KHEN"]
    #expect(sheet?.title == titles[kind])
    #expect(sheet.map(\.act) == titles[kind].map { _ in "Tặng ông (bà)" })
  }

  @Test func wordsCannotLeaveTheirPlace() throws {
    let trick = PrintedSamples.trick
    var sheet = try PrintedSamples.sheet(trick, registrant: trick)
    (sheet.signer, sheet.place, sheet.decision.number, sheet.title, sheet.act) = (trick, trick, trick, trick, trick)
    sheet.merit = [trick]
    let html = CertificateHTML.page([sheet, sheet]).html
    #expect(HTMLTests.fault(html) == nil, "\(HTMLTests.fault(html) ?? "")")
    #expect(!html.contains("<script"))
    #expect(html.ranges(of: "class=\"sheet\"").count == 2)
  }

  @Test func codesOnSlips() throws {
    let codes = ["7K2Q-M4XD-9FHT-C3WP", "A1B2-C3D4-E5F6-G7H8"]
    let sheet = CodeSheet(
      campaign: LocalizedText(vi: PrintedSamples.trick, en: ""), codes: codes, address: "https://a.example/bo-phieu",
      closes: Text(vi: "Bỏ phiếu đến hết ngày 30/10/2023", en: "Votes are taken until 30/10/2023"))
    for language in Language.allCases {
      let html = sheet.page(language).html
      #expect(HTMLTests.fault(html) == nil, "\(HTMLTests.fault(html) ?? "")")
      #expect(!html.contains("<script"))
      for code in codes {
        #expect(html.ranges(of: "<p class=\"code\">\(code)</p>").count == 1)
        let image = try #require(QRCode("https://a.example/bo-phieu#\(code)"))
        #expect(html.contains(image.svg(label: language == .vi ? "Mã bỏ phiếu dùng một lần" : "One-time voting code")))
      }
    }
  }
}
