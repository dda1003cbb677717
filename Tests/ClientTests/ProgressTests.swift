import Testing

@testable import binhchon

@Suite struct ProgressTests {
  private typealias Stand = ImportProgress.Stand

  @Test func aLineNowAndThen() {
    for (redraws, due) in [(true, [500, 600, 700, 1_000]), (false, [10_000, 20_000])] {
      var pace = ProgressPace(redraws: redraws)
      let moments = [0, 499, 500, 599, 600, 650, 700, 1_000, 9_999, 10_000, 19_999, 20_000]
      let shown = moments.filter { redraws && $0 > 1_000 ? false : pace.isDue(.milliseconds($0)) }
      #expect(shown == due)
    }
  }

  @Test(
    arguments: [
      (true, false, [:], true), (false, false, [:], false), (true, true, [:], false),
      (true, false, ["CI": "true"], false), (true, false, ["CI": ""], true), (true, false, ["TERM": "dumb"], false),
    ] as [(Bool, Bool, [String: String], Bool)])
  func whereLinesAreDrawnOver(_ isTerminal: Bool, _ json: Bool, _ variables: [String: String], _ expected: Bool) {
    #expect(
      Console.redraws(isTerminal: isTerminal, json: json, ProcessEnvironment(variables: variables)) == expected)
  }

  @Test func rowsOfAnEarlierRunTookNoTimeOfThisOne() {
    func stand(_ rows: Int, _ total: Int?, before: Int, _ seconds: Double) -> Stand {
      Stand(rows: rows, done: rows, total: total, before: before, seconds: seconds)
    }
    #expect(stand(900_000, nil, before: 0, 9).rate == 100_000)
    #expect(stand(900_000, 1_000_000, before: 890_000, 2).rate == 5_000)
    #expect(stand(900_000, 1_000_000, before: 890_000, 2).left == 20)
    #expect(stand(500, 1_000, before: 0, 3).left == 3)
    #expect(stand(890_000, 1_000_000, before: 890_000, 2).left == nil)
    #expect(stand(1_200, 1_000, before: 0, 3).left == 0)
    #expect(stand(1_200, 1_000, before: 0, 3).percent == 100)
    #expect(stand(1, nil, before: 0, 0).percent == nil && stand(0, 0, before: 0, 0).percent == nil)
  }

  @Test func theBar() {
    let half = Stand(rows: 312_000, done: 52, total: 100, seconds: 7.61)
    #expect(ImportProgress.bar(half).en == "[#####-----] 52 %  312,000 rows  40,998 rows/s  ETA 0:07")
    #expect(ImportProgress.bar(half).vi == "[#####-----] 52 %  312.000 dòng  40.998 dòng/s  còn 0:07")
    let none = Stand(rows: 0, done: 0, total: 100, seconds: 1)
    #expect(ImportProgress.bar(none).en == "[----------] 0 %  0 rows  0 rows/s")
    let all = Stand(rows: 100, done: 100, total: 100, seconds: 1)
    #expect(ImportProgress.bar(all).en == "[##########] 100 %  100 rows  100 rows/s  ETA 0:00")
    // A pipe: nobody knows how long it is.
    #expect(ImportProgress.bar(Stand(rows: 5, done: 9, total: nil, seconds: 1)).en == "5 rows  5 rows/s")
    #expect(ImportProgress.words(half).en == "52%, 312,000 rows, 40,998/s, 7 s left")
    #expect(ImportProgress.words(half).vi == "52 %, 312.000 dòng, 40.998 dòng/giây, còn 7 giây")
  }

  /// The longest that a file of ten million rows can say.
  @Test func sixtyColumns() {
    for rows in [1, 999, 12_345, 10_000_000] {
      for done in [1, 50, 100] {
        for seconds in [0.5, 61, 5_000, 100_000] {
          let bar = ImportProgress.bar(Stand(rows: rows, done: done, total: 100, seconds: seconds))
          for text in [bar.vi, bar.en] {
            #expect(TextWidth.of(text) <= ImportProgress.columns, "\(text)")
            #expect(text.hasPrefix("[#"), "\(text)")
          }
        }
      }
    }
  }

  @Test(arguments: [(0, "0:00"), (8, "0:08"), (725, "12:05"), (3_723, "1:02:03"), (360_000, "100:00:00")])
  func clocks(_ seconds: Int, _ text: String) {
    #expect(ImportProgress.clock(seconds) == text)
  }
}
