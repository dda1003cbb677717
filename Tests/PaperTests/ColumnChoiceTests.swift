import Polling
import Testing

@testable import Paper

/// Columns whose meaning somebody said.
@Suite struct ColumnChoiceTests {
  private static func choices(_ said: [(String, String)]) -> [ColumnChoice] {
    said.map { ColumnChoice(heading: $0.0, field: ColumnField(word: $0.1)) }
  }

  @Test(
    arguments: [
      (
        ["Nơi", "Ngày", "Ô 3", "Ô 5"], [("nơi", "unit"), ("Ô 3", "level"), ("Ô 5", "count")],
        "totals unit period level count"
      ),
      // What is said goes before what headings say, and one column is enough.
      (
        ["Đơn vị", "Ngày", "Mức", "Số phiếu", "Số đúng"], [("Số đúng", "count")], "totals unit period level - count"
      ),
      (
        ["Đơn vị", "Ngày", "Mức", "Số phiếu", "Tờ"], [("Tờ", "-")], "totals unit period level count -"
      ),
      (
        ["Đơn vị", "Ngày", "hai-long", "Cột C"], [("Cột C", "answer:ly-do")],
        "questionnaires unit period answer:hai-long answer:ly-do"
      ),
      (
        ["Đơn vị", "Ngày", "A", "B"], [("A", "answer:hai-long"), ("B", "questionnaire")],
        "questionnaires unit period answer:hai-long questionnaire"
      ),
    ] as [([String], [(String, String)], String)])
  func columnsAreAsSomebodySaid(_ headings: [String], _ said: [(String, String)], _ expected: String) throws {
    let poll = try Samples.questionnairePoll()
    let map = ColumnMap.suggest(headings, for: poll, PollIndex(poll), choices: Self.choices(said))
    let shown = map.map { ([$0.kind.rawValue] + $0.fields.map { $0?.word ?? "-" }).joined(separator: " ") }
    #expect(shown == expected)
  }

  @Test func aColumnThatIsNotThereIsAnError() throws {
    let poll = try Samples.poll()
    let choices = Self.choices([("Ô 5", "count"), ("Ô 9", "sheet"), ("Ô 10", "-"), ("Lạ", "-")])
    let map = try #require(
      ColumnMap.suggest(["Đơn vị", "Ngày", "Mức", "Ô 5", "Lạ"], for: poll, PollIndex(poll), choices: choices))
    // A column that is not used on purpose is no finding.
    #expect(map.findings(for: poll, choices: choices).map { "\($0.code.rawValue) \($0.detail)" } == ["E116 Ô 9"])
    #expect(map.findings(for: poll).map(\.code.rawValue) == ["W303"])
  }

  @Test func everyWordIsRead() {
    for word in ColumnField.words.dropLast() + ["answer:hai-long"] { #expect(ColumnField(word: word)?.word == word) }
    for word in ["", "x", "answer:", "reject-codes", "Unit"] { #expect(ColumnField(word: word) == nil) }
  }
}
