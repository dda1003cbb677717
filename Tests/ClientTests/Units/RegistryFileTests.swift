import Foundation
import Polling
import Schema
import Testing

@testable import binhchon

/// Files of units: what they say, what is wrong with them, and that what is written is read again.
struct RegistryFileTests {
  static let yaml = """
    units:
      - {code: da-nang, kind: province, name: {vi: "Đà Nẵng", en: Da Nang}, placements: [{from: 1997-01-01}]}
      - code: quan-hai-chau
        segment: hai-chau
        kind: district
        name: {vi: "Quận Hải Châu"}
        placements:
          - {from: 1997-01-01, to: 2025-07-01}
        successors:
          - {unit: phuong-hai-chau, how: merged}
      - code: phuong-hai-chau
        segment: hai-chau
        kind: ward
        name: {vi: "Phường Hải Châu, thành phố"}
        placements:
          - {parent: da-nang, from: 2025-07-01}
    procedures:
      - {code: 1.004772, name: {vi: Đăng ký khai sinh}, field: Hộ tịch}
    """

  @Test func whatIsWrittenIsReadAgain() throws {
    let registry = try RegistryFile.read(Self.yaml, file: "a.yaml")
    #expect(registry.units.map(\.code) == ["da-nang", "quan-hai-chau", "phuong-hai-chau"])
    #expect(registry.procedures.map(\.code.rawValue) == ["1.004772"])
    #expect(try RegistryFile.read(RegistryWriter.yaml(registry), file: "b.yaml") == registry)
    #expect(Binhchon_V1_UnitRegistry(registry).value == registry)
    #expect(
      try RegistrySheet.read("\u{FEFF}" + RegistrySheet.csv(registry.units), file: "c.csv") == .units(registry.units))
  }

  @Test func theExampleIsFine() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "examples/don-vi.yaml").path
    let registry = try RegistryFile.read(try String(contentsOfFile: file, encoding: .utf8), file: file)
    let tree = UnitTree(registry)
    let day = try #require(Day(iso: "2025-07-01"))
    #expect(tree.path(of: "quay-01-hai-chau", on: day)?.rawValue == "da-nang/hai-chau/mot-cua/quay-01")
    #expect(tree.successors(of: "thach-thang", asOf: day) == ["phuong-hai-chau"])
  }

  @Test func allMistakesAreToldWithTheirPlaces() {
    let text = Self.yaml.replacing("province", with: "planet").replacing("how: merged", with: "how: eaten")
    let shape = #expect(throws: ClientError.self) { try RegistryFile.read(text, file: "a.yaml") }
    let words = shape?.why?(.en) ?? ""
    #expect(words.contains("a.yaml:2:") && words.contains("a.yaml:10:"), "\(words)")
    let parent = Self.yaml.replacing("parent: da-nang", with: "parent: hue").replacing(
      "to: 2025-07-01", with: "to: 1996-01-01")
    let faults = #expect(throws: ClientError.self) { try RegistryFile.read(parent, file: "a.yaml") }
    let told = faults?.why?(.vi) ?? ""
    #expect(
      told.contains("a.yaml:16:") && told.contains("[UNKNOWN_PARENT]") && told.contains("[EMPTY_PLACEMENT]"), "\(told)")
  }

  @Test func aSheetOfSeveralPlacements() throws {
    let text = """
      code,segment,kind,name_vi,name_en,parent,from,to,successors\r
      a,,province,"Tỉnh ""A"", cũ",,,2000-01-01,,\r
      b,,ward,B,,a,2000-01-01,2001-01-01,\r
      b,,,,,,2001-01-01,2002-01-01,split:c;d\r

      """
    guard case .units(let units) = try RegistrySheet.read(text, file: "a.csv") else {
      Issue.record("no units")
      return
    }
    #expect(units.map(\.code) == ["a", "b"])
    #expect(units[0].name.vi == "Tỉnh \"A\", cũ")
    #expect(units[1].placements.map(\.parent) == ["a", nil])
    #expect(units[1].successions == [.init(successor: "c", kind: .split), .init(successor: "d", kind: .split)])
    let procedures = try RegistrySheet.read("code,name_vi,name_en,field\n1.1,a,b,c\n", file: "p.csv")
    #expect(
      procedures == .procedures([Procedure(code: try ProcedureCode("1.1"), name: .init(vi: "a", en: "b"), field: "c")]))
  }

  @Test(arguments: [
    ("", 1), ("a,b\n", 1), ("code,name_vi,name_en,field\nx\n\ny y,a,b,c\n", 2),
    ("code,segment,kind,name_vi,name_en,parent,from,to,successors\na,,x,A,,,2000-01-01,,\nb,,ward,B,,,1/1/2000,,\n", 2),
    ("code,segment,kind,name_vi,name_en,parent,from,to,successors\na,,ward,A,,,2000-01-01,,eaten:b\n", 1),
  ])
  func allRowsThatAreWrongAreTold(_ text: String, _ places: Int) {
    let error = #expect(throws: ClientError.self) { try RegistrySheet.read(text, file: "a.csv") }
    #expect(error?.what(.en) == "a.csv is wrong in \(places) place(s)")
  }

  @Test func everyFaultHasWordsInBothLanguages() {
    for code in RegistryFault.Code.allCases {
      let text = RegistryFault(code, field: "units[0]", subject: "a", other: "b").text
      #expect(text(.vi).hasSuffix("[\(code.rawValue)]") && text(.en).hasSuffix("[\(code.rawValue)]"))
      #expect(text(.vi) != text(.en))
    }
    for kind in UnitKind.allCases { #expect(UnitKind(word: kind.word) == kind) }
  }
}

struct SliceWordTests {
  @Test(arguments: [
    ("2024", "2024-01-01", "2025-01-01"), ("2024-Q1", "2024-01-01", "2024-04-01"),
    ("2024-Q4", "2024-10-01", "2025-01-01"), ("2024-H2", "2024-07-01", "2025-01-01"),
    ("2024-9M", "2024-01-01", "2024-10-01"), ("2024-02", "2024-02-01", "2024-03-01"),
    ("2024-03-31", "2024-03-31", "2024-04-01"), ("2024-03-30..2024-03-31", "2024-03-30", "2024-04-01"),
    ("2024-03-31..", "2024-03-31", ""), ("..2024-03-31", "", "2024-04-01"),
  ])
  func periods(_ word: String, _ from: String, _ to: String) throws {
    var range = Binhchon_V1_DayRange()
    (range.from, range.to) = (from, to)
    #expect(try #require(PeriodWord(argument: word)).period == .days(range))
  }

  @Test(arguments: [
    "", "24", "2024-Q5", "2024-Q", "2024-H3", "2024-13", "2024-00", "2024-1", "2024-Q1-2", "..",
    "2024-03-31..2024-03-30",
    "2024-02-30", "a..2024-03-31", "9M", "-2024",
  ])
  func whatIsNoPeriod(_ word: String) { #expect(PeriodWord(argument: word) == nil) }

  @Test func windowsAreWordsToo() {
    #expect(PeriodWord(argument: "this-week")?.period == .window(.thisWeek))
    #expect(SliceOptions.Words(argument: "unit,month")?.words.map(\.dimension) == [.unit, .month])
    for text in ["", "unit,", "unit,unit", "unit,day,week,month,year", "color"] {
      #expect(SliceOptions.Words(argument: text) == nil)
    }
    for word in SliceWord.allValueStrings { #expect(SliceWord(argument: word)?.word == word) }
  }

  @Test func figuresAreShownAndWritten() throws {
    let poll = try Samples.poll()
    let figures = Binhchon_V1_GetFiguresResponse.with {
      $0.poll = poll.id
      $0.unit = "hai-chau"
      ($0.days.from, $0.days.to) = ("2024-01-01", "2024-04-01")
      func row(_ key: String, _ count: UInt64) -> Binhchon_V1_FigureRow {
        .with {
          $0.keys = key == "total" ? [] : [key]
          $0.ballots = count
          $0.questions = [
            .with {
              $0.question = poll.questions[0].id
              $0.choices = poll.questions[0].choices.map { choice in
                .with { ($0.choice, $0.count) = (choice.code, choice.code == "RHL" ? count : 0) }
              }
            }
          ]
        }
      }
      $0.rows = [row("", 3), row("1.001", 1_927)]
      $0.total = row("total", 1_930)
    }
    let word = try #require(SliceWord(argument: "procedure"))
    let text = SliceTable.lines(figures, poll, [word], Figures(language: .vi)).map { $0.pieces.map(\.text).joined() }
      .joined(separator: "\n")
    #expect(text.contains("(không nêu)") && text.contains("1.927") && text.contains("Tổng"), "\(text)")
    let csv = SliceRecord.csv(figures, [word])
    #expect(csv.split(separator: "\r\n").count == 1 + 2 * poll.questions[0].choices.count)
    #expect(csv.contains("2024-01-01,2024-04-01,0,1.001,1927,0,"))
    let json = try JSONLine.encode(SliceRecord(figures.rows[1], of: figures, [word], poll))
    #expect(json.contains(#""keys":{"procedure":"1.001"}"#) && json.contains(#""ballots":1927"#), "\(json)")
  }
}
