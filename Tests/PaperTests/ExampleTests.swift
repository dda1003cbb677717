import Foundation
import Testing

@testable import Paper

@Suite struct ExampleTests {
  static let files = [
    "utf-8.csv", "utf-8-nfd.csv", "utf-16.tsv", "tcvn3.csv", "vni.csv", "windows-1258.csv", "ket-qua.xlsx",
  ]

  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "examples/paper/\(name)").path
  }

  @Test func allSevenSayTheSame() throws {
    let first = try check(path: Self.path(Self.files[0]))
    #expect(first.entries.count == 24)
    #expect(first.report.votes["hai-long"]?["RHL"] == 1927 + 203 + 88 + 316)
    guard case .total(let total)? = first.entries.first else {
      Issue.record("no totals")
      return
    }
    #expect(total.unit.rawValue == "hai-chau/mot-cua/quay-01")
    #expect("\(total.period.first)" == "2025-07-14")
    #expect((total.sheet, total.count, total.sheets) == ("T-01", 1927, 2646))
    for name in Self.files {
      let checked = try check(path: Self.path(name))
      #expect(checked.entries == first.entries, "\(name)")
      #expect(checked.report.errors == 0, "\(name): \(checked.report.findings)")
      #expect(checked.report.warnings == 0, "\(name): \(checked.report.findings)")
    }
  }

  @Test(arguments: [
    ("utf-8.csv", ColumnEncoding.utf8), ("utf-8-nfd.csv", .utf8), ("utf-16.tsv", .utf8),
    ("tcvn3.csv", ColumnEncoding(.tcvn3)), ("vni.csv", ColumnEncoding(.vni)),
    ("windows-1258.csv", ColumnEncoding(.windows1258)), ("ket-qua.xlsx", .utf8),
  ])
  func everyColumnsEncodingIsFound(_ name: String, _ encoding: ColumnEncoding) throws {
    let report = try check(path: Self.path(name)).report
    for column in report.columns where !column.encoding.isPlain {
      #expect(column.encoding.encoding == encoding, "\(column)")
      #expect(column.encoding.confidence >= EncodingVerdict.sure, "\(column)")
    }
    let headings = try check(path: Self.path("utf-8.csv")).report.columns.map(\.heading)
    #expect(report.columns.map(\.heading) == headings)
    #expect(report.isUTF16 == (name == "utf-16.tsv"))
  }
}
