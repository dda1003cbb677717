import Cexpat
import Polling
import Testing

@testable import binhchon

@Suite struct HTMLTests {
  /// Nil: well-formed.
  static func fault(_ page: String) -> String? {
    let parser = XML_ParserCreate("UTF-8")
    defer { XML_ParserFree(parser) }
    let bytes = Array(page.utf8)
    let status = bytes.withUnsafeBytes {
      XML_Parse(parser, $0.bindMemory(to: CChar.self).baseAddress, Int32($0.count), 1)
    }
    return status == XML_STATUS_OK
      ? nil : "line \(XML_GetCurrentLineNumber(parser)): \(XML_GetErrorCode(parser).rawValue)"
  }

  @Test(arguments: ReportForm.allCases, Language.allCases)
  func wellFormedAndComplete(_ form: ReportForm, _ language: Language) async throws {
    for period in ["2025-Q1", "2025", "2025-06-25..2025-06-30", "2020"] {
      let (document, _) = try await GoldenTests.document(form, period, rulebooks: ["nd-61-2018"])
      let page = ReportHTML.write(document, language)
      #expect(Self.fault(page) == nil, "\(Self.fault(page) ?? "")")
      // The numbers are those of all other formats: every cell of every table.
      for cell in document.sections.compactMap(\.table).flatMap(\.rows).joined() {
        #expect(page.contains(">\(ReportHTML.escaped(cell(language)))</td>"))
      }
      // Nothing is fetched and nothing runs.
      let rest = page.replacing("xmlns=\"http://www.w3.org/2000/svg\"", with: "")
      for outside in ["http:", "https:", "src=", "url(", "<script", "@import", "javascript:", "<link"] {
        #expect(!rest.contains(outside), "\(outside)")
      }
    }
  }

  @Test func namesCannotLeaveTheirPlace() async throws {
    var input = try #require(try await Example.shared().inputs["2025-Q1"])
    let trick = "</td><script>alert(1)</script>&\"'\u{0}\u{1B}[31m\u{FFFE}"
    for place in input.poll.units.indices { input.poll.units[place].name = LocalizedText(vi: trick, en: trick) }
    input.poll.title = LocalizedText(vi: trick, en: trick)
    for form in [ReportForm.ranking, .summary] {
      var builder = try ReportBuilder(input)
      let page = ReportHTML.write(try builder.document(form), .vi)
      #expect(Self.fault(page) == nil)
      #expect(!page.contains("<script"))
    }
  }

  @Test func theParserSeesWhatIsBroken() {
    #expect(Self.fault("<!DOCTYPE html>\n<html><p></html>") != nil)
    #expect(Self.fault("<!DOCTYPE html>\n<html><p/></html>") == nil)
  }
}
