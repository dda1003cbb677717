import Testing

@testable import Paper
@testable import binhchon

@Suite struct ColumnMapTests {
  @Test func aMapIsKeptUnderItsName() throws {
    let directory = try TemporaryDirectory()
    let environment = ProcessEnvironment(variables: ["XDG_CONFIG_HOME": directory.path])
    let store = try ColumnMapStore(environment)
    #expect(store.names().isEmpty)
    #expect { try store.load("phuong-a") } throws: { ($0 as? ClientError)?.status == .noInput }
    var map = SavedColumnMap(PaperReport(), encoding: .tcvn3, sheet: "Trang 1: tháng 7")
    map.columns = [
      ColumnChoice(heading: "Ô \"5\": số", field: .count),
      ColumnChoice(heading: "Câu 1", field: .answer("hai-long")), ColumnChoice(heading: "Khác", field: nil),
    ]
    _ = try store.save(map, as: "phuong-a")
    #expect(store.names() == ["phuong-a"])
    let read = try store.load("phuong-a")
    #expect(read == map)
    #expect(read.columns.map { $0.field?.word } == ["count", "answer:hai-long", nil])
    #expect { try store.save(map, as: "../x") } throws: { ($0 as? ClientError)?.status == .usage }
  }

  @Test(arguments: [
    ("columns:\n  - heading: a\n    field: nonsense\n", "a.yaml:3:12"), ("columns: x\n", "a.yaml:1:10"),
    ("encoding: x\ncolumns: []\n", "a.yaml:1:11"), ("sheet: a\n", "columns"), ("colums: []\n", "colums"),
  ])
  func mistakesAreToldWithTheirPlace(_ yaml: String, _ told: String) {
    #expect { try SavedColumnMap(yaml: yaml, file: "a.yaml") } throws: {
      let error = $0 as? ClientError
      return error?.status == .configuration && error?.lines(.en).joined().contains(told) == true
    }
  }

  @Test(
    arguments: [
      ("Ô 5=count", "Ô 5", "count"), ("a=b=unit", "a=b", "unit"), ("x=-", "x", nil),
      ("Câu 1=answer:q1", "Câu 1", "answer:q1"),
    ] as [(String, String, String?)])
  func columnsOnTheCommandLine(_ word: String, _ heading: String, _ field: String?) throws {
    let choice = try #require(ColumnWord(argument: word)).choice
    #expect(choice.heading == heading)
    #expect(choice.field?.word == field)
  }

  @Test(arguments: ["", "=unit", "x", "x=", "x=nonsense", "x=answer:", "x=reject-codes"])
  func noColumns(_ word: String) {
    #expect(ColumnWord(argument: word) == nil)
  }

  @Test(arguments: [
    ("a/b,2025-08-31,q,T", "a/b 2025-08-31 q T"), ("a/b 2025-08-31 q T", "a/b 2025-08-31 q T"),
    ("a/b,2025-08-31", "a/b 2025-08-31  "), ("a/b, q", "a/b – q "), ("a", "a –  "), ("", ""), ("a,b,c,d", ""),
    ("/,q", ""), ("a,2025-08-31,q,T,x", ""),
  ])
  func figures(_ word: String, _ expected: String) {
    let figure = FigureWord(argument: word)
    #expect(figure.map { "\($0.unit) \($0.day ?? "–") \($0.question) \($0.choice)" } ?? "" == expected)
  }
}
