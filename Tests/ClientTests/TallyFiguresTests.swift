import Foundation
import Polling
import Schema
import Testing

@testable import binhchon

@Suite struct TallyFiguresTests {
  private static func page(_ tally: Binhchon_V1_Tally, _ language: Language) throws -> String {
    text(TallyTable.lines(tally, try Samples.poll(), Figures(language: language), columns: 80), columns: 80)
  }

  /// 263 of 300 in the top two; 5 × 150 + 4 × 113 + 3 × 19 + 2 × 6 + 12 = 1283 over 300.
  @Test func topTwoIntervalAndMean() throws {
    let vietnamese = try Self.page(Samples.tally(), .vi)
    #expect(vietnamese.contains("n      hai mức cao nhất    khoảng 95 %  mức trung bình (1–5)\n"))
    #expect(
      vietnamese.contains("Hôm nay           300         263 · 87,67 %  83,46–90,92 %                  4,28\n"))
    let english = try Self.page(Samples.tally(), .en)
    #expect(english.contains("263 · 87.67%  83.46–90.92%              4.28\n"))
    #expect(
      try TallyTable.lines(Samples.tally(), Samples.poll(), Figures(language: .vi), columns: 80).suffix(6)
        .allSatisfy { $0.width <= 80 })
  }

  @Test func noDataIsNotZero() throws {
    let page = try Self.page(Samples.tally(), .vi)
    let line = page.split(separator: "\n").last { $0.hasPrefix("Hôm qua") }
    #expect(line?.contains("0       chưa có dữ liệu") == true && line?.contains("%") == false)
  }

  @Test func onlyQuestionsWithLevelsHaveAMean() throws {
    var poll = try Samples.poll()
    poll.questions[0].kind = .single
    let page = text(TallyTable.lines(Samples.tally(), poll, Figures(language: .vi), columns: 80), columns: 80)
    #expect(!page.contains("mức trung bình") && page.contains("50,00 %"))
  }

  /// The percentages of a window, as shown, add up to 100.
  @Test func percentagesAddUpTo100() throws {
    let tally = Samples.tally(today: [1, 1, 1, 2, 2])
    let record = TallyRecord(tally, of: try Samples.poll())
    for window in record.windows {
      let shares = window.questions[0].choices.map(\.shareHundredths)
      #expect(shares.compactMap { $0 }.reduce(0, +) == (window.ballots == 0 ? 0 : 10_000))
      #expect(shares.allSatisfy { ($0 == nil) == (window.ballots == 0) })
    }
    #expect(record.windows[0].questions[0].choices.map(\.shareHundredths) == [1_429, 1_429, 1_428, 2_857, 2_857])
  }

  @Test func exactFractionsForPrograms() throws {
    let line = try JSONLine.encode(TallyRecord(Samples.tally(), of: try Samples.poll()))
    #expect(line.contains(#""answers":300,"mean_level":{"denominator":300,"numerator":1283},"#))
    #expect(line.contains(#""top_two":{"denominator":300,"numerator":263},"top_two_interval":{"lower":0.834"#))
    #expect(line.contains(#"{"choice":"RHL","count":150,"share_hundredths":5000}"#))
    // Yesterday nobody came: no share, no levels.
    #expect(line.contains(#"{"choice":"RHL","count":0}"#))
    let yesterday = TallyRecord(Samples.tally(), of: try Samples.poll()).windows[1].questions[0]
    #expect(yesterday.levels == nil)
    // Without the poll: what the server sent.
    #expect(!(try JSONLine.encode(TallyRecord(Samples.tally()))).contains("share_hundredths"))
  }

  /// A choice that only an older version had is shown, but is no level of this one.
  @Test func choicesOfOlderVersionsAreNoLevels() throws {
    var window = Samples.window(.total, [1, 1, 1, 1, 1])
    var old = Binhchon_V1_ChoiceCount()
    old.choice = "CU"
    old.count = 5
    window.questions[0].choices.append(old)
    let levels = try #require(LevelCounts(of: try Samples.poll().questions[0], in: window.questions[0]))
    #expect(levels.counts == [1, 1, 1, 1, 1])
    var several = try Samples.poll().questions[0]
    several.kind = .multiple
    #expect(LevelCounts(of: several, in: window.questions[0]) == nil)
  }
}
